import pytest

from documents import extraction, sandbox
from documents.extraction import UnreadableError, text_of
from documents.validation import FORMATS

pytestmark = pytest.mark.markup


def made(tmp_path, content, extension):
    path = tmp_path / "file"
    path.write_bytes(content)
    return str(path), extension, FORMATS[extension].media_type


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_plain_text_in_any_encoding(tmp_path, encoding):
    assert text_of(*made(tmp_path, "Été à Lille".encode(encoding), "txt")) == ("Été à Lille", False)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("more", [0, 1, 50_000])
def test_plain_text_is_cut_and_says_so(tmp_path, encoding, more):
    kept = "é" * extraction.MAX_CHARACTERS
    assert text_of(*made(tmp_path, (kept + "é" * more).encode(encoding), "csv")) == (kept, more > 0)


def test_the_text_of_another_format_is_cut_and_says_so(tmp_path):
    words = b"mot " * (extraction.MAX_CHARACTERS // 4)
    text, is_cut = text_of(*made(tmp_path, b"{\\rtf1 " + words + b"et la suite}", "rtf"))
    assert (len(text), is_cut, "suite" in text) == (extraction.MAX_CHARACTERS, True, False)
    assert not text_of(*made(tmp_path, b"{\\rtf1 bonjour}", "rtf")).is_cut


def test_text_of_an_office_file(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Réseau", "Œuvre"])
    book.save(tmp_path / "file")
    text, _ = text_of(str(tmp_path / "file"), "xlsx", FORMATS["xlsx"].media_type)
    assert ("Réseau" in text, "Œuvre" in text) == (True, True)


def test_a_broken_file_is_said_unreadable(tmp_path):
    with pytest.raises(UnreadableError, match="broken"):
        text_of(*made(tmp_path, b"PK\x03\x04 broken", "docx"))


def test_too_long_a_reading_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.01)
    with pytest.raises(UnreadableError, match="heavy"):
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
    with pytest.raises(UnreadableError, match="heavy"):
        text_of(str(path), "odt", FORMATS["odt"].media_type)
