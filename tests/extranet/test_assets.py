"""The icons used are declared, and those declared exist."""

import re

from django.conf import settings
from django.contrib.staticfiles import finders

ICONS = (settings.BASE_DIR / "static" / "extranet" / "icons.css").read_text()
DECLARED = set(re.findall(r"\.fr-icon-([a-z0-9-]+)::before", ICONS))
ROOMS = [
    "accounts",
    "acknowledgements",
    "directory",
    "documents",
    "extranet",
    "meetings",
    "notifications",
    "pages",
    "region",
    "spaces",
]


def test_every_icon_used_is_declared() -> None:
    files = [
        *(settings.BASE_DIR / "templates").rglob("*.html"),
        *(path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*.py")),
        *(settings.BASE_DIR / "static" / "extranet").rglob("*.js"),
    ]
    used = {
        (icon, path.relative_to(settings.BASE_DIR).as_posix())
        for path in files
        for icon in re.findall(r"\bfr-icon-([a-z0-9]+(?:-[a-z0-9]+)+)(?![-{a-z0-9])", path.read_text())
    }
    assert sorted((icon, path) for icon, path in used if icon not in DECLARED) == []


def test_every_icon_declared_exists() -> None:
    paths = set(re.findall(r'url\("\.\./([^"]+)"\)', ICONS))
    assert paths
    assert [path for path in sorted(paths) if finders.find(path) is None] == []


def test_every_kind_has_its_icon() -> None:
    from notifications import kinds

    assert {kind.icon for kind in [*kinds._KINDS.values(), kinds._OTHER]} <= DECLARED
