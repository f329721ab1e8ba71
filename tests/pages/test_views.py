"""The space's home and its announcements: who reads, who writes, what is shown, what it costs."""

import re
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.models import Event
from pages.actions import change_announcement, publish_announcement
from pages.models import AnnouncementPage, ContentPage
from pages.tasks import publish_scheduled
from search.models import Entry
from spaces.enums import Role
from tests import factories
from tests.pages.conftest import SECRET, Lived

pytestmark = pytest.mark.django_db


def addresses(lived: Lived) -> list[str]:
    slug, pk = lived.space.slug, lived.announcement.pk
    return [
        reverse("pages:space", args=[slug]),
        reverse("pages:announcements", args=[slug]),
        reverse("pages:announcement_new", args=[slug]),
        reverse("pages:announcement_edit", args=[slug, pk]),
        reverse("pages:announcement_unpublish", args=[slug, pk]),
        lived.announcement.address,
        lived.content.address,
    ]


@pytest.mark.parametrize("role", list(Role))
def test_another_space_does_not_exist(client, at_lille, douai, role):
    client.force_login(factories.make_member(douai, role))
    unknown = client.get("/espaces/inconnu/")
    assert unknown.status_code == 404
    for address in addresses(at_lille):
        for send in (client.get, client.post):
            answer = send(address)
            assert (answer.status_code, SECRET in answer.content.decode()) in {(404, False), (405, False)}, address
    assert len(client.get("/espaces/lille/").content) == len(client.get("/espaces/lilla/").content)


def test_visitors_are_sent_to_sign_in(client, at_lille):
    for address in addresses(at_lille):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login")), address


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.CONTRIBUTOR, 403), (Role.MANAGER, 200)])
def test_writing_needs_the_right(client, at_lille, role, status):
    client.force_login(factories.make_member(at_lille.space, role))
    assert client.get(reverse("pages:announcement_new", args=["lille"])).status_code == status
    edit = reverse("pages:announcement_edit", args=["lille", at_lille.announcement.pk])
    assert client.get(edit).status_code == status
    unpublish = reverse("pages:announcement_unpublish", args=["lille", at_lille.announcement.pk])
    assert client.post(unpublish).status_code == (302 if status == 200 else 403)


def test_an_ended_mandate_closes_everything(client, at_lille):
    client.force_login(at_lille.reader)
    assert client.get("/espaces/lille/").status_code == 200
    at_lille.reader.memberships.update(ended_at=timezone.now())
    for address in addresses(at_lille):
        assert client.get(address).status_code in {404, 405}, address


def test_the_home_shows_what_the_space_holds(client, at_lille):
    client.force_login(at_lille.reader)
    html = client.get("/espaces/lille/").content.decode()
    for words in (
        "Annonce zorglub",
        "Document zorglub",
        "Guide zorglub",
        "Bienvenue zorglub",
        "https://exemple.fr/",
        "2\u00a0membres",
        f"mailto:{at_lille.manager.email}",
        "/espaces/lille/acces/",
    ):
        assert words in html
    assert "Brouillon zorglub" not in html
    assert "Publier…" not in html


def test_the_home_of_an_empty_space(client, lille):
    from pages.actions import add_space_pages

    add_space_pages(space=lille)
    client.force_login(factories.make_member(lille))
    assert client.get("/espaces/lille/").status_code == 200
    client.force_login(factories.make_member(lille, Role.MANAGER))
    assert "Publier…" in client.get("/espaces/lille/").content.decode()


def test_the_home_costs_the_same_with_ten_times_the_content(client, at_lille):
    client.force_login(at_lille.reader)
    client.get("/espaces/lille/")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/espaces/lille/").status_code == 200
        return len(queries)

    before = cost()
    for number in range(20):
        publish_announcement(
            space=at_lille.space,
            by=at_lille.manager,
            title=f"Autre {number}",
            body_html="<p>x</p>",
            is_pinned=number < 2,
        )
        at_lille.page.add_child(instance=ContentPage(title=f"Page {number}"))
        factories.make_member(at_lille.space)
    client.get("/espaces/lille/")  # the bell counts again after what has happened
    assert (before <= 8, cost()) == (True, before)


