import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.http import Http404
from wagtail.models import Collection, ModelLogEntry

from documents import actions, sandbox
from documents.enums import TextState
from documents.extraction import MAX_CHARACTERS
from documents.models import Document, Folder
from documents.tasks import read_document
from notifications.models import Event
from search.models import Entry
from search.queries import search
from spaces import policy
from spaces.enums import Role
from tests.factories import PDF, make_animation, make_document, make_folder, make_member, make_user


def file(name="note.txt", content=b"bonjour"):
    return ContentFile(content, name=name)


def logged():
    return list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))


# --- Who may


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_publishes_nothing_here(role, folder, douai):
    outsider = make_member(douai, role)
    with pytest.raises(Http404):
        actions.publish_document(folder=folder, file=file(), by=outsider)
    assert (Document.objects.count(), Event.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_a_reader_publishes_nothing(folder):
    with pytest.raises(PermissionDenied):
        actions.publish_document(folder=folder, file=file(), by=make_member(folder.space))


def test_a_contributor_changes_and_withdraws_only_their_own(folder):
    author = make_member(folder.space, Role.CONTRIBUTOR)
    other = make_member(folder.space, Role.CONTRIBUTOR)
    document = make_document(folder, by=author)
    with pytest.raises(PermissionDenied):
        actions.withdraw_document(document=document, by=other)
    with pytest.raises(PermissionDenied):
        actions.change_document(document=document, by=other, title="x", description="", folder=folder)
    actions.change_document(document=document, by=author, title="Titre", description="", folder=folder)
    actions.withdraw_document(document=document, by=author)
    assert not Document.objects.visible_to(author).exists()


def test_an_author_who_became_a_reader_withdraws_nothing(folder):
    author = make_member(folder.space, Role.CONTRIBUTOR)
    document = make_document(folder, by=author)
    author.memberships.update(role=Role.READER)
    policy.forget(author)
    with pytest.raises(PermissionDenied):
        actions.withdraw_document(document=document, by=author)


def test_a_document_of_nobody_is_not_the_visitor_s(folder):
    document = make_document(folder)
    Document.objects.update(uploaded_by_user=None)
    document.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.withdraw_document(document=document, by=make_member(folder.space, Role.CONTRIBUTOR))


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_folders_are_the_manager_s(role, folder):
    member = make_member(folder.space, role)
    with pytest.raises(PermissionDenied):
        actions.create_folder(space=folder.space, name="Nouveau", by=member)
    with pytest.raises(PermissionDenied):
        actions.rename_folder(folder=folder, name="Nouveau", by=member)


def test_the_manager_of_another_space_makes_no_folder_here(folder, douai):
    outsider = make_member(douai, Role.MANAGER)
    with pytest.raises(Http404):
        actions.create_folder(space=folder.space, name="Nouveau", by=outsider)
    with pytest.raises(Http404):
        actions.rename_folder(folder=folder, name="Nouveau", by=outsider)


# --- What it does


def test_publishing(folder):
    by = make_member(folder.space, Role.CONTRIBUTOR)
    document = actions.publish_document(folder=folder, file=file("CR_mars.txt"), by=by, description=" Le texte ")
    document.refresh_from_db()
    assert (document.title, document.original_name, document.description) == ("CR mars", "CR_mars.txt", "Le texte")
    assert (document.space, document.collection_id) == (folder.space, folder.collection_id)
    assert (document.file_size, document.media_type, document.extension) == (7, "text/plain", "txt")
    assert document.file.name == f"{document.sha256[:2]}/{document.sha256[2:4]}/{document.sha256}"
    assert document.url == f"/documents/{document.uuid}/telecharger/"
    event = Event.objects.get()
    assert (event.kind, event.title, event.url, event.actor) == (
        "document.published",
        "CR mars",
        f"/documents/{document.uuid}/",
        by,
    )
    entry = Entry.objects.get()
    assert (entry.title, entry.body) == ("CR mars", "Le texte\nCR_mars.txt")
    assert logged() == ["documents.publish"]


def test_a_refused_file_leaves_nothing(folder):
    by = make_member(folder.space, Role.CONTRIBUTOR)
    with pytest.raises(ValidationError):
        actions.publish_document(folder=folder, file=file("a.pdf", b"MZ"), by=by)
    assert (Document.objects.count(), Event.objects.count(), Entry.objects.count(), logged()) == (0, 0, 0, [])


def test_a_document_s_text_is_read_after_the_commit(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = make_document(folder, name="note.txt", content="Œuvre à Lille".encode())
        assert document.text_state == TextState.PENDING
    document.refresh_from_db()
    assert (document.text, document.text_state) == ("Œuvre à Lille", TextState.DONE)
    assert Entry.objects.get().body == "note.txt\nŒuvre à Lille"


def test_a_known_text_spares_the_reading(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = make_document(folder, content=PDF)
        actions.set_text(document, "déjà connu\x00")
    document.refresh_from_db()
    assert (document.text, document.text_state) == ("déjà connu", TextState.DONE)


@pytest.mark.parametrize(
    ("what", "state", "words"),
    [
        ("long", TextState.CUT, "seul le début de son texte"),
        ("heavy", TextState.HEAVY, "trop lourd pour que son texte soit lu"),
    ],
)
def test_a_text_that_is_not_wholly_read_is_said_on_the_page(what, state, words, client, folder, monkeypatch):
    if what == "heavy":
        monkeypatch.setattr(sandbox, "SECONDS", 0.01)
        document = make_document(folder, name="lent.rtf", content=b"{\\rtf1 bonjour}")
    else:
        content = ("commencement " + "mot " * (MAX_CHARACTERS // 4) + "epilogue").encode()
        document = make_document(folder, name="long.txt", content=content)
    read_document(document.pk)
    document.refresh_from_db()
    assert document.text_state == state
    reader = make_member(folder.space)
    assert [search(reader, word).total for word in ("commencement", "epilogue")] == [int(what == "long"), 0]
    client.force_login(reader)
    assert words in client.get(document.get_absolute_url()).content.decode()


def test_a_broken_file_stays_and_says_so(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = make_document(folder, name="abîmé.docx", content=b"PK\x03\x04 broken")
    document.refresh_from_db()
    assert (document.text, document.text_state) == ("", TextState.UNREADABLE)


def test_an_image_has_no_text_to_wait_for(folder):
    document = make_document(folder, name="a.svg", content=b"<svg/>")
    assert document.text_state == TextState.DONE


def test_a_document_withdrawn_while_it_was_read_is_not_found_again(folder):
    document = make_document(folder)
    actions.withdraw_document(document=document, by=make_animation())
    actions.set_text(document, "secret")
    assert not Entry.objects.exists()


def test_changing(folder):
    elsewhere = make_folder(folder.space, "guide")
    document = make_document(folder)
    by = make_member(folder.space, Role.MANAGER)
    actions.change_document(document=document, by=by, title="Nouveau", description="Neuf", folder=elsewhere)
    document.refresh_from_db()
    assert (document.title, document.description, document.folder) == ("Nouveau", "Neuf", elsewhere)
    assert document.collection_id == elsewhere.collection_id
    assert Entry.objects.get().title == "Nouveau"
    assert logged() == ["documents.publish", "documents.change"]


def test_a_document_does_not_leave_its_space(folder, douai):
    by = make_member(folder.space, Role.MANAGER)
    make_member(douai, Role.MANAGER, user=by)
    document = make_document(folder)
    with pytest.raises(ValidationError):
        actions.change_document(document=document, by=by, title="x", description="", folder=make_folder(douai))
    with pytest.raises(ValidationError):
        actions.change_document(document=document, by=by, title="  ", description="", folder=folder)


def test_withdrawing_takes_it_from_everywhere_and_keeps_the_bytes(folder):
    document = make_document(folder)
    by = make_member(folder.space, Role.MANAGER)
    actions.withdraw_document(document=document, by=by)
    assert (Event.objects.count(), Entry.objects.count()) == (0, 0)
    assert not Document.objects.visible_to(by).exists()
    assert document.file.storage.exists(document.file.name)
    with pytest.raises(Http404):
        actions.withdraw_document(document=document, by=by)
    with pytest.raises(Http404):
        actions.change_document(document=document, by=by, title="x", description="", folder=folder)


def test_index_all(folder):
    make_document(folder, title="Un")
    actions.withdraw_document(document=make_document(folder, title="Deux"), by=make_animation())
    Entry.objects.all().delete()
    assert actions.index_all() == 1
    assert [entry.title for entry in Entry.objects.all()] == ["Un"]


# --- Folders


def test_a_folder_is_a_collection_of_its_space(lille):
    top = actions.add_folder(space=lille, slug="guide", name="Guide")
    child = actions.add_folder(space=lille, slug="annexes", name="Annexes", parent=top)
    assert top.collection.get_parent() == lille.collection
    assert child.collection.get_parent() == top.collection


def test_adding_again_brings_up_to_date(lille):
    actions.add_folder(space=lille, slug="guide", name="Guide")
    again = actions.add_folder(space=lille, slug="guide", name="Le guide", description="Tout", position=4)
    assert (Folder.objects.count(), again.name, again.description, again.position) == (1, "Le guide", "Tout", 4)
    assert Collection.objects.get(pk=again.collection_id).name == "Le guide"


def test_a_name_given_by_hand_survives_the_set_up(lille):
    folder = actions.add_folder(space=lille, slug="guide", name="Guide")
    by = make_member(lille, Role.MANAGER)
    actions.rename_folder(folder=folder, name="Notre guide", description="À nous", by=by)
    again = actions.add_folder(space=lille, slug="guide", name="Guide")
    assert (again.name, again.description, again.collection.name) == ("Notre guide", "À nous", "Notre guide")


def test_a_folder_s_parent_is_in_its_space(lille, douai):
    with pytest.raises(ValidationError):
        actions.add_folder(space=lille, slug="x", name="X", parent=make_folder(douai))


@pytest.mark.parametrize("slug", sorted(actions.RESERVED_SLUGS))
def test_addresses_are_not_folders(slug, lille):
    with pytest.raises(ValidationError):
        actions.add_folder(space=lille, slug=slug, name="X")


def test_creating_gives_a_free_address(folder):
    by = make_member(folder.space, Role.MANAGER)
    names = ["Déposer", "Comptes rendus !", "🙂", "🙃"]
    made = [actions.create_folder(space=folder.space, name=name, by=by) for name in names]
    assert [one.slug for one in made] == ["deposer-2", "comptes-rendus-2", "dossier", "dossier-2"]


def test_two_folders_of_one_level_have_two_names(folder):
    by = make_member(folder.space, Role.MANAGER)
    with pytest.raises(ValidationError):
        actions.create_folder(space=folder.space, name="comptes rendus", by=by)
    actions.create_folder(space=folder.space, name="Études", by=by)
    for name in ("ÉTUDES", "études", "éTUDES"):
        with pytest.raises(ValidationError):
            actions.create_folder(space=folder.space, name=name, by=by)
    child = actions.create_folder(space=folder.space, name="Comptes rendus", by=by, parent=folder)
    assert child.parent == folder
    actions.rename_folder(folder=folder, name="COMPTES RENDUS", by=by)


def test_a_stranger_has_no_right_at_all(folder):
    with pytest.raises(Http404):
        actions.publish_document(folder=folder, file=file(), by=make_user())
