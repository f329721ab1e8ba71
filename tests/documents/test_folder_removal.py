"""A folder made by mistake goes; nothing that it holds goes with it."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import connection, connections, transaction
from django.http import Http404
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection

from accounts.models import User
from documents import actions
from documents.models import Document, Folder
from spaces.enums import Role
from spaces.models import Boundary
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(lille, manager):
    return actions.create_folder(space=lille, name="Erreur", by=manager)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_elsewhere_and_no_one_who_does_not_manage(role, folder, lille, douai):
    with pytest.raises(Http404):
        actions.remove_folder(folder=folder, by=factories.make_member(douai, role))
    if role < Role.MANAGER:
        with pytest.raises(PermissionDenied):
            actions.remove_folder(folder=folder, by=factories.make_member(lille, role))
    assert Folder.objects.filter(pk=folder.pk).exists()


def test_it_goes_with_its_collection_and_its_circle(client, folder, manager):
    actions.restrict_folder(folder=folder, members=[], by=manager)
    client.force_login(manager)
    assert "Supprimer ce dossier vide" in client.get(folder.get_absolute_url()).content.decode()
    done = client.post(reverse("documents:folder_remove", args=["lille", folder.slug]), follow=True).content.decode()
    assert "«\N{NO-BREAK SPACE}Erreur\N{NO-BREAK SPACE}» a été supprimé" in done
    assert not Folder.objects.filter(pk=folder.pk).exists()
    assert not Collection.objects.filter(pk=folder.collection_id).exists()
    assert not Boundary.objects.exists()
    assert client.get(folder.get_absolute_url()).status_code == 404


def test_one_inside_a_circle_leaves_it_the_circle(folder, lille, manager):
    inside = actions.create_folder(space=lille, parent=folder, name="Dedans", by=manager)
    actions.restrict_folder(folder=folder, members=[], by=manager)
    actions.remove_folder(folder=inside, by=manager)
    assert Folder.objects.get(pk=folder.pk).boundary == Boundary.objects.get()


def held_by_a_document(folder, manager):
    factories.make_document(folder, by=manager)


def held_by_the_trash(folder, manager):
    actions.withdraw_document(document=factories.make_document(folder, by=manager), by=manager)


def held_by_a_folder(folder, manager):
    actions.create_folder(space=folder.space, parent=folder, name="Dedans", by=manager)


def held_by_an_image(folder, manager):
    get_image_model().objects.create(title="Logo", file=get_test_image_file(), collection_id=folder.collection_id)


@pytest.mark.parametrize("held", [held_by_a_document, held_by_the_trash, held_by_a_folder, held_by_an_image])
def test_what_it_holds_stays_and_so_does_it(held, client, folder, manager):
    held(folder, manager)
    before = [model.objects.count() for model in (Document, Folder, Collection, get_image_model())]
    with pytest.raises(ValidationError):
        actions.remove_folder(folder=folder, by=manager)
    assert [model.objects.count() for model in (Document, Folder, Collection, get_image_model())] == before
    client.force_login(manager)
    said = client.post(reverse("documents:folder_remove", args=["lille", folder.slug]), follow=True)
    assert (said.status_code, "fr-alert--error" in said.content.decode()) == (200, True)


LATE = {
    "deposit": lambda it, by: actions.publish_document(folder=it, file=ContentFile(b"%PDF-1.4", name="a.pdf"), by=by),
    "make": lambda it, by: actions.create_folder(space=it.space, parent=it, name="Dedans", by=by),
    "rename": lambda it, by: actions.rename_folder(folder=it, name="Autre", by=by),
    "move": lambda it, by: actions.move_folder(folder=it, parent=None, by=by),
    "order": lambda it, by: actions.order_folder(folder=it, step=1, by=by),
    "restrict": lambda it, by: actions.restrict_folder(folder=it, members=[], by=by),
    "open": lambda it, by: actions.open_folder(folder=it, by=by),
    "remove": lambda it, by: actions.remove_folder(folder=it, by=by),
}
"""What is asked from a page shown before, `it` being the row that it was made of."""


@pytest.mark.parametrize("asked", LATE)
def test_from_a_page_shown_before_nothing_is_done(asked, folder, manager):
    actions.remove_folder(folder=Folder.objects.get(pk=folder.pk), by=manager)
    with pytest.raises(Http404):
        LATE[asked](folder, manager)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
@pytest.mark.django_db(transaction=True)
def test_a_document_deposited_meanwhile_is_in_a_folder_or_refused(folder, manager):
    outcomes = []

    def deposit():
        try:
            by = User.objects.get(pk=manager.pk)
            actions.publish_document(folder=folder, file=ContentFile(b"%PDF-1.4 meanwhile", name="a.pdf"), by=by)
            outcomes.append("deposited")
        except Http404:
            outcomes.append("refused")
        finally:
            connections.close_all()

    with transaction.atomic():
        actions.remove_folder(folder=Folder.objects.get(pk=folder.pk), by=manager)
        other = threading.Thread(target=deposit)
        other.start()
        other.join(1)
    other.join(20)
    assert (outcomes, Document.objects.count()) == (["refused"], 0)
