"""Youngest first, unknown months last: PostgreSQL reads no such order from the ascending index, SQLite does.

SQLite knows no NULLS LAST in an index, so the models cannot carry these two.
"""

from django.db import migrations

COLUMNS = {"cadre_youngest_first": "birth_month", "cadre_newest_first": "work_start_month"}


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, column in COLUMNS.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON people_cadre ({column} DESC NULLS LAST, id) WHERE withdrawn_at IS NULL"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
