"""`make bench-memory`: how much memory a deposit of 500 MB takes in the web process, above what it holds at rest.

The file is sent through the site as a browser does: by parts (tus), then in one form. The peak is the kernel's own
(VmHWM), set back before each deposit. Written beside the pages' costs, in docs/bench.md.
"""

import contextlib
import os
import re
import sys
from base64 import b64encode
from collections.abc import Iterator
from json import loads

from bench import report, servers

SIZE = 500_000_000
PART = 8 * 1024 * 1024
GOAL = 150
DEPOSIT = "/espaces/lille/documents/deposer/"
FOLDER = "comptes-rendus"
BOUNDARY = "bench-0123456789"

_BLOCK = os.urandom(1 << 20)


def main() -> int:
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    lacks = servers.missing(database_url, redis_url)
    if lacks:
        print("Missing:\n  " + "\n  ".join(lacks) + "\nMeasuring the embedded mode instead.")
    folder = servers.ROOT / "var" / "bench" / "upload"
    with contextlib.ExitStack() as stack:
        name = "extranet_bench_upload"
        url = "" if lacks else servers.database(stack, database_url, name, is_built=False, keeps=False)
        told = servers.environment(folder, url, redis_url)
        servers.build(folder, 1000, told)
        server = stack.enter_context(servers.serve(folder, told))
        known = loads((folder / "world.json").read_text())
        server.cookies.update([known["cookie"].split("=", 1)])
        for address in known["pages"].values():
            server.ask(address)
        worker = max([server.web, *servers.children(server.web)], key=servers.memory)
        rows = [
            _measured(name, worker, server, send) for name, send in (("par parties", by_parts), ("en un envoi", whole))
        ]
    mode = "mode embarqué (SQLite)" if lacks else "PostgreSQL, Redis, nginx"
    report.write(
        "memory",
        "\n".join(
            [
                "## Mémoire d’un dépôt de 500 Mo",
                "",
                f"Objectif : moins de {GOAL} Mo au-dessus du repos, dans le processus web. {report.machine()}, {mode}.",
                "",
                "| envoi | repos (Mo) | pic (Mo) | au-dessus (Mo) |",
                "| --- | ---: | ---: | ---: |",
                *rows,
            ]
        ),
    )
    return 0


def _measured(name: str, worker: int, server: servers.Server, send) -> str:
    servers.forget_peak(worker)
    idle = servers.memory(worker)
    send(server, f"mesure {name}.pdf")
    peak = servers.memory(worker, "VmHWM")
    print(f"{name}: {idle:.0f} MB at rest, {peak:.0f} at most, {peak - idle:.0f} above")
    return f"| {name} | {idle:.0f} | {peak:.0f} | {peak - idle:.0f} |"


def bytes_of(name: str, size: int = SIZE) -> Iterator[bytes]:
    """A PDF as far as the door looks: two names make two contents."""
    start = b"%PDF-1.7\n" + name.encode()
    yield start
    left = size - len(start)
    while left > 0:
        yield _BLOCK[:left]
        left -= len(_BLOCK)


def by_parts(server: servers.Server, name: str) -> None:
    token = _token(server)
    told = {"filename": name, "folder": FOLDER, "same_name": "keep"}
    words = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
    common = {"X_CSRFToken": token, "Tus_Resumable": "1.0.0", "Accept": "application/json", "Referer": _referer()}
    start = "/espaces/lille/documents/envois/"
    status, headers, _ = server.ask(start, "POST", b"", Upload_Length=str(SIZE), Upload_Metadata=words, **common)
    _expect(server, status, 201)
    address, offset, waiting = headers["Location"], 0, bytearray()
    for block in bytes_of(name):
        waiting += block
        while len(waiting) >= PART or (waiting and offset + len(waiting) == SIZE):
            part, waiting = bytes(waiting[:PART]), waiting[PART:]
            told = {"Upload_Offset": str(offset), "Content_Type": "application/offset+octet-stream"}
            status, _, _ = server.ask(address, "PATCH", part, **told, **common)
            offset += len(part)
            _expect(server, status, 204 if offset < SIZE else 201)


def whole(server: servers.Server, name: str) -> None:
    token = _token(server)
    fields = {"csrfmiddlewaretoken": token, "folder": FOLDER, "same_name": "keep"}
    head = "".join(_part(f'name="{key}"', value) for key, value in fields.items())
    head += _part(f'name="files"; filename="{name}"\r\nContent-Type: application/pdf', "").removesuffix("\r\n")
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(head.encode()) + SIZE + len(tail)

    def body() -> Iterator[bytes]:
        yield head.encode()
        yield from bytes_of(name)
        yield tail

    told = {"Content_Type": f"multipart/form-data; boundary={BOUNDARY}", "Content_Length": str(length)}
    status, _, _ = server.ask(DEPOSIT, "POST", body(), **told, Accept="application/json", Referer=_referer())
    _expect(server, status, 201)


def _part(disposition: str, value: str) -> str:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{value}\r\n"


def _referer() -> str:
    return f"https://{servers.HOST}{DEPOSIT}"


def _token(server: servers.Server) -> str:
    """That of the deposit form."""
    server.ask(DEPOSIT)
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', server.text)
    return found[1] if found else sys.exit("The deposit form is not there.")


def _expect(server: servers.Server, status: int, wanted: int) -> None:
    if status != wanted:
        sys.exit(f"Expected {wanted}, got {status}: {server.text[:500]}")


if __name__ == "__main__":
    sys.exit(main())
