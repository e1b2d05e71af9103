"""The logic of `values` as SQL columns: one function there, one here. States are 0, 1, 2; `missing` is a bit mask."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import lcm

from quanheng.rulebook.sql_text import (
    LIMIT,
    MINUS_LIMIT,
    NEVER,
    NONE,
    SINCE_EVER,
    ZERO,
    Frame,
    NotInSqlError,
    Sql,
    bits,
    day,
    greatest,
    is_written,
    least,
    sql,
    times,
    whole,
    word,
)
from quanheng.rulebook.values import Code, Codes, Day, Number, Span, Truth, Unit, Value

MET = whole(2)
MOST_OVER = 10**6  # shares of a number up to `MOST` still fit 64 bits


@dataclass(frozen=True, slots=True)
class STruth:
    """`missing` is 0 unless `state` is 1. `is_settled`: for ever, never or unknown, so that `lo` and `hi` follow from
    the state."""

    state: Sql
    missing: Sql
    lo: Sql
    hi: Sql
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class SNumber:
    """`lo` and `hi` are whole and count shares of one in `over`: 3/2 is 3 over 2. `since`: NULL where it does not grow;
    `step` as in `values.Growth`, None where it never can."""

    lo: Sql
    hi: Sql
    missing: Sql
    since: Sql = NONE
    step: int | None = None
    over: int = 1


@dataclass(frozen=True, slots=True)
class SDay:
    lo: Sql
    hi: Sql
    missing: Sql


@dataclass(frozen=True, slots=True)
class SCode:
    value: Sql
    missing: Sql


@dataclass(frozen=True, slots=True)
class SCodes:
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SSpan:
    unit: Unit
    amount: SNumber


SValue = STruth | SNumber | SDay | SCode | SCodes | SSpan
ALWAYS = STruth(MET, ZERO, SINCE_EVER, NEVER, is_settled=True)
NEVER_MET = STruth(ZERO, ZERO, NEVER, NEVER, is_settled=True)


def settled(state: Sql, missing: Sql) -> STruth:
    """What holds for ever or never, or is not known."""
    if state in (MET, ZERO):
        return ALWAYS if state == MET else NEVER_MET
    lo = sql("CASE WHEN {0} = 0 THEN {1} ELSE {2} END", state, NEVER, SINCE_EVER)
    return STruth(state, missing, lo, NEVER, is_settled=True)


def _merged(parts: Sequence[STruth], idle: STruth, join: Callable[[list[Sql]], Sql]) -> list[STruth]:
    """Those that are settled as one, which may name more as missing than it lacks, unless it is one of the parts."""
    some = [part for part in dict.fromkeys(parts) if part.is_settled and part != idle]
    rest = [part for part in parts if not part.is_settled]
    if len(some) < 2:
        return [*some, *rest] or [idle]
    return [settled(join([part.state for part in some]), bits(part.missing for part in some)), *rest]


def constant(value: Value, mask: int) -> SValue:
    """A value that is known when the text is written; `mask`: the bits of what it lacks."""
    missing = whole(mask)
    match value:
        case Truth(state, _, lo, hi):
            given = STruth(whole(int(state)), missing, day(lo), day(hi))
            return {replace(each, is_settled=False): each for each in (ALWAYS, NEVER_MET)}.get(given, given)
        case Number(lo, hi):
            over = common((lo.denominator, hi.denominator))
            return SNumber(whole(int(lo * over)), whole(int(hi * over)), missing, over=over)
        case Day(lo, hi):
            return SDay(day(lo), day(hi), missing)
        case Code(text):
            return SCode(NONE if text is None else word(text), missing)
        case Codes(values):
            return SCodes(values)
        case Span(unit, amount):
            inner = constant(amount, mask)
            assert isinstance(inner, SNumber)
            return SSpan(unit, inner)


def common(shares: Iterable[int]) -> int:
    """The least denominator for all. Raises `NotInSqlError`."""
    over = lcm(*shares)
    if over > MOST_OVER:
        raise NotInSqlError(f"fractions in shares of 1/{over} run in Python only")
    return over


def scaled(given: SNumber, over: int) -> SNumber:
    """The same number in finer shares."""
    factor = over // given.over
    return replace(given, lo=times(given.lo, factor), hi=times(given.hi, factor), over=over)


def alike(*given: SNumber) -> tuple[SNumber, ...]:
    """The same numbers in one kind of shares."""
    over = common(each.over for each in given)
    return tuple(scaled(each, over) for each in given)


@dataclass(frozen=True)
class Logic:
    """Puts values together within one frame, for one day."""

    frame: Frame
    on: Sql

    def let(self, expression: Sql) -> Sql:
        return self.frame.let(expression)

    def named(self, held: STruth) -> STruth:
        if held.is_settled:
            return settled(self.let(held.state), self.let(held.missing))
        state, missing, lo, hi = (self.let(each) for each in (held.state, held.missing, held.lo, held.hi))
        return STruth(state, missing, lo, hi)

    # truths

    def settled(self, state: Sql, missing: Sql) -> STruth:
        """For ever, never or unknown: `state` is 0, 1 or 2."""
        state = self.let(state)
        if state in (MET, ZERO):
            return ALWAYS if state == MET else NEVER_MET
        return settled(state, self.let(self.only_unknown(state, missing)))

    def only_unknown(self, state: Sql, missing: Sql) -> Sql:
        return ZERO if missing == ZERO else sql("CASE WHEN {0} = 1 THEN {1} ELSE 0 END", state, missing)

    def reached(self, when: SDay) -> STruth:
        parts = (when.hi, self.on, when.lo)
        if when.lo == when.hi:
            return self.named(STruth(sql("CASE WHEN {0} <= {1} THEN 2 ELSE 0 END", *parts), ZERO, when.hi, NEVER))
        state = self.let(sql("CASE WHEN {0} <= {1} THEN 2 WHEN {1} < {2} THEN 0 ELSE 1 END", *parts))
        lo = sql("CASE WHEN {0} = 1 THEN {1} ELSE {2} END", state, SINCE_EVER, when.hi)
        return self.named(STruth(state, self.only_unknown(state, when.missing), lo, NEVER))

    def before(self, when: SDay) -> STruth:
        parts = (self.on, when.lo, when.hi)
        may = "" if when.lo == when.hi else "WHEN {0} < {2} THEN 1 "
        state = self.let(sql(f"CASE WHEN {{0}} < {{1}} THEN 2 {may}ELSE 0 END", *parts))
        is_never = (state, when.lo, SINCE_EVER, NEVER)
        lo = sql("CASE WHEN {0} = 0 AND {1} = {2} THEN {3} ELSE {2} END", *is_never)
        hi = sql("CASE WHEN {0} = 1 OR {1} = {2} THEN {3} ELSE {1} END", *is_never)
        return self.named(STruth(state, self.only_unknown(state, when.missing), lo, hi))

    def all_of(self, parts: Sequence[STruth]) -> STruth:
        if len(parts) == 1:
            return parts[0]
        given, parts = parts, _merged(parts, ALWAYS, lambda states: least(states, MET))
        if len(parts) == 1 and parts[0].is_settled:
            return parts[0] if parts[0] in given else self.settled(parts[0].state, parts[0].missing)
        state = self.let(least([part.state for part in parts], MET))
        lo = self.let(greatest([part.lo for part in parts], SINCE_EVER))
        hi = self.let(least([part.hi for part in parts], NEVER))
        missing = self.only_unknown(state, bits(part.missing for part in parts))
        return self.named(STruth(state, missing, *self.not_empty(lo, hi)))

    def not_empty(self, lo: Sql, hi: Sql) -> tuple[Sql, Sql]:
        """[lo, hi), or never where that is empty."""
        if hi == NEVER:
            return lo, hi
        kept = (lo, hi, NEVER)
        return sql("CASE WHEN {0} >= {1} THEN {2} ELSE {0} END", *kept), sql(
            "CASE WHEN {0} >= {1} THEN {2} ELSE {1} END", *kept
        )

    def any_of(self, parts: Sequence[STruth]) -> STruth:
        given, parts = parts, _merged(parts, NEVER_MET, lambda states: greatest(states, ZERO))
        if len(parts) == 1 and parts[0].is_settled:
            return parts[0] if parts[0] in given else self.settled(parts[0].state, parts[0].missing)
        state = self.let(greatest([part.state for part in parts], ZERO))
        pairs, pick = [(self._speaks(part, state), part) for part in parts], "CASE WHEN {0} THEN {1} ELSE {2} END"
        begins = [(speaks, SINCE_EVER if part.is_settled else part.lo) for speaks, part in pairs]
        first = self.let(least([sql(pick, *each, NEVER) for each in begins], NEVER))
        last = NEVER
        if any(part.hi != NEVER for part in parts):
            last = greatest([sql(pick, speaks, part.hi, SINCE_EVER) for speaks, part in pairs], SINCE_EVER)
        missing = self.only_unknown(state, bits(part.missing for part in parts))
        return self.named(STruth(state, missing, *self.or_hull(state, first, last)))

    def or_hull(self, state: Sql, first: Sql, last: Sql) -> tuple[Sql, Sql]:
        """From the first to the last day of the parts that speak; `first` is never where none does: unknown, or
        never."""
        lo = sql("CASE WHEN {0} = 1 AND {1} = {2} THEN {3} ELSE {1} END", state, first, NEVER, SINCE_EVER)
        return lo, last if last == NEVER else sql("CASE WHEN {0} < {1} THEN {2} ELSE {1} END", first, NEVER, last)

    def _speaks(self, part: STruth, state: Sql) -> Sql:
        """Is it met, or, where no part is, met one day to come?"""
        if part.is_settled:
            return sql("({0} = 2)", part.state)
        parts = (state, part.state, self.on, part.lo, NEVER)
        return self.let(sql("CASE WHEN {0} = 2 THEN {1} = 2 ELSE {1} = 0 AND {2} < {3} AND {3} < {4} END", *parts))

    def negation(self, part: STruth) -> STruth:
        if part in (ALWAYS, NEVER_MET):
            return NEVER_MET if part == ALWAYS else ALWAYS
        if part.is_settled:
            return settled(self.let(sql("(2 - {0})", part.state)), part.missing)
        turned = (part.state, self.on, part.lo, part.hi, SINCE_EVER, NEVER)
        lo = sql("CASE WHEN {0} = 1 OR {1} < {2} THEN {4} ELSE {3} END", *turned)
        hi = sql("CASE WHEN {0} <> 1 AND {1} < {2} THEN {2} ELSE {5} END", *turned)
        return self.named(STruth(sql("(2 - {0})", part.state), part.missing, lo, hi))

    # bounded values

    def number(
        self, lo: Sql, hi: Sql, missing: Sql, since: Sql = NONE, step: int | None = None, over: int = 1
    ) -> SNumber:
        lo, hi = (self.let(self.limited(each, over)) for each in (lo, hi))
        return SNumber(lo, hi, self.let(self.unless_exact(lo, hi, missing)), self.let(since), step, over)

    def limited(self, amount: Sql, over: int) -> Sql:
        if is_written(amount):
            return amount
        ends = (times(MINUS_LIMIT, over), times(LIMIT, over))
        return sql("CAST(greatest({0}, least({1}, {2})) AS BIGINT)", *ends, amount)

    def unless_exact(self, lo: Sql, hi: Sql, missing: Sql) -> Sql:
        if missing == ZERO or lo == hi:
            return ZERO
        return sql("CASE WHEN {0} = {1} THEN 0 ELSE {2} END", lo, hi, missing)

    def day(self, lo: Sql, hi: Sql, missing: Sql) -> SDay:
        lo, hi = self.let(lo), self.let(hi)
        return SDay(lo, hi, self.let(self.unless_exact(lo, hi, missing)))

    def code(self, value: Sql, missing: Sql) -> SCode:
        value = self.let(value)
        return SCode(value, self.let(sql("CASE WHEN {0} IS NULL THEN {1} ELSE 0 END", value, missing)))

    def ordered(self, operator: str, left: SNumber | SDay, right: SNumber | SDay) -> STruth:
        """Comparison of bounded values, for ever, never or unknown."""
        if operator in (">", ">="):
            return self.ordered(operator.replace(">", "<"), right, left)
        if operator == "!=":
            same = self.ordered("==", left, right)
            return self.settled(sql("(2 - {0})", same.state), bits((left.missing, right.missing)))
        if isinstance(left, SNumber) and isinstance(right, SNumber):
            left, right = alike(left, right)
        parts = (left.lo, left.hi, right.lo, right.hi)
        if operator == "==":
            met, may = "{0} = {1} AND {1} = {2} AND {2} = {3}", "{0} <= {3} AND {2} <= {1}"
        else:
            met, may = f"{{1}} {operator} {{2}}", f"{{0}} {operator} {{3}}"
        is_known = left.lo == left.hi and right.lo == right.hi
        may = "" if is_known else f"WHEN {may} THEN 1 "
        state = sql(f"CASE WHEN {met} THEN 2 {may}ELSE 0 END", *parts)
        return self.settled(state, bits((left.missing, right.missing)))
