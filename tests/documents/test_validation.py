import io
import unicodedata
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File

from documents.validation import FORMATS, check_file, clean_name, title_of
from tests.factories import PDF

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 64


def file(content: bytes, name: str) -> File:
    made = ContentFile(content)
    made.name = name
    return made


def code_of(content: bytes, name: str) -> str:
    with pytest.raises(ValidationError) as caught:
        check_file(file(content, name))
    return caught.value.code


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (unicodedata.normalize("NFD", "été à l’œuvre.pdf"), "été à l’œuvre.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\moi\\note.odt", "note.odt"),
        ("a\x00b\x07c\n.pdf", "abc.pdf"),
        ("devis\u202efdp.exe", "devisfdp.exe"),
        ("  deux   espaces .pdf", "deux espaces .pdf"),
        ("famille 👨‍👩‍👧 « été ».pdf", "famille 👨‍👩‍👧 « été ».pdf"),
        ("..", ""),
        ("a/..", ""),
        ("é" * 300 + ".pdf", "é" * 251 + ".pdf"),
        ("x" * 255, "x" * 255),
    ],
)
def test_names(raw, clean):
    assert clean_name(raw) == clean


def test_title_comes_from_the_name():
    assert title_of("CR_CTT__mars.2026.pdf") == "CR CTT mars.2026"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "vide.pdf", "empty"),
        (b"MZ\x90\x00" + b"0" * 200, "facture.pdf", "content"),
        (b"\x7fELF" + b"0" * 200, "note.txt", "content"),
        (b"#!/bin/sh\nrm -rf /\n", "note.txt", "content"),
        (b"MZ" + PDF, "facture.pdf", "content"),
        (b"<html><script>alert(1)</script></html>", "page.html", "format"),
        (b"<html><script>alert(1)</script></html>", "image.png", "content"),
        (b"<svg onload='alert(1)'/>", "image.png", "content"),
        (b"<svg onload='alert(1)'/>", "photo.jpg", "content"),
        (PNG, "rapport.pdf", "content"),
        (PDF, "rapport.docx", "content"),
        (b"\x00\x01\x02", "note.txt", "content"),
        (b"MZ", "jeu.exe", "format"),
        (b"alert(1)", "script.js", "format"),
        (b"PK\x03\x04", "macro.docm", "format"),
        (PDF, "sans-extension", "format"),
        (PDF, "..", "unnamed"),
    ],
)
def test_refused_with_a_reason(content, name, code):
    assert code_of(content, name) == code


def test_too_large(settings):
    settings.DOCUMENT_MAX_BYTES = len(PDF) - 1
    assert code_of(PDF, "gros.pdf") == "too_large"
    settings.DOCUMENT_MAX_BYTES = len(PDF)
    assert check_file(file(PDF, "gros.pdf")).size == len(PDF)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("mimetype", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "A.PDF", "application/pdf"),
        (archive(), "a.docx", FORMATS["docx"].media_type),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, "chiffré.docx", FORMATS["docx"].media_type),
        (archive(), "a.odt", "application/vnd.oasis.opendocument.text"),
        ("=cmd()|' /C calc'!A0;été".encode(), "tableau.csv", "text/csv"),
        ("BM : bilan".encode("utf-16"), "note.txt", "text/plain"),
        (PNG, "image.png", "image/png"),
        (PNG, "mal nommée.jpg", "image/png"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "logo.svg", "image/svg+xml"),
    ],
)
def test_accepted(content, name, media_type):
    made = file(content, name)
    checked = check_file(made)
    assert (checked.media_type, checked.size) == (media_type, len(content))
    assert made.read() == content
