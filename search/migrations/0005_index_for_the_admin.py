"""Wagtail's own index on PostgreSQL: its usual question is about title and body together, which no index of it covers."""

from django.db import migrations

NAME = "entries_title_and_body"


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON wagtailsearch_indexentry USING gin ((title || body))")


def take_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("search", "0004_first_synonyms"), ("wagtailsearch", "0010_add_text_fields")]

    operations = [migrations.RunPython(lay, take_up)]
