"""The antivirus, asked over a real socket by its own protocol: nobody takes what it has not let through."""

import socketserver
import threading
from collections.abc import Iterator

import pytest
from django.urls import reverse

from documents.enums import ScanState
from documents.models import Document, Folder, Scan
from documents.tasks import scan_files
from spaces.enums import Role
from tests import factories
from tests.factories import PDF
from tests.harness import PageClient

VIRUS = b"a harmless text that plays the virus"


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


def test_without_an_antivirus_nothing_waits(client, folder: Folder) -> None:
    document = factories.make_document(folder)
    assert not Scan.objects.exists()
    assert take(client, document, factories.make_member(folder.space)) == 200
