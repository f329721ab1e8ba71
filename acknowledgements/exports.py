"""The coverage as a spreadsheet."""

from io import BytesIO

import openpyxl
from django.utils import timezone
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from acknowledgements.queries import Coverage, Share

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(coverage: Coverage, title: str) -> bytes:
    """Three sheets: people, structures, spaces. What a name begins with never makes a formula of it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Personnes"
    _write(
        sheet,
        ["Nom", "Adresse", "Structures", "Espaces", "Lu le"],
        [
            [
                person.name,
                person.email,
                ", ".join(person.structures),
                ", ".join(person.spaces),
                timezone.localtime(person.read_at).replace(tzinfo=None) if person.read_at else "pas encore",
            ]
            for person in coverage.people
        ],
    )
    for name, shares in (("Structures", coverage.by_structure), ("Espaces", coverage.by_space)):
        _write(book.create_sheet(name), [name, "Ont lu", "Sur", "%"], map(_share, shares))
    book.properties.title = title
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _share(share: Share) -> list[object]:
    return [share.name, share.read, share.total, share.percent]


def _write(sheet, heads: list[str], rows) -> None:
    sheet.append(heads)
    for row in rows:
        sheet.append([_harmless(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 28
    sheet.freeze_panes = "A2"


def _harmless(value: object) -> object:
    """An apostrophe before what a spreadsheet would compute, as spreadsheets themselves write it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value
