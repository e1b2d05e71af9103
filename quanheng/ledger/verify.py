"""The proof of the ledger. Pure: it reads streams of entries, heads and notes, from the database or from a file.

Memory: 32 bytes for each entry that a checkpoint covers, and one entry at a time.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from operator import itemgetter

from quanheng.ledger.chain import GENESIS, Link, hash_of, keyed
from quanheng.ledger.ledger_codes import ERASE_DETAIL
from quanheng.ledger.merkle import Frontier
from quanheng.ledger.notes import Note

Heads = Mapping[str, tuple[int, str]]  # stream -> number and hash of its last entry
Chains = Iterable[tuple[str, Iterable[Link]]]
STEP = 10_000  # entries between two reports of progress


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and where first. Codes, by stream: gap, repeated, broken-link, hash, detail, reason,
    detail-missing, unreadable, head, head-missing, entries-missing, differs-from-checkpoint,
    shorter-than-checkpoint; by checkpoint: root, checkpoint-missing, checkpoint-invalid, checkpoint-differs."""

    code: str
    stream: str = ""
    seq: int = 0
    checkpoint: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    entries: int
    streams: Mapping[str, int]  # stream -> its number of entries
    findings: tuple[Finding, ...]
    erased: int  # details that are gone, with an entry that says so
    checkpoints: int  # notes checked
    anchor: Note | None  # the newest note that lies outside
    unanchored: int  # entries after it: nobody would notice them cut off or written anew
    unanchored_since: datetime | None

    @property
    def is_whole(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class Tree:
    """The leaves in checkpoint order: note by note, in each the new entries of stream after stream."""

    leaves: bytearray
    places: Mapping[str, list[tuple[int, int, int]]]  # stream -> (first number, last number, place of the first)

    def put(self, stream: str, seq: int, digest: str) -> None:
        runs = self.places.get(stream, [])
        position = bisect_right(runs, seq, key=itemgetter(0)) - 1
        if position >= 0 and seq <= runs[position][1]:
            first, _, place = runs[position]
            start = 32 * (place + seq - first)
            self.leaves[start : start + 32] = bytes.fromhex(digest)


@dataclass(slots=True)
class Walk:
    """The state of one stream while it is read."""

    stream: str
    marks: Mapping[int, list[tuple[int, str]]]  # number -> (checkpoint, hash that it must have)
    head: tuple[int, str] | None  # as it stood before the reading began
    seq: int = 0
    hash: str = GENESIS
    problem: Finding | None = None  # the first in the chain; what follows it proves nothing
    contradiction: Finding | None = None  # the first against a checkpoint
    missing: list[int] = field(default_factory=list)
    met_head: bool = False

    def step(self, link: Link) -> None:
        digest = hash_of(link)
        if self.problem is None:
            self.problem = self._wrong(link, digest)
        for checkpoint, expected in self.marks.get(link.seq, ()):
            if digest != expected and self.contradiction is None:
                self.contradiction = Finding("differs-from-checkpoint", self.stream, link.seq, checkpoint)
        if link.salt is None and (link.detail_hash or link.reason_hash):
            self.missing.append(link.seq)
        self.met_head = self.met_head or (link.seq, digest) == self.head
        self.seq, self.hash = link.seq, digest

    def _wrong(self, link: Link, digest: str) -> Finding | None:
        if link.seq <= self.seq:
            return Finding("repeated", self.stream, link.seq)
        if link.seq > self.seq + 1:
            return Finding("gap", self.stream, self.seq + 1)
        if digest != link.hash:
            return Finding("hash", self.stream, link.seq)
        if link.prev != self.hash:
            return Finding("broken-link", self.stream, link.seq)
        if link.salt is None:
            return None
        if keyed(link.salt, "detail", link.detail or "") != link.detail_hash:
            return Finding("detail", self.stream, link.seq)
        if keyed(link.salt, "reason", link.reason or "") != link.reason_hash:
            return Finding("reason", self.stream, link.seq)
        return None

    def finish(self, after: tuple[int, str] | None) -> None:
        """Compare with the head. Writers may have appended while we read, so it is read before and after."""
        if self.problem:
            return
        if self.head is None and after is None:
            self.problem = Finding("head-missing", self.stream, self.seq) if self.seq else None
        elif self.head and self.head[0] > self.seq:
            self.problem = Finding("entries-missing", self.stream, self.seq + 1)
        elif self.head and self.head[0] and not self.met_head:
            self.problem = Finding("head", self.stream, self.head[0])
        elif after and (self.seq > after[0] or (self.seq == after[0] and self.seq and self.hash != after[1])):
            self.problem = Finding("head", self.stream, self.seq)


def verify(
    chains: Chains,
    heads: Heads,
    notes: Sequence[Note] = (),
    *,
    anchor: Note | None = None,
    heads_after: Callable[[], Heads] | None = None,
    has_details: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Prove every stream, then every note. `chains` gives each stream once, its entries by number; `notes` are proved
    by their signatures already; `anchor` is the newest of those that lie outside. A row that cannot even be read may
    raise ValueError or TypeError where it stands: the stream ends there as unreadable. Without `has_details` the
    entries come without their details, and none is missed."""
    tree, marks = _tree(notes), _marks(notes)
    walks: dict[str, Walk] = {}
    erasures: set[str] = set()
    tail = _Tail(anchor)
    for stream, links in chains:
        walk = walks[stream] = Walk(stream, marks[stream], heads.get(stream))
        try:
            for link in links:
                walk.step(link)
                tree.put(stream, link.seq, walk.hash)
                tail.step(link, progress)
                if link.action == ERASE_DETAIL:
                    erasures.add(link.object_key)
        except (ValueError, TypeError, OverflowError):
            walk.problem = walk.problem or Finding("unreadable", stream, walk.seq + 1)
    for stream in (set(heads) | set(marks)) - set(walks):
        walks[stream] = Walk(stream, {}, heads.get(stream))
    after = heads_after() if heads_after else heads
    for stream, walk in walks.items():
        walk.finish(after.get(stream))
    missing = _missing(walks) if has_details else []
    unexplained = [one for one in missing if f"ledger.entry:{one.stream}/{one.seq}" not in erasures]
    found = [one for _, walk in sorted(walks.items()) for one in (walk.problem, walk.contradiction) if one]
    found += unexplained + _shorter(walks, notes) + _wrong_roots(notes, tree)
    return _report(walks, found, len(missing) - len(unexplained), notes, tail)


@dataclass(slots=True)
class _Tail:
    """What no outside copy covers."""

    anchor: Note | None
    entries: int = 0
    unanchored: int = 0
    since: datetime | None = None

    def step(self, link: Link, progress: Callable[[int], None]) -> None:
        self.entries += 1
        if self.entries % STEP == 0:
            progress(self.entries)
        if self.anchor is None or link.seq > self.anchor.size_of(link.stream):
            self.unanchored += 1
            self.since = min(self.since or link.at, link.at)


def _report(
    walks: Mapping[str, Walk], found: Sequence[Finding], erased: int, notes: Sequence[Note], tail: _Tail
) -> Report:
    return Report(
        entries=tail.entries,
        streams={stream: walk.seq for stream, walk in sorted(walks.items())},
        findings=tuple(found),
        erased=erased,
        checkpoints=len(notes),
        anchor=tail.anchor,
        unanchored=tail.unanchored,
        unanchored_since=tail.since,
    )


def _missing(walks: Mapping[str, Walk]) -> list[Finding]:
    return [Finding("detail-missing", name, seq) for name, walk in sorted(walks.items()) for seq in walk.missing]


def _tree(notes: Sequence[Note]) -> Tree:
    places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    place = 0
    for note in _unbroken(notes):
        for stream, (size, _) in sorted(note.heads.items()):
            if size > sizes[stream]:
                places[stream].append((sizes[stream] + 1, size, place))
                place += size - sizes[stream]
                sizes[stream] = size
    return Tree(bytearray(32 * place), places)


def _unbroken(notes: Sequence[Note]) -> list[Note]:
    """Notes 1, 2, 3 … as far as none is missing: without all earlier ones the order of the leaves is unknown."""
    return [note for number, note in takewhile(lambda pair: pair[0] == pair[1].number, enumerate(notes, start=1))]


def _marks(notes: Sequence[Note]) -> dict[str, dict[int, list[tuple[int, str]]]]:
    marks: dict[str, dict[int, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for note in notes:
        for stream, (size, head) in note.heads.items():
            marks[stream][size].append((note.number, head))
    return marks


def _shorter(walks: Mapping[str, Walk], notes: Sequence[Note]) -> list[Finding]:
    """Streams that end before a note says: cut, or an older backup restored."""
    found: dict[str, Finding] = {}
    for note in notes:
        for stream, (size, _) in sorted(note.heads.items()):
            if size > walks[stream].seq and stream not in found:
                found[stream] = Finding("shorter-than-checkpoint", stream, walks[stream].seq + 1, note.number)
    return list(found.values())


def _wrong_roots(notes: Sequence[Note], tree: Tree) -> list[Finding]:
    """The first note whose root the entries do not give; after it no other can agree."""
    frontier, place = Frontier(), 0
    unbroken = _unbroken(notes)
    for note in unbroken:
        if note.size * 32 > len(tree.leaves):
            return [Finding("root", checkpoint=note.number)]
        while place < note.size:
            frontier.append(bytes(tree.leaves[32 * place : 32 * place + 32]))
            place += 1
        if frontier.root().hex() != note.root:
            return [Finding("root", checkpoint=note.number)]
    missing = [note.number for note in notes[len(unbroken) :]]
    return [Finding("checkpoint-missing", checkpoint=missing[0])] if missing else []
