"""The web server as `quanheng serve` starts it, with one worker, and a browser that counts."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

from benchmarks._cities import ROOT, Place, run_quanheng
from benchmarks._counting import QUERIES

TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 60


class NoAnswerError(Exception):
    """The server did not start, or did not let us in."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    seconds: float
    queries: int
    size: int  # bytes of the page as sent, not compressed


@dataclass(slots=True)
class Browser:
    """One signed-in officer. Each request is a connection of its own, as the server closes them."""

    port: int
    worker: int  # process
    database: int | None = None  # process of the database server, where there is one
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, is_htmx: bool = False) -> Answer:
        return self.read(path, is_htmx=is_htmx)[0]

    def read(self, path: str, *, is_htmx: bool = False) -> tuple[Answer, str]:
        start = perf_counter()
        response, body = self._ask("GET", path, {"HX-Request": "true"} if is_htmx else {})
        taken = perf_counter() - start
        return Answer(response.status, taken, int(response.headers.get(QUERIES, 0)), len(body)), body.decode()

    def sign_in(self, username: str) -> None:
        _, page = self._ask("GET", "/sign-in/", {})
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"persona": username, "csrfmiddlewaretoken": token[1].decode() if token else ""}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response, _ = self._ask("POST", "/sign-in/", headers, urlencode(form))
        if response.status != 302:
            raise NoAnswerError(f"sign-in as {username}: {response.status}")

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {**headers, "Cookie": cookie})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response, content

    def cpu_seconds(self) -> tuple[float, float]:
        """Of the web worker, and of the database server."""
        return _used(self.worker), used_with_children(self.database) if self.database else 0.0

    def peak_megabytes(self) -> int:
        """The most memory the worker ever held."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(peak[1]) // 1024 if peak else 0


def _used(process: int, *, with_ended: bool = False) -> float:
    """`with_ended`: with that of children which are gone, such as PostgreSQL's parallel workers."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11 : 15 if with_ended else 13]) / TICKS


def used_with_children(process: int) -> float:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return _used(process, with_ended=True) + sum(_used(int(child)) for child in children)


@contextmanager
def signed_in(place: Place, username: str) -> Iterator[Browser]:
    run_quanheng(place, "manage.py", "collectstatic", "-v", "0", "--no-input")
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "quanheng.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", "1", "--threads", "4", "--timeout", "120", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    environment = {**place.environment, "DJANGO_SETTINGS_MODULE": "benchmarks._settings", "QUANHENG_DEMO": "1"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        browser = Browser(port, _worker(server, port), place.database_process)
        browser.sign_in(username)
        yield browser
    finally:
        server.terminate()
        server.wait(30)


def _worker(server: "subprocess.Popen[bytes]", port: int) -> int:
    """The one child of the server, once it answers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if _answers(port) and (found := children.read_text().split()):
            return int(found[0])
        time.sleep(0.1)
    raise NoAnswerError("the web server did not start")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
