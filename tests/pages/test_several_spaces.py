"""One announcement for several spaces: who reads it, who is told (once), who may address it, what taking it back closes."""

import json
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from acknowledgements.actions import acknowledge, ask_acknowledgement
from acknowledgements.models import AcknowledgementRequest
from acknowledgements.queries import coverage, to_read
from acknowledgements.subjects import find
from mail.tasks import sweep_mail
from notifications import queries
from notifications.actions import choose
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from notifications.tasks import send_digests, sweep_events
from pages.actions import add_space_pages, change_announcement, publish_announcement, unpublish_announcement
from pages.models import AnnouncementPage
from pages.tasks import publish_scheduled
from spaces.enums import Role, Visibility
from spaces.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db
TITLE = "Forum des parents"


@pytest.fixture
def spaces(lille, douai):
    lens = factories.make_space("lens")
    for space in (lille, douai, lens):
        add_space_pages(space=space)
    return lille, douai, lens


@pytest.fixture
def author(spaces):
    lille, douai, _ = spaces
    user = factories.make_member(lille, Role.MANAGER)
    factories.make_member(douai, Role.MANAGER, user=user)
    return user


def publish(by, spaces, **changes):
    home, *others = spaces
    given = {"space": home, "by": by, "title": TITLE, "body_html": "<p>Venez.</p>", "also_in": others}
    return publish_announcement(**given | changes)


def copy_in(space):
    return AnnouncementPage.objects.get(space=space)


def afresh(user):
    return type(user).objects.get(pk=user.pk)


def test_a_space_that_is_not_addressed_gets_nothing(client, spaces, author, django_capture_on_commit_callbacks):
    lille, douai, lens = spaces
    for role in Role:
        factories.make_member(lens, role)
    outsider = factories.make_member(lens, Role.MANAGER)
    with django_capture_on_commit_callbacks(execute=True):
        publish(author, [lille, douai])
    assert outbox.outbox == []
    client.force_login(outsider)
    for space in (lille, douai):
        page = copy_in(space)
        for address in (page.address, reverse("pages:announcement_edit", args=[space.slug, page.pk])):
            response = client.get(address)
            assert (response.status_code, TITLE in response.content.decode()) == (404, False)
    assert queries.unread_count(outsider) == 0
    assert TITLE not in client.get("/notifications/").content.decode()
    assert TITLE not in client.get("/recherche/", {"q": "forum"}).content.decode()


def test_read_in_each_space_and_told_once(client, spaces, author, django_capture_on_commit_callbacks):
    lille, douai, _ = spaces
    here, there = factories.make_member(lille), factories.make_member(douai)
    both = factories.make_member(lille)
    factories.make_member(douai, user=both)
    with django_capture_on_commit_callbacks(execute=True):
        publish(author, [lille, douai])
    assert sorted(message.to[0] for message in outbox.outbox) == sorted(one.email for one in (here, there, both))
    for user, space in [(here, lille), (there, douai), (both, lille), (both, douai)]:
        client.force_login(user)
        assert TITLE in client.get(reverse("pages:announcements", args=[space.slug])).content.decode()
        assert client.get(copy_in(space).address).status_code == 200
    for user in (here, there, both):
        assert (queries.unread_count(afresh(user)), len(queries.notices(afresh(user)))) == (1, 1)
    assert queries.unread_count(author) == 0


@pytest.mark.parametrize("lost", ["lille", "douai", "both"])
@pytest.mark.parametrize("timing", [Timing.AT_ONCE, Timing.DAILY])
def test_whoever_loses_one_of_two_spaces_is_told_in_the_other(spaces, author, lost, timing):
    lille, douai, _ = spaces
    both, stays = factories.make_member(lille), factories.make_member(lille)
    factories.make_member(douai, user=both)
    for user in (both, stays):
        choose(by=user, category=Category.ANNOUNCEMENTS, timing=timing)
    publish(author, [lille, douai])
    sweep_events()
    Membership.objects.filter(user=both, space__slug__in=["lille", "douai"] if lost == "both" else [lost]).update(
        ended_at=timezone.now()
    )
    for _ in range(3):
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
        send_digests()
        sweep_mail()
        sweep_events()
    received = [address for message in outbox.outbox for address in message.to]
    assert (received.count(both.email), received.count(stays.email)) == (int(lost != "both"), 1)
    assert all("/espaces/douai/" in one.body for one in outbox.outbox if both.email in one.to and lost == "lille")


