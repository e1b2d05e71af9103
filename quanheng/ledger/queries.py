"""Reading the ledger: pages of entries, what an entry may show, the proof and the state of the anchor."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Min, Q, QuerySet

from quanheng.kernel.actor import Actor
from quanheng.ledger import access, notes
from quanheng.ledger.chain import Link, canonical
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Checkpoint, Entry, Head, ProofRun
from quanheng.ledger.notes import CannotTrustNote, Note
from quanheng.ledger.verify import Chains, Finding, Heads, Report, verify
from quanheng.vault.fields import current_keyring

PAGE = 50
NEWEST = 300  # openings looked back at for the last opened persons
# Parts of a detail that are names of things and no values: shown to the audit administrator too.
OPEN_KEYS = frozenset({"field", "fields", "kind", "record", "count", "format", "refused", "purpose"})
HIDDEN = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    since: datetime | None = None
    until: datetime | None = None  # not included
    actor: UUID | None = None  # who did it or for whom it was done
    actors: tuple[UUID, ...] | None = None  # any of these; empty: a name that nobody has
    object_key: str = ""
    cadre: UUID | None = None
    cadres: tuple[UUID, ...] | None = None
    action: str = ""  # a code, or a room's name with the dot: `people.`
    stream: str = ""  # one stream, or several that begin with the text up to its dot: `read.`
    cite: str = ""
    is_refused: bool | None = None

    def condition(self) -> Q:
        parts = (
            (self.since, Q(at__gte=self.since)),
            (self.until, Q(at__lt=self.until)),
            (self.actor, Q(actor=self.actor) | Q(on_behalf_of=self.actor)),
            (self.actors is not None, Q(actor__in=self.actors or ()) | Q(on_behalf_of__in=self.actors or ())),
            (self.object_key, Q(object_key=self.object_key)),
            (self.cadre, Q(cadre=self.cadre)),
            (self.cadres is not None, Q(cadre__in=self.cadres or ())),
            (self.action, Q(action__startswith=self.action) if self.action[-1:] == "." else Q(action=self.action)),
            (self.stream, Q(stream__startswith=self.stream) if self.stream[-1:] == "." else Q(stream=self.stream)),
            (self.cite, Q(cites__contains=canonical(self.cite))),
            (self.is_refused is not None, Q(is_refused=bool(self.is_refused))),
        )
        wanted = Q()
        for is_given, part in parts:
            wanted &= part if is_given else Q()
        return wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `older` and `newer` are what `before` and `after` of the neighbouring pages must be."""

    entries: list[Entry]
    older: int | None
    newer: int | None


