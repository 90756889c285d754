"""The database itself refuses to change what was issued; it only allows to erase.

Certificates: everything but the holder is frozen; the one exception sets `erased_at`
once, and blanks the facts. Events, credentials, and versions of achievements and of
templates are never changed; certificates and events are never deleted. (On SQLite,
Django rebuilds a table to alter it and loses its triggers: a later migration that
alters one of these tables ends by running `freeze` again; the tests notice.)
"""

from django.db import migrations, models

MESSAGE = "A certificate is never changed."
FROZEN = {
    "certificate": [
        "id",
        "code",
        "kind",
        "module_key",
        "idempotency_key",
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
    "event": ["id", "certificate_id", "kind", "at", "reason", "note"],
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
KEPT = ["certificate", "event"]


def erasing(changed, unlike):
    """Return the condition under which the facts of a certificate change wrongly."""
    is_erasure = "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL"
    facts = unlike("facts")
    erased = unlike("erased_at")
    return f"{changed} OR (({facts} OR {erased}) AND NOT ({is_erasure}))"


def condition(table, unlike):
    changed = " OR ".join(unlike(name) for name in FROZEN[table])
    return erasing(changed, unlike) if table == "certificate" else changed


def sqlite_sql():
    def unlike(name):
        return f"OLD.{name} IS NOT NEW.{name}"

    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    yield "DROP TRIGGER IF EXISTS certificate_is_frozen"
    for table in FROZEN:
        yield f"DROP TRIGGER IF EXISTS {table}_is_frozen"
        yield (
            f"CREATE TRIGGER {table}_is_frozen BEFORE UPDATE ON certificates_{table} "
            f"WHEN {condition(table, unlike)} {refuse}"
        )
    for table in KEPT:
        yield f"DROP TRIGGER IF EXISTS {table}_is_kept"
        yield (
            f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON certificates_{table} "
            f"{refuse}"
        )


def postgresql_sql():
    def unlike(name):
        return f"OLD.{name}::text IS DISTINCT FROM NEW.{name}::text"

    yield (
        "CREATE OR REPLACE FUNCTION certificate_refuses_change() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END "
        "$$ LANGUAGE plpgsql"
    )
    for table in FROZEN:
        yield f"DROP TRIGGER IF EXISTS {table}_is_frozen ON certificates_{table}"
        yield (
            f"CREATE TRIGGER {table}_is_frozen BEFORE UPDATE ON certificates_{table} "
            f"FOR EACH ROW WHEN ({condition(table, unlike)}) "
            "EXECUTE FUNCTION certificate_refuses_change()"
        )
    for table in KEPT:
        yield f"DROP TRIGGER IF EXISTS {table}_is_kept ON certificates_{table}"
        yield (
            f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON certificates_{table} "
            "FOR EACH ROW EXECUTE FUNCTION certificate_refuses_change()"
        )


def freeze(apps, schema_editor):
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
    dependencies = [("certificates", "0004_keys_and_first_events")]
    operations = [
        migrations.AlterField(
            model_name="certificate",
            name="idempotency_key",
            field=models.CharField(editable=False, max_length=120, unique=True),
        ),
        migrations.RunPython(freeze, thaw),
    ]
