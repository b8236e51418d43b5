"""PostgreSQL: who has a usual word, as bits (search.engines.usual); and what has expired is told by the index alone."""

from django.db import migrations

GONE = (
    "CREATE OR REPLACE FUNCTION search_entries_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " TRUNCATE {tables}; RETURN NULL; END $$"
)
FORWARDS = [
    "CREATE TABLE search_usual (word text NOT NULL, chunk integer NOT NULL, bits bit(16384),"
    " PRIMARY KEY (word, chunk)) WITH (fillfactor = 50)",
    "ALTER TABLE search_usual ALTER COLUMN bits SET STORAGE PLAIN",
    "CREATE INDEX search_usual_words ON search_usual (word) WHERE bits IS NULL",
    GONE.format(tables="search_row, search_places, search_bits, search_usual"),
    "DROP INDEX search_row_expires",
    "CREATE INDEX search_row_expires ON search_row (expires, id) WHERE expires IS NOT NULL",
]
BACKWARDS = [
    "DROP INDEX search_row_expires",
    "CREATE INDEX search_row_expires ON search_row (expires) WHERE expires IS NOT NULL",
    GONE.format(tables="search_row, search_places, search_bits"),
    "DROP TABLE search_usual",
]


def forwards(apps, schema_editor):
    _execute(schema_editor, FORWARDS)


def backwards(apps, schema_editor):
    _execute(schema_editor, BACKWARDS)


def _execute(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0006_kept_cards")]

    operations = [migrations.RunPython(forwards, backwards)]
