"""What goes into the image: everything the site is made of, and nothing else."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.markup

ROOT = Path(settings.BASE_DIR)


def _lets_through(path: str) -> bool:
    """As Docker reads `.dockerignore`: the last line that names the path, or a folder above it, decides."""
    parts = path.split("/")
    prefixes = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    is_let_through = True
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!").removeprefix("**/")
        if any(fnmatch(prefix, pattern) for prefix in prefixes):
            is_let_through = line.startswith("!")
    return is_let_through


def _rooms() -> list[str]:
    return sorted(app.name for app in apps.get_app_configs() if Path(app.path).parent == ROOT)


@pytest.mark.parametrize("room", _rooms())
def test_each_room_is_in_the_image(room):
    assert _lets_through(f"{room}/apps.py")
    assert _lets_through(f"{room}/migrations/0001_initial.py")


def test_each_path_that_is_copied_or_run_is_in_the_image():
    copied = [
        line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if re.match(r"COPY (?!--from)", line)
    ]
    assert copied == ["requirements/base.txt", "."]
    run = re.findall(r'"python", "([\w/.]+)"', (ROOT / "docker-compose.yml").read_text())
    assert set(run) == {"manage.py", "deploy/healthcheck.py"}
    for path in {*copied, *run, "static/extranet", "templates/base.html"} - {"."}:
        assert (ROOT / path).exists(), path
        assert _lets_through(path), path


def test_the_site_starts_from_what_is_in_the_image(tmp_path):
    for line in (ROOT / ".dockerignore").read_text().split():
        source, copy = ROOT / line.removeprefix("!"), tmp_path / line.removeprefix("!")
        if line.startswith("!"):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    placeholders = re.search(r"RUN (DJANGO_SETTINGS_MODULE=.*?)python manage", (ROOT / "Dockerfile").read_text(), re.S)
    environment = dict(pair.split("=", 1) for pair in placeholders[1].replace("\\\n", " ").split())
    others = ["--ignore=*.css", "--ignore=dsfr", "--ignore=wagtail*", "--ignore=django_htmx"]
    started = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0", *others],
        cwd=tmp_path, env=environment | {"STATIC_ROOT": str(tmp_path / "collected")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (started.returncode, started.stderr) == (0, "")
    scripts = {path.name: path.read_text() for path in (tmp_path / "collected" / "extranet").glob("*.js")}
    imported = {
        name for text in scripts.values() for name in re.findall(r"""(?:from|import)\s*\(?["']\./([^"']+)""", text)
    }
    assert imported
    assert imported <= set(scripts), "served under these names alone"


@pytest.mark.parametrize(
    "path", [".git/config", ".env", "deploy/certs/privkey.pem", "tests/conftest.py", "var/secret_key"]
)
def test_no_secret_and_no_test_is_in_the_image(path):
    assert not _lets_through(path)
