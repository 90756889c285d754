from django.db import migrations

LEADER = "fr"


def let_french_decide(apps, schema_editor):
    """Give each module, in every language, the validity that its French page says.

    Safe to run twice; a module without a French page keeps what it says.
    """
    pages = apps.get_model("courses", "ModulePage").objects
    leaders = pages.filter(locale__language_code=LEADER)
    for key, months in leaders.values_list("translation_key", "validity_months"):
        others = pages.filter(translation_key=key)
        others.exclude(validity_months=months).update(validity_months=months)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0003_paths_sessions_and_validity"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(let_french_decide, migrations.RunPython.noop)]
