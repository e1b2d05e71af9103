"""A third opinion on the language: Polars, column by column and eagerly, over tables of people and records.

Only the property test uses it. It shares the parser with the others and nothing else: no text, no names of columns that
could go wrong together with those of SQL. Numbers are counted in shares of 1/225, in which
the fractions of the test are whole.
What a node means is told in `tree`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, cast

import polars as pl

from quanheng.rulebook.tree import (
    And,
    Call,
    Choose,
    Combine,
    Compare,
    FactName,
    FieldName,
    Literal,
    Node,
    Not,
    On,
    Operator,
    Or,
    ParameterName,
    SwitchName,
    Within,
)
from quanheng.rulebook.types import FIRST, LAST, MOST, Kind, Type
from tests.rulebook.frames_values import (
    MET,
    MOST_SHARES,
    NOT_MET,
    SHARE,
    UNKNOWN,
    Cells,
    Codes,
    Columns,
    Days,
    Numbers,
    Spans,
    Truths,
    World,
    add_days,
    add_months,
    greatest,
    least,
    made,
    ored,
    shares,
    taken,
    when,
)


@dataclass
class Frame:
    """As many rows as `size`. `columns`: what is stored; a frame of records knows the frame of its people (`above`) and
    the row of each record's person in it (`owner`)."""

    world: World
    size: int
    columns: Mapping[str, Cells]
    above: "Frame | None" = None
    owner: Cells | None = None
    known: dict[Node, Columns] = field(default_factory=dict)

    # constants

    def full(self, value: Any, type: Any) -> Cells:
        return made(pl.repeat(value, self.size, dtype=type))

    def mask(self, *names: str) -> Cells:
        return self.full(sum(self.world.bit(name) for name in set(names)), pl.Int64)

    def day(self, value: date) -> Cells:
        return self.full(value, pl.Date)

    @property
    def on(self) -> Cells:
        return self.day(self.world.on)

    def exactly(self, amount: int | Fraction) -> Numbers:
        whole = self.full(shares(amount), pl.Int64)
        return Numbers(whole, whole, self.mask())

    def number(self, lo: Cells, hi: Cells, missing: Cells, since: Cells | None = None, months: int = 0) -> Numbers:
        lo, hi = (each.cast(pl.Int64).clip(-MOST_SHARES, MOST_SHARES) for each in (lo, hi))
        return Numbers(lo, hi, when(lo == hi, pl.lit(0, pl.Int64), missing), since, months)

    def days(self, lo: Cells, hi: Cells, missing: Cells) -> Days:
        return Days(lo, hi, when(lo == hi, pl.lit(0, pl.Int64), missing))

    # the value of a node

    def truth(self, node: Node) -> Truths:
        return cast(Truths, self.value(node))

    def value(self, node: Node) -> Columns:
        if node not in self.known:
            is_above = self.above is not None and isinstance(node, FactName | Combine)
            self.known[node] = self.from_above(node) if is_above else self.compute(node)
        return self.known[node]

    def from_above(self, node: Node) -> Columns:
        assert self.above is not None
        assert self.owner is not None
        return taken(self.above.value(node), self.owner)

    def compute(self, node: Node) -> Columns:  # noqa: C901  one case a node
        match node:
            case Literal(value):
                return self.literal(value)
            case On():
                return Days(self.on, self.on, self.mask())
            case FactName(name, type):
                return self.column(name, type, name)
            case FieldName(fact, name, type, is_end):
                return self.end(name) if is_end else self.column(name, type, f"{fact}.{name}")
            case ParameterName(name):
                return self.exactly(self.world.parameters[name])
            case SwitchName(id):
                return self.literal(self.world.switches[id])
            case Call():
                from tests.rulebook.frames_functions import call

                return call(self, node)
            case Compare():
                return self.compare(node)
            case Within(code, codes):
                assert isinstance(codes, Literal)
                listed = self.value(code)
                assert isinstance(listed, Codes)
                return self.tested(listed.value.is_in(list(cast(tuple[str, ...], codes.value))), listed.missing)
            case And(parts):
                return self.all_of([self.truth(part) for part in parts])
            case Or(parts):
                return self.any_of([self.truth(part) for part in parts])
            case Not(part):
                return self.negation(self.truth(part))
            case Choose():
                return self.choose(node)
            case Combine():
                from tests.rulebook.frames_records import combine

                return combine(self, node)
            case _:
                raise NotImplementedError(node)

    def literal(self, value: object) -> Columns:
        if isinstance(value, bool):
            return self.settled(self.full(2 * value, pl.Int64), self.mask())
        if isinstance(value, str):
            return Codes(self.full(value, pl.String), self.mask())
        if isinstance(value, date):
            return Days(self.day(value), self.day(value), self.mask())
        return self.exactly(cast(int, value))

    def column(self, name: str, type: Type, missing: str) -> Columns:
        lacks = self.mask(missing)
        match type.kind:
            case Kind.NUMBER:
                lo, hi = (self.columns[f"{name} {end}"] for end in ("lo", "hi"))
                return self.number(lo.fill_null(-MOST) * SHARE, hi.fill_null(MOST) * SHARE, lacks)
            case Kind.TRUTH:
                return self.tested(self.columns[name], lacks)
            case Kind.DATE:
                cells = self.columns[name]
                return self.days(cells.fill_null(FIRST), cells.fill_null(LAST), lacks)
            case _:
                return Codes(self.columns[name], when(self.columns[name].is_null(), lacks, self.mask()))

    def end(self, name: str) -> Days:
        cells = self.columns[name].fill_null(LAST)
        return Days(cells, cells, self.mask())

    # truths

    def tested(self, held: Cells, missing: Cells) -> Truths:
        """Yes, no, or null for unknown."""
        return self.settled((held.cast(pl.Int64) * MET).fill_null(UNKNOWN), missing)

    def settled(self, state: Cells, missing: Cells) -> Truths:
        lo = when(state == NOT_MET, self.day(LAST), self.day(FIRST))
        return self.truths(state, missing, lo, self.day(LAST))

    def truths(self, state: Cells, missing: Cells, lo: Cells, hi: Cells) -> Truths:
        return Truths(state.cast(pl.Int64), when(state == UNKNOWN, missing, self.mask()), lo, hi)

    def reached(self, day: Days) -> Truths:
        on = self.on
        state = when(day.hi <= on, pl.lit(MET), when(on < day.lo, pl.lit(NOT_MET), pl.lit(UNKNOWN)))
        return self.truths(state, day.missing, when(state == UNKNOWN, self.day(FIRST), day.hi), self.day(LAST))

    def before(self, day: Days) -> Truths:
        on = self.on
        state = when(on < day.lo, pl.lit(MET), when(on < day.hi, pl.lit(UNKNOWN), pl.lit(NOT_MET)))
        is_never = (state == NOT_MET) & (day.lo == FIRST)
        lo = when(is_never, self.day(LAST), self.day(FIRST))
        return self.truths(state, day.missing, lo, when(is_never | (state == UNKNOWN), self.day(LAST), day.lo))

    def all_of(self, parts: Sequence[Truths]) -> Truths:
        state = least(*(part.state for part in parts))
        lo, hi = greatest(*(part.lo for part in parts)), least(*(part.hi for part in parts))
        return self.kept(state, ored([part.missing for part in parts]), lo, hi)

    def kept(self, state: Cells, missing: Cells, lo: Cells, hi: Cells) -> Truths:
        """Never, where the period is empty."""
        lo, hi = (when(lo >= hi, self.day(LAST), each) for each in (lo, hi))
        return self.truths(state, missing, lo, hi)

    def any_of(self, parts: Sequence[Truths]) -> Truths:
        state = greatest(*(part.state for part in parts))
        speaks = [when(state == MET, part.state == MET, self.comes(part)) for part in parts]
        pairs = list(zip(speaks, parts, strict=True))
        lo = least(*(when(each, part.lo, self.day(LAST)) for each, part in pairs))
        hi = greatest(*(when(each, part.hi, self.day(FIRST)) for each, part in pairs))
        return self.hull(state, ored([part.missing for part in parts]), lo, hi, ored(speaks))

    def comes(self, part: Truths) -> Cells:
        return (part.state == NOT_MET) & (part.lo > self.on) & (part.lo < LAST)

    def hull(self, state: Cells, missing: Cells, lo: Cells, hi: Cells, is_said: Cells) -> Truths:
        none = when(state == UNKNOWN, self.day(FIRST), self.day(LAST))
        return self.truths(state, missing, when(is_said, lo, none), when(is_said, hi, self.day(LAST)))

    def negation(self, part: Truths) -> Truths:
        is_later, is_open = self.on < part.lo, part.state == UNKNOWN
        lo = when(is_open | is_later, self.day(FIRST), part.hi)
        hi = when(~is_open & is_later, part.lo, self.day(LAST))
        return self.truths(MET - part.state, part.missing, lo, hi)

    # comparisons and choices

    def compare(self, node: Compare) -> Truths:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Codes) and isinstance(right, Codes):
            return self.codes(node, left, right)
        if isinstance(left, Numbers) and isinstance(right, Numbers):
            return self.numbers(node.operator, left, right)
        assert isinstance(left, Days)
        assert isinstance(right, Days)
        return self.ordered(node.operator, left, right)

    def ordered(self, operator: Operator, left: Numbers | Days, right: Numbers | Days) -> Truths:
        if operator in TURNED and operator in (Operator.GT, Operator.GE):
            return self.ordered(TURNED[operator], right, left)
        if operator is Operator.NE:
            same = self.ordered(Operator.EQ, left, right)
            return self.settled(MET - same.state, left.missing | right.missing)
        if operator is Operator.EQ:
            met = (left.lo == left.hi) & (right.lo == right.hi) & (left.lo == right.lo)
            may = (left.lo <= right.hi) & (right.lo <= left.hi)
        elif operator is Operator.LE:
            met, may = left.hi <= right.lo, left.lo <= right.hi
        else:
            met, may = left.hi < right.lo, left.lo < right.hi
        return self.settled(met.cast(pl.Int64) + (met | may).cast(pl.Int64), left.missing | right.missing)

    def numbers(self, operator: Operator, left: Numbers, right: Numbers) -> Truths:
        held = self.ordered(operator, left, right)
        if operator not in TURNED or (left.since is None) == (right.since is None):
            return held
        if left.since is None:
            return self.numbers(TURNED[operator], right, left)
        steps = -(-right.hi // SHARE) if operator in (Operator.GE, Operator.LT) else right.hi // SHARE + 1
        arrival = self.arrival(left, steps.cast(pl.Int64))
        met = (arrival <= self.on).cast(pl.Int64) * MET
        grown = self.truths(met, self.mask(), arrival, self.day(LAST))
        if operator in (Operator.LT, Operator.LE):
            grown = self.negation(grown)
        is_grown = left.since.is_not_null() & (held.state != UNKNOWN) & (grown.state == held.state)
        lo, hi = (when(is_grown, *pair) for pair in ((grown.lo, held.lo), (grown.hi, held.hi)))
        return Truths(held.state, held.missing, lo, hi)

    def arrival(self, grown: Numbers, steps: Cells) -> Cells:
        assert grown.since is not None
        since = grown.since.fill_null(FIRST)
        there = add_months(since, steps * grown.months) if grown.months else add_days(since, steps)
        is_there = (steps <= 0) | ((grown.lo >= steps.cast(pl.Int64) * SHARE) & (there > self.on))
        return when(is_there, self.day(FIRST), there)

    def codes(self, node: Compare, left: Codes, right: Codes) -> Truths:
        missing = left.missing | right.missing
        if node.operator in (Operator.EQ, Operator.NE):
            same = left.value == right.value
            return self.tested(same if node.operator is Operator.EQ else ~same, missing)
        scale = self.world.vocabulary.scale(node.left.type.of)
        assert scale is not None
        places = {code: place for place, code in enumerate(scale.values)}
        a, b = (each.value.replace_strict(places, default=None, return_dtype=pl.Int64) for each in (left, right))
        held = {Operator.LT: a < b, Operator.LE: a <= b, Operator.GT: a > b, Operator.GE: a >= b}[node.operator]
        is_known = left.value.is_not_null() & right.value.is_not_null()
        return self.tested(when(is_known, held.fill_null(value=False), pl.lit(None, pl.Boolean)), missing)

    def choose(self, node: Choose) -> Columns:
        condition, then, otherwise = self.truth(node.condition), self.value(node.then), self.value(node.otherwise)
        if isinstance(then, Truths) and isinstance(otherwise, Truths):
            turned = self.negation(condition)
            return self.any_of([self.all_of([condition, then]), self.all_of([turned, otherwise])])
        assert not isinstance(then, Spans | Truths)
        assert not isinstance(otherwise, Spans | Truths)
        state, lacking = condition.state, condition.missing | then.missing | otherwise.missing

        def pick(a: Cells, b: Cells, both: Cells) -> Cells:
            return when(state == MET, a, when(state == NOT_MET, b, both))

        missing = pick(then.missing, otherwise.missing, lacking)
        if isinstance(then, Codes) and isinstance(otherwise, Codes):
            same = when(then.value == otherwise.value, then.value, pl.lit(None, pl.String))
            value = pick(then.value, otherwise.value, same)
            return Codes(value, when(value.is_null(), missing, self.mask()))
        assert isinstance(then, Numbers | Days)
        assert isinstance(otherwise, Numbers | Days)
        lo = pick(then.lo, otherwise.lo, least(then.lo, otherwise.lo))
        hi = pick(then.hi, otherwise.hi, greatest(then.hi, otherwise.hi))
        if isinstance(then, Days):
            return self.days(lo, hi, missing)
        assert isinstance(otherwise, Numbers)
        if then.since is None and otherwise.since is None:
            return self.number(lo, hi, missing)
        none = self.full(None, pl.Date)
        a, b = (none if each.since is None else each.since for each in (then, otherwise))
        since = pick(a, b, none)
        return self.number(lo, hi, missing, since, then.months or otherwise.months)


TURNED = {
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}
