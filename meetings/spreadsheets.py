"""Lists as XLSX files, safe to open."""

import io
from collections.abc import Sequence
from typing import NamedTuple

import openpyxl
from openpyxl.styles import Font


class Sheet(NamedTuple):
    name: str
    head: list[str]
    rows: Sequence[Sequence[object]]


def workbook(*sheets: Sheet) -> bytes:
    """One tab each, its head in bold and kept in sight. What begins like a formula is kept as text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        tab = book.create_sheet(sheet.name)
        tab.append(sheet.head)
        for row in sheet.rows:
            tab.append([_harmless(value) for value in row])
        for cell in tab[1]:
            cell.font = Font(bold=True)
        tab.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _harmless(value: object) -> object:
    """A cell that begins with =, +, -, @ would be computed by a spreadsheet; control characters break the file."""
    if not isinstance(value, str):
        return value
    text = "".join(one for one in value if one >= " " or one == "\n")
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
