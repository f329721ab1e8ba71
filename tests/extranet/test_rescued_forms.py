"""Every form with something to lose gives it back after a session that had ended."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import Network, Site, Structure, Territory
from documents.models import Document
from extranet import middleware
from pages.actions import add_space_pages, publish_announcement
from pages.models import ContentPage
from spaces.enums import Role
from spaces.models import AccessRequest, Membership, Space
from tests.factories import make_animation, make_document, make_folder, make_meeting, make_member

TYPED = "Deux heures de travail"


@pytest.fixture
def space(lille: Space) -> Space:
    """Something of each kind that can be changed."""
    manager = make_member(lille, Role.MANAGER)
    make_document(make_folder(lille, "guides"), by=manager, title="Avant")
    make_meeting(lille, by=manager)
    make_member(lille)
    AccessRequest.objects.create(email="x@test.example", first_name="X", last_name="Y", structure_name="Z")
    territory = Territory.objects.create(slug="lille", name="Lille")
    network = Network.objects.create(slug="pij", name="PIJ")
    structure = Structure.objects.create(name="PIJ de Lille", network=network, territory=territory)
    Site.objects.create(name="Avant", structure=structure, territory=territory, network=network, is_labelled=True)
    add_space_pages(space=lille)
    publish_announcement(space=lille, by=manager, title="Avant", body_html="<p>Texte</p>", is_pinned=True)
    return lille


def _uploaded() -> tuple[str, str]:
    document = Document.objects.get()
    return f"{reverse('documents:uploaded', args=['lille'])}?d={document.uuid}", f"{document.uuid}-title"


FORMS = {
    "document": lambda: (reverse("documents:edit", args=[Document.objects.get().uuid]), "description"),
    "titles": _uploaded,
    "new folder": lambda: (reverse("documents:folder_new", args=["lille"]), "name"),
    "folder": lambda: (reverse("documents:folder_rename", args=["lille", "guides"]), "name"),
    "mandate": lambda: (
        reverse("spaces:change_membership", args=["lille", Membership.objects.get(role=Role.READER).pk]),
        "function",
    ),
    "answer": lambda: (reverse("spaces:decline_request", args=[AccessRequest.objects.get().pk]), "note"),
    "animation": lambda: (reverse("spaces:animation"), "function"),
    "territory": lambda: (reverse("region:add_territory"), "name"),
    "structure": lambda: (reverse("region:change_structure", args=[Structure.objects.get().pk]), "name"),
    "site": lambda: (reverse("region:change_site", args=[Site.objects.get().pk]), "name"),
    "profile": lambda: (reverse("accounts:profile"), "last_name"),
    "meeting": lambda: (
        reverse("meetings:change", args=[Space.objects.get(slug="lille").meetings.get().uuid]),
        "title",
    ),
    "announcement": lambda: (
        reverse(
            "pages:announcement_edit",
            args=[
                "lille",
                Space.objects.get(slug="lille").page.get_children().get(slug="annonces").get_children().get().pk,
            ],
        ),
        "title",
    ),
}


def send_too_late(client, user, address: str, *sent: dict[str, object]) -> str:
    """The form as its author finds it again, after sending it in a session that had ended."""
    client.force_login(user)
    assert client.get(address).status_code == 200
    del client.cookies["sessionid"]
    for data in sent:
        assert client.post(address, data).status_code == 302
    client.force_login(user)
    return client.get(address).content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_is_given_back(form, space, client):
    user = make_animation()
    Document.objects.update(uploaded_by_user=user)
    address, field = FORMS[form]()
    html = send_too_late(client, user, address, {field: TYPED})
    assert (TYPED in html, middleware.KEPT in html) == (True, True)


def test_dates_and_choices_too(space, client):
    membership = Membership.objects.get(role=Role.READER)
    ends_on = timezone.localdate() + timedelta(days=40)
    address = reverse("spaces:change_membership", args=["lille", membership.pk])
    html = send_too_late(client, make_animation(), address, {"role": "20", "ends_on": ends_on.isoformat()})
    assert f'value="{ends_on.isoformat()}"' in html
    assert re.findall(r'<input[^>]*name="role"[^>]*checked', html) == re.findall(
        r'<input[^>]*name="role"[^>]*value="20"[^>]*checked', html
    )
    assert re.search(r'value="20"[^>]*checked', html)


@pytest.mark.parametrize(("form", "box"), [("site", "is_labelled"), ("announcement", "is_pinned")])
def test_a_box_that_was_unticked_stays_so(form, box, space, client):
    address, field = FORMS[form]()
    user = make_animation()
    client.force_login(user)
    ticked = re.compile(rf'<input[^>]*name="{box}"[^>]*checked')
    assert ticked.search(client.get(address).content.decode())
    assert not ticked.search(send_too_late(client, user, address, {field: TYPED}))
    assert ticked.search(send_too_late(client, user, address, {field: TYPED, box: "on"}))


def test_the_sign_in_page_says_why_it_is_there(space, client):
    address = reverse("accounts:profile")
    assert middleware.ENDED not in client.post(address, {"last_name": TYPED}, follow=True).content.decode()
    client.force_login(make_member(space))
    client.get(address)
    del client.cookies["sessionid"]
    assert middleware.ENDED in client.post(address, {"last_name": TYPED}, follow=True).content.decode()


def test_what_is_not_given_back_is_not_said_to_be(space, client):
    """Files are not kept: the form that deposits them says nothing, where it comes back empty."""
    address = reverse("documents:upload", args=["lille"])
    assert middleware.KEPT not in send_too_late(client, make_animation(), address, {"folder": "1"})
    assert middleware.KEPT not in client.get("/aide/").content.decode()


def rich(text: str) -> str:
    return json.dumps({"entityMap": {}, "blocks": [{"key": "a1b2c", "text": text, "type": "unstyled"}]})


def typed_in_the_editor(**fields: str) -> dict[str, str]:
    blocks = {"count": "1", "0-deleted": "", "0-order": "0", "0-type": "paragraph", "0-value": rich(TYPED)}
    body = {f"body-{key}": value for key, value in blocks.items()}
    return body | {"title": "Permanences", "slug": "permanences", "introduction": "", "action-publish": "1"} | fields


def sent_again(html: str) -> dict[str, str]:
    """What the form of the page would send."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html[html.index("<main") :])
    return {unescape(name): unescape(value) for name, value in fields}


