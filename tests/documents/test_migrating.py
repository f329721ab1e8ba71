"""A new version of the software meets a database that is in use."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from documents.models import Document, DocumentVersion
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_document, make_folder, make_member


@pytest.mark.django_db(transaction=True)
def test_a_table_of_documents_in_use_is_changed_and_its_locks_are_there_afterwards(lille: Space) -> None:
    """0022 makes the table of documents anew on SQLite, which refuses as long as the lock of versions names it."""
    make_document(make_folder(lille, "guides"), by=make_member(lille, Role.MANAGER))
    before = Space.objects.get(pk=lille.pk).epoch
    call_command("migrate", "documents", "0021", verbosity=0)
    call_command("migrate", verbosity=0)
    assert Document.objects.count() == DocumentVersion.objects.count() == 1
    with pytest.raises(DatabaseError):
        DocumentVersion.objects.update(sha256="0" * 64)
    Document.objects.update(title="Autre")
    assert Space.objects.get(pk=lille.pk).epoch != before
