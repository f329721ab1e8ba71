"""Each object is found by the names of its nature and of its folder too; they weigh less than its title, more than its text.
Filled before (documents, 0018): on PostgreSQL each text is then read once."""

from importlib import import_module

from django.db import migrations

full_text = import_module("search.migrations.0002_full_text")

POSTGRESQL = """
ALTER TABLE search_entry DROP COLUMN document;
ALTER TABLE search_entry ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('extranet_fr'::regconfig, title), 'A')
    || setweight(to_tsvector('extranet_fr'::regconfig, labels), 'B')
    || setweight(to_tsvector('extranet_fr'::regconfig, body), 'C')
) STORED;
CREATE INDEX search_entry_document ON search_entry USING gin (document);
"""

POSTGRESQL_BACK = """
ALTER TABLE search_entry DROP COLUMN document;
ALTER TABLE search_entry ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('extranet_fr'::regconfig, title), 'A')
    || setweight(to_tsvector('extranet_fr'::regconfig, body), 'B')
) STORED;
CREATE INDEX search_entry_document ON search_entry USING gin (document);
"""

SQLITE_TABLE = """
CREATE VIRTUAL TABLE search_fts USING fts5(
    title, body, labels, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
)
"""

_ADD = "INSERT INTO search_fts(rowid, title, body, labels) VALUES (new.id, new.title, new.body, new.labels);"
_TAKE_AWAY = """INSERT INTO search_fts(search_fts, rowid, title, body, labels)
    VALUES ('delete', old.id, old.title, old.body, old.labels);"""
SQLITE_TRIGGERS = {
    "search_entry_added": f"AFTER INSERT ON search_entry BEGIN {_ADD} END",
    "search_entry_deleted": f"AFTER DELETE ON search_entry BEGIN {_TAKE_AWAY} END",
    "search_entry_changed": f"AFTER UPDATE ON search_entry BEGIN {_TAKE_AWAY} {_ADD} END",
}


def make_sqlite_triggers(schema_editor):
    """A later migration that alters `search_entry` must call this again at its end, see 0002."""
    for name, body in SQLITE_TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute(f"CREATE TRIGGER {name} {body}")


def _index_anew(schema_editor, table, make_triggers):
    schema_editor.execute("DROP TABLE search_fts")
    schema_editor.execute(table)
    make_triggers(schema_editor)
    schema_editor.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        _index_anew(schema_editor, SQLITE_TABLE, make_sqlite_triggers)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
    else:
        _index_anew(schema_editor, full_text.SQLITE_TABLE, full_text.make_sqlite_triggers)


class Migration(migrations.Migration):
    dependencies = [("search", "0007_entry_labels")]

    operations = [migrations.RunPython(forwards, backwards)]
