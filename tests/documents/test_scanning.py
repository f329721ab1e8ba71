"""The antivirus, asked over a real socket by its own protocol: nobody takes what it has not let through."""

import socketserver
import threading
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from documents import actions
from documents.enums import ScanState
from documents.models import Document, Folder, Scan
from documents.models.works import MAX_ATTEMPTS
from documents.tasks import scan_files
from mail.models import OutgoingMail
from notifications.actions import tell
from notifications.enums import Category, Timing
from notifications.models import Event, Preference
from spaces.enums import Role
from spaces.models import Membership
from tests import factories
from tests.factories import PDF
from tests.harness import PageClient

VIRUS = b"a harmless text that plays the virus"
TOO_LONG = b"a text that plays the file larger than StreamMaxLength"
HANG_UP = b"a text at which the antivirus hangs up"


class Clamd(socketserver.StreamRequestHandler):
    """As much of clamd as is needed: PING, and INSTREAM with its chunks."""

    def handle(self) -> None:
        command = self.rfile.readline().strip()
        if command == b"nPING":
            self.wfile.write(b"PONG\n")
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        if HANG_UP in content:
            return
        if TOO_LONG in content:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\n")
            return
        self.wfile.write(b"stream: Test-Virus FOUND\n" if VIRUS in content else b"stream: OK\n")


@pytest.fixture
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def take(client: PageClient, document: Document, who: object) -> int:
    client.force_login(who)
    response = client.get(reverse("documents:download", args=[document.uuid]))
    response.close()
    return response.status_code


def page(client: PageClient, document: Document) -> str:
    return client.get(document.get_absolute_url()).content.decode()


def test_a_file_waits_for_the_antivirus_then_is_read(client, folder: Folder, settings, clamd: str) -> None:
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1"  # away
    author, reader = factories.make_member(folder.space, Role.CONTRIBUTOR), factories.make_member(folder.space)
    document = factories.make_document(folder, by=author)
    assert scan_files() == 0
    assert [take(client, document, who) for who in (author, reader)] == [200, 403]
    assert "n’a pas encore regardé" in page(client, document)
    settings.CLAMD_ADDRESS = clamd
    assert scan_files() == 1
    assert Scan.objects.get().state == ScanState.CLEAN
    assert [take(client, document, who) for who in (author, reader)] == [200, 200]
    assert "antivirus" not in page(client, document)
    assert scan_files() == 0


def test_an_infected_file_goes_to_nobody(client, folder: Folder, settings, clamd: str) -> None:
    settings.CLAMD_ADDRESS = clamd
    author = factories.make_member(folder.space, Role.CONTRIBUTOR)
    document = factories.make_document(folder, by=author, content=PDF + VIRUS)
    scan_files()
    assert (Scan.objects.get().state, Scan.objects.get().signature) == (ScanState.INFECTED, "Test-Virus")
    manager = factories.make_member(folder.space, Role.MANAGER)
    assert [take(client, document, who) for who in (author, manager)] == [403, 403]
    assert "a trouvé un virus" in page(client, document)
    client.force_login(manager)
    archive = client.get(reverse("documents:folder_zip", args=[folder.space.slug, folder.slug]))
    assert VIRUS not in b"".join(archive.streaming_content)


def lists(client: PageClient, document: Document) -> list[bool]:
    """Where the antivirus is spoken of: the version's page, the history, the folder."""
    addresses = [
        reverse("documents:version", args=[document.uuid, 1]),
        reverse("documents:history", args=[document.uuid]),
        document.folder.get_absolute_url(),
    ]
    return ["ntivirus" in client.get(address).content.decode() for address in addresses]


def test_its_state_is_on_every_page_where_the_file_is_offered(client, folder: Folder, settings, clamd: str) -> None:
    settings.CLAMD_ADDRESS = clamd
    author = factories.make_member(folder.space, Role.CONTRIBUTOR)
    document = factories.make_document(folder, by=author, content=PDF + VIRUS)
    client.force_login(factories.make_member(folder.space))
    assert lists(client, document) == [True] * 3
    scan_files()
    assert lists(client, document) == [True] * 3
    actions.publish_version(document=document, file=ContentFile(PDF, name="sain.pdf"), by=author)
    scan_files()
    assert lists(client, document) == [True, True, False]  # the row is that of the version in force


