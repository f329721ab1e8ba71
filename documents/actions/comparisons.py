"""Comparing two versions of a document: asked for, then worked out after the answer, once for each pair of contents."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.shortcuts import get_object_or_404

from documents.compare import differences
from documents.enums import ComparisonState
from documents.extraction import READABLE, Text, text_of
from documents.models import Comparison, Document, DocumentVersion, document_store
from documents.sandbox import UnreadableError, Worker
from documents.storage import stored_name
from documents.validation import FORMATS

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def ask_for_comparison(*, older: DocumentVersion, newer: DocumentVersion, by: "User") -> Comparison:
    """Have the two versions compared, unless they have been already. Raises `Http404` for who does not read the document."""
    from documents.tasks import compare_versions  # tasks import this module

    get_object_or_404(Document.objects.visible_to(by), pk=older.document_id)
    comparison, is_new = Comparison.objects.get_or_create(
        older=older.sha256,
        newer=newer.sha256,
        defaults={"older_extension": older.extension, "newer_extension": newer.extension},
    )
    if is_new:
        transaction.on_commit(lambda: compare_versions.apply_async(retry=False), robust=True)
    return comparison


def compare_waiting_versions() -> int:
    """Work out what waits. Asks no right: a task. Returns how many pairs were looked at."""
    count = 0
    with Worker() as worker:
        for comparison in Comparison.objects.claim():
            _compare(comparison, worker)
            count += 1
    return count


def _compare(comparison: Comparison, worker: Worker) -> None:
    try:
        if comparison.is_hopeless:
            raise UnreadableError("broken")
        old = _text(comparison.older, comparison.older_extension, worker)
        new = _text(comparison.newer, comparison.newer_extension, worker)
        found = differences(old.words, new.words)
    except UnreadableError:
        comparison.state = ComparisonState.IMPOSSIBLE
    except OSError:
        return  # not the files' fault: the claim lapses, and the sweep comes back
    else:
        comparison.state, comparison.blocks = ComparisonState.DONE, found.rows
        comparison.is_cut = found.is_cut or old.is_cut or new.is_cut
        comparison.added, comparison.removed, comparison.changed = found.added, found.removed, found.changed
    comparison.save()


def _text(sha256: str, extension: str, worker: Worker) -> Text:
    if extension not in READABLE:
        raise UnreadableError("broken")
    path = document_store().path(stored_name(sha256))
    text = text_of(path, extension, FORMATS[extension].media_type, worker)
    if not text.words.strip():
        raise UnreadableError("broken")  # a scan: pictures of words
    return text
