import uuid

from django.db import migrations

HOMES = [("fr", "Repère", "repere", "00010001"), ("en", "Repère", "repere-en", "00010002")]


def make_home_pages(apps, schema_editor):
    """One home page a language: without the English one, /en/ would show French."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("cms", "HomePage")
    if HomePage.objects.exists():
        return
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    kind, _created = ContentType.objects.get_or_create(app_label="cms", model="homepage")
    key = uuid.uuid4()
    homes = []
    for code, title, slug, path in HOMES:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        homes.append(
            HomePage.objects.create(
                title=title,
                draft_title=title,
                slug=slug,
                content_type=kind,
                path=path,
                depth=2,
                numchild=0,
                url_path=f"/{slug}/",
                locale=locale,
                translation_key=key,
                live=True,
                body="[]",
            )
        )
    Page.objects.filter(depth=1).update(numchild=len(homes))
    Site.objects.create(
        hostname="localhost",
        port=80,
        root_page_id=homes[0].pk,
        is_default_site=True,
        site_name="Repère",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtail_localize", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_home_pages, migrations.RunPython.noop)]
