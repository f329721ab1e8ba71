"""The text of a document: read after the upload, found by search."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from documents.enums import DocumentKind, TextState
from documents.extraction import MAX_CHARACTERS, UnreadableError, text_of
from documents.models import Document, Folder
from search import actions as search
from search.models import Kind

MAX_READINGS = 50
"""Times that a text is tried when nothing of its file is known to be wrong: several hours of the sweep."""

_BATCH = 50
"""Documents whose folder is held while their index is written: 0.2 s, of long texts."""
_REFUSALS = {"protected": TextState.PROTECTED, "heavy": TextState.HEAVY, "broken": TextState.UNREADABLE}


def queue_reading(document_id: int) -> None:
    from documents.tasks import read_document  # tasks import this module

    read_document.apply_async([document_id], retry=False)  # a broker that is down: the sweep will come


def read_text(document: Document) -> None:
    """Read the document's file and make its words findable, or say that it cannot be read. What is not the file's fault (a
    full disk, no process) is tried again by the sweep, `MAX_READINGS` times at most. Asks no right: a task."""
    try:
        text, is_cut = text_of(document.file.path, document.extension, document.media_type)
    except UnreadableError as error:
        set_text(document, "", state=_REFUSALS[error.reason])
    except OSError:
        _put_off(document)
    else:
        set_text(document, text, state=TextState.CUT if is_cut else TextState.DONE)


def _put_off(document: Document) -> None:
    if document.text_attempts + 1 >= MAX_READINGS:
        set_text(document, "", state=TextState.UNREADABLE)
    else:
        same = Document.objects.filter(pk=document.pk, sha256=document.sha256)
        same.update(text_attempts=F("text_attempts") + 1)


@transaction.atomic
def set_text(document: Document, text: str, *, state: TextState = TextState.DONE) -> None:
    """Keep the text of the document's file, at most `MAX_CHARACTERS`, and make it findable. Asks no right: a task, or a
    loader that knows the text already (called in the transaction of `publish_document`, it spares the reading).
    Without effect when `document` has had another version meanwhile: that one has its own reading."""
    current = Document.objects.select_for_update(of=("self",)).select_related("space").get(pk=document.pk)
    if current.sha256 != document.sha256:
        return
    current.text = text.replace("\x00", "")[:MAX_CHARACTERS]
    current.text_state = state
    Document.objects.filter(pk=current.pk).update(text=current.text, text_state=state)
    if current.withdrawn_at is None:
        index_document(current)


def index_all() -> int:
    """Put every document back into the search index; returns how many. For `manage.py rebuild_search`."""
    count = 0
    for document in (
        Document.objects.filter(withdrawn_at=None).select_related("space", "folder").order_by("pk").iterator(500)
    ):
        index_document(document)
        count += 1
    return count


def index_document(document: Document) -> None:
    search.index(
        kind=Kind.DOCUMENT,
        object_id=document.uuid,
        space=document.space,
        title=document.title,
        body="\n".join(part for part in (document.description, document.original_name, document.text) if part),
        url=document.get_absolute_url(),
        happened_at=document.published_at,
        extension=document.extension,
        nature=document.kind if document.kind != DocumentKind.OTHER else "",
        labels=_labels(document.kind, document.folder.name),
        valid_until=document.valid_until,
        review_on=document.review_on,
        boundary_id=document.boundary_id,
    )


def _labels(kind: str, folder_name: str) -> str:
    return f"{DocumentKind(kind).label if kind != DocumentKind.OTHER else ''}\n{folder_name}"


def queue_labels(folder: Folder) -> None:
    """What lies in the folder is found by its new name, after the answer: writing the index of thousands of texts takes
    seconds. Asks no right: called by who has just renamed it, in the same transaction."""
    from documents.tasks import label_documents  # tasks import this module

    Folder.objects.filter(pk=folder.pk).update(renamed_at=timezone.now())
    transaction.on_commit(lambda: label_documents.apply_async(retry=False), robust=True)


def label_waiting_documents() -> int:
    """Have what lies in the folders that were renamed found by their names. A folder renamed again meanwhile waits again.
    Asks no right: a task. Returns how many folders."""
    renamed = list(Folder.objects.exclude(renamed_at=None).order_by("renamed_at").values_list("pk", "renamed_at"))
    for folder_id, renamed_at in renamed:
        held = list(Document.objects.filter(folder=folder_id).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(held), _BATCH):
            _label(folder_id, held[start : start + _BATCH])
        Folder.objects.filter(pk=folder_id, renamed_at=renamed_at).update(renamed_at=None)
    return len(renamed)


@transaction.atomic
def _label(folder_id: int, document_ids: list[int]) -> None:
    """The folder, then the documents are held: neither gets another name or nature between its reading and its writing."""
    folder = Folder.objects.select_for_update().get(pk=folder_id)
    there = Document.objects.select_for_update().filter(pk__in=document_ids, folder=folder).order_by("pk")
    by_kind: dict[str, list[object]] = {}
    for kind, uuid in there.values_list("kind", "uuid"):
        by_kind.setdefault(kind, []).append(uuid)
    for kind, uuids in by_kind.items():
        search.label(kind=Kind.DOCUMENT, object_ids=uuids, labels=_labels(kind, folder.name))
