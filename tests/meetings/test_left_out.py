"""What is noted after a circulation that silence approves is forgotten by nobody: told, then said in an erratum or spoken of again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from extranet.queries import what_waits
from meetings import tasks
from meetings.actions import add_body, desk
from meetings.actions import minutes as actions
from meetings.actions.left_out import publish_left_out, put_off_left_out
from meetings.enums import Approval, BodyKind, MinutesState
from meetings.models import Action, AgendaItem, Decision, Minutes
from notifications.actions import tell
from notifications.models import Delivery, Event
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import make_held, write


@pytest.fixture
def circulated(lille, manager) -> Minutes:
    """Then a decision and an action are noted, and other words."""
    body = add_body(space=lille, slug="ctt-tacite", name="CTT", kind=BodyKind.CTT, approval=Approval.TACIT)
    held = make_held(lille, manager, body=body)
    item = write(held, manager)
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    desk.take_decision(meeting=held, item=item.uuid, by=manager, text="On ouvre le samedi.")
    desk.note_action(meeting=held, item=item.uuid, by=manager, text="Prévenir", person_name="Ada", due_on=None)
    desk.save_notes(meeting=held, item=item.uuid, by=manager, html="<p>Ornithorynque.</p>", revision=1)
    return minutes


@pytest.fixture
def approved(circulated) -> Minutes:
    closing(circulated, in_days=-1)
    assert actions.approve_tacitly() == 1
    return Minutes.objects.select_related("meeting__space", "meeting__body").get(state=MinutesState.APPROVED)


def closing(minutes: Minutes, *, in_days: int) -> None:
    Minutes.objects.filter(pk=minutes.pk).update(amend_until=timezone.localdate() + timedelta(days=in_days))


def tasks_of(user) -> list[str]:
    return [one.detail.partition("\u00a0: ")[2] for one in what_waits(user) if "compte" in one.summary]


def told() -> list[object]:
    for event in Event.objects.filter(kind="amendment.waiting", told_at=None):
        tell(event.pk)
    return [one.user for one in Delivery.objects.filter(event__kind="amendment.waiting").select_related("user")]


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [publish_left_out, put_off_left_out])
def test_only_those_who_run_the_space_dispose_of_it(act, approved, lille, douai) -> None:
    for role in (Role.READER, Role.CONTRIBUTOR):
        with pytest.raises(PermissionDenied):
            act(minutes=approved, by=make_member(lille, role))
    with pytest.raises(Http404):
        act(minutes=approved, by=make_member(douai, Role.MANAGER))
    assert (approved.errata.count(), AgendaItem.objects.count()) == (0, 1)


def test_nobody_else_reads_of_it(approved, lille, douai, client) -> None:
    """Nor may they ask for it by the form."""
    for user, status in ((make_member(lille, Role.CONTRIBUTOR), 200), (make_member(douai, Role.MANAGER), 404)):
        client.force_login(user)
        answer = client.get(approved.get_absolute_url())
        assert (answer.status_code, tasks_of(user)) == (status, [])
        for hidden in ("samedi", "Prévenir", "Ornithorynque", "put_off"):
            assert hidden not in answer.content.decode()
        assert client.post(approved.get_absolute_url(), {"do": "publish"}).status_code in (403, 404)


# --- Told -----------------------------------------------------------------------------------------------------------


def test_the_organiser_is_told_before_the_deadline_and_after_it(circulated, manager, client) -> None:
    [said] = tasks_of(manager)
    assert said.startswith(
        "2 décisions ou actions notées depuis la diffusion n’ont été lues par personne\u00a0: diffusez"
    )
    client.force_login(manager)
    html = client.get(circulated.get_absolute_url()).content.decode()
    for words in (
        "lu de vous seuls",
        "On ouvre le samedi.",
        "Prévenir (Ada)",
        "Notes modifiées",
        "s’approuve de lui-même",
    ):
        assert words in html
    assert "Publier par un erratum" not in html
    assert tasks.remind_of_amendments() == 0  # there is time
    closing(circulated, in_days=3)
    assert (tasks.remind_of_amendments(), tasks.remind_of_amendments(), told()) == (1, 0, [manager])
    closing(circulated, in_days=-1)
    assert actions.approve_tacitly() == 1
    [said] = tasks_of(manager)
    assert said.endswith("publiez-les par un erratum, ou reportez-les.")
    html = client.get(circulated.get_absolute_url()).content.decode()
    for words in ("ce qui suit n’y figure pas", "Publier par un erratum", "Ornithorynque"):
        assert words in html


def test_an_assembly_approves_it_with_the_rest(circulated, manager) -> None:
    closing(circulated, in_days=-1)
    actions.approve_minutes(minutes=circulated, by=manager)
    assert tasks_of(manager) == []
    assert not Decision.objects.filter(is_told=False).exists()


def test_where_silence_approves_nothing_there_is_nothing_to_warn_of(circulated, manager) -> None:
    circulated.meeting.body.approval = Approval.EXPRESS
    circulated.meeting.body.save()
    assert tasks_of(manager) == []


def test_a_line_nobody_has_read_may_be_taken_back(circulated, manager) -> None:
    unread, read = Decision.objects.order_by("-rank")
    with pytest.raises(ValidationError, match="lue par tous"):
        desk.remove_line(meeting=circulated.meeting, by=manager, decision=read.uuid)
    desk.remove_line(meeting=circulated.meeting, by=manager, decision=unread.uuid)
    [action] = Action.objects.filter(is_told=False)
    desk.remove_line(meeting=circulated.meeting, by=manager, action=action.uuid)
    assert tasks_of(manager) == []


# --- Said, or put off -----------------------------------------------------------------------------------------------


def test_an_erratum_says_it_and_the_register_holds_it(approved, manager, lille, client) -> None:
    client.force_login(manager)
    page = client.post(approved.get_absolute_url(), {"do": "publish"}, follow=True).content.decode()
    assert "Erratum nº 1 publié" in page
    [erratum] = approved.errata.all()
    year = timezone.localdate().year
    assert erratum.text.splitlines() == [
        "Noté après la diffusion de ce compte rendu\u00a0:",
        f"Décision D-{year}-002, sur «\u00a0Horaires\u00a0»\u00a0: On ouvre le samedi.",
        "Action, sur «\u00a0Horaires\u00a0»\u00a0: Prévenir (Ada)",
    ]
    member = make_member(lille)
    assert "On ouvre le samedi." in [one.text for one in Decision.objects.visible_to(member)]
    assert "Prévenir" in [one.text for one in Action.objects.visible_to(member)]
    assert tasks_of(manager) == []
    with pytest.raises(ValidationError, match="Rien n’a été noté"):
        publish_left_out(minutes=approved, by=manager)


def test_what_one_erratum_cannot_hold_waits_for_another(circulated, manager) -> None:
    for n in range(3):
        desk.take_decision(meeting=circulated.meeting, item=None, by=manager, text=f"{n}" * 1900)
    closing(circulated, in_days=-1)
    actions.approve_tacitly()
    while tasks_of(manager):
        publish_left_out(minutes=circulated, by=manager)
    said = "".join(circulated.errata.values_list("text", flat=True))
    assert (circulated.errata.count() > 1, [said.count(f"{n}" * 1900) for n in range(3)]) == (True, [1, 1, 1])


@pytest.mark.parametrize("is_planned", [True, False])
def test_it_is_spoken_of_again(is_planned, approved, manager, lille, client) -> None:
    coming = make_held(lille, manager, days=10, body=approved.meeting.body) if is_planned else None
    client.force_login(manager)
    page = client.post(approved.get_absolute_url(), {"do": "put_off"}, follow=True).content.decode()
    assert ("Reporté à l’ordre du jour" in page, "attendent la prochaine réunion" in page) == (
        is_planned,
        not is_planned,
    )
    item = AgendaItem.objects.get(title__startswith="À reprendre de la séance du ")
    assert (item.meeting, item.body) == (coming, approved.meeting.body)
    assert "On ouvre le samedi." in item.description
    assert "Prévenir (Ada)" in item.description
    assert (Decision.objects.count(), Action.objects.count(), tasks_of(manager)) == (1, 1, [])
    assert reverse("meetings:minutes", args=[approved.meeting.uuid]) in page
