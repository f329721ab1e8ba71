import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from documents import storage
from documents.storage import CLAIMS, ContentAddressedStorage

DIGEST = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of « hello »
NAME = f"2c/f2/{DIGEST}"


@pytest.fixture
def store(tmp_path):
    return ContentAddressedStorage(location=tmp_path)


def files(store):
    return [path for path in Path(store.location).rglob("*") if path.is_file() and CLAIMS not in path.parts]


def test_bytes_are_kept_once_under_their_fingerprint(store):
    assert store.save("un.txt", ContentFile(b"hello")) == NAME
    assert store.save("deux.txt", ContentFile(b"hello")) == NAME
    assert list(store.stored_names()) == [NAME]
    assert Path(store.path(NAME)).read_bytes() == b"hello"
    assert len(files(store)) == 1


def test_a_stored_file_is_read_only_and_cannot_be_deleted(store):
    store.save(None, ContentFile(b"hello"))
    assert stat.S_IMODE(os.stat(store.path(NAME)).st_mode) == 0o444
    store.delete(NAME)
    assert Path(store.path(NAME)).read_bytes() == b"hello"


def test_a_full_disk_leaves_nothing(store, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(None, ContentFile(b"hello"))
    assert files(store) == []


def test_a_content_that_changes_while_it_is_stored_is_refused(store):
    with pytest.raises(OSError, match="changed"):
        store._save(NAME, ContentFile(b"something else"))
    assert files(store) == []


def test_two_saves_of_the_same_bytes_at_once(store, monkeypatch):
    """Both find nothing, both write: one is linked, the other steps aside."""
    barrier = threading.Barrier(2)
    monkeypatch.setattr(store, "exists", lambda _: bool(barrier.wait()) and False)
    names = []
    threads = [threading.Thread(target=lambda: names.append(store.save(None, ContentFile(b"hello")))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == [NAME, NAME]
    assert len(files(store)) == 1


def test_what_is_on_its_way_in_is_not_stored(store):
    (store.incoming / "write-x").write_bytes(b"half")
    assert list(store.stored_names()) == []
