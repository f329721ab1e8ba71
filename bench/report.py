"""docs/bench.md: one part for each program that measures, each rewritten by its own."""

import os
import platform
import re
import sqlite3
import time
from importlib.metadata import version
from pathlib import Path

from bench.measure import Measured

ROOT = Path(__file__).resolve().parents[1]
TARGET, README = ROOT / "docs" / "bench.md", ROOT / "README.md"
HEAD = "# Ce que coûtent les pages\n\nÉcrit par `make bench` : ne pas modifier à la main.\n"

NAMES = {
    "floor": "plancher : vue connectée nue",
    "bell": "cloche, rien de nouveau",
    "home": "ma page",
    "spaces": "liste des espaces",
    "space": "accueil d’un espace",
    "documents": "documents d’un espace",
    "folder": "dossier, 50 lignes",
    "folder-kept": "le même, gardé",
    "document": "document",
    "meeting": "réunion",
    "rare": "recherche, mot rare",
    "common": "recherche, mot courant",
    "floor-small": "plancher : fichier nu de 100 ko",
    "small": "téléchargement, 100 ko",
    "floor-large": "plancher : fichier nu de 10 Mo",
    "large": "téléchargement, 10 Mo",
    "owing-large": "fichier nu de 10 Mo, une lecture et une écriture",
}
GOALS = {
    "bell": 1.5,
    "folder": 6,
    "folder-kept": 1.7,
    "document": 5,
    "meeting": 5,
    "rare": 7,
    "small": 1.3,
    "large": 1.1,
}
IN_ENGLISH = {
    "bell": "bell, nothing new",
    "folder": "folder, 50 rows",
    "folder-kept": "the same, kept",
    "document": "document",
    "meeting": "meeting",
    "rare": "search, rare word",
    "small": "download of 100 kB (to the same answer without a right to ask)",
    "large": "download of 10 MB (likewise)",
}


def pages(found: list[Measured], sizes: list[int], rounds: int, lacks: list[str]) -> str:
    """The table: the largest world, held against the smallest."""
    small = {one.page: one for one in found if one.world == 0}
    large = {one.page: one for one in found if one.world == len(sizes) - 1}
    engines = (
        "mode embarqué : SQLite, sans nginx (PostgreSQL, Redis ou nginx manquait ; les objectifs valent pour eux)"
        if lacks
        else "PostgreSQL, Redis, nginx, granian (1 processus)"
    )
    lines = [
        "## Pages",
        "",
        "Temps de processeur par requête (application, nginx et PostgreSQL ; médiane), rapporté au plancher mesuré dans la",
        "même série : c’est ce rapport qui se compare d’une machine à l’autre. Un téléchargement est rapporté à la même",
        "réponse sans question de droit ni trace ; la dernière ligne dit ce que coûtent à eux seuls, au plus court, une lecture et une",
        "écriture en base. La cloche a droit à une requête SQL de plus que le plancher. La croissance est le coût avec le plus de",
        "documents sur le coût avec le moins (objectif : 1,3).",
        "",
        f"- {machine()}",
        f"- {engines}",
        f"- {sizes[-1]} documents dans 20 espaces, dont la personne voit 3 ; à côté, {sizes[0]} ; {rounds} séries",
        "",
        f"| page | ms | × plancher | objectif | ms à {sizes[0]} | croissance | requêtes SQL | ko |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for page, one in large.items():
        goal = f"≤ {GOALS[page]:g}" if page in GOALS else ""
        cells = f"{one.ms:.2f} | {one.ratio:.2f} | {goal} | {small[page].ms:.2f} | {one.ms / small[page].ms:.2f} | {one.queries}"
        lines.append(f"| {NAMES[page]} | {cells} | {one.size / 1000:.1f} |".replace(".", ","))
    return "\n".join(lines) + "\n"


def show(found: list[Measured], sizes: list[int]) -> None:
    """What has a goal, in the README, between its marks."""
    shown = [one for one in found if one.world == len(sizes) - 1 and one.page in GOALS]
    told = [
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {sizes[-1]:,} documents; server processor time, as a ratio to a bare signed-in view:",
        "",
        "| page | measured | goal |",
        "| --- | ---: | ---: |",
        *(f"| {IN_ENGLISH[one.page]} | {one.ratio:.2f} | ≤ {GOALS[one.page]:g} |" for one in shown),
    ]
    head, _, rest = README.read_text().partition("<!-- bench -->\n")
    README.write_text(
        "\n".join([f"{head}<!-- bench -->", *told, "<!-- /bench -->"]) + rest.partition("<!-- /bench -->")[2]
    )


def machine() -> str:
    names = [f"Python {platform.python_version()}", *(f"{n} {version(n.lower())}" for n in ("Django", "Wagtail"))]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    shape = f"{os.cpu_count()} cœurs ({platform.machine()}), {memory:.0f} Go"
    return ", ".join([time.strftime("%d/%m/%Y"), *names, f"SQLite {sqlite3.sqlite_version}", shape])


def write(part: str, text: str) -> None:
    """Put `text` in the place of that part, or at the end."""
    written = TARGET.read_text() if TARGET.exists() else ""
    parts = dict(re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- |\Z)", written, re.S)) | {part: text}
    TARGET.write_text(HEAD + "".join(f"\n<!-- {name} -->\n{body.strip()}\n" for name, body in parts.items()))
    print(f"Written to {TARGET.name}")
