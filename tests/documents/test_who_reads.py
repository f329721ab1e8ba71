"""What a document's page and « Qui peut voir ceci ? » say, held against who does read it; and how many links are made."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents import actions
from documents.models import Document, SignedLink
from spaces.enums import Visibility
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(lille):
    return factories.make_folder(lille, "budget", name="Budget secret")


@pytest.fixture
def document(folder, manager):
    return factories.make_document(folder, by=manager, title="Tableau", name="tableau.pdf")


def told(client, document, by) -> tuple[str, str]:
    """What the document's page, then « Qui peut voir ceci ? », say of who reads it."""
    client.force_login(by)
    pages = (document.get_absolute_url(), reverse("documents:document_who", args=[document.uuid]))
    return tuple(client.get(page).content.decode() for page in pages)


@pytest.mark.parametrize("is_restricted", [False, True])
def test_a_share_with_a_space_that_everybody_reads_opens_it_to_everybody_and_says_so(
    is_restricted, client, document, folder, manager
):
    commun = factories.make_space("commun", visibility=Visibility.REGISTERED)
    stranger = factories.make_member(factories.make_space("douai"))
    anybody = factories.make_member(commun, user=factories.make_user(last_name="Quelconque"))
    if is_restricted:
        actions.restrict_folder(folder=folder, members=[], by=manager)
    page, names = told(client, document, manager)
    assert ("Toute personne ayant un compte" in page, "Pour toutes les autres, il n’existe pas" in names) == (
        False,
        True,
    )
    in_a_week = timezone.localdate() + timedelta(days=7)
    facts = {"to_space": commun.pk, "ends_on": in_a_week.isoformat(), "reason": "Pour tous"}
    done = client.post(reverse("documents:share", args=[document.uuid]), facts, follow=True).content.decode()
    assert "toute personne ayant un compte peut le lire" in done
    assert Document.objects.visible_to(stranger).get() == document
    page, names = told(client, document, manager)
    assert ("Toute personne ayant un compte" in page, "Pour toutes les autres, il n’existe pas" in names) == (
        True,
        False,
    )
    assert "Toute personne ayant un compte" in names
    assert ("Pour tous</p>" in names, str(anybody) in names) == (True, False)


def test_shared_in_two_ways_it_is_one_document_by_the_longer(client, document, manager, douai):
    guest = factories.make_member(douai)
    days = {name: timezone.localdate() + timedelta(days=count) for name, count in (("soon", 2), ("late", 9))}
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=days["late"], reason="Longtemps")
    actions.share_document(document=document, by=manager, to_user=guest, ends_on=days["soon"], reason="Peu de temps")
    client.force_login(guest)
    page = client.get(reverse("documents:shared_with_me")).content.decode()
    assert ("1\u00a0document.</p>" in page, page.count("Tableau"), "Longtemps" in page, "Peu de" in page) == (
        True,
        1,
        True,
        False,
    )


def test_a_circle_says_that_a_document_of_its_own_is_shared(client, document, folder, manager):
    actions.restrict_folder(folder=folder, members=[], by=manager)
    assert "et ceux avec qui il est partagé" not in told(client, document, manager)[0]
    guest, in_a_week = factories.make_user(), timezone.localdate() + timedelta(days=7)
    actions.share_document(document=document, by=manager, to_user=guest, ends_on=in_a_week, reason="Relecture")
    assert "et ceux avec qui il est partagé" in told(client, document, manager)[0]


def test_a_link_asked_for_twice_by_one_page_is_one_link(client, document, manager):
    """The page is loaded again, or the button pressed twice: its address is the same, and stands for one link."""
    client.force_login(manager)
    asked = reverse("documents:link_new", args=[document.uuid])

    def form() -> dict[str, str]:
        (once,) = re.findall('name="once" value="([^"]+)"', client.get(asked).content.decode())
        return {"once": once, "recipient": "Un maire", "days": "14", "password": ""}

    def made(posted) -> str:
        (path,) = set(re.findall("/partage/[^/]+/", client.post(asked, posted).content.decode()))
        return path

    posted = form()
    first = made(posted)
    assert (made(posted), SignedLink.objects.count()) == (first, 1)
    assert client.get(first).status_code == 200
    others = {made(posted | {"recipient": "Une maire"}), made(posted | {"password": "huit-lettres"}), made(form())}
    assert (len(others | {first}), SignedLink.objects.count()) == (4, 4)
    actions.revoke_link(link=SignedLink.objects.earliest("pk"), by=manager)
    assert client.get(first).status_code == 404
    assert made(posted) != first


@pytest.mark.parametrize("count", [1, 2])
def test_the_order_of_a_list_is_said_when_there_is_one(count, client, folder, manager, douai):
    guest = factories.make_member(douai)
    ends_on = timezone.localdate() + timedelta(days=9)
    for rank in range(count):
        document = factories.make_document(folder, by=manager, title=f"Note {rank}")
        actions.share_document(document=document, by=manager, to_user=guest, ends_on=ends_on, reason="Avis")
        actions.record_downloads(versions=[(document.pk, 1)], by=guest)
        thrown = factories.make_document(folder, by=manager, title=f"Jetée {rank}")
        actions.withdraw_document(document=thrown, by=manager)
    for who, name, of in (
        (guest, "shared_with_me", []),
        (guest, "my_downloads", []),
        (manager, "trash", [folder.space.slug]),
    ):
        client.force_login(who)
        page = client.get(reverse(f"documents:{name}", args=of)).content.decode()
        assert (" d’abord" in page) == (count > 1)
