"""Making real files: PDF by typst, ODT and DOCX by pandoc, XLSX by openpyxl.

The same content on the same day gives the same bytes: no date, no random number goes in. Each file comes with its words, so
that the loader need not read back what it has just written."""

import html
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pypandoc
import typst
from openpyxl.styles import Alignment, Font, PatternFill

AUTHOR = "Réseau de démonstration"
_TEMPLATES = Path(__file__).parent / "typst"
_EPOCH = (2013, 10, 1, 0, 0, 0)


@dataclass(frozen=True)
class Made:
    """A file ready to be published, and its words."""

    name: str
    content: bytes
    text: str


@dataclass(frozen=True)
class Paper:
    """A text in blocks, that becomes a PDF, an ODT or a DOCX. Build `blocks` with the functions below."""

    title: str
    blocks: Sequence[Mapping[str, Any]]
    subtitle: str = ""
    kicker: str = "Service public de l’orientation · Nord – Pas-de-Calais"
    footer: str = "Document fictif du réseau de démonstration"

    @property
    def words(self) -> str:
        return "\n".join(filter(None, [self.title, self.subtitle, *(_words(block) for block in self.blocks)]))


def heading(text: str) -> dict[str, Any]:
    return {"kind": "heading", "text": text}


def paragraph(text: str) -> dict[str, Any]:
    return {"kind": "paragraph", "text": text}


def box(text: str) -> dict[str, Any]:
    """A decision, something to remember."""
    return {"kind": "box", "text": text}


def bullets(*items: str) -> dict[str, Any]:
    return {"kind": "list", "items": list(items)}


def table(*rows: Sequence[str]) -> dict[str, Any]:
    """The first row is the header."""
    return {"kind": "table", "rows": [list(row) for row in rows]}


def _words(block: Mapping[str, Any]) -> str:
    if "rows" in block:
        return "\n".join(" | ".join(row) for row in block["rows"])
    return "\n".join(block.get("items", [])) or block.get("text", "")


# --- PDF ------------------------------------------------------------------------------------------------------------


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(_TEMPLATES))


def _typeset(template: str, data: Mapping[str, Any], *, image: bool = False) -> bytes:
    made = _compiler().compile(
        input=str(_TEMPLATES / f"{template}.typ"),
        format="png" if image else "pdf",
        ppi=110 if image else None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made if isinstance(made, bytes) else made[0]


def pdf(name: str, paper: Paper) -> Made:
    data = {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "kicker": paper.kicker,
        "footer": paper.footer,
        "author": AUTHOR,
        "blocks": list(paper.blocks),
    }
    return Made(f"{name}.pdf", _typeset("document", data), paper.words)


@dataclass(frozen=True)
class Drawing:
    """A map (template « map ») or a poster (template « poster »): the data that its template reads, and its words."""

    template: str
    data: Mapping[str, Any]
    words: str


def drawing(name: str, drawn: Drawing, *, image: bool = False) -> Made:
    """The drawing as a PDF, or as a PNG when `image`."""
    made = _typeset(drawn.template, {"author": AUTHOR, **drawn.data}, image=image)
    return Made(f"{name}.{'png' if image else 'pdf'}", made, drawn.words)


# --- Word processing ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A paper that differs from a territory to the next by a few words only: `{{mark}}` in its text. Pandoc runs once for all
    of them (half a second each time), then the marks are replaced inside the file."""

    paper: Paper
    marks: Mapping[str, str] = field(default_factory=dict)


def odt(name: str, letter: Letter) -> Made:
    return _word(name, letter, "odt")


def docx(name: str, letter: Letter) -> Made:
    return _word(name, letter, "docx")


def _word(name: str, letter: Letter, kind: str) -> Made:
    raw = _pandoc(_markdown(letter.paper), letter.paper.title, kind)
    return Made(f"{name}.{kind}", _fill(raw, letter.marks), _replace(letter.paper.words, letter.marks))


@cache
def _pandoc(markdown: str, title: str, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"paper.{kind}"
        os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime(*_EPOCH).timestamp()))
        try:
            pypandoc.convert_text(
                markdown, kind, format="markdown", outputfile=str(path), extra_args=[f"--metadata=title:{title}"]
            )
        finally:
            del os.environ["SOURCE_DATE_EPOCH"]
        return path.read_bytes()


def _markdown(paper: Paper) -> str:
    parts = [paper.subtitle] if paper.subtitle else []
    for block in paper.blocks:
        match block["kind"]:
            case "heading":
                parts.append(f"# {block['text']}")
            case "box":
                parts.append(f"> {block['text']}")
            case "list":
                parts.append("\n".join(f"- {item}" for item in block["items"]))
            case "table":
                head, *rows = block["rows"]
                rule = ["---"] * len(head)
                parts.append("\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows]))
            case _:
                parts.append(block["text"])
    return "\n\n".join(parts) + "\n"


def _replace(text: str, marks: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: marks[match[1]], text)


def _fill(raw: bytes, marks: Mapping[str, str]) -> bytes:
    """Replace the marks in every XML part, and settle the archive's dates."""
    escaped = {mark: html.escape(value) for mark, value in marks.items()}

    def part(name: str, content: bytes) -> bytes:
        return _replace(content.decode(), escaped).encode() if name.endswith(".xml") and marks else content

    return _archive((info.filename, part(info.filename, data)) for info, data in _parts(raw))


def _parts(raw: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def _archive(parts: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


# --- Spreadsheets ---------------------------------------------------------------------------------------------------


def xlsx(name: str, sheets: Mapping[str, Sequence[Sequence[str | int | float]]]) -> Made:
    """One sheet by entry: its name and its rows, the first one being the header."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        for row in rows:
            sheet.append(list(row))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E3E3FD")
        for column in sheet.columns:
            longest = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(max(longest + 2, 10), 60)
            for cell in column:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.freeze_panes = "A2"
    book.properties.creator = AUTHOR
    made = io.BytesIO()
    book.save(made)
    stamp = re.compile(rb"(<dcterms:\w+[^>]*>)[^<]*(</dcterms)")
    content = _archive(
        (info.filename, stamp.sub(rb"\g<1>2013-10-01T00:00:00Z\g<2>", data) if "core" in info.filename else data)
        for info, data in _parts(made.getvalue())
    )
    words = "\n".join(" | ".join(str(cell) for cell in row) for rows in sheets.values() for row in rows)
    return Made(f"{name}.xlsx", content, words)
