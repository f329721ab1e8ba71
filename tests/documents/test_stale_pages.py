"""What is asked from a page shown before: it says what has become of the document, and leads there; only to who may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents import actions
from documents.models import Document, Folder
from spaces.enums import Role
from spaces.models import Share
from tests import factories

pytestmark = pytest.mark.django_db
TITLE = "Motplanté"


@pytest.fixture
def document(folder, manager):
    return factories.make_document(folder, by=manager, title=TITLE)


@pytest.fixture
def colleague(lille):
    return factories.make_member(lille, Role.MANAGER, user=factories.make_user(first_name="Ève", last_name="Autre"))


def ask(client, name, document, *more, **data):
    done = client.post(reverse(f"documents:{name}", args=[document.uuid, *more]), data, follow=True)
    return done.status_code, done.content.decode(), done.redirect_chain[-1][0] if done.redirect_chain else ""


def thrown(document, by):
    actions.withdraw_document(document=Document.objects.get(pk=document.pk), by=by)


def test_put_back_twice_leads_to_the_document_and_says_by_whom(client, document, manager, colleague):
    thrown(document, manager)
    client.force_login(manager)
    assert ask(client, "put_back", document)[0] == 200
    client.force_login(colleague)
    status, page, where = ask(client, "put_back", document)
    assert (status, where, "est déjà à sa place" in page) == (200, document.get_absolute_url(), True)
    assert f", remis par {manager}." in page
    client.force_login(manager)
    assert ", remis par vous." in ask(client, "put_back", document)[1]


FORMS = ("withdraw", "edit", "share", "link_new", "version_new", "reserve", "release")


@pytest.mark.parametrize("name", FORMS)
def test_in_the_trash_each_form_says_who_put_it_there_and_leads_there(client, name, document, manager, colleague):
    thrown(document, colleague)
    client.force_login(manager)
    status, page, where = ask(client, name, document)
    assert (status, where) == (200, reverse("documents:trash", args=["lille"]))
    assert f"a été mis à la corbeille par {colleague} le" in page
    client.force_login(colleague)
    status, page, where = ask(client, name, document)
    assert (status, where) == (200, f"{document.folder.get_absolute_url()}?corbeille={document.uuid}")
    assert "Annuler et le remettre" in page


def test_a_link_to_a_form_says_it_too(client, document, manager, colleague):
    """« Mettre à la corbeille », on a page shown before, is a link."""
    thrown(document, colleague)
    client.force_login(manager)
    page = client.get(reverse("documents:withdraw", args=[document.uuid]), follow=True)
    assert (page.status_code, f"par {colleague} le" in page.content.decode()) == (200, True)


def test_its_author_is_led_to_its_folder(client, folder, lille, manager):
    author = factories.make_member(lille, Role.CONTRIBUTOR)
    document = factories.make_document(folder, by=author, title=TITLE)
    thrown(document, manager)
    client.force_login(author)
    status, page, where = ask(client, "withdraw", document)
    assert (status, where, f"par {manager} le" in page) == (200, folder.get_absolute_url(), True)


@pytest.mark.parametrize("name", ["put_back", *FORMS])
def test_nobody_else_learns_that_it_was_there(client, name, document, lille, douai, manager):
    others = [factories.make_member(lille, role) for role in (Role.READER, Role.CONTRIBUTOR)]
    others += [factories.make_member(douai, role) for role in Role]
    thrown(document, manager)
    for person in others:
        client.force_login(person)
        status, page, _ = ask(client, name, document)
        assert (status, TITLE in page) == (404, False)


@pytest.mark.parametrize("role", list(Role))
def test_nor_that_it_is_back(client, role, document, lille, douai, manager):
    for person in (factories.make_member(douai, role), factories.make_member(lille)):
        client.force_login(person)
        status, page, _ = ask(client, "put_back", document)
        assert (status, TITLE in page) == (404, False)


def test_a_share_and_a_link_that_have_ended_say_so(client, document, manager, colleague, douai):
    in_a_week = timezone.localdate() + timedelta(days=7)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=in_a_week, reason="Avis")
    link, _ = actions.create_link(document=document, by=manager, recipient="Mairie")
    share = Share.objects.get()
    client.force_login(colleague)
    assert "Le partage est retiré" in ask(client, "share_revoke", document, share.pk)[1]
    assert "Le lien est retiré" in ask(client, "link_revoke", document, link.pk)[1]
    client.force_login(manager)
    assert (
        f"Ce partage avait déjà pris fin, retiré par {colleague}." in ask(client, "share_revoke", document, share.pk)[1]
    )
    assert (
        f"Ce lien n’ouvrait déjà plus rien, retiré par {colleague}." in ask(client, "link_revoke", document, link.pk)[1]
    )


def test_a_reservation_made_meanwhile_is_not_lifted_for_another(client, document, lille, manager, colleague):
    actions.reserve_document(document=document, by=manager)
    shown = manager.pk
    actions.release_document(document=Document.objects.get(pk=document.pk), by=manager)
    client.force_login(manager)
    assert "n’était déjà plus réservé" in ask(client, "release", document, de=shown)[1]
    actions.reserve_document(document=Document.objects.get(pk=document.pk), by=colleague)
    assert f"{colleague} l’a réservé depuis" in ask(client, "release", document, de=shown)[1]
    assert Document.objects.get(pk=document.pk).reserved_by == colleague
    assert f'name="de" value="{colleague.pk}"' in client.get(document.get_absolute_url()).content.decode()
    assert "n’est plus réservé" in ask(client, "release", document, de=colleague.pk)[1]
    assert Document.objects.get(pk=document.pk).reserved_by is None


@pytest.mark.parametrize("name", ["remove", "rename", "place", "order", "restrict"])
def test_a_folder_removed_already_leads_to_the_documents(name, client, lille, douai, manager):
    folder = actions.create_folder(space=lille, name="Erreur", by=manager)
    address = reverse(f"documents:folder_{name}", args=["lille", folder.slug])
    actions.remove_folder(folder=Folder.objects.get(pk=folder.pk), by=manager)
    client.force_login(manager)
    done = client.post(address, {"name": "Autre"}, follow=True)
    assert (done.status_code, "il a déjà été supprimé" in done.content.decode()) == (200, True)
    for person in (factories.make_member(lille), factories.make_member(douai, Role.MANAGER)):
        client.force_login(person)
        assert client.post(address).status_code == 404
