"""PDF by typst, in this process: our own templates, no other font than those that typst carries, and texts handed over as JSON –
data that typst prints and never reads as its language, so that no text can open a file or a connection."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst

from meetings import rich_text
from meetings.papers.content import ErratumLine, MinutesContent

_TEMPLATES = Path(__file__).parent
_STANDARDS = ["ua-1", "a-3a"]
"""Accessible and made to last, in one file."""
_UNPRINTABLE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef]")
_BEYOND_LATIN = re.compile("[^\n\u0020-\u024f\u0300-\u036f\u2000-\u2044\u20ac\u2116\u2122\u2190-\u2193\u2212]")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_REPLACEMENT = "\u25a1"


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
        "attached": content.as_json(),
        "date": [day.year, day.month, day.day],
    }
    return typeset(_TEMPLATES / "minutes.typ", data)


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


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def typeset(template: Path, data: dict[str, Any]) -> bytes:
    """`template` printed with `data`, as one PDF/UA-1 and PDF/A-3a file; it may import « shared.typ » and reads no other file.
    Characters that no font of ours draws (an emoji in a name) are printed as « □ »: an archive may hold no missing glyph."""
    text = _UNPRINTABLE.sub(_REPLACEMENT, json.dumps(data, ensure_ascii=False))
    for _ in range(4):
        try:
            return _compile(template, text)
        except typst.TypstError as error:
            missing = set("".join(_MISSING.findall(str(error))))
            if not missing:
                raise
            beyond = {one for one in missing if _BEYOND_LATIN.match(one)}
            text = text.translate({ord(one): _REPLACEMENT for one in beyond})
    return _compile(template, _BEYOND_LATIN.sub(_REPLACEMENT, text))


def _compile(template: Path, text: str) -> bytes:
    made = typst.compile(
        {"main": template.read_bytes(), "shared.typ": (_TEMPLATES / "shared.typ").read_bytes()},
        font_paths=_fonts(),
        sys_inputs={"data": text},
        pdf_standards=_STANDARDS,
    )
    return made if isinstance(made, bytes) else made[0]
