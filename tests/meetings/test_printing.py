"""The papers of minutes come after the answer: from a row, once each, in order; kept and not made again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from meetings.actions import minutes as actions
from meetings.actions import papers
from meetings.enums import PaperState
from meetings.models import Minutes, Paper
from meetings.papers import UnprintableError
from meetings.queries import minutes as queries
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import close_amendments, make_held, write

PREPARES, FAILED = "Le PDF se prépare", "n’a pas pu être mis en page"


@pytest.fixture
def held(lille, manager):
    held = make_held(lille, manager)
    write(held, manager)
    return held


def circulate(held, by) -> Minutes:
    return actions.circulate_minutes(meeting=held, by=by)[0]


def address(held, kind: str) -> str:
    return reverse("meetings:minutes_file", args=[held.uuid, kind])


def taken(client, held, kind: str) -> bytes:
    response = client.get(address(held, kind))
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def too_long(monkeypatch):
    """What pandoc and typst cannot lay out."""
    whole = queries.pdf_of

    def pdf_of(paper):
        raise UnprintableError

    monkeypatch.setattr(queries, "pdf_of", pdf_of)
    return lambda: monkeypatch.setattr(queries, "pdf_of", whole)


def test_the_page_says_that_they_are_being_made_then_offers_them(client, held, manager, lille) -> None:
    minutes = circulate(held, manager)
    client.force_login(make_member(lille))
    assert PREPARES in client.get(minutes.get_absolute_url()).content.decode()
    for kind in ("pdf", "odt", "docx"):
        assert client.get(address(held, kind)).url == minutes.get_absolute_url()
    assert (papers.print_waiting(), papers.print_waiting()) == (1, 0)
    html = client.get(minutes.get_absolute_url()).content.decode()
    assert (PREPARES in html, address(held, "odt") in html) == (False, True)
    assert [taken(client, held, kind)[:4] for kind in ("pdf", "odt", "docx")] == [b"%PDF", b"PK\x03\x04", b"PK\x03\x04"]


def test_nobody_elsewhere_gets_them(client, held, manager, douai) -> None:
    circulate(held, manager)
    client.force_login(make_member(douai, Role.MANAGER))
    for _ in range(2):
        assert {client.get(address(held, kind)).status_code for kind in ("pdf", "odt", "docx")} == {404}
        papers.print_waiting()


def test_what_was_kept_is_not_made_again(client, held, manager, monkeypatch) -> None:
    circulate(held, manager)
    papers.print_waiting()
    client.force_login(manager)
    before = [taken(client, held, kind) for kind in ("pdf", "odt", "docx")]
    for name in ("pdf_of", "word_of", "paper_of"):
        monkeypatch.setattr(queries, name, None)
    assert [taken(client, held, kind) for kind in ("pdf", "odt", "docx")] == before


def test_what_is_printed_is_what_was_circulated_whatever_is_typed_since(held, manager) -> None:
    minutes = circulate(held, manager)
    write(held, manager, "<p>Ajouté depuis.</p>")
    (paper,) = Paper.objects.all()
    assert paper.content == minutes.content
    circulate(held, manager)
    close_amendments()
    actions.approve_minutes(minutes=minutes, by=manager)
    papers.print_waiting()
    minutes.refresh_from_db()
    reasons = list(minutes.document.versions.order_by("number").values_list("reason", flat=True))
    assert [words.split(" ")[0] for words in reasons[1:]] == ["Provisoire", "Approuvé"]
    (kept,) = Paper.objects.all()
    assert (kept.fingerprint, kept.content, bool(kept.docx)) == (minutes.sha256, minutes.content, True)


def test_two_workers_keep_the_order(held, manager) -> None:
    circulate(held, manager)
    first = Paper.objects.get()
    Paper.objects.update(claimed_at=timezone.now())  # in another worker's hands
    write(held, manager)
    circulate(held, manager)
    assert papers.print_waiting() == 0
    assert Paper.objects.exclude(pk=first.pk).get().attempts == 0
    Paper.objects.update(claimed_at=timezone.now() - timedelta(hours=1))  # it was killed
    assert papers.print_waiting() == 2


@pytest.mark.parametrize("is_printed", [True, False])
def test_what_was_circulated_a_second_later_follows_at_once(
    is_printed, held, manager, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    """Another worker, called for it, found the first one in hand and left it: no sweep has to come."""
    minutes = circulate(held, manager)
    (first,) = Paper.objects.claim()
    write(held, manager)
    circulate(held, manager)
    assert papers.print_waiting() == 0
    whole = queries.pdf_of
    monkeypatch.setattr(queries, "pdf_of", lambda paper: whole(paper) if is_printed else failing())
    with django_capture_on_commit_callbacks() as callbacks:
        papers._print(first)
    monkeypatch.setattr(queries, "pdf_of", whole)
    for callback in callbacks:
        callback()
    assert Paper.objects.latest("pk").state == PaperState.DONE
    minutes.refresh_from_db()
    assert minutes.document.versions.count() == 1 + is_printed


def failing():
    raise UnprintableError


def test_what_cannot_be_laid_out_is_said_and_tried_again(client, held, manager, lille, douai, too_long) -> None:
    minutes = circulate(held, manager)
    assert (papers.print_waiting(), Paper.objects.get().state) == (0, PaperState.FAILED)
    reader = make_member(lille)
    for user, offered in ((reader, False), (manager, True)):
        client.force_login(user)
        html = client.get(minutes.get_absolute_url()).content.decode()
        assert (FAILED in html, 'value="print"' in html) == (True, offered)
    with pytest.raises(PermissionDenied):
        papers.print_again(minutes=minutes, by=reader)
    with pytest.raises(Http404):
        papers.print_again(minutes=minutes, by=make_member(douai, Role.MANAGER))
    too_long()
    client.post(minutes.get_absolute_url(), {"do": "print"})
    assert (papers.print_waiting(), papers.print_again(minutes=minutes, by=manager)) == (1, False)


def test_whoever_ordered_them_may_have_left_since(held, manager, lille) -> None:
    other = make_member(lille, Role.MANAGER)
    minutes = circulate(held, manager)
    manager.memberships.update(ended_at=timezone.now())
    papers.print_waiting()
    minutes.refresh_from_db()
    assert minutes.document.uploaded_by_user == other


def test_a_draft_is_made_as_it_is_asked_for(client, held, manager) -> None:
    client.force_login(manager)
    assert [taken(client, held, kind)[:2] for kind in ("pdf", "odt")] == [b"%P", b"PK"]
    assert not Paper.objects.exists()
