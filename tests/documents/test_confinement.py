"""What a hostile file could do, once it has taken over the process that opens it. Each attempt is made by a program of ours,
confined as that process is."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from documents import checks, sandbox
from documents.sandbox import NotStartedError, Worker
from tests.documents import samples

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
ATTEMPTS = """
import ctypes, importlib.util, json, os, signal, socket, sys
spec = importlib.util.spec_from_file_location("confined", sys.argv[1])
confined = importlib.util.module_from_spec(spec)
spec.loader.exec_module(confined)
libc = ctypes.CDLL(None, use_errno=True)
"127.0.0.1".encode("idna")  # loads what it needs, before the name changes
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
libc.prctl(confined._NO_NEW_PRIVILEGES, 1, 0, 0, 0)
held = {"all": lambda: confined.confine(1024**3) == []}.get(sys.argv[2]) or (lambda: getattr(confined, sys.argv[2])(libc))
stranger, port = int(sys.argv[3]), int(sys.argv[4])
found = {"held": bool(held())}

def attempt(name, action):
    try:
        action()
        found[name] = True
    except OSError:
        found[name] = False

attempt("connect", lambda: socket.create_connection(("127.0.0.1", port), 2))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)))
attempt("environment", lambda: open(f"/proc/{stranger}/environ", "rb").read())
attempt("signal", lambda: os.kill(stranger, 0))
attempt("write elsewhere", lambda: open(os.path.join("..", "elsewhere"), "w"))
attempt("remove elsewhere", lambda: os.unlink(os.path.join("..", "document")))
attempt("write here", lambda: open("here", "w").write("x"))
print(json.dumps(found))
"""
NEIGHBOURS = {"environment", "signal", "write elsewhere", "remove elsewhere"}


@pytest.fixture
def neighbour():
    """Another process of the same user. Root is given another name: it passes by doors that the site's user does not."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/sleep", "60"], **nobody) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def tried(neighbour):
    """What somebody manages to do who is confined by this function, or by « all »."""

    def tried(by: str) -> set[str]:
        with tempfile.TemporaryDirectory() as around, socket.create_server(("127.0.0.1", 0)) as server:
            here, document = Path(around, "here"), Path(around, "document")
            here.mkdir()
            document.write_text("x")
            for folder in (Path(around), here):
                folder.chmod(0o777)
            program = [sys.executable, "-I", "-c", ATTEMPTS, Path(sandbox.__file__).with_name("confined.py"), by]
            program += [str(neighbour), str(server.getsockname()[1])]
            done = subprocess.run(program, cwd=here, capture_output=True, check=True, timeout=30)  # noqa: S603 -- our own program
        found = json.loads(done.stdout)
        if not found.pop("held"):
            pytest.skip("this machine does not hold it")
        return {name for name, is_done in found.items() if is_done}

    return tried


@LINUX
@pytest.mark.parametrize(
    ("by", "left"),
    [
        ("all", {"write here"}),
        ("leave_network", {"write here"} | NEIGHBOURS - {"environment"}),
        ("refuse_sockets", {"write here"} | NEIGHBOURS),
        ("leave_neighbours", {"write here", "udp"}),
    ],
)
def test_each_layer_stands_alone(tried, by, left):
    assert tried(by) == left


@LINUX
def test_it_inherits_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "un secret")
    (tmp_path / "picture").write_bytes(samples.picture())
    with Worker() as worker:
        worker.ask(ask="draw", path=str(tmp_path / "picture"), seconds=10)
        environment = Path(f"/proc/{worker._process.pid}/environ").read_text()
    assert {line.partition("=")[0] for line in environment.split("\0") if line} == {"HOME", "TMPDIR", "PATH"}


def test_a_machine_that_does_not_hold_it_is_told_of(monkeypatch, tmp_path, caplog):
    program = tmp_path / "confined.py"
    text = sandbox._PROGRAM.read_text()
    program.write_text(
        text.replace("libc.unshare(", "int(").replace("not in _SOCKET", "not in ()").replace("version < 1", "True")
    )
    monkeypatch.setattr(sandbox, "_PROGRAM", program)
    sandbox._warn.cache_clear()
    told = [checks.files_are_opened_apart(), checks.files_are_opened_apart()]
    assert [[message.id for message in messages] for messages in told] == [["documents.W002"]] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "The process that opens deposited files is not kept away from: neighbours, network (docs/adr/012)."
    ]


def test_a_program_that_does_not_start_is_told_of(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "_PROGRAM", tmp_path / "absent.py")
    assert [message.id for message in checks.files_are_opened_apart()] == ["documents.W001"]
    with Worker() as worker, pytest.raises(NotStartedError):
        worker.ask(ask="text", path="x", media_type="y")
