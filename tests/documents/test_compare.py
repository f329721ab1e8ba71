import time
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from documents import actions, tasks
from documents.compare import differences
from documents.extraction import MAX_CHARACTERS
from documents.models import Comparison
from spaces.enums import Role
from tests.factories import make_document, make_member

OLD = "Titre\nLe comité se réunit en mars.\nCe point est retiré.\nFin"
NEW = "Titre\nLe comité se réunit en avril.\nFin\nUn ajout <b>gras</b>."


@pytest.fixture
def document(folder):
    document = make_document(folder, name="a.txt", content=OLD.encode())
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(NEW.encode(), name="a.txt"), by=by)
    document.refresh_from_db()
    return document


def test_words_within_lines():
    found = differences("un deux trois", "un 2 trois")
    assert found.rows == [
        {
            "kind": "changed",
            "old": [["same", "un "], ["removed", "deux "], ["same", "trois"]],
            "new": [["same", "un "], ["added", "2 "], ["same", "trois"]],
        }
    ]


def test_what_has_not_changed_is_folded():
    lines = [f"ligne {number}" for number in range(30)]
    found = differences("\n".join(lines), "\n".join([*lines, "nouveau"]))
    assert [row["kind"] for row in found.rows] == ["skipped", "same", "same", "added"]
    assert (found.rows[0]["count"], found.added, found.removed, found.changed) == (28, 1, 0, 0)


def test_long_texts_are_cut():
    assert differences("a\n" * 4000, "a\n" * 4000).is_cut


def every_other(count, word, separator):
    return separator.join(part for rank in range(count) for part in ("commun", f"{word}{rank}"))


def paragraphs(word):
    return "\n".join(f"{word}{line} {every_other(190, word, ' ')}" for line in range(80))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (every_other(1500, "a", "\n"), every_other(1500, "b", "\n")),
        ("a b\n" * 3000, "b a\n" * 3000),
        (paragraphs("a"), paragraphs("b")),
    ],
    ids=["every other line", "the same lines", "every other word"],
)
def test_texts_made_to_take_an_hour_take_a_moment(old, new):
    start = time.process_time()
    found = differences(old, new)
    assert found.added + found.removed + found.changed
    assert time.process_time() - start < 2


@given(*[st.lists(st.sampled_from("abc"), max_size=8)] * 2)
def test_what_is_told_is_the_whole_of_both_texts(old, new):
    rows = differences("\n".join(old), "\n".join(new)).rows
    told = [row for row in rows if row["kind"] != "skipped"]
    hidden = sum(row["count"] for row in rows if row["kind"] == "skipped")
    for side, lines in (("old", old), ("new", new)):
        words = ["".join(run[1] for run in row[side]) for row in told if row[side]]
        assert len(words) + hidden == len(lines)
        assert hidden or words == lines


def test_from_waiting_to_read(client, document):
    client.force_login(make_member(document.space))
    address = reverse("documents:compare", args=[document.uuid]) + "?de=1&a=2"
    assert "en préparation" in client.get(address).content.decode()
    assert [tasks.compare_versions(), tasks.compare_versions()] == [1, 0]
    page = client.get(address).content.decode()
    assert '<ins><span class="fr-sr-only">ajouté\u00a0: </span>avril.</ins>' in page
    assert '<del><span class="fr-sr-only">supprimé\u00a0: </span>mars.' in page
    assert "&lt;b&gt;gras&lt;/b&gt;" in page
    assert address.partition("?")[0] in client.get(document.get_absolute_url()).content.decode()


def test_the_same_words_in_another_form_are_said_identical(client, folder):
    document = make_document(folder, name="a.txt", content=b"un\ndeux")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(b"un\n\ndeux  ", name="a.txt"), by=by)
    tasks.compare_versions()
    client.force_login(by)
    page = client.get(reverse("documents:compare", args=[document.uuid])).content.decode()
    assert ("Les deux textes sont identiques" in page, "x-compare__row" in page) == (True, False)


def test_a_pair_never_compared_is_asked_for_once(client, document):
    client.force_login(make_member(document.space))
    Comparison.objects.all().delete()
    address = reverse("documents:compare", args=[document.uuid])
    assert "n’ont pas encore été comparées" in client.get(address).content.decode()
    assert [client.post(address).status_code, client.post(address).status_code] == [302, 302]
    assert Comparison.objects.count() == 1


def test_texts_of_which_the_end_was_not_read_are_said(client, folder):
    beginning = b"mot " * (MAX_CHARACTERS // 4)
    document = make_document(folder, name="a.txt", content=beginning + b"fin")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(beginning + b"autre fin", name="a.txt"), by=by)
    tasks.compare_versions()
    client.force_login(by)
    page = client.get(reverse("documents:compare", args=[document.uuid])).content.decode()
    assert "seul leur début a été comparé" in page


def test_an_unreadable_side_is_said(client, folder):
    document = make_document(folder, name="a.docx", content=b"PK\x03\x04 broken")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(b"Bonjour", name="a.txt"), by=by)
    tasks.compare_versions()
    client.force_login(by)
    assert "est illisible" in client.get(reverse("documents:compare", args=[document.uuid])).content.decode()


def test_who_does_not_read_the_document_compares_nothing(client, document, douai):
    outsider = make_member(douai, Role.MANAGER)
    client.force_login(outsider)
    address = reverse("documents:compare", args=[document.uuid])
    unknown = client.get(reverse("documents:compare", args=[uuid4()]))
    assert (client.get(address).status_code, client.post(address).status_code, unknown.status_code) == (404, 404, 404)
    older, newer = document.versions.order_by("number")
    with pytest.raises(Http404):
        actions.ask_for_comparison(older=older, newer=newer, by=outsider)


@pytest.mark.parametrize("query", ["de=x", "de=0", "a=99"])
def test_versions_that_are_not(client, document, query):
    client.force_login(document.uploaded_by_user)
    assert client.get(reverse("documents:compare", args=[document.uuid]) + "?" + query).status_code == 404
