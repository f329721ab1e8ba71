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

_STANDARDS = ["ua-1", "a-3a"]
"""Accessible and made to last, in one file."""
_UNPRINTABLE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef]")
_BEYOND_LATIN = re.compile("[^\n\u0020-\u024f\u0300-\u036f\u2000-\u2044\u20ac\u2116\u2122\u2190-\u2193\u2212]")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_REPLACEMENT = "\u25a1"


def hold(confined: str, memory: int, seconds: int) -> None:
    """`confined` is the path of the program that knows how; `memory` is in bytes, `seconds` of processor."""
    spec = importlib.util.spec_from_file_location("confined", confined)
    program = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(program)  # type: ignore[union-attr]
    program.confine(memory)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def typeset(main: str, shared: str, data: str) -> bytes:
    """Characters that no font of ours draws (an emoji in a name) are printed as « □ »: an archive may hold no missing glyph."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    files = {"main": main.encode(), "shared.typ": shared.encode()}

    def compiled(text: str) -> bytes:
        return typst.compile(files, font_paths=fonts, sys_inputs={"data": text}, pdf_standards=_STANDARDS)

    text = _UNPRINTABLE.sub(_REPLACEMENT, data)
    for _ in range(4):
        try:
            return compiled(text)
        except typst.TypstError as error:
            missing = set("".join(_MISSING.findall(str(error))))
            if not missing:
                raise
            beyond = {one for one in missing if _BEYOND_LATIN.match(one)}
            text = text.translate({ord(one): _REPLACEMENT for one in beyond})
    return compiled(_BEYOND_LATIN.sub(_REPLACEMENT, text))


if __name__ == "__main__":
    hold(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    if command := sys.argv[4:]:
        os.execv(command[0], command)  # noqa: S606 -- the command is ours
    Path("paper").write_bytes(typeset(**json.load(sys.stdin)))
