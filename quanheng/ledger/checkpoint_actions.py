"""Checkpoints and runs of the proof. They are evidence about the ledger and therefore no entries in it: an entry about
the checkpoint would be the first that the checkpoint does not cover."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from quanheng.kernel.errors import Refused
from quanheng.ledger import notes, queries
from quanheng.ledger.chain import stamp
from quanheng.ledger.merkle import Frontier
from quanheng.ledger.models import Checkpoint, Entry, Head, ProofRun
from quanheng.ledger.notes import Note
from quanheng.ledger.verify import Report
from quanheng.vault.fields import current_keyring


class CannotCheckpoint(Refused):
    """The last checkpoint was altered, or the ledger no longer holds what it covers: nothing is signed on top."""


@transaction.atomic
def make_checkpoint(*, at: datetime) -> Checkpoint:
    """Sign what the ledger holds now. Nothing new since the last one: that one is returned."""
    signing = current_keyring().signing
    last = Checkpoint.objects.select_for_update().order_by("-number").first()
    before = notes.read(last.note, notes.public_of(signing)) if last else None
    heads = {row.stream: (row.seq, row.hash) for row in Head.objects.filter(seq__gt=0)}
    if last and before and before.heads == heads:
        return last
    frontier = _continued(last, before)
    _require_continuation(before)
    for stream, (size, _) in sorted(heads.items()):
        _add_leaves(frontier, stream, before.size_of(stream) if before else 0, size)
    note = Note(
        origin=notes.origin_of(notes.public_of(signing)),
        number=before.number + 1 if before else 1,
        at=stamp(at),
        size=sum(size for size, _ in heads.values()),
        root=frontier.root().hex(),
        heads=heads,
    )
    return _stored(note, notes.sign(note, signing), frontier, at)


def export_checkpoint(*, checkpoint: Checkpoint, at: datetime) -> str:
    """The note's text, to be taken outside; from now on it counts as the anchor."""
    Checkpoint.objects.filter(pk=checkpoint.pk, exported_at=None).update(exported_at=at)
    return checkpoint.note


def verify_ledger(
    *, at: datetime, external: Sequence[str] = (), progress: Callable[[int], None] = lambda _: None
) -> Report:
    """Prove the ledger and keep the outcome for the ledger page."""
    report = queries.prove(external, progress)
    ProofRun.objects.create(
        at=at,
        entries=report.entries,
        is_whole=report.is_whole,
        findings=json.dumps([asdict(finding) for finding in report.findings]),
    )
    return report


def _continued(last: Checkpoint | None, before: Note | None) -> Frontier:
    if last is None or before is None:
        return Frontier()
    frontier = Frontier.from_list(json.loads(last.frontier))
    if frontier.root().hex() != before.root:
        raise CannotCheckpoint("frontier-altered", checkpoint=before.number)
    return frontier


def _require_continuation(before: Note | None) -> None:
    """The last entries that the note names are still there: a signature must not cover up a cut."""
    for stream, (size, digest) in before.heads.items() if before else ():
        if not Entry.objects.filter(stream=stream, seq=size, hash=digest).exists():
            raise CannotCheckpoint("differs-from-checkpoint", stream=stream, seq=size)


def _add_leaves(frontier: Frontier, stream: str, start: int, end: int) -> None:
    new = Entry.objects.filter(stream=stream, seq__gt=start, seq__lte=end).order_by("seq")
    for digest in new.values_list("hash", flat=True).iterator(chunk_size=2000):
        frontier.append(bytes.fromhex(digest))


def _stored(note: Note, text: str, frontier: Frontier, at: datetime) -> Checkpoint:
    return Checkpoint.objects.create(
        number=note.number,
        at=at,
        size=note.size,
        root=note.root,
        note=text,
        frontier=json.dumps(frontier.to_list()),
    )
