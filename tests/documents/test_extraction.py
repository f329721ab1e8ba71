import pytest

from documents import extraction, sandbox
from documents.extraction import UnreadableError, text_of
from documents.validation import FORMATS


def made(tmp_path, content, extension):
    path = tmp_path / "file"
    path.write_bytes(content)
    return str(path), extension, FORMATS[extension].media_type


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_plain_text_in_any_encoding(tmp_path, encoding):
    assert text_of(*made(tmp_path, "Été à Lille".encode(encoding), "txt")) == "Été à Lille"


def test_plain_text_is_cut(tmp_path):
    assert text_of(*made(tmp_path, ("é" * 300_000).encode(), "csv")) == "é" * extraction.MAX_CHARACTERS


def test_text_of_an_office_file(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Réseau", "Œuvre"])
    book.save(tmp_path / "file")
    text = text_of(str(tmp_path / "file"), "xlsx", FORMATS["xlsx"].media_type)
    assert ("Réseau" in text, "Œuvre" in text) == (True, True)


def test_a_broken_file_is_said_unreadable(tmp_path):
    with pytest.raises(UnreadableError):
        text_of(*made(tmp_path, b"PK\x03\x04 broken", "docx"))


def test_too_long_a_reading_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.01)
    with pytest.raises(UnreadableError):
        text_of(*made(tmp_path, b"%PDF-1.4", "pdf"))


def test_memory_is_limited(tmp_path):
    """A 3 MB file that unfolds to 3 GB must not take the machine with it."""
    import zipfile

    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        with bomb.open("content.xml", "w", force_zip64=True) as member:
            for _ in range(1500):
                member.write(b" " * 1024**2)
    with pytest.raises(UnreadableError):
        text_of(str(path), "odt", FORMATS["odt"].media_type)
