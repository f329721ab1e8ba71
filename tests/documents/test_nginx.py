"""Downloads through the nginx of production: deploy/nginx.conf itself, without its TLS, in front of the live site."""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client

from documents.models import Document, DownloadRecord, document_store
from spaces.enums import Role
from tests.factories import PDF, make_document, make_folder, make_member, make_space
from tests.harness import Page

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
CONTENT = PDF + bytes(range(256)) * 40

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _configuration(tmp_path, port, application):
    text = (Path(site.BASE_DIR) / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"(?m)^[ ]*ssl_.*$", "", text)
    for written, here in {
        "/tmp/": f"{tmp_path}/",
        "/dev/stdout": f"{tmp_path}/access.log",
        "/dev/stderr": f"{tmp_path}/error.log",
        "listen 8443 ssl http2": f"listen 127.0.0.1:{port}",
        "listen 8080": f"listen 127.0.0.1:{_free_port()}",
        "server web:8000": f"server {application}",
        "/data/documents/": f"{document_store().location}/",
        "/etc/nginx/errors/": f"{Path(site.BASE_DIR)}/deploy/errors/",
    }.items():
        assert written in text, written
        text = text.replace(written, here)
    user = "user root;\n" if os.geteuid() == 0 else ""
    path = tmp_path / "nginx.conf"
    path.write_text(f"{user}daemon off;\n{text}")
    return path


@pytest.fixture
def front(live_server, tmp_path, settings):
    settings.X_ACCEL_PREFIX = "/fichiers-internes"
    settings.ALLOWED_HOSTS = ["*"]
    yield from _started(tmp_path, live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1"))


@pytest.fixture
def front_of_nothing(tmp_path):
    """The application is away."""
    yield from _started(tmp_path, f"127.0.0.1:{_free_port()}")


def _started(tmp_path, application):
    port = _free_port()
    path = _configuration(tmp_path, port, application)
    with (tmp_path / "stderr").open("w") as complaints:
        process = subprocess.Popen([NGINX, "-p", tmp_path, "-c", path], stderr=complaints)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    assert process.poll() is None, (tmp_path / "stderr").read_text()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def lille_document(transactional_db):
    return make_document(make_folder(make_space("lille")), name='l’été "d\'ici".pdf', content=CONTENT)


@pytest.fixture
def ask(front, lille_document):
    client = Client()
    client.force_login(make_member(lille_document.space, Role.READER))
    cookie = f"sessionid={client.cookies['sessionid'].value}"

    def ask(method="GET", path="", body=None, **headers):
        headers = {key.replace("_", "-"): value for key, value in headers.items()} | {"Cookie": cookie}
        return _answer(urllib.request.Request(front + (path or lille_document.url), body, headers, method=method))

    return ask


def _answer(request):
    try:
        response = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read()


def _is_our_page(headers, body, title):
    """Strict, in French, and standing alone: nothing of it comes from the application."""
    page = Page(body.decode())
    assert (page.lang, page.h1, page.title, page.inline) == ("fr", 1, title, [])
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    return True


def test_whole_part_head_and_unchanged(ask):
    status, headers, body = ask()
    assert (status, body, headers["Content-Type"]) == (200, CONTENT, "application/pdf")
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''l%E2%80%99%C3%A9t%C3%A9%20%22d%27ici%22.pdf"
    assert (headers["X-Content-Type-Options"], "sandbox" in headers["Content-Security-Policy"]) == ("nosniff", True)
    assert "X-Accel-Redirect" not in headers
    assert ask(Range="bytes=10-19")[::2] == (206, CONTENT[10:20])
    assert ask(Range=f"bytes={len(CONTENT)}-")[0] == 416
    assert ask("HEAD")[1]["Content-Length"] == str(len(CONTENT))
    assert ask(If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert DownloadRecord.objects.count() == 1


def test_the_internal_address_is_closed(ask):
    name = Document.objects.get().file.name
    assert ask(path=f"/fichiers-internes/documents/{name}")[0] == 404


def test_a_page_is_never_compressed_beside_its_token(ask):
    status, headers, _ = ask(path="/espaces/lille/documents/", Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, None)


MUCH = bytes(4 * 1024**2)


@pytest.mark.parametrize("path", ["/compte/connexion/", "/", "/espaces/lille/documents/", "/documents/zip/"])
def test_a_large_body_has_no_business_there(ask, path):
    status, headers, body = ask("POST", path, MUCH)
    assert (status, _is_our_page(headers, body, "Envoi trop volumineux")) == (413, True)


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/espaces/lille/documents/deposer/", 403),
        ("/documents/{uuid}/nouvelle-version/", 403),
        ("/documents/envois/{uuid}/", 403),
        ("/gestion/images/add/", 404),
    ],
)
def test_files_have_their_own_addresses(ask, lille_document, path, refusal):
    """Without a token, it is the application that refuses, with its own page."""
    status, _, body = ask("POST", path.format(uuid=lille_document.uuid), MUCH)
    assert (status, "nginx-erreurs" in body.decode()) == (refusal, False)


def test_an_office_may_sign_in_and_a_robot_may_not(front_of_nothing):
    """What is typed counts, and not the page where it is. (The application would take too long to answer so many.)"""
    address = front_of_nothing + "/compte/connexion/"
    statuses = [_answer(urllib.request.Request(address, b""))[0] for _ in range(90)]
    assert (set(statuses[:60]), set(statuses)) == ({502}, {502, 429})
    status, headers, body = _answer(urllib.request.Request(address, b""))
    assert (status, _is_our_page(headers, body, "Trop de demandes à la fois")) == (429, True)
    assert _answer(urllib.request.Request(address))[0] == 502


def test_the_application_keeps_its_own_pages_of_errors(ask):
    status, _, body = ask(path="/espaces/inconnu/documents/")
    assert (status, "nginx-erreurs" in body.decode()) == (404, False)


def test_when_the_application_is_away(front_of_nothing):
    status, headers, body = _answer(urllib.request.Request(front_of_nothing))
    assert (status, _is_our_page(headers, body, "Le site est momentanément indisponible")) == (502, True)
    status, headers, _ = _answer(urllib.request.Request(front_of_nothing + "/nginx-erreurs/page.css"))
    assert (status, headers["Content-Type"]) == (200, "text/css")
