"""The servers of one world: granian as production runs it, nginx in front with production's own configuration, and the
processor time that they spend, PostgreSQL's own processes included."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[1]
HOST = "bench.example"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def missing(database_url: str, redis_url: str, *, with_nginx: bool = True) -> list[str]:
    """What production has and this machine lacks, in words."""
    lacks = []
    try:
        psycopg.connect(database_url, connect_timeout=3).close()
    except psycopg.Error:
        lacks.append(f"PostgreSQL ({database_url}; another: make bench DATABASE_URL=postgres://…)")
    try:
        redis.Redis.from_url(redis_url, socket_connect_timeout=3).ping()
    except redis.RedisError:
        lacks.append(f"Redis ({redis_url}; another: make bench REDIS_URL=redis://…)")
    if with_nginx and not NGINX:
        lacks.append("nginx (its program only: an instance of our own is started)")
    return lacks


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path, database_url: str = "", redis_url: str = "") -> dict[str, str]:
    """What the processes of a world are started with: the services', or nothing, for the embedded mode."""
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    services = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "bench-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "MAIL_REPLY_TO": f"animation@{HOST}",
    }
    ours = {"DJANGO_SETTINGS_MODULE": "bench.settings", "BENCH_DIR": str(folder)}
    return kept | ours | (services if database_url else {})


def nginx_configuration(folder: Path, port: int, application: int, documents: Path) -> Path:
    """deploy/nginx.conf itself, without its TLS and its limits, on this machine's paths and ports."""
    text = re.sub(r"(?m)^[ ]*(ssl_|limit_req).*$", "", (ROOT / "deploy" / "nginx.conf").read_text())
    for written, here in {
        "worker_processes auto": "worker_processes 1",
        "pid /tmp/": f"pid {folder}/",
        "_path /tmp/": f"_path {folder}/",
        "/dev/stdout": f"{folder}/access.log",
        "/dev/stderr": f"{folder}/error.log",
        "listen 8443 ssl http2": f"listen 127.0.0.1:{port}",
        "listen 8080": f"listen 127.0.0.1:{free_port()}",
        "server web:8000": f"server 127.0.0.1:{application}",
        "X-Forwarded-Proto $scheme": "X-Forwarded-Proto https",
        "/data/documents/": f"{documents}/",
    }.items():
        assert written in text, written  # noqa: S101
        text = text.replace(written, here)
    path = folder / "nginx.conf"
    path.write_text(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off;\n{text}")
    return path


@dataclass
class Server:
    """A running world. `cpu` and `memory` look at its processes; `ask` asks it a page."""

    port: int
    application: int
    """The web process's own port, behind nginx."""
    web: int
    front: int | None
    database_url: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    text: str = ""
    """The beginning of the last answer."""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(
        self, path: str, method: str = "GET", body: object = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, int]:
        """Status, headers and size. Keeps the cookies and the connection, as a browser does."""
        told = {"Host": HOST, "Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, told)
        response = self._connection.getresponse()
        size, self.text = 0, ""
        while chunk := response.read(1 << 20):
            size += len(chunk)
            if size < 200_000:
                self.text += chunk.decode(errors="replace")
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers, size

    def queries(self, path: str, **headers: str) -> int:
        """How many a page makes: asked of the application itself, since nginx keeps few headers beside a file."""
        front, self._connection = self._connection, http.client.HTTPConnection("127.0.0.1", self.application)
        _, found, _ = self.ask(path, X_Bench_Count="1", X_Forwarded_Proto="https", **headers)
        self._connection.close()
        self._connection = front
        return int(found["X-Bench-Queries"])

    def processes(self) -> list[int]:
        """The web process and its children, nginx's, and PostgreSQL's for this database where it runs on this machine."""
        ours = [self.web, *children(self.web)]
        if self.front:
            ours += [self.front, *children(self.front)]
        if self.database_url:
            ours += backends(self.database_url)
        return ours


def backends(database_url: str) -> list[int]:
    """PostgreSQL's processes for those who are connected to this database now; none where it runs on another machine."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in found if _name_of(pid) == "postgres"]


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def cpu(pids: list[int]) -> float:
    """Milliseconds that these processes have been running, to the microsecond (/proc counts whole ticks elsewhere)."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e6


def memory(pid: int, what: str = "VmRSS") -> float:
    """Megabytes: `VmRSS` now, `VmHWM` at the most since `forget_peak`."""
    line = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(line[1]) / 1024 if line else 0.0


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def build(folder: Path, documents: int, told: dict[str, str]) -> None:
    """The world of `bench.world`, in a process of its own. Raises `CalledProcessError`."""
    empty(folder)
    subprocess.run([sys.executable, "-m", "bench.world", str(documents)], env=told, cwd=ROOT, check=True)


def database(stack: contextlib.ExitStack, url: str, name: str, *, is_built: bool, keeps: bool) -> str:
    """The address of a database beside that of `url`: an empty one, unless it `is_built`; dropped at the end, unless it is
    to be kept."""
    server = stack.enter_context(psycopg.connect(url, autocommit=True))
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    if not is_built:
        server.execute(drop)
        server.execute(f'CREATE DATABASE "{name}"')
        # A helper process of PostgreSQL is gone before its time can be read: the work stays in one.
        server.execute(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')
    if not keeps:
        stack.callback(server.execute, drop)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextlib.contextmanager
def serve(folder: Path, told: dict[str, str]) -> Iterator[Server]:
    """The world of `folder`, served: one web process, one nginx in front where the services are there."""
    has_services = "DATABASE_URL" in told
    application, port = free_port(), free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(application), "--workers", "1"]
    command += ["--blocking-threads", "1", "--no-ws", "--log-level", "error", "bench.wsgi:application"]
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(_running(command, told))
        front = None
        if has_services:
            path = nginx_configuration(folder, port, application, folder / "documents")
            front = stack.enter_context(_running([NGINX or "", "-p", str(folder), "-c", str(path)], told))
        port = port if front else application
        _wait_for(application, web)
        _wait_for(port, front or web)
        yield Server(port, application, web.pid, front.pid if front else None, told.get("DATABASE_URL", ""))


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """A mail relay that takes everything and keeps nothing, in a process of its own; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    with _running(command, dict(os.environ)) as process:
        _wait_for(port, process)
        yield port


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """Celery's, as docker-compose.yml starts it, in this process's environment and ready for its first task."""
    from extranet.celery import app

    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "celery",
        "--quiet",
        "-A",
        "extranet",
        "worker",
        "--loglevel=CRITICAL",
    ]
    with _running([*command, "--concurrency=2", "--max-tasks-per-child=500"], dict(os.environ)) as process:
        while not app.control.ping(timeout=0.5):
            if process.poll() is not None:
                sys.exit("Celery's worker did not start.")
        yield


@contextlib.contextmanager
def _running(command: list[str], told: dict[str, str]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, env=told, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"A server did not start: {process.args}")
