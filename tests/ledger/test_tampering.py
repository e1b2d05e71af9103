"""Random tampering, step upon step: as long as anything that a checkpoint covers differs, something is found."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from quanheng.ledger.chain import Link
from quanheng.ledger.merkle import Frontier
from tests.ledger.chains import Chains, heads_of, make_chain, make_link, note_of, prove, rechain

ORIGINAL: Chains = {"alpha": make_chain("alpha", 60), "beta": make_chain("beta", 40)}
FRONTIER = Frontier()
FIRST = note_of(1, {"alpha": ORIGINAL["alpha"][:20], "beta": ORIGINAL["beta"][:30]}, None, FRONTIER)
NOTES = [FIRST, note_of(2, ORIGINAL, FIRST, FRONTIER)]
STREAM = st.sampled_from(["alpha", "beta"])
PLACE = st.integers(0, 59)
EDITS = st.sampled_from(
    ["at", "actor", "cadre", "object_key", "is_refused", "cites", "detail", "reason", "hash", "prev"]
)


def edited(link: Link, name: str) -> Link:
    match name:
        case "at":
            return replace(link, at=link.at + timedelta(microseconds=1))
        case "actor" | "cadre":
            return replace(link, **{name: UUID(int=1234)})  # type: ignore[arg-type]
        case "is_refused":
            return replace(link, is_refused=not link.is_refused)
        case _:
            return replace(link, **{name: f"{getattr(link, name) or ''}0"})  # type: ignore[arg-type]


class Attacker(RuleBasedStateMachine):
    """He owns the database, knows the format, and cannot reach the two exported notes."""

    def __init__(self) -> None:
        super().__init__()
        self.chains = {stream: list(chain) for stream, chain in ORIGINAL.items()}
        self.heads = heads_of(ORIGINAL)

    def pick(self, stream: str, place: int) -> int | None:
        return place % len(self.chains[stream]) if self.chains[stream] else None

    @rule(stream=STREAM, place=PLACE, name=EDITS)
    def edit(self, stream: str, place: int, name: str) -> None:
        if (at := self.pick(stream, place)) is not None:
            self.chains[stream][at] = edited(self.chains[stream][at], name)

    @rule(stream=STREAM, place=PLACE)
    def delete(self, stream: str, place: int) -> None:
        if (at := self.pick(stream, place)) is not None:
            del self.chains[stream][at]

    @rule(stream=STREAM, place=PLACE)
    def insert(self, stream: str, place: int) -> None:
        if (at := self.pick(stream, place)) is not None:
            one = self.chains[stream][at]
            self.chains[stream].insert(at, make_link(stream, one.seq, one.prev))

    @rule(stream=STREAM, place=PLACE, other=PLACE)
    def swap(self, stream: str, place: int, other: int) -> None:
        one, two = self.pick(stream, place), self.pick(stream, other)
        if one is not None and two is not None:
            chain = self.chains[stream]
            chain[one], chain[two] = replace(chain[two], seq=chain[one].seq), replace(chain[one], seq=chain[two].seq)

    @rule(stream=STREAM, place=PLACE)
    def cut(self, stream: str, place: int) -> None:
        if (at := self.pick(stream, place)) is not None:
            del self.chains[stream][at:]

    @rule(stream=STREAM, place=PLACE)
    def chain_anew(self, stream: str, place: int) -> None:
        if (at := self.pick(stream, place)) is not None:
            self.chains[stream] = rechain(self.chains[stream], at)

    @rule()
    def set_heads(self) -> None:
        self.heads = heads_of(self.chains)

    @rule(stream=STREAM, place=PLACE)
    def move_head(self, stream: str, place: int) -> None:
        if (at := self.pick(stream, place)) is not None:
            self.heads[stream] = (self.chains[stream][at].seq, self.chains[stream][at].hash)

    @rule()
    def restore(self) -> None:
        self.chains = {stream: list(chain) for stream, chain in ORIGINAL.items()}
        self.heads = heads_of(ORIGINAL)

    @invariant()
    def every_difference_is_found(self) -> None:
        is_original = self.chains == ORIGINAL and self.heads == heads_of(ORIGINAL)
        assert prove(self.chains, self.heads, NOTES).is_whole == is_original


TestTampering = Attacker.TestCase
TestTampering.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
