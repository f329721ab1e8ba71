"""The full-text index, in the engine's own form. It lives outside the models: Django neither reads nor writes it.

On SQLite, Django changes a table by making it anew, which drops its triggers: a later migration that alters
`search_entry` must call `make_sqlite_triggers` again at its end.
"""

from django.db import migrations

POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TEXT SEARCH CONFIGURATION extranet_fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION extranet_fr
    ALTER MAPPING FOR word, hword, hword_part WITH unaccent, french_stem;
ALTER TABLE search_entry ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('extranet_fr'::regconfig, title), 'A')
    || setweight(to_tsvector('extranet_fr'::regconfig, body), 'B')
) STORED;
CREATE INDEX search_entry_document ON search_entry USING gin (document);
"""

POSTGRESQL_BACK = """
ALTER TABLE search_entry DROP COLUMN document;
DROP TEXT SEARCH CONFIGURATION extranet_fr;
"""

SQLITE_TABLE = """
CREATE VIRTUAL TABLE search_fts USING fts5(
    title, body, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
)
"""

_ADD = "INSERT INTO search_fts(rowid, title, body) VALUES (new.id, new.title, new.body);"
_TAKE_AWAY = "INSERT INTO search_fts(search_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);"
SQLITE_TRIGGERS = {
    "search_entry_added": f"AFTER INSERT ON search_entry BEGIN {_ADD} END",
    "search_entry_deleted": f"AFTER DELETE ON search_entry BEGIN {_TAKE_AWAY} END",
    "search_entry_changed": f"AFTER UPDATE ON search_entry BEGIN {_TAKE_AWAY} {_ADD} END",
}


def make_sqlite_triggers(schema_editor):
    for name, body in SQLITE_TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(f"CREATE TRIGGER {name} {body}")


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        schema_editor.execute(SQLITE_TABLE)
        make_sqlite_triggers(schema_editor)
        schema_editor.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
    else:
        for name in SQLITE_TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute("DROP TABLE search_fts")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
