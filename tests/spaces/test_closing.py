from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from mail.models import OutgoingMail
from spaces import actions, audit
from spaces.enums import Role
from spaces.models import AccessRequest, AccessRequestState, Membership
from tests.factories import make_animation, make_member


def day(offset: int):
    return timezone.localdate() + timedelta(days=offset)


def recipients() -> list[str]:
    return sorted(OutgoingMail.objects.values_list("to", flat=True))


def test_what_ran_out_is_closed_once(lille):
    member = make_member(lille)
    Membership.objects.filter(user=member).update(starts_on=day(-9), ends_on=day(-1))
    assert actions.close_mandates() == actions.ClosingReport(closed=1, projected=1, warned=0)
    assert actions.close_mandates() == actions.ClosingReport(0, 0, 0)
    assert list(audit.differences()) == []


def test_what_begins_today_is_projected(lille):
    member = make_member(lille, starts_on=day(3))
    Membership.objects.filter(user=member).update(starts_on=day(0))
    assert not member.groups.filter(name="espace:lille:reader").exists()
    assert actions.close_mandates().projected == 1
    assert member.groups.filter(name="espace:lille:reader").exists()


def test_a_near_end_is_announced_once_to_the_person_and_the_managers(lille, douai, settings):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille, ends_on=day(settings.MANDATE_WARNING_DAYS))
    make_member(lille, ends_on=day(settings.MANDATE_WARNING_DAYS + 1))
    make_member(douai, Role.MANAGER)
    make_animation()
    call_command("close_mandates", verbosity=0)
    assert recipients() == sorted([manager.email, member.email])
    assert actions.close_mandates().warned == 0
    assert len(recipients()) == 2


def test_when_the_only_manager_ends_the_animation_is_told(lille):
    manager, c2rp = make_member(lille, Role.MANAGER, ends_on=day(5)), make_animation()
    actions.close_mandates()
    assert recipients() == sorted([manager.email, c2rp.email])


def test_nothing_is_said_to_a_closed_account(lille):
    make_member(lille, ends_on=day(5), user=None)
    Membership.objects.get().user.__class__.objects.update(is_active=False)
    actions.close_mandates()
    assert recipients() == []


def _request(address: str, state: AccessRequestState, days_ago: int | None) -> AccessRequest:
    return AccessRequest.objects.create(
        email=address,
        first_name="Ada",
        last_name="Zanzibar",
        structure_name="PIJ",
        state=state,
        decided_at=None if days_ago is None else timezone.now() - timedelta(days=days_ago),
    )


def test_requests_answered_long_ago_are_forgotten(db, settings):
    settings.ACCESS_REQUEST_KEEP_DAYS = 30
    old = _request("a@test.example", AccessRequestState.DECLINED, 31)
    _request("b@test.example", AccessRequestState.ACCEPTED, 31)
    kept = [
        _request("c@test.example", AccessRequestState.DECLINED, 29),
        _request("d@test.example", AccessRequestState.PENDING, None),
    ]
    AccessRequest.objects.update(created_at=timezone.now() - timedelta(days=400))
    for request in (old, kept[0]):
        log(request, "spaces.request.decline")
    assert actions.close_mandates().forgotten == 2
    assert list(AccessRequest.objects.all()) == kept
    labels = {entry.object_id: entry.label for entry in ModelLogEntry.objects.filter(action="spaces.request.decline")}
    assert labels == {str(old.pk): "Demande d’accès effacée", str(kept[0].pk): "Ada Zanzibar (PIJ)"}
    assert actions.close_mandates().forgotten == 0


def test_they_are_kept_a_year(db, settings):
    assert settings.ACCESS_REQUEST_KEEP_DAYS == 365
    _request("a@test.example", AccessRequestState.DECLINED, 364)
    assert actions.close_mandates().forgotten == 0
