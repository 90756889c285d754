"""What a certificate says is never changed: the database itself refuses it.

On SQLite, Django rebuilds a table to alter it and loses its triggers: a later migration
that alters `Certificate` ends by running `freeze` again (the tests notice).
"""

from django.db import migrations

TABLE = "certificates_certificate"
FROZEN = ["id", "code", "module_key", "facts", "language", "issued_at"]
MESSAGE = "A certificate is never changed."


def sqlite_sql():
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FROZEN)
    return [
        "DROP TRIGGER IF EXISTS certificate_is_frozen",
        f"CREATE TRIGGER certificate_is_frozen BEFORE UPDATE ON {TABLE} "
        f"WHEN {changed} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ]


def postgresql_sql():
    old = ", ".join(f"OLD.{name}" for name in FROZEN)
    new = ", ".join(f"NEW.{name}" for name in FROZEN)
    return [
        "CREATE OR REPLACE FUNCTION certificate_refuses_change() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation'; END "
        "$$ LANGUAGE plpgsql",
        f"DROP TRIGGER IF EXISTS certificate_is_frozen ON {TABLE}",
        f"CREATE TRIGGER certificate_is_frozen BEFORE UPDATE ON {TABLE} FOR EACH ROW "
        f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) "
        "EXECUTE FUNCTION certificate_refuses_change()",
    ]


def freeze(apps, schema_editor):
    sql = {"sqlite": sqlite_sql, "postgresql": postgresql_sql}
    for statement in sql[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS certificate_is_frozen{on}")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
