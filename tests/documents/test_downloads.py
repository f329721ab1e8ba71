"""Who took what away: recorded once, told to those who may know, forgotten in time."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from acknowledgements.models import Acknowledgement, AcknowledgementRequest
from documents import actions, queries
from documents.audience import superseded_audience
from documents.models import Document, DownloadCount, DownloadRecord
from spaces.enums import Role
from tests.factories import PDF, make_document, make_folder, make_member, make_space


@pytest.fixture
def document(folder):
    return make_document(folder, name="kit.pdf", title="Le kit")


@pytest.fixture
def reader(folder):
    return make_member(folder.space, Role.READER, user=None)


def take(client, document, **headers):
    response = client.get(document.url, headers={key.replace("_", "-"): value for key, value in headers.items()})
    response.close()
    return response


def next_version(document, extra=b"2"):
    author = make_member(document.space, Role.MANAGER)
    actions.publish_version(document=document, file=ContentFile(PDF + extra, name="kit.pdf"), by=author)
    document.refresh_from_db()


# --- Denied first ---------------------------------------------------------------------------------------------------


def test_a_refused_download_is_not_recorded(client, document, douai):
    client.force_login(make_member(douai, Role.MANAGER))
    assert client.get(document.url).status_code == 404
    assert DownloadRecord.objects.count() == 0


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.CONTRIBUTOR, 403), (Role.MANAGER, 200)])
def test_the_list_is_for_managers(role, status, client, document, reader):
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    client.force_login(make_member(document.space, role))
    response = client.get(reverse("documents:downloads", args=[document.uuid]))
    assert (response.status_code, str(reader) in response.content.decode()) == (status, status == 200)


def test_a_new_version_is_said_until_it_is_taken(client, document, reader):
    other = make_member(document.space)
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    client.force_login(reader)
    address, words = reverse("documents:my_downloads"), "Une nouvelle version est parue"
    assert words not in client.get(address).content.decode()
    next_version(document)
    assert words in client.get(address).content.decode()
    actions.record_downloads(versions=[(document.pk, 2)], by=other)
    assert words in client.get(address).content.decode()
    actions.record_downloads(versions=[(document.pk, 2)], by=reader)
    assert words not in client.get(address).content.decode()


def test_one_s_own_list_forgets_what_one_no_longer_reads(client, document, reader):
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    client.force_login(reader)
    assert "Le kit" in client.get(reverse("documents:my_downloads")).content.decode()
    reader.memberships.update(ended_at=timezone.now())
    assert "Le kit" not in client.get(reverse("documents:my_downloads")).content.decode()
    assert queries.downloaded_by(type(reader).objects.get(pk=reader.pk))[0]["titre"] == ""


# --- Recorded once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/fichiers-internes"])
def test_what_counts_as_a_download(prefix, client, document, reader, settings):
    settings.X_ACCEL_PREFIX = prefix
    client.force_login(reader)
    client.head(document.url)
    take(client, document, Range="bytes=10-")  # the rest of one that was cut
    client.get(document.url + "?inline=1").close()  # read on the screen
    assert DownloadRecord.objects.count() == 0
    take(client, document)
    assert DownloadRecord.objects.count() == 1
    take(client, document, If_None_Match=f'"{document.sha256}"')  # the browser's own copy
    assert DownloadRecord.objects.count() == 1
    take(client, document, Range="bytes=0-9")
    assert list(DownloadRecord.objects.order_by().values_list("document", "version_number", "user").distinct()) == [
        (document.pk, 1, reader.pk)
    ]
    assert DownloadRecord.objects.count() == 2


def test_a_new_version_counts_though_the_browser_asked_for_changes_only(client, document, reader, settings):
    settings.X_ACCEL_PREFIX = "/fichiers-internes"
    client.force_login(reader)
    take(client, document)
    next_version(document)
    take(client, document, If_None_Match='"an old one"')
    assert sorted(DownloadRecord.objects.values_list("version_number", flat=True)) == [1, 2]


def test_a_download_costs_the_rights_and_its_record(client, document, reader, django_assert_num_queries):
    client.force_login(reader)
    take(client, document)
    with django_assert_num_queries(3):  # the person; their mandates; the record
        take(client, document)


# --- New since ------------------------------------------------------------------------------------------------------


def test_newer_is_for_who_took_an_older_one(client, document, reader, folder):
    other = make_member(folder.space)
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    assert [row.is_newer for row in queries.latest_documents(reader)] == [False]
    next_version(document)
    assert [row.is_newer for row in queries.latest_documents(reader)] == [True]
    assert [row.is_newer for row in queries.latest_documents(other)] == [False]
    client.force_login(reader)
    assert "Nouveau depuis votre dernier téléchargement" in client.get(folder.get_absolute_url()).content.decode()
    actions.record_downloads(versions=[(document.pk, 2)], by=reader)
    assert [row.is_newer for row in queries.latest_documents(reader)] == [False]


def test_who_is_told_of_a_new_version(document, folder):
    took, left, never, up_to_date, gone = (make_member(folder.space) for _ in range(5))
    for user in (took, left, up_to_date, gone):
        actions.record_downloads(versions=[(document.pk, 1), (document.pk, 1)], by=user)
    assert superseded_audience(document) == []
    next_version(document)
    actions.record_downloads(versions=[(document.pk, 2)], by=up_to_date)
    left.memberships.update(ended_at=timezone.now())
    gone.is_active = False
    gone.save()
    assert superseded_audience(document) == [took]
    assert never not in superseded_audience(document)


def test_who_said_to_have_read_an_older_version_is_told_too(document, folder):
    asked = AcknowledgementRequest.objects.create(kind="document", object_id=document.pk)
    behind, up_to_date, took_it_since = (make_member(folder.space) for _ in range(3))
    for user in (behind, up_to_date, took_it_since):
        Acknowledgement.objects.create(request=asked, user=user, version=document.sha256)
    next_version(document)
    document.refresh_from_db()
    Acknowledgement.objects.create(request=asked, user=up_to_date, version=document.sha256)
    actions.record_downloads(versions=[(document.pk, 2)], by=took_it_since)
    assert superseded_audience(document) == [behind]


def test_the_audience_takes_the_same_queries_for_many(document, folder, django_assert_num_queries):
    next_version(document)
    document = Document.objects.select_related("space").get()
    for total in (2, 6):
        for _ in range(total):
            actions.record_downloads(versions=[(document.pk, 1)], by=make_member(folder.space))
        with django_assert_num_queries(5):
            assert superseded_audience(document)


# --- Forgotten in time ----------------------------------------------------------------------------------------------


def test_names_go_and_numbers_stay(client, document, reader, settings, capsys):
    actions.record_downloads(versions=[(document.pk, 1)] * 3, by=reader)
    long_ago = timezone.now() - timedelta(days=settings.DOWNLOAD_RECORD_DAYS + 1)
    DownloadRecord.objects.filter(pk__in=list(DownloadRecord.objects.values_list("pk", flat=True))[:2]).update(
        created_at=long_ago
    )
    assert queries.download_counts(document) == {1: 3}
    call_command("forget_downloads")
    assert (DownloadRecord.objects.count(), DownloadCount.objects.get().count) == (1, 2)
    DownloadRecord.objects.update(created_at=long_ago)
    assert (actions.forget_downloads(), actions.forget_downloads()) == (1, 0)
    assert queries.download_counts(document) == {1: 3}
    assert capsys.readouterr().out == "2 téléchargement(s) oublié(s).\n"
    client.force_login(make_member(document.space, Role.MANAGER))
    html = client.get(reverse("documents:downloads", args=[document.uuid])).content.decode()
    assert "3\xa0téléchargements en tout" in html
    assert str(reader) not in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no such setting")
def test_the_disk_is_not_waited_for_and_only_here():
    document = make_document(make_folder(make_space("lille"), "guide"))

    def waits():
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    with transaction.atomic():
        actions.record_downloads(versions=[(document.pk, 1)], by=None)
        assert waits() == "off"
    assert waits() == "on"
    actions.record_downloads(versions=[(document.pk, 1), (document.pk, 1)], by=None)
    assert (waits(), document.downloads.count()) == ("on", 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_two_schedules_at_once_count_each_download_once(settings):
    document = make_document(make_folder(make_space("lille"), "guide"))
    actions.record_downloads(versions=[(document.pk, 1)] * 500, by=None)
    DownloadRecord.objects.update(created_at=timezone.now() - timedelta(days=settings.DOWNLOAD_RECORD_DAYS + 1))
    ready = threading.Barrier(3, timeout=20)
    forgotten = []

    def forget():
        try:
            ready.wait()
            forgotten.append(actions.forget_downloads())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=forget) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(forgotten), queries.download_counts(document)) == ([0, 0, 500], {1: 500})


@pytest.mark.parametrize("page", ["downloads", "my_downloads"])
def test_the_same_queries_for_many(page, client, document, django_assert_max_num_queries):
    manager = make_member(document.space, Role.MANAGER)
    client.force_login(manager)
    address = reverse(f"documents:{page}", args=[document.uuid] if page == "downloads" else [])
    costs = []
    for count in (2, 40):
        actions.record_downloads(versions=[(document.pk, 1)] * count, by=manager)
        client.get(address)
        with django_assert_max_num_queries(9) as asked:
            client.get(address)
        costs.append(len(asked))
    assert costs[0] == costs[1]


# --- By archive, by link --------------------------------------------------------------------------------------------


def test_a_folder_s_archive_counts_for_each_document_that_it_holds(client, document, reader, folder):
    other = make_document(folder, title="L’affiche")
    next_version(document)
    client.force_login(reader)
    address = reverse("documents:folder_zip", args=[folder.space.slug, folder.slug])
    client.head(address)
    assert DownloadRecord.objects.count() == 0
    client.get(address).close()
    taken = DownloadRecord.objects.order_by().values_list("document", "version_number", "user")
    assert set(taken) == {(document.pk, 2, reader.pk), (other.pk, 1, reader.pk)}


def test_a_selection_counts_for_what_its_reader_may_read(client, document, reader, douai):
    client.force_login(reader)
    elsewhere = make_document(make_folder(douai))
    address = reverse("documents:selection_zip")
    assert client.get(address, {"d": elsewhere.uuid}).status_code == 404
    client.get(address, {"d": [document.uuid, elsewhere.uuid]}).close()
    assert list(DownloadRecord.objects.values_list("document", "user")) == [(document.pk, reader.pk)]


def test_nothing_chosen_goes_back_to_the_list_and_says_so(client, reader, folder):
    client.force_login(reader)
    address = reverse("documents:selection_zip")
    back = client.get(address, {"retour": folder.get_absolute_url()}, follow=True)
    assert back.redirect_chain == [(folder.get_absolute_url(), 302)]
    assert "Cochez d’abord" in back.content.decode()
    for elsewhere in ("https://ailleurs.example/", "//ailleurs.example/", "home", "%"):
        assert client.get(address, {"retour": elsewhere}).status_code == 404


def test_a_link_s_download_counts_for_its_version_without_a_name(client, document):
    manager = make_member(document.space, Role.MANAGER)
    _, token = actions.create_link(document=document, by=manager, recipient="Mairie")
    client.post(reverse("documents:link", args=[token])).close()
    assert list(DownloadRecord.objects.values_list("document", "version_number", "user")) == [(document.pk, 1, None)]
    assert queries.download_counts(document) == {1: 1}
    next_version(document)
    assert superseded_audience(document) == []
    client.force_login(manager)
    page = client.get(reverse("documents:downloads", args=[document.uuid])).content.decode()
    assert "Une personne sans compte, par un lien" in page