def test_the_open_space_reaches_everybody(client, spaces, author):
    lille, _, lens = spaces
    common = factories.make_space("commun", visibility=Visibility.REGISTERED)
    add_space_pages(space=common)
    animation = factories.make_animation()
    client.force_login(animation)
    form = client.get(reverse("pages:announcement_new", args=["lille"])).content.decode()
    assert "(toutes les personnes inscrites)" in form
    publish(animation, [lille, common])
    reader = factories.make_member(lens)
    assert [row["title"] for row in queries.notices(reader)] == [TITLE]


def test_one_addresses_the_spaces_where_one_publishes(client, spaces, author):
    lille, douai, lens = spaces
    factories.make_member(lens, Role.CONTRIBUTOR, user=author)
    with pytest.raises(PermissionDenied):
        publish(afresh(author), [lille, lens])
    other = factories.make_member(lille, Role.MANAGER)
    with pytest.raises(Http404):
        publish(other, [lille, douai])
    assert not AnnouncementPage.objects.exists()
    client.force_login(other)
    assert "Publier aussi dans" not in client.get(reverse("pages:announcement_new", args=["lille"])).content.decode()
    client.force_login(author)
    address = reverse("pages:announcement_new", args=["lille"])
    given = {"title": TITLE, "text": "Venez.", "when": "now"}
    refused = client.post(address, given | {"also_in": [lens.pk]})
    assert "Vous ne publiez pas dans l’un de ces espaces." in refused.content.decode()
    assert client.post(address, given | {"also_in": [douai.pk]}).status_code == 302
    assert set(AnnouncementPage.objects.values_list("space__slug", flat=True)) == {"lille", "douai"}


@pytest.mark.parametrize("role", list(Role))
def test_a_text_does_not_travel_where_its_editor_does_not_publish(client, spaces, author, role):
    lille, douai, lens = spaces
    page = publish(author, [lille, douai])
    editor = factories.make_member(lille, Role.MANAGER)
    factories.make_member(lens, role, user=editor)
    if role < Role.MANAGER:
        factories.make_member(douai, role, user=editor)
    client.force_login(editor)
    plain, gestion = page.edit_url, reverse("wagtailadmin_pages:edit", args=[page.pk])
    for address in (plain, gestion):
        assert "«\u00a0Douai\u00a0», où vous ne publiez pas" in client.get(address).content.decode(), address
    typed = {"title": TITLE, "text": "Texte d’ailleurs", "when": "now"}
    answer = client.post(plain, typed)
    html = answer.content.decode()
    assert ("où vous ne publiez pas" in html, "Texte d’ailleurs" in html) == (True, True)
    client.post(plain, typed | {"when": "later", "go_live_at": "2099-01-01T10:00"})
    body = {"entityMap": {}, "blocks": [{"key": "a", "text": "Texte d’ailleurs", "type": "unstyled"}]}
    fields = {"title": TITLE, "slug": page.slug, "body": json.dumps(body), "action-publish": "1"}
    client.post(gestion, fields)
    live = AnnouncementPage.objects.filter(live=True).values_list("space__slug", "body")
    assert set(live) == {("lille", "<p>Venez.</p>"), ("douai", "<p>Venez.</p>")}
    kept = AnnouncementPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert "Texte d’ailleurs" in kept.body  # the editor of pages kept it, as a draft
    copy_in(douai).delete()
    assert client.post(plain, typed).status_code == 302
    assert AnnouncementPage.objects.get().body == "<p>Texte d’ailleurs</p>"


def test_a_text_travels_where_its_editor_publishes(client, spaces, author):
    lille, douai, _ = spaces
    page = publish(author, [lille, douai])
    for editor in (author, factories.make_animation()):
        client.force_login(editor)
        text = f"Texte de {editor.pk}"
        typed = {"title": TITLE, "text": text, "when": "now", "also_in": [douai.pk]}
        assert client.post(page.edit_url, typed).status_code == 302
        assert set(AnnouncementPage.objects.values_list("body", flat=True)) == {f"<p>{text}</p>"}


