"""A thousand malformed files, made of sound ones: cut, with bits turned over, with absurd numbers, with pieces missing, doubled
or of another file; and some that need a hand: pages that hold themselves, entities that unfold for ever."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from random import Random

import openpyxl

from tests.documents import samples

COUNT = 1000
_DATED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def malformed(random: Random) -> Iterator[tuple[str, bytes]]:
    """Name and content of `COUNT` files; the same ones for the same seed."""
    by_hand = _by_hand()
    for number, (extension, content) in enumerate(by_hand):
        yield f"{number:04}-hand.{extension}", content
    sound = _sound()
    for number in range(len(by_hand), COUNT):
        extension, content = sound[number % len(sound)]
        spoil = _SPOILERS[number // len(sound) % len(_SPOILERS)]
        yield f"{number:04}-{spoil.__name__.strip('_')}.{extension}", spoil(content, random)


# --- Sound files ----------------------------------------------------------------------------------------------------


def _sound() -> list[tuple[str, bytes]]:
    book = openpyxl.Workbook()
    for row in range(20):
        book.active.append([f"Ligne {row}", row, row / 7])
    sheet = io.BytesIO()
    book.save(sheet)
    with zipfile.ZipFile(sheet) as archive:
        plain = {name: _DATED.sub(b"2026-01-01T00:00:00Z", archive.read(name)) for name in archive.namelist()}
    return [
        ("pdf", _pdf(_page("BT /F1 12 Tf 50 700 Td (Compte rendu) Tj ET"))),
        ("pdf", samples.pdf(3)),
        ("png", samples.picture("PNG", (120, 80))),
        ("jpg", samples.picture("JPEG", (120, 80))),
        ("gif", samples.picture("GIF", (60, 40), "P")),
        ("webp", samples.picture("WEBP", (120, 80))),
        ("tif", samples.picture("TIFF", (60, 40))),
        ("docx", _docx("<w:p><w:r><w:t>Compte rendu</w:t></w:r></w:p>" * 9)),
        ("odt", _odt("<text:p>Compte rendu</text:p>" * 9)),
        ("xlsx", _zip(plain)),
        ("rtf", rb"{\rtf1\ansi{\fonttbl\f0 Marianne;}\f0\fs24 Compte rendu\par Suite}"),
    ]


def _zip(members: dict[str, bytes]) -> bytes:
    """Not compressed: what is spoilt is the document, not only its envelope."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _docx(body: str, before: str = "") -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    text = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return _zip({"[Content_Types].xml": types.encode(), "word/document.xml": text.encode()})


