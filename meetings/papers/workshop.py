"""The program in which papers are made: run by `apart.make`, never imported by the site, of which it knows nothing but how
documents/confined.py holds it. It becomes the command it is given, or else sets with typst what it reads. The paper is the file
« paper » of the current folder; what it is given to set can kill it at any moment without harm."""

import importlib.util
import json
import os
import re
import resource
import sys
from pathlib import Path
from typing import Any

_STANDARDS = ["ua-1", "a-3a"]
"""Accessible and made to last, in one file."""
_UNHEARD = re.compile("[\x00-\x08\x0e-\x1f\x80-\x84\x86-\x9f\ufeff]")
_UNPRINTABLE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef]")
_BEYOND_LATIN = re.compile("[^\n\u0020-\u024f\u0300-\u036f\u2000-\u2044\u20ac\u2116\u2122\u2190-\u2193\u2212]")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")  # how typst names what joins the letter before it, as the colour of a skin
_REPLACEMENT = "\u25a1"


def hold(confined: str, memory: int, seconds: int) -> None:
    """`confined` is the path of the program that knows how; `memory` is in bytes, `seconds` of processor."""
    spec = importlib.util.spec_from_file_location("confined", confined)
    program = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(program)  # type: ignore[union-attr]
    program.confine(memory)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def typeset(main: str, shared: str, data: dict[str, Any], attached: str) -> bytes:
    """Characters that no font of ours draws (an emoji in a name) are printed as « □ »: an archive may hold no missing glyph.
    What is `attached` keeps them."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    files = {"main": main.encode(), "shared.typ": shared.encode()}

    def compiled(text: str) -> bytes:
        inputs = {"data": text, "attached": attached}
        return typst.compile(files, font_paths=fonts, sys_inputs=inputs, pdf_standards=_STANDARDS)

    text = json.dumps(_printable(data), ensure_ascii=False)
    for _ in range(4):
        try:
            return compiled(text)
        except BaseException as error:  # a panic of typst's, at some rare letters, is no `Exception`
            named = "".join(_MISSING.findall(str(getattr(error, "diagnostic", error))))
            missing = set(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), named))
            if not missing:
                break
            beyond = {one for one in missing if _BEYOND_LATIN.match(one)}
            text = text.translate({ord(one): _REPLACEMENT for one in beyond})
    return compiled(_BEYOND_LATIN.sub(_REPLACEMENT, text))


def _printable(said: Any) -> Any:
    """The same, without what shows nothing (a byte order mark, a control that Word left) and may stand in no archive."""
    match said:
        case str():
            return _UNPRINTABLE.sub(_REPLACEMENT, _UNHEARD.sub("", said))
        case list():
            return [_printable(one) for one in said]
        case dict():
            return {key: _printable(one) for key, one in said.items()}
    return said


if __name__ == "__main__":
    hold(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    if command := sys.argv[4:]:
        os.execv(command[0], command)  # noqa: S606 -- the command is ours
    Path("paper").write_bytes(typeset(**json.load(sys.stdin)))
