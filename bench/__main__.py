"""`make bench`: what each page costs the server, in milliseconds of processor and as a ratio to the floor of the same run.

The site is served as in production (granian, nginx in front, PostgreSQL, Redis), twice: over 1,000 and over 100,000 documents.
Each page is asked through nginx; the figure is the processor time of the web process, of nginx and of PostgreSQL's process,
which survives a noisy machine better than elapsed seconds. Each round asks every page of both worlds, so that all of them meet
the same noise, and each ratio is taken within its round; medians are kept. Where a service is missing, the embedded mode is
measured instead, and the table says so.

BENCH_SIZES (« 1000 100000 »), BENCH_ROUNDS (40) and BENCH_WORLDS=keep (do not build the worlds of the last run again) change
the sizes and the patience.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

from bench import report, servers
from bench.measure import Measured, measure

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000 100000").split()]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
KEEPS = os.environ.get("BENCH_WORLDS") == "keep"
FOLDER = servers.ROOT / "var" / "bench"


def main() -> int:
    if not Path("/proc/self/schedstat").exists():
        sys.exit("make bench reads processor times in /proc: it needs Linux.")
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    lacks = servers.missing(database_url, redis_url)
    if lacks:
        print("Missing:\n  " + "\n  ".join(lacks))
        print("Measuring the embedded mode (SQLite, without nginx) instead: the goals are stated for the services.")
    with contextlib.ExitStack() as stack:
        worlds = []
        for size in SIZES:
            told = _prepare(stack, size, "" if lacks else database_url, redis_url)
            known = json.loads((Path(told["BENCH_DIR"]) / "world.json").read_text())
            server = stack.enter_context(servers.serve(Path(told["BENCH_DIR"]), told))
            name, _, value = known["cookie"].partition("=")
            server.cookies[name] = value
            worlds.append((server, known["pages"]))
        found: list[Measured] = measure(worlds, ROUNDS)
        text = report.pages(found, SIZES, ROUNDS, lacks)
    report.write("pages", text)
    report.show(found, SIZES)
    print(text)
    return 0


def _prepare(stack: contextlib.ExitStack, size: int, database_url: str, redis_url: str) -> dict[str, str]:
    """The environment of a world that is there, built now or kept."""
    folder = FOLDER / f"{'services' if database_url else 'embedded'}-{size}"
    is_built = KEEPS and (folder / "world.json").exists()
    url = ""
    if database_url:
        url = servers.database(stack, database_url, f"extranet_bench_{size}", is_built=is_built, keeps=KEEPS)
    told = servers.environment(folder, url, redis_url)
    if not is_built:
        print(f"Building a region of {size} documents…", flush=True)
        servers.build(folder, size, told)
    return told


if __name__ == "__main__":
    sys.exit(main())
