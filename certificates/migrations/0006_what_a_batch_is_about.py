from uuid import UUID

from django.db import migrations, models

KINDS = [
    ("module", "Module"),
    ("path", "Path"),
    ("placement", "Placement"),
    ("attendance", "Attendance of a session"),
    ("history", "History of training"),
]


class Migration(migrations.Migration):
    """The table is empty in every installation: nothing filled it before."""

    dependencies = [("certificates", "0005_frozen_again")]
    operations = [
        migrations.AddField(
            model_name="batch",
            name="about",
            field=models.UUIDField(db_index=True, default=UUID(int=0)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="batch",
            name="kind",
            field=models.CharField(choices=KINDS, default="attendance", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="batch",
            name="worked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
