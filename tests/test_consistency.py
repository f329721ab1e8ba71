"""House habits that a machine can hold to. Each test names the files at fault; each exception is written here, with why."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.markup

ROOT = Path(settings.BASE_DIR)
ROOMS = [
    "extranet", "region", "pages", "panels", "meetings", "documents", "acknowledgements", "notifications", "search", "spaces", "directory", "accounts", "mail"
]  # fmt: skip
TEMPLATES = ROOT / "templates"

ASKED_BY_OTHERS = {
    "400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "503.html",
}  # fmt: skip
"""Templates that Django finds by name."""

MAY_MARK_SAFE: set[str] = {
    "documents/templatetags/documents.py",  # what Jinja2 has escaped
    "meetings/rich_text.py",  # rebuilt from escaped text and five tags of our own
    "search/queries/answers.py",  # the snippet: escaped, then its marks put back
}
"""Modules that may say that a string is HTML."""


@cache
def _templates() -> dict[str, str]:
    """Every template of ours by name."""
    return {
        str(path.relative_to(TEMPLATES)): path.read_text() for path in sorted(TEMPLATES.rglob("*")) if path.is_file()
    }


@cache
def _modules() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    }


def _is_override(name: str) -> bool:
    """Replaces a template of a library, which asks for it by name."""
    return any(
        (Path(config.path) / "templates" / name).exists()
        for config in apps.get_app_configs()
        if config.label not in ROOMS
    )


def _is_mail(name: str, source: str) -> bool:
    """Mail readers know neither style sheets nor policies: these alone carry their style."""
    return name.startswith("mail/") or '"mail/' in source or "/email/" in name


def _html_pages() -> Iterator[tuple[str, str]]:
    for name, source in _templates().items():
        if name.endswith(".html") and not _is_mail(name, source):
            yield name, source


def _without_template_tags(source: str) -> str:
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
    return re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", "·", source, flags=re.DOTALL)


def test_every_template_is_used() -> None:
    everything = "\n".join([*_modules().values(), *_templates().values()])
    unused = [
        name
        for name in _templates()
        if name not in ASKED_BY_OTHERS
        and not _is_override(name)
        and not re.search(rf"""["'/]{re.escape(name)}["'#]""", everything)
        and not re.search(rf"""["']{re.escape(name.rpartition(".")[0])}["']""", everything)
    ]
    assert unused == []


def test_every_template_extends_another_or_states_its_contract() -> None:
    """A component, a fragment or a base opens with a comment: what it shows, and the variables it wants."""
    silent = [
        name
        for name, source in _templates().items()
        if name.endswith(".html")
        and name not in ASKED_BY_OTHERS  # two of them stand alone: everything else may be broken
        and not _is_override(name)
        and not re.match(r"\s*({% load [^%]+%}\s*)*({% extends |{% comment %}|{#)", source)
    ]
    assert silent == []


def test_templates_never_switch_escaping_off() -> None:
    assert [
        name
        for name, source in _templates().items()
        if re.search(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape off", source) and not name.endswith(".txt")
    ] == []


def test_code_that_says_a_string_is_html_is_listed() -> None:
    marks = {name for name, source in _modules().items() if re.search(r"\bmark_safe\b|\bSafeString\(", source)}
    assert marks - MAY_MARK_SAFE == set()


def test_pages_hold_no_script_style_or_handler() -> None:
    wrong = [
        (name, found.group())
        for name, source in _html_pages()
        for found in re.finditer(
            r"<style\b|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=\"|javascript:", _without_template_tags(source)
        )
        if 'type="application/json"' not in found.group()
    ]
    assert wrong == []


def test_pages_load_nothing_from_elsewhere() -> None:
    wrong = [
        (name, found.group())
        for name, source in _html_pages()
        for found in re.finditer(
            r"<(?:script|link|img|iframe|source|video)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", source
        )
    ]
    assert wrong == []


_PLAIN_APOSTROPHE = re.compile(r"\w'\w")
_PLAIN_SPACE = re.compile(r"\w [;!?»](?![\w-])|« |\w :(?=[\s<]|$)")


def _typos(text: str) -> list[str]:
    return [
        text[max(0, found.start() - 15) : found.end() + 15].strip()
        for pattern in (_PLAIN_APOSTROPHE, _PLAIN_SPACE)
        for found in pattern.finditer(text)
    ]


def test_french_typography_of_templates() -> None:
    """’ and not ', a non-breaking space before : ; ! ? » and after «, in the text and in the attributes that are read."""
    wrong = []
    for name, source in _templates().items():
        bare = _without_template_tags(source)
        # « Objet : » is a keyword of our mail templates, not a sentence.
        texts = re.split(r"<[^>]*>", bare) if name.endswith(".html") else [re.sub(r"(?m)^·*Objet :", "", bare)]
        texts += re.findall(r'\s(?:aria-label|title|placeholder|alt|content)="([^"]*)"', bare)
        wrong += [(name, typo) for text in texts for typo in _typos(text)]
    assert wrong == []


def _shown_strings(tree: ast.Module) -> Iterator[str]:
    """String constants that are not docstrings, with an accent or a French guillemet: what people may read."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if re.search(r"[éèêàùçâîôû«’]", node.value):
            yield node.value


def test_french_typography_of_code() -> None:
    wrong = [
        (name, typo)
        for name, source in _modules().items()
        for text in _shown_strings(ast.parse(source))
        for typo in _typos(text)
    ]
    assert wrong == []


def test_nothing_is_left_to_do() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name, source in (_modules() | _templates()).items() if mark.search(source)] == []


def test_files_stay_short() -> None:
    """Past 400 lines a module becomes a package of the same name."""
    assert {name: n for name, source in _modules().items() if (n := source.count("\n")) > 400} == {}


def _view_modules() -> list[str]:
    return [name for name in _modules() if re.search(r"/views(\.py|/)", name)]


@pytest.mark.parametrize("name", _view_modules())
def test_views_parse_call_and_answer(name: str) -> None:
    """A view fits in 25 lines, its signature and docstring apart; what does not belongs in actions or queries."""
    long = {
        node.name: length
        for node in ast.parse(_modules()[name]).body
        if isinstance(node, ast.FunctionDef)
        and (length := node.end_lineno - node.body[ast.get_docstring(node) is not None].lineno + 1) > 25
    }
    assert long == {}


def test_only_settings_read_the_environment() -> None:
    assert [
        name
        for name, source in _modules().items()
        if re.search(r"os\.environ\.get\b|os\.getenv|= ?os\.environ\[", source)
        and not name.startswith("extranet/settings/")
    ] == []