def find_entries(
    entries: QuerySet[Entry],
    wanted: EntryFilter | None = None,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """A page by key: as quick for the last as for the first, and stable while entries are added."""
    found = entries.filter((wanted or EntryFilter()).condition())
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: limit + 1])
        more, rows = len(rows) > limit, rows[:limit][::-1]
        return Page(rows, rows[-1].pk if rows else None, rows[0].pk if more else None)
    kept = found.filter(pk__lt=before) if before is not None else found
    rows = list(kept.order_by("-pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    is_first = before is None or not rows
    return Page(rows, rows[-1].pk if more else None, None if is_first else rows[0].pk)


def openings_of(cadre: UUID) -> QuerySet[Entry]:
    """Every opening of one file, newest first; what of it an actor may see, `access` decides."""
    return Entry.objects.filter(cadre=cadre, action=OPEN_DOSSIER).order_by("-pk")


def own_openings(actor: Actor) -> QuerySet[Entry]:
    return access.own_openings(actor).filter(action=OPEN_DOSSIER).order_by("-pk")


def last_opened(actor: Actor) -> list[UUID]:
    """The persons of the actor's newest openings, once each; the caller keeps those whom the actor may see now.

    Bounded: who has opened fifty thousand files in years does not wait for all of them each morning.
    """
    opened = Entry.objects.filter(actor=actor.key, action=OPEN_DOSSIER, cadre__isnull=False).order_by("-pk")
    return list(dict.fromkeys(key for key in opened.values_list("cadre", flat=True)[:NEWEST] if key))


def has_opened(actor: Actor, cadre: UUID, *, since: datetime) -> bool:
    """Whether this actor's opening of this file stands in the ledger since then."""
    mine = Entry.objects.filter(actor=actor.key, cadre=cadre, action=OPEN_DOSSIER, is_refused=False)
    return mine.filter(at__gte=since).exists()


@dataclass(frozen=True, slots=True)
class Shown:
    """What an actor may read of an entry's detail; `is_erased` when there was one and it is gone."""

    detail: Any
    reason: str
    cites: list[str]
    is_erased: bool


def shown(actor: Actor, entry: Entry) -> Shown:
    cites = json.loads(entry.cites)
    try:
        row = entry.detail
    except ObjectDoesNotExist:
        return Shown(None, "", cites, bool(entry.detail_hash or entry.reason_hash))
    detail = json.loads(row.detail) if row.detail else None
    return Shown(detail if access.may_see_values(actor) else masked(detail), row.reason, cites, False)


def masked(value: Any, *, is_open: bool = False) -> Any:
    """The shape of a detail with the names of fields and without their values."""
    match value:
        case dict():
            return {key: masked(part, is_open=key in OPEN_KEYS) for key, part in value.items()}
        case list():
            return [masked(part, is_open=is_open) for part in value]
        case None:
            return None
    return value if is_open else HIDDEN


def prove(external: Sequence[str] = (), progress: Callable[[int], None] = lambda _: None) -> Report:
    """Read everything and prove it; `external` are notes that were kept outside. Writes nothing, locks nothing."""
    public = notes.public_of(current_keyring().signing)
    kept, invalid = _stored_notes(public)
    outside = sorted((notes.read(text, public) for text in external), key=lambda note: note.number)
    differing = [Finding("checkpoint-differs", checkpoint=n.number) for n in outside if kept.get(n.number, n) != n]
    exported = Checkpoint.objects.exclude(exported_at=None).values_list("number", flat=True)
    known = {**kept, **{note.number: note for note in outside}}
    anchors = {note.number for note in outside} | ({*exported} & {*kept})
    report = verify(
        chains(),
        heads(),
        [known[number] for number in sorted(known)],
        anchor=known[max(anchors)] if anchors else None,
        heads_after=heads,
        progress=progress,
    )
    return replace(report, findings=(*report.findings, *invalid, *differing))


def last_proof() -> ProofRun | None:
    return ProofRun.objects.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Anchor:
    """How much of the ledger no copy outside covers, and since when."""

    checkpoint: Checkpoint | None
    unanchored: int
    since: datetime | None


def anchor_state() -> Anchor:
    """For the top of the ledger page: counts by the heads and the index only, not a proof."""
    exported = Checkpoint.objects.exclude(exported_at=None).order_by("-number").first()
    if exported is None:
        found = Entry.objects.aggregate(entries=Count("pk"), since=Min("at"))
        return Anchor(None, found["entries"], found["since"])
    note = notes.read(exported.note, notes.public_of(current_keyring().signing))
    tail = Q(pk=None)
    for stream, (size, _) in heads().items():
        if size > note.size_of(stream):
            tail |= Q(stream=stream, seq__gt=note.size_of(stream))
    found = Entry.objects.filter(tail).aggregate(entries=Count("pk"), since=Min("at"))
    return Anchor(exported, found["entries"], found["since"])


def _stored_notes(public: bytes) -> tuple[dict[int, Note], list[Finding]]:
    kept: dict[int, Note] = {}
    invalid: list[Finding] = []
    for row in Checkpoint.objects.order_by("number"):
        try:
            note = notes.read(row.note, public)
        except CannotTrustNote:
            invalid.append(Finding("checkpoint-invalid", checkpoint=row.number))
            continue
        if (note.number, note.size, note.root) == (row.number, row.size, row.root):
            kept[note.number] = note
        else:
            invalid.append(Finding("checkpoint-invalid", checkpoint=row.number))
    return kept, invalid


def heads() -> Heads:
    return {stream: (seq, digest) for stream, seq, digest in Head.objects.values_list("stream", "seq", "hash")}


def chains() -> Chains:
    """Every stream with its entries by number, read as they are needed."""
    streams = Entry.objects.order_by("stream").values_list("stream", flat=True).distinct()
    for stream in list(streams):
        yield stream, _links(stream)


def chains_until(heads: Heads) -> Chains:
    """The same as far as these heads, for a copy that is whole in itself. What has no head is left in to be found."""
    for stream, links in chains():
        yield stream, _until(links, heads[stream][0]) if stream in heads else links


def _until(links: Iterable[Link], last: int) -> Iterator[Link]:
    return (link for link in links if link.seq <= last)


def _links(stream: str) -> Iterator[Link]:
    columns = [field.name for field in fields(Link)]
    names = [f"detail__{name}" if name in ("salt", "detail", "reason") else name for name in columns]
    salt = columns.index("salt")
    rows = Entry.objects.filter(stream=stream).order_by("seq", "pk").values_list(*names)
    for row in rows.iterator(chunk_size=2000):
        values: list[Any] = list(row)
        values[salt] = None if row[salt] is None else bytes(row[salt])
        yield Link(*values)
