"""What is worked out of the bytes that came in. Asks no right: called by the actions that publish, then by tasks."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from documents import previews, scanning
from documents.enums import PreviewState, ScanState
from documents.models import Comparison, DocumentVersion, Preview, Scan, document_store
from documents.previews import DRAWABLE
from documents.sandbox import UnreadableError, Worker
from documents.storage import stored_name
from notifications.actions import record_event


def receive_content(*, sha256: str, extension: str) -> None:
    """Write down what has to be worked out of these bytes, in the transaction that publishes them; the work comes after.
    Bytes that came before are not worked on again; their rows are held, so that `forget_unused_contents` sees them used.

    Raises `ValidationError` for those in which a virus was found then."""
    from documents.tasks import draw_previews, scan_files  # tasks import this module

    if extension in DRAWABLE and Preview.objects.select_for_update().get_or_create(sha256=sha256)[1]:
        transaction.on_commit(lambda: draw_previews.apply_async(retry=False), robust=True)
    if scanning.is_configured():
        scan, is_new = Scan.objects.select_for_update().get_or_create(sha256=sha256)
        if scan.state == ScanState.INFECTED:
            raise ValidationError("l’antivirus a déjà trouvé un virus dans ce fichier, à l’octet près.", "infected")
        if is_new:
            transaction.on_commit(lambda: scan_files.apply_async(retry=False), robust=True)


def draw_waiting_previews() -> int:
    """Draw what waits, in one confined process as long as it survives. Returns how many files were looked at."""
    count = 0
    with Worker() as worker:
        for preview in Preview.objects.claim():
            _draw(preview, worker)
            count += 1
    return count


def _draw(preview: Preview, worker: Worker) -> None:
    if preview.is_hopeless:
        preview.state = PreviewState.BROKEN
    else:
        try:
            facts = previews.draw(preview.sha256, document_store().path(stored_name(preview.sha256)), worker)
        except UnreadableError as error:
            preview.state = PreviewState(error.reason)
        except OSError:
            return  # no room for the pictures, or none of the bytes yet: the claim lapses, and the sweep comes back
        else:
            preview.state = PreviewState.DONE
            preview.page_count, preview.drawn_count = facts["pages"], facts["drawn"]
            preview.width, preview.height = facts["width"], facts["height"]
    preview.save()


def scan_waiting_files() -> int:
    """Have the antivirus look at what waits, and tell who deposited what it finds infected. Returns how many files have their
    verdict; none while it is away. What is larger than it takes, or makes it hang up each time, is left without one."""
    count = 0
    for scan in Scan.objects.claim():
        signature = ""
        try:
            signature = scanning.signature_in(document_store().path(stored_name(scan.sha256))) or ""
            scan.state = ScanState.INFECTED if signature else ScanState.CLEAN
        except scanning.TooLargeError:
            scan.state = ScanState.UNSCANNED
        except scanning.ScannerAwayError:
            if not scanning.answers():
                Scan.objects.filter(pk=scan.pk).update(claimed_at=None, attempts=F("attempts") - 1)
                break
            if not scan.is_hopeless:
                continue  # this file only: again when the claim lapses
            scan.state = ScanState.UNSCANNED
        _write_verdict(scan, signature)
        count += 1
    return count


@transaction.atomic
def _write_verdict(scan: Scan, signature: str) -> None:
    scan.signature, scan.scanned_at = signature[:200], timezone.now()
    scan.save()
    if scan.state != ScanState.INFECTED:
        return
    infected = DocumentVersion.objects.filter(sha256=scan.sha256, document__withdrawn_at=None)
    latest = {version.document_id: version for version in infected.select_related("document__space").order_by("number")}
    for version in latest.values():
        document = version.document
        record_event(
            space=document.space,
            kind="document.infected",
            about=document,
            title=f"{document.title} – version {version.number}"[-255:],
            url=version.get_absolute_url(),
            boundary_id=document.boundary_id,
        )


def scan_again() -> int:
    """Ask the antivirus anew about what it could not look at: its `StreamMaxLength` may have been raised. Returns how many
    files. Asks no right: a command."""
    return Scan.objects.filter(state=ScanState.UNSCANNED).update(state=ScanState.PENDING, claimed_at=None, attempts=0)


def forget_unused_contents() -> int:
    """Remove what was worked out of bytes that no document holds any more. Returns how many fingerprints were forgotten."""
    known = set(Preview.objects.order_by().values_list("sha256", flat=True)) | set(previews.stored_fingerprints())
    for older, newer in Comparison.objects.order_by().values_list("older", "newer"):
        known |= {older, newer}
    return sum(_forget(sha256) for sha256 in known - used_fingerprints())


@transaction.atomic
def _forget(sha256: str) -> bool:
    """Unless a document has come to hold these bytes meanwhile: its rows are held first, as `receive_content` holds them,
    so that either they are seen to be used, or the newcomer waits and makes its own."""
    for rows in (Preview.objects.filter(sha256=sha256), Scan.objects.filter(sha256=sha256)):
        list(rows.select_for_update())
    if DocumentVersion.objects.filter(sha256=sha256).exists():
        return False
    Preview.objects.filter(sha256=sha256).delete()
    Scan.objects.filter(sha256=sha256).delete()
    Comparison.objects.filter(Q(older=sha256) | Q(newer=sha256)).delete()
    previews.forget(sha256)
    return True


def used_fingerprints() -> set[str]:
    return set(DocumentVersion.objects.order_by().values_list("sha256", flat=True))