@pytest.mark.parametrize(("what", "tries"), [(TOO_LONG, 1), (HANG_UP, MAX_ATTEMPTS + 1)])
def test_what_it_cannot_look_at_ends_there(
    what: bytes, tries: int, client, folder: Folder, settings, clamd: str
) -> None:
    settings.CLAMD_ADDRESS = clamd
    author, reader = factories.make_member(folder.space, Role.CONTRIBUTOR), factories.make_member(folder.space)
    document = factories.make_document(folder, by=author, content=PDF + what)
    for number in range(tries):
        assert Scan.objects.get().state == ScanState.PENDING
        assert scan_files() == (number == tries - 1)
        Scan.objects.update(claimed_at=None)
    assert (Scan.objects.get().state, scan_files()) == (ScanState.UNSCANNED, 0)
    assert [take(client, document, who) for who in (author, reader)] == [200, 403]
    assert "n’a pas pu regarder ce fichier" in page(client, document)
    assert Document.objects.handed_to(reader).count() == 0
    call_command("scan_again")
    assert (Scan.objects.get().attempts, Scan.objects.get().state == ScanState.UNSCANNED) == (1, what == TOO_LONG)


def test_an_antivirus_that_is_away_uses_up_no_try(folder: Folder, settings) -> None:
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1"
    factories.make_document(folder)
    for _ in range(MAX_ATTEMPTS + 2):
        scan_files()
    assert (Scan.objects.get().state, Scan.objects.get().attempts) == (ScanState.PENDING, 0)


def test_a_virus_is_told_to_who_deposited_it_and_to_nobody_else(
    folder: Folder, settings, clamd: str, douai, django_capture_on_commit_callbacks
) -> None:
    settings.CLAMD_ADDRESS = clamd
    depositor = factories.make_member(folder.space, Role.CONTRIBUTOR)
    gone = factories.make_member(folder.space, Role.CONTRIBUTOR)
    for role in Role:
        factories.make_member(folder.space, role)
        factories.make_member(douai, role)
    document = factories.make_document(folder, by=depositor)
    actions.publish_version(document=document, file=ContentFile(PDF + VIRUS, name="pris.pdf"), by=depositor)
    factories.make_document(folder, by=gone, content=PDF + VIRUS)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now())
    Preference.objects.create(user=depositor, category=Category.DOCUMENTS, timing=Timing.NOTHING)
    OutgoingMail.objects.all().delete()
    scan_files()
    for event in Event.objects.filter(kind="document.infected"):
        tell(event.pk)
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, "Virus trouvé" in mail.subject) == (depositor.email, True)
    for words in ("pris.pdf", "Version\u00a0: 2", "parce que vous avez déposé ce fichier"):
        assert words in mail.text


def test_the_same_bytes_are_refused_at_the_door_from_then_on(folder: Folder, settings, clamd: str) -> None:
    settings.CLAMD_ADDRESS = clamd
    document = factories.make_document(folder, content=PDF + VIRUS)
    scan_files()
    with pytest.raises(ValidationError, match="a déjà trouvé un virus"):
        factories.make_document(folder, name="autre.pdf", content=PDF + VIRUS)
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(PDF, name="sain.pdf"), by=by)
    with pytest.raises(ValidationError, match="a déjà trouvé un virus"):
        actions.restore_version(version=document.versions.get(number=1), by=by)
    assert (Document.objects.count(), document.versions.count()) == (1, 2)


def test_without_an_antivirus_nothing_waits(client, folder: Folder) -> None:
    document = factories.make_document(folder)
    assert not Scan.objects.exists()
    assert take(client, document, factories.make_member(folder.space)) == 200
