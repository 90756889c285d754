from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

former = import_module("certificates.migrations.0005_frozen_again")


class Migration(migrations.Migration):
    """The tables are thawed here, mended by the next one, frozen by the one after."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("certificates", "0007_seal_of_the_platform"),
    ]
    operations = [
        migrations.RunPython(former.thaw, former.freeze),
        migrations.CreateModel(
            name="HolderSalt",
            fields=[
                (
                    "holder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="certificate",
            name="achieved",
            field=models.CharField(blank=True, default="", editable=False, max_length=150),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listings",
                        to="certificates.certificate",
                    ),
                ),
                (
                    "rests_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed_in",
                        to="certificates.certificate",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("certificate", "number"), name="one_listing_per_line"
                    )
                ],
            },
        ),
    ]
