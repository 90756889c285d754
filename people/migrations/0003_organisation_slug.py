"""Each organisation gets the part of an address that is its own for ever."""

from itertools import chain, count

from django.db import migrations, models
from django.utils.text import slugify


def fill(apps, schema_editor):
    Organisation = apps.get_model("people", "Organisation")
    taken = set(Organisation.objects.exclude(slug=None).values_list("slug", flat=True))
    for organisation in Organisation.objects.filter(slug=None).order_by("pk"):
        short = slugify(organisation.name)[:50].strip("-") or "organisation"
        numbered = (f"{short}-{number}" for number in count(2))
        organisation.slug = next(s for s in chain([short], numbered) if s not in taken)
        taken.add(organisation.slug)
        organisation.save(update_fields=["slug"])


class Migration(migrations.Migration):
    dependencies = [("people", "0002_organisation_kind")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="slug",
            # Without its index, which PostgreSQL would then be asked to make twice.
            field=models.SlugField(
                editable=False, max_length=60, null=True, db_index=False
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="organisation",
            name="slug",
            field=models.SlugField(editable=False, max_length=60, unique=True),
        ),
    ]
