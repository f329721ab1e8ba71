"""Every document of a folder is in the folder's space: said to PostgreSQL's planner, which took the two for independent, expected
a seventh of the rows, and went through all the documents of a reader's spaces to show the newest fifty of one folder."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS IF NOT EXISTS documents_document_places (dependencies) ON space_id, folder_id FROM documents_document"
        )
        schema_editor.execute("ANALYZE documents_document")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS documents_document_places")


class Migration(migrations.Migration):
    dependencies = [("documents", "0015_mails_of_documents")]

    operations = [migrations.RunPython(forwards, backwards)]