def test_a_draft_is_kept_by_whoever_publishes_here_alone(client, spaces, author):
    lille, douai, _ = spaces
    page = publish(author, [lille, douai], is_draft=True)
    client.force_login(factories.make_member(lille, Role.MANAGER))
    typed = {"title": TITLE, "text": "Relu.", "when": "now"}
    assert client.post(page.edit_url, typed).status_code == 200
    assert client.post(page.edit_url, typed | {"draft": "1"}).status_code == 302
    assert set(AnnouncementPage.objects.values_list("space__slug", "live")) == {("lille", False), ("douai", False)}
    assert AnnouncementPage.objects.get(pk=page.pk).body == "<p>Relu.</p>"


def test_a_space_withdrawn_closes_again_and_the_others_stay(client, spaces, author):
    lille, douai, _ = spaces
    reader = factories.make_member(douai)
    page = publish(author, [lille, douai])
    address = copy_in(douai).address
    same = {"announcement": page, "by": author, "title": TITLE, "body_html": "<p>Venez.</p>"}
    change_announcement(**same)
    client.force_login(reader)
    assert client.get(address).status_code == 200
    change_announcement(**same, also_in=[])
    assert client.get(address).status_code == 404
    assert TITLE not in client.get("/notifications/").content.decode()
    assert TITLE not in client.get("/recherche/", {"q": "forum"}).content.decode()
    assert [event.space for event in Event.objects.all()] == [lille]


def test_a_manager_takes_it_out_of_their_space_alone(client, spaces, author):
    lille, douai, _ = spaces
    publish(author, [lille, douai])
    client.force_login(factories.make_member(douai, Role.MANAGER))
    assert "Retirer de cet espace" in client.get("/espaces/douai/annonces/").content.decode()
    assert client.get(reverse("pages:announcement_edit", args=["douai", copy_in(douai).pk])).status_code == 404
    client.post(reverse("pages:announcement_unpublish", args=["douai", copy_in(douai).pk]))
    assert [page.space for page in AnnouncementPage.objects.all()] == [lille]


def test_copies_follow_drafts_dates_texts_and_withdrawal(spaces, author):
    lille, douai, _ = spaces
    later = timezone.now().replace(microsecond=0) + timedelta(days=2)
    page = publish(author, [lille, douai], is_draft=True)
    given = {"by": author, "title": TITLE, "body_html": "<p>Venez.</p>", "also_in": [douai]}
    assert (copy_in(douai).live, Event.objects.count()) == (False, 0)
    change_announcement(announcement=page, go_live_at=later, expire_at=later + timedelta(days=1), **given)
    assert (copy_in(douai).live, Event.objects.count()) == (False, 0)
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    revision = AnnouncementPage.objects.get(pk=page.pk).latest_revision
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    publish_scheduled()
    copy = copy_in(douai)
    assert (copy.live, copy.expire_at, Event.objects.count()) == (True, later + timedelta(days=1), 2)
    given |= {"body_html": "<p>Autre</p>", "is_pinned": True}
    change_announcement(announcement=AnnouncementPage.objects.get(pk=page.pk), **given)
    copy = copy_in(douai)
    assert (copy.body, copy.is_pinned, copy.space, Event.objects.count()) == ("<p>Autre</p>", True, douai, 2)
    unpublish_announcement(announcement=AnnouncementPage.objects.get(pk=page.pk), by=author)
    assert (copy_in(douai).live, Event.objects.count()) == (False, 0)
    AnnouncementPage.objects.get(pk=page.pk).delete()
    assert not AnnouncementPage.objects.exists()


def test_who_must_read_is_asked_once_wherever_they_read_it(client, spaces, author):
    lille, douai, _ = spaces
    there, both = factories.make_member(douai), factories.make_member(lille)
    factories.make_member(douai, user=both)
    page = publish(author, [lille, douai])
    ask_acknowledgement(kind="annonce", object_id=page.pk, space=lille, by=author, deadline=None)
    request = AcknowledgementRequest.objects.get()
    assert [row.url for row in to_read(there)] == [copy_in(douai).address]
    assert [row.url for row in to_read(both)] == [page.address]
    client.force_login(there)
    assert "J’ai lu" in client.get(copy_in(douai).address).content.decode()
    acknowledge(request=request, by=there)
    current = find(author, [("annonce", page.pk)])["annonce", page.pk]
    found = coverage(request, current)
    assert (found.whole.read, found.whole.total) == (1, 2)
    assert {share.name for share in found.by_space} == {lille.name, douai.name}
