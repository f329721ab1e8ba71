"""The HTML checker (vnu, `make tools`) on every page of the site, as somebody who manages a space and as the animation."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.harness import PageClient
from tests.test_crawler import walk
from tests.world import World

JARS = sorted((Path(settings.BASE_DIR) / "var" / "tools").glob("vnu-*.jar"))
JAVA = shutil.which("java")
ALLOWED = "|".join(
    [
        # The design system's own header: its menus are named by their buttons, and get their role from its script.
        r".*aria-labelledby. attribute must not be specified on any .div. element.*",
    ]
)


@pytest.mark.skipif(not JARS or not JAVA, reason="no HTML checker: make tools (needs npm and Java)")
@pytest.mark.markup
@pytest.mark.parametrize("who", ["manager", "animation", "anonymous"])
def test_every_page_is_valid_html(world: World, tmp_path: Path, who: str) -> None:
    client = PageClient()
    if who != "anonymous":
        client.force_login(world.people[who])
    addresses = {}
    starts = ("/", "/espaces/inconnu/", "/espaces/lille/documents/deposer/")
    for address, seen in walk(client, *starts, leaving_out=("/gestion/",)).items():
        if seen.html:
            name = f"{len(addresses)}.html"
            addresses[name] = address
            (tmp_path / name).write_text(seen.html)
    assert addresses
    assert faults(tmp_path, addresses) == {}


def faults(folder: Path, names: dict[str, str]) -> dict[tuple[str, str], str]:
    """What the checker says of the files of `folder`: for each fault, one of those it is found in, as `names` calls them."""
    command = [
        JAVA, "-jar", str(JARS[-1]), "--errors-only", "--exit-zero-always", "--stdout", "--format", "json",
        "--filterpattern", ALLOWED, str(folder),
    ]  # fmt: skip
    output = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout  # noqa: S603
    return {
        (message["message"], message.get("extract", "")): names[Path(message["url"]).name]
        for message in json.loads(output)["messages"]
    }
