"""Which canaries an answer holds, whatever its form: page, workbook, Word, PDF, exchange file, archive."""

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import pypdf
from django.test import Client

from tests.access.visits import Visit, request

CANARY = re.compile(r"CANARY-([a-z0-9]+)-")
LINK = re.compile(r'(?:href|hx-get|src|data-url)="(/[^"#]*|\?[^"#]*)')
SKIPPED = ("/static/", "/sign-out/", "/language/")


def canaries(content: bytes) -> frozenset[str]:
    return frozenset(found for text in texts(content) for found in CANARY.findall(text))


def texts(content: bytes) -> Iterator[str]:
    """The texts in it, archives opened."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts(archive.read(name))
    elif content.startswith(b"%PDF"):
        # A cell of the form breaks its text where it likes.
        yield "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).replace("\n", "")
    else:
        text = content.decode("utf-8", errors="ignore")
        yield text
        yield html.unescape(unquote(text))
        yield text.encode().decode("unicode_escape", errors="ignore") if "\\u" in text else ""


def of(response: Any) -> frozenset[str]:
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return canaries(content) | canaries(headers.encode())


def crawl(client: Client, starts: Iterable[str], *, limit: int = 400) -> dict[str, frozenset[str]]:
    """Every page that links lead to from these, with the canaries in each. Addresses that differ in the key of an
    object are all followed; of those that differ in the order or the page of one list a few are enough."""
    found: dict[str, frozenset[str]] = {}
    waiting, seen = list(starts), set(starts)
    while waiting and len(found) < limit:
        url = waiting.pop(0)
        response = request(client, Visit("GET", url, {}))
        found[url] = of(response)
        for link in _links(response, url):
            if _shape(link) not in seen:
                seen.add(_shape(link))
                waiting.append(link)
    return found


def _links(response: Any, url: str) -> Iterator[str]:
    if response.status_code in (301, 302):
        yield response.headers["Location"]
    elif response.headers.get("Content-Type", "").startswith("text/html"):
        for link in LINK.findall(response.content.decode()):
            target = html.unescape(link)
            yield f"{url.partition('?')[0]}{target}" if target.startswith("?") else target


def _shape(url: str) -> str:
    """Addresses of one shape are one page: the path, and which parameters there are with keys of objects in full."""
    path, _mark, query = url.partition("?")
    if path.startswith(SKIPPED):
        return SKIPPED[0]
    kept = [pair if len(pair.partition("=")[2]) == 36 else pair.partition("=")[0] for pair in query.split("&")]
    told = [pair for pair in query.split("&") if pair.startswith(("tab=", "purpose=", "step="))]
    return f"{path}?{'&'.join(sorted({*kept, *told}))}"
