"""A PostgreSQL server of our own on loopback, with the settings a package gives it: durable, 128 MB of buffers.

tools/with-postgres gives up durability and forgets its databases; here both count.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "quanheng"


class NoPostgresError(Exception):
    """Why there is none."""


@dataclass(frozen=True, slots=True)
class Postgres:
    programs: Path
    port: int
    password: str
    cluster: Path

    @property
    def process(self) -> int:
        return int((self.cluster / "postmaster.pid").read_text().split()[0])

    def url(self, name: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *arguments: str) -> str:
        """One of PostgreSQL's own programs, as the owner of the server."""
        place = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER)
        environment = {**os.environ, "PGPASSWORD": self.password}
        command = [str(self.programs / program), *place, *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def databases(self) -> set[str]:
        return set(self.run("psql", "-d", "postgres", "-At", "-c", "SELECT datname FROM pg_database").split())


def programs() -> Path:
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    found = shutil.which("initdb")
    if not packaged and not found:
        raise NoPostgresError("PostgreSQL is not installed (apt-get install postgresql)")
    return packaged[-1] if packaged else Path(found or "").resolve().parent


def as_server(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root; its own user is there wherever apt installed it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def is_reachable(folder: Path) -> bool:
    return subprocess.run(as_server("test", "-x", str(folder)), cwd="/", check=False).returncode == 0


@contextmanager
def serving(kept: Path, settings: str = "") -> Iterator[Postgres]:
    """Its databases stay in `kept` for the next run, unless its user cannot get there: then it is all thrown away."""
    found = programs()
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="quanheng-benchmark.", dir="/tmp") as passing:  # noqa: S108
        if os.geteuid() == 0:
            shutil.chown(passing, "postgres")  # its socket goes there
        folder = kept if is_reachable(kept) else Path(passing)
        cluster = folder / "cluster"
        server = Postgres(found, _free_port(), _password(folder), cluster)
        if not cluster.exists():
            _make(server, folder, cluster, Path(passing))
        try:
            _control(
                server, cluster, "start", "-l", str(cluster / "log"), "-o", f"{_options(server, passing)} {settings}"
            )
            yield server
        finally:
            _control(server, cluster, "stop", "-m", "fast")


def _make(server: Postgres, folder: Path, cluster: Path, passing: Path) -> None:
    if os.geteuid() == 0:
        cluster.mkdir()
        shutil.chown(cluster, "postgres")
    secret = passing / "password"
    secret.write_text(server.password)
    secret.chmod(0o644)  # in a folder that is gone in a moment
    options = ["-U", USER, f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    command = as_server(str(server.programs / "initdb"), "-D", str(cluster), *options)
    subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)


def _control(server: Postgres, cluster: Path, *what: str) -> None:
    """Its output is kept by no pipe: a daemon that inherits one would hold the caller."""
    command = as_server(str(server.programs / "pg_ctl"), "-D", str(cluster), "-w", "-t", "120", *what)
    nothing = subprocess.DEVNULL
    subprocess.run(command, cwd="/", check=what[0] == "start", stdin=nothing, stdout=nothing, stderr=nothing)


def _options(server: Postgres, sockets: str) -> str:
    return f"-p {server.port} -k {sockets} -c listen_addresses=127.0.0.1"


def _password(folder: Path) -> str:
    file = folder / "password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(16))
    return file.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
