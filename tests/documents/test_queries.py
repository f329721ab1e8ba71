from datetime import timedelta

import pytest
from django.utils import timezone

from documents import actions, queries
from documents.models import Document
from spaces import policy
from spaces.enums import Role
from tests.factories import PDF, make_animation, make_document, make_folder, make_member, make_user


def test_latest_documents_are_those_of_one_s_spaces(folder, douai):
    make_document(folder, title="De Lille")
    make_document(make_folder(douai), title="De Douai")
    reader = make_member(douai)
    assert [row.title for row in queries.latest_documents(reader)] == ["De Douai"]
    assert queries.latest_documents(reader, folder.space) == []
    assert queries.latest_documents(make_user()) == []


def test_a_withdrawn_document_is_in_no_list(folder):
    document = make_document(folder)
    actions.withdraw_document(document=document, by=make_animation())
    reader = make_member(folder.space)
    assert queries.latest_documents(reader) == []
    assert [one.document_count for one in queries.folders_of(reader, folder.space)] == [0]


def test_a_row(folder, django_assert_num_queries):
    author = make_member(folder.space, Role.CONTRIBUTOR, user=make_user(first_name="Ana", last_name="Roy"))
    at = timezone.now()
    document = make_document(folder, by=author, title="Titre", published_at=at)
    reader = make_member(folder.space)
    policy.forget(reader)
    with django_assert_num_queries(2):  # rights, rows
        rows = queries.latest_documents(reader, limit=3)
    assert rows == [
        queries.DocumentRow(
            document.uuid,
            "Titre",
            f"/documents/{document.uuid}/",
            f"/documents/{document.uuid}/telecharger/",
            "PDF",
            document.file_size,
            at,
            "Ana Roy",
            "Lille",
            "lille",
            "Comptes rendus",
            kind="other",
            kind_label="",
            print_format="",
            period="",
            is_over=False,
            validity="",
            is_to_review=False,
            thumbnail_url="",
            number=1,
            reserved_by="",
            reserved_until=None,
            is_newer=False,
        )
    ]


def test_limit_and_order(folder):
    now = timezone.now()
    for days in (3, 1, 2):
        make_document(folder, title=f"{days}", published_at=now - timedelta(days=days))
    reader = make_member(folder.space)
    assert [row.title for row in queries.latest_documents(reader, limit=2)] == ["1", "2"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-date", ["Zone", "évaluation", "Fiche", "Emploi"]),
        ("date", ["Emploi", "Fiche", "évaluation", "Zone"]),
        ("titre", ["Emploi", "évaluation", "Fiche", "Zone"]),
        ("-taille", ["Zone", "évaluation", "Fiche", "Emploi"]),
        ("taille", ["Emploi", "Fiche", "évaluation", "Zone"]),
        ("n’importe quoi", ["Zone", "évaluation", "Fiche", "Emploi"]),
    ],
)
def test_sorts_as_french_people_do(folder, sort, expected):
    now = timezone.now()
    for minutes, title in enumerate(["Emploi", "Fiche", "évaluation", "Zone"]):
        content = PDF + b" " * minutes
        make_document(folder, title=title, content=content, published_at=now + timedelta(minutes=minutes))
    documents = queries.sorted_documents(Document.objects.all(), sort)
    assert [document.title for document in documents] == expected


def test_folder_choices_name_their_parents(folder, douai):
    child = actions.add_folder(space=folder.space, slug="archives", name="Archives", parent=folder)
    make_folder(douai)
    assert queries.folder_choices(make_member(folder.space), folder.space) == [
        ("comptes-rendus", "Comptes rendus"),
        ("archives", "Comptes rendus › Archives"),
    ]
    assert queries.folder_choices(make_member(douai), folder.space) == []
    assert queries.ancestors(child) == [folder]
