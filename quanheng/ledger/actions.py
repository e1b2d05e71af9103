"""Writing to the ledger. `record` is called last in the transaction of the change: it locks the head of a stream.

Entries of several streams in one transaction go through one `record_many`, which locks heads in sorted order.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import groupby
from uuid import UUID

from django.db import connection, models, transaction

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import Refused
from quanheng.ledger.chain import GENESIS, SALT_BYTES, Link, canonical, hash_of, keyed
from quanheng.ledger.codes import codes_of_everyone, require_code
from quanheng.ledger.ledger_codes import ERASE_DETAIL, OPEN_DOSSIER
from quanheng.ledger.models import EVERYONE, ChangeMark, Entry, EntryDetail, Head
from quanheng.ledger.transactions import current_transaction

READ_STREAMS = 16
BATCH = 500


class CannotErase(Refused):
    """The entry has no detail (any more), or no reason was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One entry to be written; `object_key` like `people.cadre:<uuid>`."""

    action: str
    object_key: str
    cadre: UUID | None = None
    detail: Mapping[str, object] | None = None
    reason: str = ""
    cites: Sequence[str] = ()
    on_behalf_of: UUID | None = None
    purpose: str = ""
    is_refused: bool = False

    @property
    def is_change(self) -> bool:
        """What has a purpose was read or taken out."""
        return not self.is_refused and not self.purpose

    @property
    def stream(self) -> str:
        """One stream to an app; openings go to one of sixteen by person, so that readers do not wait for each other."""
        if self.action != OPEN_DOSSIER:
            return self.action.partition(".")[0]
        assert self.cadre is not None
        return f"read.{hashlib.sha256(self.cadre.bytes).digest()[0] % READ_STREAMS:02d}"


def object_key(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def record(
    *,
    actor: Actor,
    action: str,
    obj: models.Model | str,
    at: datetime,
    cadre: UUID | None = None,
    detail: Mapping[str, object] | None = None,
    reason: str = "",
    cites: Sequence[str] = (),
    on_behalf_of: UUID | None = None,
) -> Entry:
    """The entry of a change, inside its transaction and as its last step."""
    draft = Draft(
        action=action,
        object_key=obj if isinstance(obj, str) else object_key(obj),
        cadre=cadre,
        detail=detail,
        reason=reason,
        cites=cites,
        on_behalf_of=on_behalf_of,
    )
    return record_many(actor=actor, drafts=[draft], at=at)[0]


def record_many(*, actor: Actor, drafts: Iterable[Draft], at: datetime) -> list[Entry]:
    """Many entries with one lock per stream, in the order given within each stream, and marks of whom they changed."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A ledger entry is written in the transaction of its change")
    ordered = sorted(drafts, key=lambda draft: draft.stream)
    _mark_changed(ordered)
    written: list[Entry] = []
    for stream, group in groupby(ordered, key=lambda draft: draft.stream):
        written += _append(stream, [_link(actor, draft, at) for draft in group])
    return written


def _mark_changed(drafts: Iterable[Draft]) -> None:
    changes = [draft for draft in drafts if draft.is_change]
    keys = dict.fromkeys(draft.cadre for draft in changes if draft.cadre)
    if any(draft.action in codes_of_everyone() for draft in changes):
        keys[EVERYONE] = None
    now = current_transaction(connection)
    ChangeMark.objects.bulk_create([ChangeMark(cadre=key, transaction=now) for key in keys], batch_size=BATCH)


def record_refusal(
    *,
    actor: Actor,
    action: str,
    obj: models.Model | str,
    refusal: Refused,
    at: datetime,
    cadre: UUID | None = None,
    on_behalf_of: UUID | None = None,
    purpose: str = "",
) -> Entry:
    """A refused step, in a transaction of its own: called after that of the step was rolled back.

    Of the refusal's facts only what cannot be free text is kept: an entry must not hold what was typed into a form.
    """
    facts = {name: value for name, value in refusal.facts.items() if _is_code(value)}
    draft = Draft(
        action=action,
        object_key=obj if isinstance(obj, str) else object_key(obj),
        cadre=cadre,
        detail={"refused": refusal.code, "facts": facts},
        on_behalf_of=on_behalf_of,
        purpose=purpose,
        is_refused=True,
    )
    with transaction.atomic(durable=True):
        return record_many(actor=actor, drafts=[draft], at=at)[0]


