"""PDF by typst, in a process of its own (workshop.py): our own templates, no other font than those that typst carries, and texts
handed over as JSON – data that typst prints and never reads as its language, so that no text can open a file or a connection."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from meetings import rich_text
from meetings.papers.apart import make
from meetings.papers.content import ErratumLine, MinutesContent

_TEMPLATES = Path(__file__).parent


def minutes_pdf(
    content: MinutesContent, *, state: str, day: date, fingerprint: str = "", errata: list[ErratumLine] | None = None
) -> bytes:
    """The minutes as one PDF/UA-1 and PDF/A-3a file, its content attached as JSON. `state` is the banner in words, `day` the
    document's date. The same arguments give the same bytes."""
    data = {
        **content.as_data(),
        "groups": [{"label": label, "people": [vars(one) for one in people]} for label, people in content.groups],
        "items": [{**item, "notes": rich_text.to_data(item["notes"])} for item in content.as_data()["items"]],
        "state": state,
        "fingerprint": fingerprint,
        "errata": [vars(one) for one in errata or []],
        "date": [day.year, day.month, day.day],
    }
    return typeset(_TEMPLATES / "minutes.typ", data, attached=content.as_json())


def attendance_pdf(*, title: str, space: str, when: str, place: str, people: list[dict[str, str]], day: date) -> bytes:
    """The sheet that people sign at the door: one line each (`name`, `structure`, `network`), in the order given, then empty
    lines for those who were not expected."""
    data = {
        "title": title,
        "space": space,
        "when": when,
        "place": place,
        "people": people,
        "blank": 6,
        "date": [day.year, day.month, day.day],
    }
    return typeset(_TEMPLATES / "attendance.typ", data)


def typeset(template: Path, data: dict[str, Any], *, attached: str = "") -> bytes:
    """`template` printed with `data`, as one PDF/UA-1 and PDF/A-3a file; it may import « shared.typ » and reads no other file.
    `attached` is given to it as it is, to be put inside and not on the page.
    Raises `UnprintableError` when there is too much of it."""
    files = {"main": template.read_text(), "shared": (_TEMPLATES / "shared.typ").read_text()}
    return make(json.dumps({**files, "data": data, "attached": attached}).encode())
