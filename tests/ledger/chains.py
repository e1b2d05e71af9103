"""Chains, heads and notes without a database, and what an attacker does to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from quanheng.ledger.chain import GENESIS, Link, hash_of, keyed
from quanheng.ledger.merkle import Frontier
from quanheng.ledger.notes import Note
from quanheng.ledger.verify import Report, verify
from tests.ledger.conftest import AT

Chains = dict[str, list[Link]]
Heads = dict[str, tuple[int, str]]


def make_link(stream: str, seq: int, prev: str) -> Link:
    salt, detail, reason = bytes([seq % 256]) * 16, f'{{"after":{seq}}}', f"第 {seq} 次" if seq % 3 else ""
    link = Link(
        stream=stream,
        seq=seq,
        prev=prev,
        at=AT + timedelta(minutes=seq),
        actor=UUID(int=seq % 5),
        on_behalf_of=UUID(int=9) if seq % 7 == 0 else None,
        action=f"{stream}.change",
        is_refused=seq % 11 == 0,
        object_key=f"people.cadre:{seq}",
        cadre=UUID(int=seq),
        purpose="",
        cites='["R-1"]',
        detail_hash=keyed(salt, "detail", detail),
        reason_hash=keyed(salt, "reason", reason),
        salt=salt,
        detail=detail,
        reason=reason,
    )
    return replace(link, hash=hash_of(link))


def make_chain(stream: str, length: int) -> list[Link]:
    chain: list[Link] = []
    for seq in range(1, length + 1):
        chain.append(make_link(stream, seq, chain[-1].hash if chain else GENESIS))
    return chain


def rechain(chain: Sequence[Link], start: int = 0) -> list[Link]:
    """What an attacker who knows the format does after an edit: new numbers, links and hashes from `start` on."""
    done = list(chain[:start])
    for link in chain[start:]:
        moved = replace(link, seq=len(done) + 1, prev=done[-1].hash if done else GENESIS)
        done.append(replace(moved, hash=hash_of(moved)))
    return done


def heads_of(chains: Mapping[str, Sequence[Link]]) -> Heads:
    return {stream: (chain[-1].seq, chain[-1].hash) for stream, chain in chains.items() if chain}


def note_of(number: int, chains: Mapping[str, Sequence[Link]], before: Note | None, frontier: Frontier) -> Note:
    heads = heads_of(chains)
    for stream, chain in sorted(chains.items()):
        for link in chain[before.size_of(stream) if before else 0 :]:
            frontier.append(bytes.fromhex(link.hash))
    return Note(
        "quanheng/ledger/test", number, "2026-11-20", sum(n for n, _ in heads.values()), frontier.root().hex(), heads
    )


def prove(chains: Chains, heads: Heads, notes: Sequence[Note] = ()) -> Report:
    return verify(sorted(chains.items()), heads, notes, anchor=notes[-1] if notes else None)


def found(report: Report) -> set[tuple[str, str, int, int]]:
    return {(one.code, one.stream, one.seq, one.checkpoint) for one in report.findings}