@contextmanager
def recorded_step(
    *, actor: Actor, action: str, obj: models.Model | str, at: datetime, cadre: UUID | None = None
) -> Iterator[None]:
    """The transaction of a step. A refusal inside rolls it back, is recorded by itself, and goes on to the page."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        record_refusal(actor=actor, action=action, obj=obj, refusal=refusal, at=at, cadre=cadre)
        raise


def record_opening(*, actor: Actor, cadre: UUID, purpose: Purpose, at: datetime) -> Entry:
    """Who opened whose dossier for what. No detail row: it is written with each page of a dossier."""
    draft = Draft(action=OPEN_DOSSIER, object_key=f"people.cadre:{cadre}", cadre=cadre, purpose=purpose.value)
    with transaction.atomic():
        return record_many(actor=actor, drafts=[draft], at=at)[0]


@transaction.atomic
def erase_detail(*, actor: Actor, entry: Entry, reason: str, at: datetime) -> Entry:
    """Delete what an entry says of values and reason. The chain still proves it, and this erasure is an entry too."""
    if not reason.strip():
        raise CannotErase("no-reason")
    if not EntryDetail.objects.filter(pk=entry.pk).delete()[0]:
        raise CannotErase("nothing-to-erase", stream=entry.stream, seq=entry.seq)
    key = erased_key(entry.stream, entry.seq)
    return record(actor=actor, action=ERASE_DETAIL, obj=key, cadre=entry.cadre, reason=reason, at=at)


def erased_key(stream: str, seq: int) -> str:
    return f"ledger.entry:{stream}/{seq}"


def _is_code(value: object) -> bool:
    return not isinstance(value, str) or isinstance(value, Enum)


def _link(actor: Actor, draft: Draft, at: datetime) -> Link:
    """The entry without its place in the chain. `cites` are kept as text: the hash covers what is stored."""
    salt = os.urandom(SALT_BYTES)
    detail = canonical(dict(draft.detail)) if draft.detail else ""
    return Link(
        stream=draft.stream,
        seq=0,
        prev="",
        at=at,
        actor=actor.key,
        on_behalf_of=draft.on_behalf_of,
        action=require_code(draft.action),
        is_refused=draft.is_refused,
        object_key=draft.object_key,
        cadre=draft.cadre,
        purpose=draft.purpose,
        cites=canonical(list(draft.cites)),
        detail_hash=keyed(salt, "detail", detail),
        reason_hash=keyed(salt, "reason", draft.reason),
        salt=salt,
        detail=detail,
        reason=draft.reason,
    )


def _append(stream: str, links: Sequence[Link]) -> list[Entry]:
    head, _created = Head.objects.select_for_update().get_or_create(stream=stream, defaults={"hash": GENESIS})
    seq, prev, chained = head.seq, head.hash, []
    for link in links:
        placed = replace(link, seq=seq + 1, prev=prev)
        seq, prev = placed.seq, hash_of(placed)
        chained.append(replace(placed, hash=prev))
    entries = Entry.objects.bulk_create([_entry(link) for link in chained], batch_size=BATCH)
    _add_details(entries, chained)
    Head.objects.filter(pk=stream).update(seq=seq, hash=prev)
    return entries


def _entry(link: Link) -> Entry:
    columns = (field.name for field in Entry._meta.concrete_fields if field.name != "id")
    return Entry(**{name: getattr(link, name) for name in columns})


def _add_details(entries: Sequence[Entry], links: Sequence[Link]) -> None:
    rows = [
        EntryDetail(entry=entry, salt=link.salt, detail=link.detail or "", reason=link.reason or "")
        for entry, link in zip(entries, links, strict=True)
        if link.detail or link.reason
    ]
    EntryDetail.objects.bulk_create(rows, batch_size=BATCH)
