"""What the database searches in: words, times, and what each entry stands under as bits (search.engines.sql)."""

from django.db import migrations

PLACES = [
    "CREATE TABLE search_places (id bigint PRIMARY KEY, places text NOT NULL, gone boolean NOT NULL DEFAULT false)",
    "CREATE INDEX search_places_gone ON search_places (id) WHERE gone",
]
TIMES = [
    "CREATE INDEX search_row_newest ON search_row (published DESC, id DESC)",
    "CREATE INDEX search_row_expires ON search_row (expires) WHERE expires IS NOT NULL",
]
SQLITE = [
    *PLACES,
    "CREATE TABLE search_row (id integer PRIMARY KEY, published real NOT NULL, expires real)",
    *TIMES,
    "CREATE TABLE search_bits (chunk integer NOT NULL, field text NOT NULL, value text NOT NULL, bits blob NOT NULL,"
    " PRIMARY KEY (field, value, chunk))",
    "CREATE VIRTUAL TABLE search_fts USING fts5(t_title, t_tags, t_summary, t_body, t_parts,"
    " content='search_searchentry', content_rowid='id', tokenize='ascii')",
    # Made again after a later migration that makes the table anew: search.engines.sqlite.keep_triggers.
    "CREATE TRIGGER search_entry_made AFTER INSERT ON search_searchentry BEGIN"
    " INSERT INTO search_fts (rowid, t_title, t_tags, t_summary, t_body, t_parts)"
    " VALUES (new.id, new.t_title, new.t_tags, new.t_summary, new.t_body, new.t_parts); END",
    "CREATE TRIGGER search_entry_changed AFTER UPDATE OF id, t_title, t_tags, t_summary, t_body, t_parts"
    " ON search_searchentry BEGIN"
    " INSERT INTO search_fts (search_fts, rowid, t_title, t_tags, t_summary, t_body, t_parts)"
    " VALUES ('delete', old.id, old.t_title, old.t_tags, old.t_summary, old.t_body, old.t_parts);"
    " INSERT INTO search_fts (rowid, t_title, t_tags, t_summary, t_body, t_parts)"
    " VALUES (new.id, new.t_title, new.t_tags, new.t_summary, new.t_body, new.t_parts); END",
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_searchentry BEGIN"
    " INSERT INTO search_fts (search_fts, rowid, t_title, t_tags, t_summary, t_body, t_parts)"
    " VALUES ('delete', old.id, old.t_title, old.t_tags, old.t_summary, old.t_body, old.t_parts);"
    " DELETE FROM search_row WHERE id = old.id;"
    " UPDATE search_places SET gone = 1 WHERE id = old.id; END",
    "INSERT INTO search_fts (search_fts) VALUES ('rebuild')",
]
POSTGRESQL = [
    *PLACES,
    # The vectors stand aside, so that the row is narrow: a word that half the entries have reads them all.
    "CREATE TABLE search_row (id bigint PRIMARY KEY, published double precision NOT NULL, expires double precision,"
    " is_long boolean NOT NULL, vector tsvector NOT NULL) WITH (toast_tuple_target = 128)",
    *TIMES,
    "CREATE INDEX search_row_words ON search_row USING gin (vector)",
    "CREATE TABLE search_bits (chunk integer NOT NULL, field text NOT NULL, value text NOT NULL,"
    " bits bit(16384) NOT NULL, PRIMARY KEY (chunk, field, value)) WITH (fillfactor = 50)",
    "ALTER TABLE search_bits ALTER COLUMN bits SET STORAGE PLAIN",
    "CREATE FUNCTION search_entry_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " DELETE FROM search_row WHERE id IN (SELECT id FROM gone);"
    " UPDATE search_places SET gone = true WHERE id IN (SELECT id FROM gone); RETURN NULL; END $$",
    "CREATE FUNCTION search_entries_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " TRUNCATE search_row, search_places, search_bits; RETURN NULL; END $$",
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_searchentry REFERENCING OLD TABLE AS gone"
    " FOR EACH STATEMENT EXECUTE FUNCTION search_entry_gone()",
    "CREATE TRIGGER search_entries_gone AFTER TRUNCATE ON search_searchentry"
    " FOR EACH STATEMENT EXECUTE FUNCTION search_entries_gone()",
]
BACK = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS search_entry_made",
        "DROP TRIGGER IF EXISTS search_entry_changed",
        "DROP TRIGGER IF EXISTS search_entry_gone",
        "DROP TABLE search_fts",
        "DROP TABLE search_bits",
        "DROP TABLE search_row",
        "DROP TABLE search_places",
    ],
    "postgresql": [
        "DROP TRIGGER search_entry_gone ON search_searchentry",
        "DROP TRIGGER search_entries_gone ON search_searchentry",
        "DROP FUNCTION search_entry_gone()",
        "DROP FUNCTION search_entries_gone()",
        "DROP TABLE search_bits, search_row, search_places",
    ],
}


def make(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries_and_outbox")]

    operations = [migrations.RunPython(make, drop)]