def test_a_new_page_of_the_editor_goes_back_in_as_a_draft(space, client):
    manager = make_member(space, Role.MANAGER)
    address = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", space.page.pk])
    html = send_too_late(client, manager, address, typed_in_the_editor())
    assert ("Votre texte a été gardé" in html, TYPED in html, "action-publish" in html) == (True, True, False)
    assert not ContentPage.objects.exists()
    assert client.post(address, sent_again(html)).status_code == 302
    page = ContentPage.objects.get()
    assert (page.title, page.live, TYPED in page.body[0].value.source) == ("Permanences", False, True)
    assert "Votre texte a été gardé" not in client.get(address).content.decode()


def test_a_page_of_the_editor_too_and_one_may_do_without(space, client):
    manager = make_member(space, Role.MANAGER)
    page = space.page.add_child(instance=ContentPage(title="Avant", slug="avant", owner=manager))
    page.save_revision(user=manager).publish(skip_permission_checks=True)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    first, last = (
        typed_in_the_editor(title="Première frappe"),
        typed_in_the_editor(),
    )  # as the editor saves, then by hand
    html = send_too_late(client, manager, address, first, last)
    assert ("Première frappe" in html, "Permanences" in html) == (False, True)
    assert 'id="page-edit-form"' in client.get(f"{address}?sans=1").content.decode()
    client.post(address, sent_again(html))
    page = ContentPage.objects.get()
    assert (page.title, page.get_latest_revision_as_object().title) == ("Avant", "Permanences")


def test_what_a_page_sends_by_itself_takes_no_place(space, client):
    manager = make_member(space, Role.MANAGER)
    address = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", space.page.pk])
    client.force_login(manager)
    client.get(address)
    del client.cookies["sessionid"]
    client.post(address, typed_in_the_editor())
    client.post("/gestion/editing-sessions/ping/wagtailcore/page/1/1/", {"is_editing": "1"})
    client.post(reverse("notifications:bell"), {"a": "b"}, headers={"X-Background": "1"})
    client.force_login(manager)
    assert TYPED in client.get(address).content.decode()


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_whoever_has_lost_the_right_meanwhile_gets_no_editor_back(role, space, client):
    manager = make_member(space, Role.MANAGER)
    address = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", space.page.pk])
    send_too_late(client, manager, address, typed_in_the_editor())
    Membership.objects.filter(user=manager).update(role=role)
    assert client.get(address).status_code == 404


def test_writing_in_the_editor_prolongs_the_session(space, client, monkeypatch):
    manager = make_member(space, Role.MANAGER)
    address = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", space.page.pk])
    client.force_login(manager)
    prolonged = []
    for now in (10_000, 10_300, 10_900):
        monkeypatch.setattr(middleware, "time", lambda now=now: now)
        prolonged.append("sessionid" in client.post(address, {"title": "", "body-count": "0"}).cookies)
    assert (prolonged, "sessionid" in client.get(address).cookies) == ([True, False, True], False)
