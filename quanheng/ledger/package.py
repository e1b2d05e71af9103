"""导出校验包: what the proof reads as lines of JSON, and the same proof on that file, without a database. Pure.

The first line holds the public key, heads and notes; an entry to a line follows, stream by stream. Details and reasons
stay at home: the chain covers their hashes, so everything but they themselves is proved.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import IO, Any
from uuid import UUID

from quanheng.kernel.errors import Refused
from quanheng.ledger import notes
from quanheng.ledger.chain import Link, plain
from quanheng.ledger.verify import Chains, Heads, Report, verify

FORMAT = "quanheng-ledger-1"
KEPT = [field.name for field in fields(Link) if field.name not in ("salt", "detail", "reason")]


class CannotReadPackage(Refused):
    """Not a package of ours, or cut off."""


def write_package(file: IO[str], chains: Chains, heads: Heads, texts: Sequence[str], verifier: str) -> int:
    """Returns the number of entries."""
    header = {"format": FORMAT, "verifier": verifier, "heads": dict(heads), "notes": list(texts)}
    file.write(json.dumps(header, ensure_ascii=False) + "\n")
    written = 0
    for _, links in chains:
        for link in links:
            row = {name: plain(getattr(link, name)) for name in KEPT}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    return written


def verify_package(file: IO[str], verifier: str, external: Sequence[str] = ()) -> Report:
    """`verifier` and `external` are what was kept outside: a file that vouches for itself proves nothing."""
    public = notes.public_from(verifier)
    rows = _rows(file)
    try:
        header = next(rows)
        inside = [notes.read(text, public) for text in header["notes"]]
        heads = {stream: (int(seq), str(digest)) for stream, (seq, digest) in header["heads"].items()}
    except (StopIteration, KeyError, ValueError, TypeError, AttributeError):
        raise CannotReadPackage("not-a-package") from None
    outside = [notes.read(text, public) for text in external]
    known = {note.number: note for note in [*inside, *outside]}
    return verify(
        ((stream, map(_link, group)) for stream, group in groupby(rows, key=lambda row: str(row.get("stream")))),
        heads,
        [known[number] for number in sorted(known)],
        anchor=max(outside, key=lambda note: note.number, default=None),
        has_details=False,
    )


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            raise CannotReadPackage("unreadable-line", line=number) from None
        if not isinstance(row, dict):
            raise CannotReadPackage("unreadable-line", line=number)
        yield row


def _link(row: Mapping[str, Any]) -> Link:
    """ValueError or TypeError where a value is not what it should be: the proof names the entry."""
    values: dict[str, Any] = {name: row.get(name) for name in KEPT}
    for name in ("actor", "on_behalf_of", "cadre"):
        values[name] = UUID(values[name]) if values[name] is not None else None
    values["at"] = datetime.fromisoformat(row.get("at", ""))
    return Link(**values)
