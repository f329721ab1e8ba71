"""What happens after the answer has been sent. Each task may run twice, late or never: the rows say what is left to do."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from documents import actions, purge, resumable, uploads
from documents.enums import TextState
from documents.models import Document


@shared_task
def read_document(document_id: int) -> None:
    document = Document.objects.filter(pk=document_id, text_state=TextState.PENDING).first()
    if document is not None:
        actions.read_text(document)


@shared_task
def read_pending() -> int:
    """Documents whose reading was lost (a stopped broker, a killed worker). Returns how many were read."""
    a_while_ago = timezone.now() - timedelta(minutes=5)
    pending = Document.objects.filter(text_state=TextState.PENDING, created_at__lt=a_while_ago).order_by(
        "text_attempts", "pk"
    )
    ids = list(pending.values_list("pk", flat=True)[:200])
    for document_id in ids:
        read_document(document_id)
    return len(ids)


@shared_task
def label_documents() -> int:
    return actions.label_waiting_documents()


@shared_task
def draw_previews() -> int:
    return actions.draw_waiting_previews()


@shared_task
def remind_of_reviews() -> int:
    return actions.remind_of_reviews()


@shared_task
def compare_versions() -> int:
    return actions.compare_waiting_versions()


@shared_task
def scan_files() -> int:
    return actions.scan_waiting_files()


@shared_task
def forget_contents() -> int:
    return actions.forget_unused_contents()


@shared_task
def forget_downloads() -> int:
    return actions.forget_downloads()


@shared_task
def warn_of_ending_links() -> int:
    return actions.warn_of_ending_links() + actions.warn_of_ending_shares()


@shared_task
def forget_old_links() -> int:
    return actions.forget_old_links()


@shared_task
def sweep_uploads() -> int:
    swept = uploads.sweep()
    resumable.forget_swept()
    return swept


@shared_task
def purge_trash() -> tuple[int, int]:
    return purge.purge_trash()
