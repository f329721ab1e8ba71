"""What is said of a page follows it: its name, its leaving and its coming back."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from acknowledgements.actions import acknowledge
from acknowledgements.models import AcknowledgementRequest
from acknowledgements.queries import coverage, to_read
from acknowledgements.subjects import for_author
from acknowledgements.tasks import remind
from mail.tasks import sweep_mail
from notifications import tasks
from notifications.models import Event
from pages import publication
from pages.actions import change_announcement, publish_announcement, unpublish_announcement
from pages.models import AnnouncementPage, ContentPage
from pages.tasks import publish_scheduled
from spaces.enums import Role
from spaces.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """Tell what waits; who has received something since the last time."""
    outbox.outbox.clear()
    tasks.sweep_events()
    sweep_mail()
    return sorted(address for message in outbox.outbox for address in message.to)


def change(page: AnnouncementPage, by, title: str, **how) -> None:
    page = AnnouncementPage.objects.get(pk=page.pk)
    change_announcement(announcement=page, by=by, title=title, body_html="<p>Texte</p>", **how)


def test_a_new_title_replaces_the_former_one_wherever_it_is_read(at_lille, at_douai):
    page = publish_announcement(
        space=at_lille.space, by=factories.make_animation(), title="Départ de Nadia", body_html="<p>Texte</p>",
        also_in=[at_douai.space],
    )  # fmt: skip
    assert Event.objects.filter(title="Départ de Nadia").count() == 2
    change(page, factories.make_animation(), "Organisation")
    assert (
        Event.objects.filter(title="Organisation").count(),
        Event.objects.filter(title="Départ de Nadia").count(),
    ) == (
        2,
        0,
    )


def test_what_comes_back_is_said_to_those_who_had_not_received_it(at_lille):
    assert at_lille.reader.email in told()
    unpublish_announcement(announcement=at_lille.announcement, by=at_lille.manager)
    assert not Event.objects.filter(kind="announcement.published").exists()
    newcomer = factories.make_member(at_lille.space)
    change(at_lille.announcement, at_lille.manager, "Revenue")
    assert told() == [newcomer.email]
    assert Event.objects.get(kind="announcement.published").title == "Revenue"


def ask_to_read(page: AnnouncementPage, by, *, until=None, **how) -> AnnouncementPage:
    page = AnnouncementPage.objects.get(pk=page.pk)
    same = {"title": "Annonce", "body_html": "<p>Texte</p>"}
    return change_announcement(announcement=page, by=by, must_be_read=True, read_by=until, **same | how)


def take_back(page: AnnouncementPage, by) -> None:
    unpublish_announcement(announcement=AnnouncementPage.objects.get(pk=page.pk), by=by)


def test_what_comes_back_to_be_read_is_said_again_to_all_and_once(at_lille, at_douai):
    page, by = at_lille.announcement, at_lille.manager
    elsewhere = {at_douai.reader.email, at_douai.manager.email}
    everybody = [address for address in told() if address not in elsewhere]
    assert at_lille.reader.email in everybody
    take_back(page, by)
    newcomer = factories.make_member(at_lille.space)
    everybody = sorted({*everybody, newcomer.email})
    ask_to_read(page, by, is_draft=True)
    assert told() == []
    ask_to_read(page, by)
    assert told() == everybody
    assert all("J’ai lu" in message.body for message in outbox.outbox)
    assert [[row.title for row in to_read(one)] for one in (newcomer, at_douai.reader)] == [["Annonce"], []]
    for _ in range(2):  # taken back and published again, under the same request
        take_back(page, by)
        ask_to_read(page, by)
        assert told() == []


def test_a_request_thought_better_of_is_none(at_lille):
    told()
    take_back(at_lille.announcement, at_lille.manager)
    ask_to_read(at_lille.announcement, at_lille.manager, is_draft=True)
    change(at_lille.announcement, at_lille.manager, "Revenue")
    assert told() == []


def test_asked_while_it_was_there_is_not_asked_again_when_it_comes_back(at_lille):
    told()
    ask_to_read(at_lille.announcement, at_lille.manager)
    assert at_lille.reader.email in told()
    take_back(at_lille.announcement, at_lille.manager)
    ask_to_read(at_lille.announcement, at_lille.manager)
    assert told() == []


@pytest.mark.parametrize("how", ["stopped", "another day"])
def test_asked_anew_it_is_said_to_those_who_have_not_read_and_reminded_of(how, at_lille):
    page, by, today = at_lille.announcement, at_lille.manager, timezone.localdate()
    late = factories.make_member(at_lille.space)
    ask_to_read(page, by, until=today + timedelta(days=1))
    told()
    request = AcknowledgementRequest.objects.get()
    acknowledge(request=request, by=at_lille.reader)
    factories.asked_yesterday()
    remind()
    assert late.email in told()
    take_back(page, by)
    if how == "stopped":
        change(page, by, "Annonce", is_draft=True)
    ask_to_read(page, by, until=today + timedelta(days=2))
    asked_again = told()
    assert (late.email in asked_again, at_lille.reader.email in asked_again) == (True, False)
    factories.asked_yesterday()
    for expected in (asked_again, []):
        remind()
        assert [address for address in told() if address in asked_again] == expected
    request.refresh_from_db()
    whole = coverage(request, for_author(request)).whole
    assert (whole.read, whole.total) == (1, len(asked_again) + 1)


def test_another_space_is_not_told_of_what_is_asked_again(at_lille, at_douai):
    told()
    take_back(at_lille.announcement, at_lille.manager)
    ask_to_read(at_lille.announcement, at_lille.manager)
    received = told()
    assert received
    assert not {at_douai.reader.email, at_douai.manager.email} & set(received)


def test_what_was_withdrawn_before_it_left_is_said_when_it_comes_back(at_lille):
    tasks.sweep_events()
    unpublish_announcement(announcement=at_lille.announcement, by=at_lille.manager)
    assert told() == []
    change(at_lille.announcement, at_lille.manager, "Revenue")
    assert at_lille.reader.email in told()


def test_following_a_page_tells_of_the_pages_below_it(client, at_lille):
    told()
    follows, _ = factories.make_member(at_lille.space), factories.make_member(at_lille.space)
    client.force_login(follows)
    assert "Suivre" in client.get(at_lille.content.address).content.decode()
    client.post("/notifications/suivre/", {"subject": f"pages.contentpage:{at_lille.content.pk}"})
    assert "Ne plus suivre" in client.get(at_lille.content.address).content.decode()
    page = at_lille.content.add_child(instance=ContentPage(title="Sous-page", owner=at_lille.manager))
    page.save_revision(user=at_lille.manager).publish(user=at_lille.manager, skip_permission_checks=True)
    assert told() == [follows.email]


def scheduled(space, by, **fields) -> AnnouncementPage:
    """An announcement whose hour has just come."""
    hour = timezone.now() + timedelta(days=2)
    page = publish_announcement(
        space=space, by=by, title="Rentrée", body_html="<p>Texte</p>", go_live_at=hour, **fields
    )
    revision = page.revisions.get()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    return page


@pytest.mark.parametrize("broken", ["record_event", "rename_events", "index_page"])
def test_stopped_in_the_middle_it_is_published_and_said_the_next_time(at_lille, monkeypatch, caplog, broken):
    """Whatever stops: neither read without being said, nor said without being read."""
    told()
    page, other = scheduled(at_lille.space, at_lille.manager), scheduled(at_lille.space, at_lille.manager)
    works, seen = getattr(publication, broken), []

    def breaks(*args, **kwargs):
        seen.append(args)
        return works(*args, **kwargs) if len(seen) > 1 else 1 // 0

    monkeypatch.setattr(publication, broken, breaks)
    assert publish_scheduled() == 1
    assert "ZeroDivisionError" in caplog.text
    first, second = AnnouncementPage.objects.get(pk=page.pk), AnnouncementPage.objects.get(pk=other.pk)
    assert (first.live, second.live) == (True, False)
    assert told() == [at_lille.reader.email]
    assert (publish_scheduled(), publish_scheduled()) == (1, 0)
    assert told() == [at_lille.reader.email]
    assert Event.objects.filter(kind="announcement.published", title="Rentrée").count() == 2


def test_stopped_in_the_middle_it_expires_the_next_time(at_lille, monkeypatch):
    AnnouncementPage.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    withdraw = publication.withdraw_events
    monkeypatch.setattr(publication, "withdraw_events", lambda _: 1 // 0)
    assert publish_scheduled() == 0
    assert AnnouncementPage.objects.get().live
    monkeypatch.setattr(publication, "withdraw_events", withdraw)
    assert (publish_scheduled(), AnnouncementPage.objects.get().live) == (1, False)
    assert not Event.objects.filter(kind="announcement.published").exists()


def test_stopped_in_the_editor_nothing_is_published(client, at_lille, monkeypatch):
    monkeypatch.setattr(publication, "record_event", lambda **_: 1 // 0)
    client.force_login(at_lille.manager)
    edit = reverse("wagtailadmin_pages:edit", args=[at_lille.draft.pk])
    sent = {
        "title": "Brouillon", "slug": "brouillon", "introduction": "", "action-publish": "1",
        "body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        client.post(edit, sent)
    assert not ContentPage.objects.get(pk=at_lille.draft.pk).live


def test_what_was_scheduled_does_not_go_where_its_author_publishes_no_more(at_lille, at_douai):
    factories.make_member(at_douai.space, Role.MANAGER, user=at_lille.manager)
    scheduled(at_lille.space, at_lille.manager, also_in=[at_douai.space], must_be_read=True)
    told()
    Membership.objects.filter(user=at_lille.manager, space=at_douai.space).update(role=Role.READER)
    assert publish_scheduled() == 1
    assert told() == [at_lille.reader.email]
    assert [page.space for page in AnnouncementPage.objects.filter(title="Rentrée")] == [at_lille.space]
    assert to_read(at_douai.reader) == []