def _odt(body: str, before: str = "") -> bytes:
    text = (
        f'<?xml version="1.0"?>{before}<office:document-content xmlns:office="{_OFFICE}" xmlns:text="{_TEXT}">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": text.encode()})


def _pdf(objects: dict[int, str], trailer: str = "") -> bytes:
    out = b"%PDF-1.7\n"
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    size = max(objects) + 1
    lines = [
        f"{places.get(number, 0):010} {65535 if not number else 0:05} {'n' if number in places else 'f'} \n"
        for number in range(size)
    ]
    out += f"xref\n0 {size}\n{''.join(lines)}trailer\n<</Size {size}/Root 1 0 R{trailer.replace('START', str(start))}>>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()


def _page(drawing: str, *, box: str = "0 0 595 842", more: str = "") -> dict[int, str]:
    return {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>{more}>>>>",
        4: f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        5: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }


# --- Spoilt by hand -------------------------------------------------------------------------------------------------


def _by_hand() -> list[tuple[str, bytes]]:
    line = _page("0 0 m 9 9 l S")
    form = {
        6: "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 4>>stream\n/X Do\nendstream"
    }
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE d [<!ENTITY a0 "ah">{laughs}]>'
    deep = 100_000
    return [
        ("pdf", _pdf(line | {2: "<</Type/Pages/Kids[2 0 R]/Count 1>>"})),
        ("pdf", _pdf(line | {2: "<</Type/Pages/Kids[3 0 R 2 0 R 3 0 R]/Count 999999999/Parent 2 0 R>>"})),
        ("pdf", _pdf(line | {3: "3 0 R"})),
        ("pdf", _pdf(line | {4: "<</Length 4 0 R>>stream\nq\nendstream"})),
        ("pdf", _pdf(_page("/X Do", more="/XObject<</X 6 0 R>>") | form)),
        ("pdf", _pdf(line, trailer="/Prev START")),
        ("pdf", _pdf(line, trailer="/Encrypt 3 0 R/ID[()()]")),
        ("pdf", _pdf(_page("q " * deep))),
        ("pdf", _pdf(_page("[" * deep))),
        ("pdf", _pdf(_page("1e308 0 0 1e308 0 0 cm 0 0 m 1e308 1e308 l S"))),
        ("pdf", _pdf(_page("0 0 m 9 9 l S", box="0 0 1e30 1e30"))),
        ("pdf", _pdf(_page("0 0 m 9 9 l S", box="0 0 0 0"))),
        ("pdf", _pdf(_page("0 0 m 9 9 l S", box="0 0 14400 0.001"))),
        ("pdf", _pdf(line | {4: "<</Length 99999999999>>stream\nq\nendstream"})),
        ("pdf", _pdf(line | {4: "<</Length 9/Filter[" + "/FlateDecode" * 999 + "]>>stream\nq\nendstream"})),
        ("pdf", b"%PDF-1.7\n" + b"<<" * deep),
        ("pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF"),
        ("png", _png(2**31 - 1, 2**31 - 1)),
        ("png", _png(8_000_000, 1)),
        ("png", _png(60_000, 60_000)),
        ("png", _png(0, 0)),
        ("gif", b"GIF89a\xff\xff\xff\xff\x80\0\0" + b"\0" * 6 + b",\0\0\0\0\xff\xff\xff\xff\0\x0c" + b"\xff" * 999),
        ("tif", b"II*\0\x08\0\0\0\x01\0\0\x01\x04\0\x01\0\0\0\xff\xff\xff\xff\x08\0\0\0"),
        ("tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 65535) + b"\xff" * 4000),
        ("jpg", b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03" + b"\x01\x22\0" * 3 + b"\xff\xda\0\x0c\x03" + b"\0" * 99),
        ("psd", b"8BPS\0\x01" + b"\0" * 6 + struct.pack(">HIIHH", 56, 300_000, 300_000, 32, 4) + b"\xff" * 99),
        ("webp", b"RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff\x2f" + b"\xff" * 99),
        ("docx", _docx("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", doctype)),
        ("odt", _odt("<text:p>&a11;</text:p>", doctype)),
        ("docx", _docx("<w:p>" * deep)),
        ("odt", _odt("<text:section>" * deep)),
        ("odt", _odt("<text:p>&x;</text:p>", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        ("odt", _odt("<text:p>a<text:s text:c='2000000000'/>b</text:p>")),
        ("rtf", rb"{\rtf1" + b"{" * deep),
        ("rtf", rb"{\rtf1\bin2147483647 a}"),
        ("doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4096),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096),
    ]  # fmt: skip


def _png(width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9999)) + chunk(b"IEND", b"")
    )


# --- Spoilt by chance -----------------------------------------------------------------------------------------------


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(1, len(content))]


def _flipped(content: bytes, random: Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(random.choice((1, 3, 10, 100))):
        spoilt[random.randrange(len(spoilt))] ^= 1 << random.randrange(8)
    return bytes(spoilt)


def _absurd(content: bytes, random: Random) -> bytes:
    """A number, of four bytes or written out, becomes the largest."""
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if digits and random.random() < 0.5:
        place = random.choice(digits)
        return content[:place] + b"99999999999" + content[place + 1 :]
    place = random.randrange(len(content))
    return (
        content[:place] + random.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0")) + content[place + 4 :]
    )


def _holed(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content))
    return content[:start] + content[start + random.randrange(1, 200) :]


def _doubled(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content))
    piece = content[start : start + random.randrange(1, 400)]
    return content[:start] + piece * random.choice((2, 50)) + content[start:]


def _blank(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content))
    length = random.randrange(1, 300)
    return content[:start] + random.choice((b"\0", b"\xff", b"<")) * length + content[start + length :]


def _shuffled(content: bytes, random: Random) -> bytes:
    pieces = [content[start : start + 64] for start in range(0, len(content), 64)]
    head, rest = pieces[:1], pieces[1:]
    random.shuffle(rest)
    return b"".join(head + rest)


_SPOILERS: list[Callable[[bytes, Random], bytes]] = [_cut, _flipped, _absurd, _holed, _doubled, _blank, _shuffled]
