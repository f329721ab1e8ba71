"""The papers of minutes: ordered in the transaction that circulates, approves or corrects them, made after it."""

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from documents.actions import add_folder, lock_document, publish_document, publish_version
from documents.models import Document, Folder
from meetings.actions.guests import send_links
from meetings.enums import PaperState
from meetings.models import Minutes, Paper
from meetings.papers import UnprintableError
from meetings.queries import minutes as queries
from search import actions as search
from search.models import Kind
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space
from spaces.queries import animation_team, managers_of

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

FOLDER = "comptes-rendus"
WRITTEN_HERE = "Ce compte rendu s’écrit depuis sa réunion : il ne se remplace, ne se renomme ni ne se retire ici."


def order_papers(minutes: Minutes, *, by: "User", is_circulation: bool = False) -> Paper:
    """Write down what the papers will say, in the transaction of the caller, which has asked its right. The same words always
    give the same bytes: what is printed a minute later is what was circulated or approved."""
    paper = queries.paper_of(minutes)
    paper.ordered_by, paper.is_circulation = by, is_circulation
    paper.save()
    _print_soon()
    return paper


def print_again(*, minutes: Minutes, by: "User") -> bool:
    """Try once more the last papers, if they could not be made; returns whether they could not. Raises
    `PermissionDenied`/`Http404`."""
    policy.require(by, Ability.CONVENE_MEETING, minutes.meeting.space)
    last = queries.last_paper(minutes)
    failed = Paper.objects.filter(pk=last.pk, state=PaperState.FAILED) if last else Paper.objects.none()
    found = failed.update(state=PaperState.PENDING, attempts=0, claimed_at=None)
    if found:
        _print_soon()
    return bool(found)


def _print_soon() -> None:
    from meetings.tasks import print_papers  # tasks import this module

    transaction.on_commit(lambda: print_papers.apply_async(retry=False), robust=True)


def print_waiting() -> int:
    """Make the papers that wait, the oldest first: the document's versions follow each other as the circulations did. Returns
    how many were made. Asks no right: who ordered them had it. For the task."""
    return sum(_print(paper) for paper in Paper.objects.claim())


def _print(paper: Paper) -> bool:
    earlier = Paper.objects.filter(minutes=paper.minutes_id, state=PaperState.PENDING, pk__lt=paper.pk)
    if earlier.exists():  # in another worker's hands, which will call for this one
        Paper.objects.filter(pk=paper.pk).update(claimed_at=None, attempts=paper.attempts - 1)
        if not earlier.exists():  # it has just called
            _print_soon()
        return False
    try:
        if paper.is_hopeless:
            raise UnprintableError
        pdf = queries.pdf_of(paper)
        if not Paper.objects.filter(
            minutes=paper.minutes_id, pk__gt=paper.pk
        ).exists():  # else nobody would be given them
            paper.odt, paper.docx = queries.word_of(paper, "odt"), queries.word_of(paper, "docx")
    except UnprintableError:
        logger.exception("The papers of minutes %s could not be made", paper.minutes_id)
        Paper.objects.filter(pk=paper.pk).update(state=PaperState.FAILED)
        _call_for_the_next(paper)
        return False
    try:
        _keep(paper, pdf)
    except (ValidationError, OSError):  # no room, or nobody in charge: the claim lapses, and the sweep comes back
        logger.exception("The papers of minutes %s could not be kept", paper.minutes_id)
        return False
    _call_for_the_next(paper)
    return True


def _call_for_the_next(paper: Paper) -> None:
    """What was circulated a second later waited for this one."""
    if Paper.objects.waiting().filter(minutes=paper.minutes_id, pk__gt=paper.pk).exists():
        _print_soon()


@transaction.atomic
def _keep(paper: Paper, pdf: bytes) -> None:
    """Once: the version, the links and the end of the work are one transaction. Earlier papers go: what
    they said stays as the document's versions."""
    found = Minutes.objects.select_for_update(of=("self",)).select_related("meeting__space", "document")
    minutes = found.get(pk=paper.minutes_id)
    by, meeting = _publisher(paper, minutes.meeting.space), minutes.meeting
    day = timezone.localtime(meeting.starts_at).date()
    file = ContentFile(pdf, name=f"compte-rendu-{day:%Y-%m-%d}.pdf")
    if minutes.document is None or minutes.document.withdrawn_at:
        minutes.document = _first(minutes, file, by)
        minutes.save(update_fields=["document"])
        search.stand_for(kind=Kind.MINUTES, object_id=meeting.pk, document_id=minutes.document.uuid)
    else:
        publish_version(document=minutes.document, file=file, by=by, reason=paper.banner, by_its_room=True)
    paper.state = PaperState.DONE
    paper.save(update_fields=["state", "odt", "docx"])
    Paper.objects.filter(minutes=minutes, pk__lt=paper.pk).delete()
    if paper.is_circulation:
        send_links(minutes=minutes, by=by)


def _first(minutes: Minutes, file: ContentFile, by: "User") -> Document:
    """One document by meeting; each circulation, the approval and each erratum is one of its versions."""
    meeting = minutes.meeting
    folder = Folder.objects.filter(space=meeting.space, slug=FOLDER).first() or add_folder(
        space=meeting.space, slug=FOLDER, name="Comptes rendus"
    )
    document = publish_document(folder=folder, file=file, by=by, title=queries.title_of(meeting))
    lock_document(document=document, reason=WRITTEN_HERE)
    return document


def _publisher(paper: Paper, space: Space) -> "User":
    """Whoever ordered the paper, or who runs the space when that person does so no more."""
    by = paper.ordered_by
    if by is not None and by.is_active and policy.can(by, Ability.MANAGE_DOCUMENTS, space):
        return by
    return someone_in_charge(space)


def someone_in_charge(space: Space) -> "User":
    """In whose name the final version is kept when approval came by itself. Raises `ValidationError` when nobody is left."""
    person = managers_of(space).order_by("pk").first() or animation_team().order_by("pk").first()
    if person is None:
        raise ValidationError("Personne n’anime plus cet espace.")
    return person
