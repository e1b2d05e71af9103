"""A bare machine: uv is found or fetched, and what is missing is said plainly. The index here is a local server."""

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.structure import ROOT
from tools import fetch_uv
from tools.fetch_uv import CannotFetch, Link, choose, fetch, index_url, main, parse_index, platform_pattern

BOOTSTRAP = ROOT / "tools" / "bootstrap"
HERE = platform_pattern("Linux", "x86_64", "glibc")


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-1.2.3.data/scripts/uv", "#!/bin/sh\necho uv 1.2.3\n")
        archive.writestr("uv-1.2.3.data/scripts/../../evil", "")
        archive.writestr("uv/__init__.py", "")
    return content.getvalue()


@dataclass
class Index:
    """What the local index answers, and what it was asked."""

    address: str
    pages: dict[str, tuple[str, bytes]]
    authorizations: list[str | None] = field(default_factory=list)


@pytest.fixture
def index() -> Iterator[Index]:
    served = Index("", {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802  the name is the library's
            served.authorizations.append(self.headers.get("Authorization"))
            media_type, body = served.pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings of the developer's own: neither environment nor files."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(fetch_uv, "PIP_FILES", (str(tmp_path / "pip.conf"),))
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    return tmp_path


NAME = "uv-1.2.3-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


def offer(index: Index, content: bytes, sha256: str) -> None:
    index.pages["/files/" + NAME] = ("application/zip", content)
    page = {"files": [{"filename": NAME, "url": "../../files/" + NAME, "hashes": {"sha256": sha256}}]}
    index.pages["/simple/uv/"] = ("application/vnd.pypi.simple.v1+json", json.dumps(page).encode())


@pytest.mark.usefixtures("bare")
def test_fetches_checks_and_unpacks_the_program(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(index, wheel(), hashlib.sha256(wheel()).hexdigest())
    monkeypatch.setenv("PIP_INDEX_URL", f"http://user:p%40ss@{index.address}/simple/")
    fetch("1.2.3", tmp_path / "uv")
    assert [file.name for file in sorted((tmp_path / "uv").rglob("*")) if file.is_file()] == ["uv"]
    assert os.access(tmp_path / "uv" / "bin" / "uv", os.X_OK)
    assert index.authorizations[0] == "Basic dXNlcjpwQHNz"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("stated", ["0" * 64, ""])
def test_refuses_a_wheel_whose_digest_is_wrong_or_not_stated(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stated: str
) -> None:
    offer(index, wheel(), stated)
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://{index.address}/simple")
    monkeypatch.setattr("sys.argv", ["fetch_uv", "1.2.3", str(tmp_path / "uv")])
    assert main() == 1
    assert "does not have the SHA-256 that the index states" in capsys.readouterr().err
    assert not (tmp_path / "uv").exists()


def test_reads_both_forms_of_an_index() -> None:
    address = "../../files/uv-1.2.3-py3-none-musllinux_1_1_x86_64.whl"
    page = f'<a data-x="1" href="{address}#sha256={"a" * 64}">uv</a> <a href="/no-digest.whl">uv</a>'
    links = parse_index(page.encode(), "text/html", "https://index/simple/uv/")
    assert links == [
        Link("uv-1.2.3-py3-none-musllinux_1_1_x86_64.whl", "https://index/files/" + address[12:], "a" * 64),
        Link("no-digest.whl", "https://index/no-digest.whl", ""),
    ]


@pytest.mark.parametrize(
    ("system", "machine", "libc", "name"),
    [
        ("Linux", "x86_64", "glibc", "uv-1.2.3-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        (
            "Linux",
            "aarch64",
            "glibc",
            "uv-1.2.3-py3-none-manylinux_2_17_aarch64.musllinux_1_1_aarch64.whl",
        ),
        ("Linux", "x86_64", "", "uv-1.2.3-py3-none-musllinux_1_1_x86_64.whl"),
        ("Darwin", "arm64", "", "uv-1.2.3-py3-none-macosx_11_0_arm64.whl"),
    ],
)
def test_chooses_the_wheel_of_this_machine(system: str, machine: str, libc: str, name: str) -> None:
    others = ["uv-1.2.3.tar.gz", "uv-1.2.3-py3-none-win_amd64.whl", "uv-1.2.30-py3-none-macosx_11_0_arm64.whl"]
    links = [Link(other, "", "") for other in [*others, name]]
    assert choose(links, "1.2.3", platform_pattern(system, machine, libc)).name == name


def test_says_when_the_index_has_no_such_wheel() -> None:
    with pytest.raises(CannotFetch, match=r"the index has no uv 1\.2\.3 for manylinux"):
        choose([Link("uv-1.2.4-py3-none-manylinux_2_17_x86_64.whl", "", "")], "1.2.3", HERE)


def test_index_comes_from_uv_then_pip_then_files(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index_url() == "https://pypi.org/simple"
    (bare / "pip.conf").write_text("[global]\nindex-url = https://file/simple/\n")
    assert index_url() == "https://file/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip/simple")
    assert index_url() == "https://pip/simple"
    monkeypatch.setenv("UV_INDEX_URL", "https://uv/simple")
    assert index_url() == "https://uv/simple"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of the bootstrap beside programs that only say what they were asked."""
    (tmp_path / "tools").mkdir()
    shutil.copy(BOOTSTRAP, tmp_path / "tools")
    (tmp_path / "bin").mkdir()
    (tmp_path / "pyproject.toml").write_text("name")
    (tmp_path / "uv.lock").write_text("versions")
    for name in ("sh", "dirname", "mkdir", "cat", "cksum"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    return tmp_path


MAKE_VENV = """
[ "$1" = sync ] || exit 0
/bin/mkdir -p .venv/bin
printf '#!/bin/sh\\n' >.venv/bin/python
/bin/chmod 755 .venv/bin/python
echo "$@" >>asked
"""


def program(machine: Path, name: str, script: str) -> None:
    file = machine / "bin" / name
    file.write_text("#!/bin/sh\n" + script)
    file.chmod(0o755)


def run(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine / "bin"), "HOME": str(machine)}
    command = [str(machine / "tools" / "bootstrap"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("kind", "options"), [("demo", "--no-dev --inexact"), ("dev", "")], ids=["demo", "dev"])
def test_uses_the_uv_of_the_machine(machine: Path, kind: str, options: str) -> None:
    program(machine, "python3", "exit 0\n")
    program(machine, "uv", MAKE_VENV)
    assert run(machine, kind).returncode == 0
    asked = (machine / "asked").read_text()
    assert asked.strip() == f"sync --frozen --quiet --python {machine}/bin/python3 {options}".strip()


def test_asks_nothing_when_all_stands_and_asks_again_after_a_change(machine: Path) -> None:
    program(machine, "python3", "exit 0\n")
    program(machine, "uv", MAKE_VENV)
    assert [run(machine, kind).returncode for kind in ("dev", "dev", "demo")] == [0, 0, 0]
    assert len((machine / "asked").read_text().splitlines()) == 1
    (machine / "uv.lock").write_text("other versions")
    assert run(machine, "demo").returncode == 0
    assert run(machine, "dev").returncode == 0  # the demo's folder lacks the tools
    assert len((machine / "asked").read_text().splitlines()) == 3


def test_takes_a_newer_python_beside_an_old_one(machine: Path) -> None:
    program(machine, "python3", "exit 1\n")
    program(machine, "python3.12", "exit 0\n")
    program(machine, "uv", MAKE_VENV)
    assert run(machine).returncode == 0
    assert f"--python {machine}/bin/python3.12" in (machine / "asked").read_text()


def test_says_that_python_is_too_old(machine: Path) -> None:
    program(machine, "python3", '[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n')
    result = run(machine)
    assert result.returncode == 1
    assert "needs Python 3.11 or newer. Found: Python 3.9.2" in result.stderr


def test_without_pip_the_standard_library_fetches_uv(machine: Path) -> None:
    """pip fails; fetch_uv is asked for the same version and folder, and its uv is then used."""
    fake = f'mkdir -p {machine}/.uv/bin .venv\nprintf "#!/bin/sh\\necho got \\$1\\n" >{machine}/.uv/bin/uv\n'
    script = f'[ "$1" = tools/fetch_uv.py ] || {{ [ "$1" = -c ]; exit; }}\n{fake}/bin/chmod 755 {machine}/.uv/bin/uv\n'
    program(machine, "python3", script)
    result = run(machine)
    assert (result.returncode, result.stdout) == (0, "got sync\n")


def test_names_the_one_command_when_uv_cannot_be_had(machine: Path) -> None:
    program(machine, "python3", '[ "$1" = -c ]\n')
    result = run(machine)
    assert result.returncode == 1
    assert f"UV_INSTALL_DIR={machine}/.uv/bin sh" in result.stderr


def test_wrong_kind_is_refused(machine: Path) -> None:
    program(machine, "python3", "exit 0\n")
    program(machine, "uv", "exit 0\n")
    assert run(machine, "everything").returncode == 2


def test_tests_need_named_when_not_root(machine: Path) -> None:
    shutil.copy(ROOT / "tools" / "test-needs", machine / "tools")
    program(machine, "id", "echo 1000\n")
    program(machine, "chromium", "exit 0\n")
    program(machine, "initdb", "exit 0\n")
    environment = {"PATH": str(machine / "bin")}
    command = [str(machine / "tools" / "test-needs")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "sudo apt-get install --no-install-recommends chromium-driver gettext" in result.stderr


@pytest.mark.slow
def test_a_throw_away_server_is_there_and_then_gone() -> None:
    command = [str(ROOT / "tools" / "with-postgres"), "sh", "-c", 'echo "$QUANHENG_DATABASE"; exit 3']
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 3
    assert result.stdout.startswith("postgresql://quanheng:")
    port = result.stdout.strip().rpartition(":")[2].partition("/")[0]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)))
