"""What is said of a page follows it: its name, its leaving and its coming back."""

import pytest
from django.core import mail as outbox

from mail.tasks import sweep_mail
from notifications import tasks
from notifications.models import Event
from pages.actions import change_announcement, publish_announcement, unpublish_announcement
from pages.models import AnnouncementPage, ContentPage
from tests import factories

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """Tell what waits; who has received something since the last time."""
    outbox.outbox.clear()
    tasks.sweep_events()
    sweep_mail()
    return sorted(address for message in outbox.outbox for address in message.to)


def change(page: AnnouncementPage, by, title: str) -> None:
    page = AnnouncementPage.objects.get(pk=page.pk)
    change_announcement(announcement=page, by=by, title=title, body_html="<p>Texte</p>")


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
