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

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
CONTENT = PDF + bytes(range(256)) * 40

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _configuration(tmp_path, port, application):
    text = (Path(site.BASE_DIR) / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"(?m)^[ ]*(ssl_|limit_req).*$", "", text)
    for written, here in {
        "/tmp/": f"{tmp_path}/",
        "/dev/stdout": f"{tmp_path}/access.log",
        "/dev/stderr": f"{tmp_path}/error.log",
        "listen 8443 ssl http2": f"listen 127.0.0.1:{port}",
        "listen 8080": f"listen 127.0.0.1:{_free_port()}",
        "server web:8000": f"server {application}",
        "/data/documents/": f"{document_store().location}/",
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
    port = _free_port()
    application = live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1")
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

    def ask(method="GET", path="", **headers):
        headers = {key.replace("_", "-"): value for key, value in headers.items()} | {"Cookie": cookie}
        request = urllib.request.Request(front + (path or lille_document.url), method=method, headers=headers)
        try:
            response = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, response.headers, response.read()

    return ask


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
