import uuid

from django.db import migrations

TITLES = {"fr": ("Modules", "modules"), "en": ("Modules", "modules")}


def make_catalogues(apps, schema_editor):
    """One catalogue under each home page, so that trainers can write at once."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    CataloguePage = apps.get_model("courses", "CataloguePage")
    HomePage = apps.get_model("cms", "HomePage")
    if CataloguePage.objects.exists():
        return
    kind, _created = ContentType.objects.get_or_create(
        app_label="courses", model="cataloguepage"
    )
    key = uuid.uuid4()
    for home in HomePage.objects.select_related("locale"):
        title, slug = TITLES[home.locale.language_code]
        CataloguePage.objects.create(
            title=title,
            draft_title=title,
            slug=slug,
            content_type=kind,
            path=f"{home.path}0001",
            depth=home.depth + 1,
            numchild=0,
            url_path=f"{home.url_path}{slug}/",
            locale_id=home.locale_id,
            translation_key=key,
            live=True,
        )
        HomePage.objects.filter(pk=home.pk).update(numchild=1)


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial"), ("cms", "0002_home_pages")]
    operations = [migrations.RunPython(make_catalogues, migrations.RunPython.noop)]
