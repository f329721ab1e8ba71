"""Every form with something to lose gives it back after a session that had ended."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import Network, Site, Structure, Territory
from documents.models import Document
from pages.actions import add_space_pages, publish_announcement
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


def send_too_late(client, user, address: str, data: dict[str, object]) -> str:
    """The form as its author finds it again, after sending it in a session that had ended."""
    client.force_login(user)
    assert client.get(address).status_code == 200
    del client.cookies["sessionid"]
    assert client.post(address, data).status_code == 302
    client.force_login(user)
    return client.get(address).content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_is_given_back(form, space, client):
    user = make_animation()
    Document.objects.update(uploaded_by_user=user)
    address, field = FORMS[form]()
    assert TYPED in send_too_late(client, user, address, {field: TYPED})


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