def form(**changes: object) -> dict[str, object]:
    return {"title": "Rentrée", "text": "Bonjour.\n\nVoir https://exemple.fr/ <b>", "when": "now", **changes}


def test_publishing(client, at_lille):
    client.force_login(at_lille.manager)
    answer = client.post(reverse("pages:announcement_new", args=["lille"]), form(is_pinned="on"), follow=True)
    page = AnnouncementPage.objects.get(title="Rentrée")
    assert (page.live, page.is_pinned, page.owner, page.space) == (True, True, at_lille.manager, at_lille.space)
    assert (
        page.body
        == '<p>Bonjour.</p>\n\n<p>Voir <a href="https://exemple.fr/" rel="noopener noreferrer">https://exemple.fr/</a> &lt;b&gt;</p>'
    )
    assert "Annonce publiée. Les personnes qui lisent l’espace la voient dès maintenant." in answer.content.decode()
    assert Event.objects.filter(kind="announcement.published", title="Rentrée", actor=at_lille.manager).count() == 1
    client.force_login(at_lille.reader)
    assert client.get(page.address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": ""}, "text"),
        ({"when": "later"}, "go_live_at"),
        ({"when": "later", "go_live_at": "2001-01-01T10:00"}, "go_live_at"),
        ({"when": "later", "go_live_at": "jeudi"}, "go_live_at"),
        ({"expire_at": "2001-01-01T10:00"}, "expire_at"),
        ({"expire_at": "2099-03-29T02:30"}, "expire_at"),  # that night, clocks go from two to three
        ({"when": "later", "go_live_at": "2099-03-10T10:00", "must_be_read": "on", "read_by": "2099-03-09"}, "read_by"),
        ({"expire_at": "2099-03-10T10:00", "must_be_read": "on", "read_by": "2099-03-11"}, "read_by"),
        ({"title": "\u200b"}, "title"),
        ({"title": "Rentrée\u202e"}, "title"),
        ({"text": "\u200b\u200b"}, "text"),
        ({"when": "jamais"}, "when"),
    ],
)
def test_bad_input_keeps_what_was_typed(client, at_lille, changes, field):
    client.force_login(at_lille.manager)
    answer = client.post(
        reverse("pages:announcement_new", args=["lille"]), form(**{"text": "Mon long texte"} | changes)
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert ("Mon long texte" in answer.content.decode()) == (field != "text")
    assert AnnouncementPage.objects.count() == 1


def test_later_then_its_hour_comes(client, at_lille):

    hour = timezone.now() + timedelta(days=2)
    client.force_login(at_lille.manager)
    sent = form(when="later", go_live_at=timezone.localtime(hour).strftime("%Y-%m-%dT%H:%M"))
    answer = client.post(reverse("pages:announcement_new", args=["lille"]), sent, follow=True)
    said = r"elle sera publiée le \w+ \w+\s\w+ \d{4} à \d{1,2}\xa0h(\xa0\d\d)?\."
    assert re.search(said, answer.content.decode())
    assert "Programmées et brouillons" in answer.content.decode()
    page = AnnouncementPage.objects.get(title="Rentrée")
    assert (
        page.live,
        Entry.objects.filter(title="Rentrée").count(),
        Event.objects.filter(title="Rentrée").count(),
    ) == (
        False,
        0,
        0,
    )
    client.force_login(at_lille.reader)
    assert client.get(page.address).status_code == 404
    assert "Rentrée" not in client.get(reverse("pages:announcements", args=["lille"])).content.decode()
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    revision = page.latest_revision
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    publish_scheduled()
    assert client.get(page.address).status_code == 200
    assert (Entry.objects.filter(title="Rentrée").count(), Event.objects.filter(title="Rentrée").count()) == (1, 1)


def test_a_draft_keeps_the_date_it_was_planned_for_and_leaves_by_nothing(client, at_lille):
    """Saved from « Publier plus tard », it lost its date without a word."""
    client.force_login(at_lille.manager)
    hour = timezone.localtime(timezone.now() + timedelta(days=40))
    typed = hour.strftime("%Y-%m-%dT%H:%M")
    sent = form(when="later", go_live_at=typed, draft="1")
    page = client.post(reverse("pages:announcement_new", args=["lille"]), sent, follow=True).content.decode()
    assert "Brouillon enregistré avec sa date prévue" in page
    assert re.search(r"Brouillon, prévu \w+ \d", page)
    assert "Sera publiée" not in page
    draft = AnnouncementPage.objects.get(title="Rentrée")
    edit = reverse("pages:announcement_edit", args=["lille", draft.pk])
    assert f'value="{typed}"' in client.get(edit).content.decode()
    client.post(edit, sent | {"text": "Autre"})
    draft.refresh_from_db()
    assert (draft.go_live_at.strftime("%H:%M"), draft.live) == (hour.astimezone(UTC).strftime("%H:%M"), False)
    past = timezone.now() - timedelta(days=1)
    AnnouncementPage.objects.filter(pk=draft.pk).update(go_live_at=past)
    revision = draft.latest_revision
    revision.content["go_live_at"] = past.isoformat()
    revision.save()
    assert publish_scheduled() == 0
    assert "(date passée)" in client.get(reverse("pages:announcements", args=["lille"])).content.decode()
    form_shown = client.get(edit).context["form"]
    assert (form_shown.initial["when"], form_shown.initial["go_live_at"]) == ("later", past)


def test_taken_back_before_its_hour_it_keeps_its_date_and_after_it_no_more(client, at_lille):
    client.force_login(at_lille.manager)
    hour, listing = timezone.now() + timedelta(days=2), reverse("pages:announcements", args=["lille"])
    sent = form(when="later", go_live_at=timezone.localtime(hour).strftime("%Y-%m-%dT%H:%M"))
    client.post(reverse("pages:announcement_new", args=["lille"]), sent)
    page = AnnouncementPage.objects.get(title="Rentrée")
    take_back = reverse("pages:announcement_unpublish", args=["lille", page.pk])
    shown = client.post(take_back, follow=True).content.decode()
    assert ("Brouillon, prévu" in shown, "Sera publiée" in shown) == (True, False)
    edit = reverse("pages:announcement_edit", args=["lille", page.pk])
    assert client.get(edit).context["form"].initial["when"] == "later"
    client.post(edit, form())  # now
    AnnouncementPage.objects.filter(pk=page.pk).update(go_live_at=timezone.now() - timedelta(minutes=1))
    client.post(take_back)
    shown = client.get(listing).content.decode()
    assert ("Brouillon" in shown, "Brouillon, prévu" in shown) == (True, False)


def test_expired_is_gone_before_the_clockwork_and_after(client, at_lille):

    page = at_lille.announcement
    AnnouncementPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    listing = reverse("pages:announcements", args=["lille"])
    for _ in range(2):
        client.force_login(at_lille.reader)
        assert client.get(page.address).status_code == 404
        assert SECRET not in client.get(listing).content.decode()
        assert "Annonce zorglub" not in client.get("/espaces/lille/").content.decode()
        client.force_login(at_lille.manager)
        assert "Annonces retirées (1)" in client.get(listing).content.decode()
        publish_scheduled()
    assert Entry.objects.filter(title="Annonce zorglub").count() == 0


def test_unpublish_then_again(client, at_lille):
    page = at_lille.announcement
    client.force_login(at_lille.manager)
    answer = client.post(reverse("pages:announcement_unpublish", args=["lille", page.pk]), follow=True)
    assert "n’est plus lisible ici" in answer.content.decode()
    assert (
        Entry.objects.filter(title="Annonce zorglub").count(),
        Event.objects.filter(title="Annonce zorglub").count(),
    ) == (0, 0)
    assert client.get(page.address).status_code == 404
    client.post(reverse("pages:announcement_edit", args=["lille", page.pk]), form(title="Annonce zorglub"))
    assert client.get(page.address).status_code == 200
    assert (
        Entry.objects.filter(title="Annonce zorglub").count(),
        Event.objects.filter(title="Annonce zorglub").count(),
    ) == (1, 1)


def test_editing_changes_the_text_and_tells_nobody_twice(client, at_lille):
    client.force_login(at_lille.manager)
    edit = reverse("pages:announcement_edit", args=["lille", at_lille.announcement.pk])
    assert "Nouvelle zorglub" in client.get(edit).content.decode()
    client.post(edit, form(text="Autre texte"))
    page = AnnouncementPage.objects.get(pk=at_lille.announcement.pk)
    assert (page.title, page.body, page.slug) == ("Rentrée", "<p>Autre texte</p>", at_lille.announcement.slug)
    assert Event.objects.filter(kind="announcement.published").count() == 1


def test_an_announcement_put_off_is_no_longer_read(client, at_lille):
    client.force_login(at_lille.manager)
    edit = reverse("pages:announcement_edit", args=["lille", at_lille.announcement.pk])
    later = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    client.post(edit, form(when="later", go_live_at=later))
    assert client.get(at_lille.announcement.address).status_code == 404


def test_a_formatted_announcement_opens_in_the_editor(client, at_lille):
    page = publish_announcement(
        space=at_lille.space, by=at_lille.manager, title="Riche", body_html="<h3>Un</h3><ul><li>deux</li></ul>"
    )
    client.force_login(at_lille.manager)
    answer = client.get(reverse("pages:announcement_edit", args=["lille", page.pk]))
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_drafts_are_404_to_everybody_on_the_site(client, at_lille):
    for user in (at_lille.reader, at_lille.manager):
        client.force_login(user)
        assert client.get(at_lille.draft.address).status_code == 404


def test_a_content_page_shows_its_children_and_its_way_back(client, at_lille):
    child = at_lille.content.add_child(instance=ContentPage(title="Dessous"))
    at_lille.content.add_child(instance=ContentPage(title="Caché", live=False))
    client.force_login(at_lille.reader)
    html = client.get(at_lille.content.address).content.decode()
    assert (child.address in html, "Caché" in html) == (True, False)
    assert f'href="{at_lille.content.address}">Guide zorglub</a>' in client.get(child.address).content.decode()


def test_scripts_in_a_text_are_text(client, at_lille):
    client.force_login(at_lille.manager)
    client.post(
        reverse("pages:announcement_new", args=["lille"]),
        form(title="<script>alert(1)</script>", text="<script>alert(2)</script> javascript:alert(3)"),
    )
    page = AnnouncementPage.objects.get(title__startswith="<script")
    html = client.get(page.address).content.decode()
    assert "<script>alert" not in html
    assert "javascript:" not in html.replace("javascript:alert(3)</p>", "")


def read_revision(client, address: str) -> dict[str, str]:
    return {"read_revision": re.search(r'name="read_revision" value="(\d+)"', client.get(address).content.decode())[1]}


def test_two_people_who_change_an_announcement_do_not_undo_each_other(client, at_lille):
    address = at_lille.announcement.edit_url
    other = factories.make_member(
        at_lille.space, Role.MANAGER, user=factories.make_user(first_name="Zoé", last_name="Élan")
    )
    typed = {"title": "Annonce", "when": "now"}
    client.force_login(at_lille.manager)
    opened = read_revision(client, address)
    client.force_login(other)
    there = read_revision(client, address)
    assert client.post(address, typed | there | {"text": "Texte de Zoé"}).status_code == 302
    client.force_login(at_lille.manager)
    answer = client.post(address, typed | opened | {"text": "Mon texte"})
    html = answer.content.decode()
    assert ("par Zoé Élan" in html, "Mon texte" in html) == (True, True)
    assert AnnouncementPage.objects.get().body == "<p>Texte de Zoé</p>"
    again = {"read_revision": re.search(r'name="read_revision" value="(\d+)"', html)[1]}
    assert client.post(address, typed | again | {"text": "Mon texte"}).status_code == 302
    assert AnnouncementPage.objects.get().body == "<p>Mon texte</p>"


def test_a_text_sent_over_one_that_was_formatted_meanwhile_is_not_lost(client, at_lille):
    address = at_lille.announcement.edit_url
    client.force_login(at_lille.manager)
    opened = read_revision(client, address)
    change_announcement(
        announcement=at_lille.announcement, by=at_lille.manager, title="Annonce", body_html="<h3>Titre</h3><p>x</p>"
    )
    html = client.post(address, {"title": "Annonce", "when": "now", "text": "Mon texte"} | opened).content.decode()
    assert ("modifiée depuis" in html, "Mon texte" in html) == (True, True)
    assert "<h3>" in AnnouncementPage.objects.get().body
    assert client.get(address)["Location"].startswith("/gestion/")
