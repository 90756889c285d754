"""The database itself refuses to change or to delete what was issued.

Certificates: everything but the holder is frozen; the one exception, erasing, sets
`erased_at` once, and may blank the facts, the key of the deed and what it is about.
Events, credentials, and versions of achievements and of templates are never changed;
only the note of an event may be blanked, once its certificate is erased.
Certificates and events are never deleted; versions not while a certificate uses them;
credentials only once their certificate is erased.

On SQLite, Django rebuilds a table to alter it, loses its triggers, and cannot while a
trigger of another table reads it: a later migration that alters one of these tables
begins by running `thaw` and ends by running `freeze` (the tests notice).
"""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce

MESSAGE = "A certificate is never changed."
FROZEN = {
    "certificate": [
        "id",
        "code",
        "kind",
        "achieved",
        "language",
        "organisation_id",
        "template_version_id",
        "achievement_id",
        "issued_at",
        "valid_until",
        "replaces_id",
        "renews_id",
        "status_list_id",
        "status_index",
    ],
    "event": ["id", "certificate_id", "kind", "at", "reason"],
    "credential": ["id", "certificate_id", "signing_key_id", "text", "made_at"],
    "achievementversion": [
        "id",
        "about",
        "number",
        "language",
        "content",
        "checksum",
        "validity_months",
        "substance",
    ],
    "templateversion": ["id", "template_id", "number", "content", "logo", "checksum"],
}
BY_ERASING = ["facts", "erased_at", "idempotency_key", "module_key"]
IS_ERASURE = "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL"
IS_FORGETTING = (
    "NEW.note = '' AND EXISTS (SELECT 1 FROM certificates_certificate "
    "WHERE id = OLD.certificate_id AND erased_at IS NOT NULL)"
)
# When a row must not be deleted.
KEPT = {
    "certificate": "TRUE",
    "event": "TRUE",
    "credential": "EXISTS (SELECT 1 FROM certificates_certificate "
    "WHERE id = OLD.certificate_id AND erased_at IS NULL)",
    "achievementversion": "EXISTS (SELECT 1 FROM certificates_certificate "
    "WHERE achievement_id = OLD.id)",
    "templateversion": "EXISTS (SELECT 1 FROM certificates_certificate "
    "WHERE template_version_id = OLD.id)",
}


def changed(table, unlike):
    """Return the condition under which a row of a table changes wrongly."""
    frozen = " OR ".join(map(unlike, FROZEN[table]))
    if table == "event":
        return f"{frozen} OR ({unlike('note')} AND NOT ({IS_FORGETTING}))"
    if table == "certificate":
        by_erasing = " OR ".join(map(unlike, BY_ERASING))
        return f"{frozen} OR (({by_erasing}) AND NOT ({IS_ERASURE}))"
    return frozen


def sqlite_sql():
    def unlike(name):
        return f"OLD.{name} IS NOT NEW.{name}"

    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for table in FROZEN:
        yield (
            f"CREATE TRIGGER {table}_is_frozen BEFORE UPDATE ON certificates_{table} "
            f"WHEN {changed(table, unlike)} {refuse}"
        )
    for table, condition in KEPT.items():
        yield (
            f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON certificates_{table} "
            f"WHEN {condition} {refuse}"
        )


def postgresql_sql():
    def unlike(name):
        return f"OLD.{name}::text IS DISTINCT FROM NEW.{name}::text"

    refuse = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation';"
    for table in FROZEN:
        condition = changed(table, unlike)
        yield from guard(table, "frozen", "UPDATE", condition, refuse, "NEW")
    for table, condition in KEPT.items():
        yield from guard(table, "kept", "DELETE", condition, refuse, "OLD")


def guard(table, word, deed, condition, refuse, row):
    """Yield the statements of one trigger of PostgreSQL.

    The condition may read another table: it must stand inside the function.
    """
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_stays_{word}() RETURNS trigger AS $$ "
        f"BEGIN IF {condition} THEN {refuse} END IF; RETURN {row}; END "
        "$$ LANGUAGE plpgsql"
    )
    yield (
        f"CREATE TRIGGER {table}_is_{word} BEFORE {deed} ON certificates_{table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_stays_{word}()"
    )


def freeze(apps, schema_editor):
    thaw(apps, schema_editor)
    sql = {"sqlite": sqlite_sql, "postgresql": postgresql_sql}
    for statement in sql[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    names = [(table, "is_frozen") for table in FROZEN]
    names += [(table, "is_kept") for table in KEPT]
    for table, end in names:
        on = f" ON certificates_{table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{end}{on}")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0009_nothing_left_of_the_erased")]
    operations = [
        migrations.AddConstraint(
            model_name="documenttemplate",
            constraint=models.UniqueConstraint(
                Coalesce("organisation", 0),
                condition=Q(organisation=None),
                name="one_template_of_the_platform",
                violation_error_message=(
                    "The platform already has a template. Change that one."
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["achieved", "-issued_at"], name="by_achievement"),
        ),
        migrations.RunPython(freeze, thaw),
    ]
