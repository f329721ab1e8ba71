"""Real processes killed with SIGKILL: the server in the middle of an upload, a Celery worker in the middle of a reading. And two
of the same task at once, and a disk that fails. Afterwards the integrity command finds nothing to say."""

import errno
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from documents import actions, tasks, uploads
from documents.enums import ComparisonState, TextState
from documents.models import Comparison, Document
from search.models import Entry
from spaces.enums import Role
from tests.documents.test_faults import BIG, assert_clean, store, use_store  # noqa: F401 -- fixtures
from tests.factories import make_document, make_folder, make_member, make_space

SQLITE = connection.vendor == "sqlite"
SECONDS = 60
"""How long a process may take to reach the point where it is killed, on a busy machine."""
TOKEN = "t" * 32


def until(true):
    """Wait for it."""
    end = time.monotonic() + SECONDS
    while not (found := true()):
        assert time.monotonic() < end, "too late"
        time.sleep(0.05)
    return found


@pytest.fixture
def start(tmp_path, store):  # noqa: F811
    """Start a process of the site in a group of its own, on this test's database and documents; it is killed at the latest
    at the end."""
    started = []

    def start(*command):
        name = connection.settings_dict["NAME"]
        if SQLITE:  # the test's database is in this process' memory: the other one gets a copy
            with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
                connection.connection.backup(copy)
            copy.close()
            database = f"sqlite:///{tmp_path}/copy.sqlite3"
        else:
            given = os.environ["DATABASE_URL"]
            database = given.rpartition("/")[0] + "/" + name
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "extranet.settings.embedded",
            "DATABASE_URL": database,
            "DOCUMENT_ROOT": str(store.location),
            "SECRET_KEY": site.SECRET_KEY,
        }
        with (tmp_path / "said").open("ab") as said:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command], env=environment, cwd=site.BASE_DIR, stdout=said, stderr=said,
                    start_new_session=True,
                )
            )  # fmt: skip
        return started[-1]

    yield start
    for process in started:
        kill(process)


def kill(process):
    """The process and its children, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_server_killed_during_an_upload_leaves_nothing_but_a_leftover(start, store, capsys):  # noqa: F811
    folder = make_folder(make_space("lille"), "guide")
    client = Client()
    client.force_login(make_member(folder.space, Role.CONTRIBUTOR))
    port = _free_port()
    server = start(
        "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--no-ws", "extranet.wsgi:application"
    )
    until(lambda: _answers(port))
    fields = {"csrfmiddlewaretoken": TOKEN, "folder": folder.slug, "same_name": "skip"}
    body = "".join(
        f'--limite\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body += '--limite\r\nContent-Disposition: form-data; name="files"; filename="gros.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    head = [
        f"POST {reverse('documents:upload', args=['lille'])} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Cookie: sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}",
        "Content-Type: multipart/form-data; boundary=limite",
        "Content-Length: 50000000",
    ]
    with socket.create_connection(("127.0.0.1", port)) as sending:
        sending.sendall("\r\n".join([*head, "", body]).encode() + BIG)
        [leftover] = until(lambda: [one for one in store.incoming.iterdir() if one.stat().st_size > 0])
        kill(server)
    assert 0 < leftover.stat().st_size <= len(BIG)
    assert (list(store.stored_names()), Document.objects.count()) == ([], 0)
    assert_clean(capsys)
    assert (uploads.sweep(), uploads.sweep(older_than=-1), list(store.incoming.iterdir())) == (0, 1, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    SQLITE or not site.REDIS_URL, reason="a worker shares a database and a broker: PostgreSQL and Redis"
)
def test_a_worker_killed_during_a_reading_loses_nothing(start, store, capsys):  # noqa: F811
    """Its file is a pipe which nobody writes to: the reading waits there until the worker is killed."""
    document = make_document(make_folder(make_space("lille")), name="note.txt", content=b"bonjour")
    Document.objects.update(
        text_state=TextState.PENDING, text=""
    )  # its own reading, as the transaction ended, was at once
    path = Path(document.file.path)
    aside = path.rename(path.with_suffix(".aside"))
    os.mkfifo(path)
    queue = f"test-{os.getpid()}"
    worker = start(
        "celery", "-A", "extranet", "worker", "--pool", "prefork", "-c", "1", "-Q", queue, "--without-mingle"
    )
    tasks.read_document.app.conf.task_always_eager = False
    try:
        tasks.read_document.apply_async([document.pk], queue=queue)
    finally:
        tasks.read_document.app.conf.task_always_eager = True
    held = until(lambda: _writer(path))
    kill(worker)
    os.close(held)
    path.unlink()
    aside.rename(path)
    document.refresh_from_db()
    assert (document.text_state, document.text) == (TextState.PENDING, "")
    Document.objects.update(created_at="2020-01-01T00:00Z")
    assert (tasks.read_pending(), tasks.read_pending()) == (1, 0)
    tasks.read_document(document.pk)  # what the broker hands over again, an hour later
    document.refresh_from_db()
    assert (document.text_state, document.text, Entry.objects.count()) == (TextState.DONE, "bonjour", 1)
    assert_clean(capsys)


def _writer(pipe):
    """The end that writes, once somebody reads the other one."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        assert error.errno == errno.ENXIO  # noqa: PT017 -- nobody reads yet
        return None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(SQLITE, reason="SQLite lets one transaction write at a time")
def test_the_same_task_at_once_does_its_work_once(store, capsys):  # noqa: F811
    document = make_document(make_folder(make_space("lille")), name="note.txt", content=b"un")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(b"deux", name="note.txt"), by=by)
    Document.objects.update(text_state=TextState.PENDING, text="")
    Comparison.objects.update(state=ComparisonState.PENDING, claimed_at=None)
    ready = threading.Barrier(4, timeout=SECONDS)
    failed = []

    def at_once(task, *given):
        try:
            ready.wait()
            task(*given)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    both = [(tasks.read_document, document.pk), (tasks.compare_versions,)] * 2
    threads = [threading.Thread(target=at_once, args=one) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    document.refresh_from_db()
    assert failed == []
    assert (document.text, Entry.objects.count()) == ("deux", 1)
    assert list(Comparison.objects.values_list("state", flat=True)) == [ComparisonState.DONE]
    assert_clean(capsys)


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_disk_that_fails_loses_and_doubles_nothing(call, store, client, lille, monkeypatch, capsys):  # noqa: F811
    """EIO from the system itself, at the last moments of writing."""
    folder = make_folder(lille)
    client.force_login(make_member(lille, Role.CONTRIBUTOR))
    client.raise_request_exception = False
    address = reverse("documents:upload", args=[lille.slug])

    def deposit():
        data = {"folder": folder.slug, "same_name": "skip", "files": SimpleUploadedFile("gros.pdf", BIG)}
        return client.post(address, data)

    def refuse(*given, **named):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as ill:
        ill.setattr(os, call, refuse)
        answer = deposit()
    assert (answer.status_code, "rencontré un problème" in answer.content.decode()) == (500, True)
    assert (Document.objects.count(), list(store.stored_names()), list(store.incoming.iterdir())) == (0, [], [])
    assert_clean(capsys)
    assert deposit().status_code == 302
    assert (Document.objects.count(), len(list(store.stored_names()))) == (1, 1)
    assert_clean(capsys)
