"""Fetch uv with the standard library alone, for a machine whose Python has no pip.

    python3 tools/fetch_uv.py VERSION DIRECTORY

Asks the package index that pip or uv would ask, takes the wheel for this machine, checks the SHA-256 that the index
states and unpacks the programs to DIRECTORY/bin.
"""

import base64
import configparser
import hashlib
import io
import json
import os
import platform
import re
import ssl
import sys
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

PYPI = "https://pypi.org/simple"
TYPES = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
PIP_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")


class CannotFetch(Exception):  # noqa: N818  named for what happened
    pass


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    sha256: str


def pip_setting(name: str) -> str | None:
    """A value of pip's configuration: environment first, then its files, the nearest to the user last."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    parser = configparser.RawConfigParser()
    files = [os.path.expanduser(file) for file in PIP_FILES]
    parser.read([*files, os.environ.get("PIP_CONFIG_FILE", "")], encoding="utf-8")
    for section in ("install", "global"):
        if parser.has_option(section, name):
            return parser.get(section, name)
    return None


def index_url() -> str:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    return (pip_setting("index-url") or PYPI).rstrip("/")


def tls_context() -> ssl.SSLContext:
    bundle = os.environ.get("SSL_CERT_FILE") or pip_setting("cert") or os.environ.get("REQUESTS_CA_BUNDLE")
    return ssl.create_default_context(cafile=bundle)


def read(url: str) -> tuple[bytes, str, str]:
    """Body, media type and final address; a user name in the address becomes a header."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise CannotFetch(f"{url} is not an http address")
    request = urllib.request.Request(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))  # noqa: S310
    request.add_header("Accept", TYPES)
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    with urllib.request.urlopen(request, timeout=120, context=tls_context()) as answer:  # noqa: S310  checked above
        return answer.read(), answer.headers.get_content_type(), answer.url


class Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.addresses.extend(value for name, value in attrs if name == "href" and value)


def parse_index(body: bytes, media_type: str, base: str) -> list[Link]:
    """Links of a simple index page, in either of its two forms (PEP 503, PEP 691)."""
    if media_type.endswith("json"):
        return [
            Link(file["filename"], urljoin(base, file["url"]), file["hashes"].get("sha256", ""))
            for file in json.loads(body)["files"]
        ]
    parser = Anchors()
    parser.feed(body.decode())
    links = []
    for address in parser.addresses:
        plain, _, fragment = address.partition("#")
        found = re.search(r"sha256=([0-9a-f]{64})", fragment)
        links.append(Link(unquote(plain.rpartition("/")[2]), urljoin(base, plain), found[1] if found else ""))
    return links


def platform_pattern(system: str, machine: str, libc: str) -> str:
    """Which wheels of uv run here; uv is a program, so only the platform part of the name counts."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine.lower(), machine.lower())
    if system == "Darwin":
        return rf"macosx_\w+_{'arm64' if machine == 'aarch64' else machine}"
    return rf"{'manylinux' if libc == 'glibc' else 'musllinux'}[\w.]*_{machine}"


def choose(links: list[Link], version: str, pattern: str) -> Link:
    wanted = re.compile(rf"uv-{re.escape(version)}-py3-none-[\w.]*{pattern}[\w.]*\.whl")
    for link in links:
        if wanted.fullmatch(link.name):
            return link
    raise CannotFetch(f"the index has no uv {version} for {pattern}")


def check(content: bytes, link: Link) -> None:
    if hashlib.sha256(content).hexdigest() != link.sha256:
        raise CannotFetch(f"{link.name} does not have the SHA-256 that the index states ({link.sha256 or 'none'})")


def unpack(content: bytes, directory: Path) -> None:
    """Only the programs: their names are taken apart, so that no member can write elsewhere."""
    target = directory / "bin"
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        for member in wheel.namelist():
            if re.fullmatch(r"uv-[^/]+\.data/scripts/uvx?", member):
                program = target / member.rpartition("/")[2]
                program.write_bytes(wheel.read(member))
                program.chmod(0o755)


def fetch(version: str, directory: Path) -> None:
    body, media_type, base = read(index_url() + "/uv/")
    pattern = platform_pattern(platform.system(), platform.machine(), platform.libc_ver()[0])
    link = choose(parse_index(body, media_type, base), version, pattern)
    content, _, _ = read(link.url)
    check(content, link)
    unpack(content, directory)


def main() -> int:
    try:
        fetch(sys.argv[1], Path(sys.argv[2]))
    except (CannotFetch, urllib.error.URLError, ssl.SSLError, TimeoutError) as problem:
        sys.stderr.write(f"fetch_uv: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
