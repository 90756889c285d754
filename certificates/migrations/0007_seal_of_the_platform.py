import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """The table is empty in every installation: nothing filled it before."""

    dependencies = [("certificates", "0006_what_a_batch_is_about")]
    operations = [
        migrations.AddField(
            model_name="seal",
            name="issuer",
            field=models.CharField(default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="seal",
            name="valid_from",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="seal",
            name="problem",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="seal",
            name="problem_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="seal",
            name="imported_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="seal",
            name="organisation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="seal",
                to="people.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="seal",
            name="imported_by",
            field=models.ForeignKey(
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(
                Coalesce("organisation", 0), name="one_seal_each"
            ),
        ),
    ]
