"""Calling people to a meeting: who is told, what they receive, and what each change sends."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mail.models import OutgoingMail
from meetings import actions, convocations
from meetings.actions import Person
from meetings.dates import span_in_words
from meetings.enums import Answer, AnsweredVia, MeetingState
from meetings.models import Invitee, Meeting
from meetings.queries import upcoming_meetings, waiting_answers
from meetings.tasks import close_past_meetings, remind_unanswered
from search.queries import search
from spaces.enums import Role
from tests.factories import make_member, make_user

PEOPLE = [
    Person("ada@ailleurs.example", "Ada Ailleurs"),
    Person("Bob@Ailleurs.example"),
    Person("bob@ailleurs.example"),
]


def draft(space, by, *, in_days=20, **fields):
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=in_days)
    return actions.prepare_meeting(
        space=space,
        by=by,
        title="CTT zygomorphe",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        **fields,
    )


@pytest.fixture
def called(lille, manager, django_capture_on_commit_callbacks):
    """A convened meeting: a member with an account, and two people without."""
    meeting = draft(lille, manager)
    member = make_member(lille)
    actions.add_invitees(meeting=meeting, people=[*PEOPLE, Person(member.email)], by=manager)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.convene_meeting(meeting=meeting, by=manager) == 3
    meeting.refresh_from_db()
    return meeting


def event_of(message):
    [part] = [one for one in message.alternatives if one[1].startswith("text/calendar")]
    calendar = Calendar.from_ical(part[0])
    [event] = calendar.walk("VEVENT")
    return calendar["METHOD"], event


# --- Denied first ---------------------------------------------------------------------------------------------------


def test_a_draft_exists_for_those_alone_who_may_convene(lille, douai, manager, client):
    meeting = draft(lille, manager)
    assert list(Meeting.objects.visible_to(manager)) == [meeting]
    others = [make_member(lille), make_member(lille, Role.CONTRIBUTOR), make_member(douai, Role.MANAGER)]
    for user in others:
        client.force_login(user)
        month = f"{timezone.localtime(meeting.starts_at):%Y-%m}"
        pages = [client.get("/"), client.get(reverse("meetings:calendar"), {"mois": month})]
        assert all(meeting.title not in page.content.decode() for page in pages)
        assert client.get(meeting.get_absolute_url()).status_code == 404
        assert client.get(reverse("meetings:ics", args=[meeting.uuid])).status_code == 404
        assert (upcoming_meetings(user), search(user, "zygomorphe").hits) == ([], [])


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_convenes_nothing(role, lille, douai, manager):
    meeting = draft(lille, manager)
    [ada] = actions.add_invitees(meeting=meeting, people=PEOPLE[:1], by=manager)
    item = actions.add_item(meeting=meeting, by=manager, title="Point")
    stranger = make_member(douai, role)
    for write in (
        lambda: actions.convene_meeting(meeting=meeting, by=stranger),
        lambda: actions.announce_meeting(meeting=meeting, by=stranger),
        lambda: actions.add_invitees(meeting=meeting, people=PEOPLE, by=stranger),
        lambda: actions.remove_invitee(invitee=ada, by=stranger),
        lambda: actions.answer_invitation(invitee=ada, answer=Answer.PRESENT, via=AnsweredVia.SITE, by=stranger),
        lambda: actions.answer_invitation(invitee=ada, answer=Answer.PRESENT, via=AnsweredVia.ORGANISER, by=stranger),
        lambda: actions.add_item(meeting=meeting, by=stranger, title="x"),
        lambda: actions.change_item(item=item, by=stranger, title="x"),
        lambda: actions.remove_item(item=item, by=stranger),
        lambda: actions.move_item(item=item, by=stranger, by_rows=1),
        lambda: actions.postpone_meeting(meeting=meeting, by=stranger),
        lambda: actions.discard_draft(meeting=meeting, by=stranger),
    ):
        with pytest.raises(Http404):
            write()
    assert OutgoingMail.objects.count() == 0


def test_a_member_who_is_not_manager_is_refused(lille, manager):
    meeting, member = draft(lille, manager), make_member(lille, Role.CONTRIBUTOR)
    for write in (
        lambda: actions.convene_meeting(meeting=meeting, by=member),
        lambda: actions.add_item(meeting=meeting, by=member, title="x"),
        lambda: actions.prepare_meeting(
            space=lille, by=member, title="x", starts_at=meeting.starts_at, ends_at=meeting.ends_at
        ),
    ):
        with pytest.raises(PermissionDenied):
            write()


# --- The convocation ------------------------------------------------------------------------------------------------


def test_each_person_receives_one_mail_with_the_meeting_for_their_calendar(called):
    assert sorted(message.to[0] for message in mail.outbox)[:2] == ["ada@ailleurs.example", "bob@ailleurs.example"]
    assert len(mail.outbox) == 3
    method, event = event_of(mail.outbox[0])
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert event["UID"] == f"{called.uuid}@reunions.extranet-spo"
    assert event["ATTENDEE"] == f"mailto:{mail.outbox[0].to[0]}"
    raw = mail.outbox[0].message().as_string()
    assert 'Content-Type: text/calendar; method="REQUEST"' in raw or "text/calendar; method=REQUEST" in raw
    assert 'filename="reunion.ics"' in raw
    assert not OutgoingMail.objects.exclude(calendar="").exists(), "the words are forgotten once sent"


def test_convening_again_writes_to_nobody_and_a_late_guest_is_told_alone(
    called, manager, django_capture_on_commit_callbacks
):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.convene_meeting(meeting=called, by=manager) == 0
        actions.add_invitees(meeting=called, people=[Person("cleo@ailleurs.example"), *PEOPLE], by=manager)
    assert [message.to for message in mail.outbox] == [["cleo@ailleurs.example"]]


def test_moving_cancelling_and_postponing_tell_everybody_under_one_uid(
    called, manager, django_capture_on_commit_callbacks
):
    ada = Invitee.objects.get(email="ada@ailleurs.example")
    actions.answer_invitation(invitee=ada, answer=Answer.PRESENT, via=AnsweredVia.LINK)
    seen = []

    def does(write):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            write()
        events = [event_of(message) for message in mail.outbox]
        assert len({(method, event["SEQUENCE"]) for method, event in events}) == 1
        assert len(events) == 3
        seen.append((events[0][0], events[0][1]["SEQUENCE"], events[0][1]["STATUS"], events[0][1]["UID"]))

    def move(days):
        actions.change_meeting(
            meeting=called, by=manager, title=called.title,
            starts_at=called.starts_at + timedelta(days=days), ends_at=called.ends_at + timedelta(days=days),
        )  # fmt: skip

    does(lambda: move(1))
    ada.refresh_from_db()
    assert ada.answer == Answer.NONE, "another date: the answer is asked again"
    does(lambda: actions.postpone_meeting(meeting=called, by=manager))
    does(lambda: move(30))
    assert Meeting.objects.get().state == MeetingState.CONVENED
    does(lambda: actions.resend_convocation(meeting=called, by=manager))
    does(lambda: actions.cancel_meeting(meeting=called, by=manager))
    assert [(method, sequence, status) for method, sequence, status, _ in seen] == [
        ("REQUEST", 1, "CONFIRMED"),
        ("CANCEL", 2, "CANCELLED"),
        ("REQUEST", 3, "CONFIRMED"),
        ("REQUEST", 4, "CONFIRMED"),
        ("CANCEL", 5, "CANCELLED"),
    ]
    assert len({uid for *_, uid in seen}) == 1


def test_nobody_invited_or_too_late_is_said(lille, manager):
    with pytest.raises(ValidationError, match="Personne n’est invité"):
        actions.convene_meeting(meeting=draft(lille, manager), by=manager)
    with pytest.raises(ValidationError, match="réunion à venir"):
        actions.convene_meeting(meeting=draft(lille, manager, in_days=-1), by=manager)


def test_a_document_is_named_to_those_alone_who_may_read_it(lille, manager):
    from tests.factories import make_document, make_folder

    paper = make_document(make_folder(lille), title="Bilan chiffré")
    meeting, member = draft(lille, manager), make_member(lille)
    actions.add_item(meeting=meeting, by=manager, title="Bilan", documents=[paper])
    actions.add_invitees(meeting=meeting, people=[Person(member.email), PEOPLE[0]], by=manager)
    actions.convene_meeting(meeting=meeting, by=manager)
    told = {one.to: "Bilan chiffré" in one.text + one.html for one in OutgoingMail.objects.all()}
    assert told == {member.email: True, "ada@ailleurs.example": False}


def test_a_document_of_another_space_is_refused(lille, douai, manager):
    from tests.factories import make_document, make_folder

    with pytest.raises(ValidationError):
        actions.add_item(
            meeting=draft(lille, manager), by=manager, title="x", documents=[make_document(make_folder(douai))]
        )


# --- Answers --------------------------------------------------------------------------------------------------------


def test_the_link_shows_without_answering_then_answers_for_one_person(called, client):
    ada = Invitee.objects.get(email="ada@ailleurs.example")
    address = reverse("meetings:respond", args=[convocations.answer_token(ada)])
    page = client.get(address, {"reponse": "excused"})
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert Invitee.objects.exclude(answer=Answer.NONE).count() == 0
    assert "Votre réponse est enregistrée" in client.post(address, {"answer": "excused"}).content.decode()
    assert "Par qui" in client.post(address, {"answer": "represented"}).content.decode()
    client.post(address, {"answer": "represented", "represented_by": "Chloé"})
    assert "Réponse déjà donnée\u00a0: <strong>représenté par Chloé</strong>" in client.get(address).content.decode()
    assert list(Invitee.objects.exclude(answer=Answer.NONE).values_list("email", "represented_by")) == [
        (ada.email, "Chloé")
    ]


def test_a_forged_late_or_withdrawn_link_is_refused(called, manager, client):
    ada, bob = Invitee.objects.filter(user=None).order_by("email")
    token = convocations.answer_token(ada)
    forged = convocations.answer_token(bob).replace(bob.uuid.hex, ada.uuid.hex)
    assert client.post(reverse("meetings:respond", args=[forged]), {"answer": "present"}).status_code == 404
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1))
    page = client.post(reverse("meetings:respond", args=[token]), {"answer": "present"})
    assert (page.status_code, "a eu lieu" in page.content.decode()) == (410, True)
    Meeting.objects.update(ends_at=timezone.now() + timedelta(hours=1))
    actions.cancel_meeting(meeting=called, by=manager)
    page = client.post(reverse("meetings:respond", args=[token]), {"answer": "present"})
    assert (page.status_code, "est annulée" in page.content.decode()) == (410, True)
    Invitee.objects.filter(pk=ada.pk).delete()
    page = client.get(reverse("meetings:respond", args=[token]))
    assert (page.status_code, "ne permet pas de répondre" in page.content.decode()) == (404, True)
    assert called.title not in page.content.decode()
    assert Invitee.objects.filter(answer=Answer.NONE).count() == Invitee.objects.count()


@pytest.mark.parametrize("where", ["link", "page", "home"])
def test_an_answer_given_to_a_date_is_not_taken_for_another(where, called, manager, client):
    member = Invitee.objects.exclude(user=None).get()
    address = reverse("meetings:answer", args=[called.uuid])
    if where == "link":
        shown = address = reverse("meetings:respond", args=[convocations.answer_token(member)])
    else:
        client.force_login(member.user)
        shown = called.get_absolute_url() if where == "page" else "/"

    def seen() -> str:
        return client.get(shown).content.decode().partition('name="seen" value="')[2].partition('"')[0]

    stale, data = seen(), {"answer": "present"}
    later = called.starts_at + timedelta(days=7)
    actions.change_meeting(
        meeting=called, by=manager, title=called.title, starts_at=later, ends_at=later + timedelta(hours=1)
    )
    page = client.post(address, data | {"seen": stale}, follow=True).content.decode()
    assert ("a changé entre-temps" in page, span_in_words(later, later + timedelta(hours=1)) in page.lower()) == (
        True, True,
    )  # fmt: skip
    assert not Invitee.objects.exclude(answer=Answer.NONE).exists()
    client.post(address, data | {"seen": seen()})
    assert Invitee.objects.get(pk=member.pk).answer == Answer.PRESENT


def test_an_invited_member_answers_from_home_and_it_leaves_the_list(called, client):
    member = Invitee.objects.exclude(user=None).get().user
    client.force_login(member)
    assert "convocation sans réponse" in client.get("/").content.decode()
    client.post(reverse("meetings:answer", args=[called.uuid]), {"answer": "present"})
    assert waiting_answers(member) == []
    assert "Votre réponse" in client.get(called.get_absolute_url()).content.decode()


def test_being_invited_gives_no_right(called, client):
    guest = make_user("ada2@ailleurs.example")
    Invitee.objects.filter(email="ada@ailleurs.example").update(user=guest)
    client.force_login(guest)
    assert client.get(called.get_absolute_url()).status_code == 404
    assert client.post(reverse("meetings:answer", args=[called.uuid]), {"answer": "present"}).status_code == 404
    assert waiting_answers(guest) == []


# --- The schedule ---------------------------------------------------------------------------------------------------


def test_a_reminder_leaves_once_to_those_who_have_not_answered(called, django_capture_on_commit_callbacks):
    assert remind_unanswered() == 0
    long_ago = timezone.now() - timedelta(days=5)
    Meeting.objects.update(convened_at=long_ago, answer_by=timezone.localdate() + timedelta(days=2))
    Invitee.objects.update(created_at=long_ago)
    Invitee.objects.filter(email="bob@ailleurs.example").update(answer=Answer.EXCUSED)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert (remind_unanswered(), remind_unanswered()) == (2, 0)
    assert "bob@ailleurs.example" not in {message.to[0] for message in mail.outbox}
    assert mail.outbox[0].subject.startswith("Rappel")


def test_what_is_over_was_held(called):
    assert close_past_meetings() == 0
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1))
    assert (close_past_meetings(), close_past_meetings()) == (1, 0)
    assert Meeting.objects.get().state == MeetingState.HELD


# --- Costs ----------------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_two_invitees_and_forty(lille, manager, client, django_assert_max_num_queries):
    meeting = draft(lille, manager)
    client.force_login(manager)
    costs, shown = [], []
    for number in (2, 40):
        for n in range(number):
            actions.add_item(meeting=meeting, by=manager, title=f"Point {number} {n}")
        people = [Person(f"p{number}-{n}@ailleurs.example") for n in range(number)]
        actions.add_invitees(meeting=meeting, people=people, by=manager)
        client.get(meeting.get_absolute_url())
        with django_assert_max_num_queries(12) as asked:
            html = client.get(meeting.get_absolute_url()).content.decode()
        costs.append(len(asked))
        shown.append((html.count("<strong>Point "), html.count("@ailleurs.example : ")))
    assert costs[0] == costs[1]
    assert shown == [(2, 2), (42, 42)]
