"""Each document already there has had one version: the file that it holds."""

from itertools import islice

from django.db import migrations
from django.db.models import F

COLUMNS = ("pk", "file", "original_name", "extension", "media_type", "file_size", "sha256", "uploaded_by_user", "published_at")


def make_first_versions(apps, schema_editor):
    Document = apps.get_model("documents", "Document")
    DocumentVersion = apps.get_model("documents", "DocumentVersion")
    documents = Document.objects.filter(versions=None).order_by("pk").values_list(*COLUMNS)
    left = documents.iterator(2000)
    while rows := list(islice(left, 2000)):
        DocumentVersion.objects.bulk_create(
            DocumentVersion(
                document_id=pk,
                number=1,
                file=file,
                original_name=name,
                extension=extension,
                media_type=media_type,
                size=size or 0,
                sha256=sha256,
                author_id=author,
                created_at=published_at,
            )
            for pk, file, name, extension, media_type, size, sha256, author, published_at in rows
        )
    Document.objects.filter(version_author=None).update(version_author_id=F("uploaded_by_user_id"))


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_versions")]

    operations = [migrations.RunPython(make_first_versions, migrations.RunPython.noop)]
