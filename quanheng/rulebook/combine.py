"""Combinators over the records of one subject. "Sure" records meet the condition, "maybe" ones might."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quanheng.rulebook.compute import Scope, compute, either, number, truth
from quanheng.rulebook.dates import add_days, add_months, months_between
from quanheng.rulebook.sharing import for_items
from quanheng.rulebook.situation import Record
from quanheng.rulebook.tree import TRUE, Combinator, Combine
from quanheng.rulebook.types import FIRST, LAST, MOST, Kind, Type
from quanheng.rulebook.values import (
    ALWAYS,
    Amount,
    Code,
    Day,
    Growth,
    Names,
    Number,
    State,
    Truth,
    Value,
    all_of,
    any_day,
    any_number,
    any_of,
    between,
    bounded,
    day,
    exact,
    negation,
    reached,
    settled,
    union,
    unknown,
)
from quanheng.rulebook.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Chosen:
    """A record that is sure or maybe, with the truth of its condition."""

    record: Record
    held: Truth

    @property
    def is_sure(self) -> bool:
        return self.held.state is State.MET


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that count. `gaps`: how many keys of `over` have no record, each a maybe."""

    node: Combine
    fact: Fact
    scope: Scope
    existing: tuple[Chosen, ...]  # all that exist on the day, also those that do not meet the condition
    gaps: int

    @property
    def chosen(self) -> list[Chosen]:
        return [each for each in self.existing if each.held.state is not State.NOT_MET]

    @property
    def sure(self) -> list[Chosen]:
        return [each for each in self.existing if each.is_sure]

    @property
    def missing(self) -> Names:
        """What would turn the maybes into yes or no."""
        gap = frozenset({self.fact.name}) if self.gaps else frozenset()
        return gap | union(each.held.missing for each in self.existing)

    def values(self, chosen: Sequence[Chosen]) -> list[Value]:
        assert self.node.value is not None
        return [compute(self.node.value, self.scope.at(each.record)) for each in chosen]

    def days(self, chosen: Sequence[Chosen]) -> list[Day]:
        return [each for each in self.values(chosen) if isinstance(each, Day)]


def combine(node: Combine, scope: Scope) -> Value:
    """Its fields are those of its own records, so it has one value for all records around it (but for `over`)."""
    if node.over is not None:
        return _combined(node, scope)
    if id(node) not in scope.combined:
        scope.combined[id(node)] = _combined(node, scope) if scope.item is None else for_items(_combined, node, scope)
    return scope.combined[id(node)]


def _combined(node: Combine, scope: Scope) -> Value:
    fact = scope.vocabulary.lookup(node.records.name)
    records = scope.used(fact.name)
    if not isinstance(records, tuple):
        missing = frozenset({fact.name})
        return Number(0, MOST, missing) if node.combinator in _COUNTS else nothing_known(node.type, missing)
    selection = select(node, fact, records, scope)
    scope.used(fact.name, tuple(each.record.key for each in selection.chosen))
    return _COMBINE[node.combinator](selection)


def nothing_known(type: Type, missing: Names) -> Value:
    match type.kind:
        case Kind.TRUTH:
            return unknown(missing)
        case Kind.NUMBER:
            return any_number(missing)
        case Kind.DATE:
            return any_day(missing)
        case _:
            return Code(None, missing)


def select(node: Combine, fact: Fact, records: Sequence[Record], scope: Scope) -> Selection:
    existing = [each for each in records if begin_of(fact, each) <= scope.on]
    inside, gaps = [ALWAYS] * len(existing), 0
    if node.over is not None:
        outside = scope if scope.record is None else scope.at(scope.record)
        first, last = number(node.over[0], outside), number(node.over[1], outside)
        inside = [_in_range(fact, each, first, last) for each in existing]
        gaps = _gaps(fact, existing, first, last) if node.is_gap_unknown else 0
    pairs = zip(existing, inside, strict=True)
    chosen = tuple(Chosen(record, _held(node, within, scope.at(record))) for record, within in pairs)
    return Selection(node, fact, scope, chosen, gaps)


def _held(node: Combine, within: Truth, scope: Scope) -> Truth:
    """Is it one of those meant? For EVERY: is it as it has to be, or outside the range?"""
    if node.combinator is Combinator.EVERY:
        held = truth(node.where, scope)
        return held if node.over is None else any_of([negation(within, scope.on), held], scope.on)
    if within.state is State.NOT_MET or node.where == TRUE:
        return within
    held = truth(node.where, scope)
    return all_of([within, held])


def begin_of(fact: Fact, record: Record) -> date:
    """The day it begins; since ever where that is not recorded."""
    found = record.values.get(fact.begins) if fact.begins else None
    return found if isinstance(found, date) else FIRST


def end_of(fact: Fact, record: Record) -> date:
    found = record.values.get(fact.ends) if fact.ends else None
    return found if isinstance(found, date) else LAST


def _in_range(fact: Fact, record: Record, first: Number, last: Number) -> Truth:
    key = record.values.get(fact.key)
    if not isinstance(key, int):
        return unknown(frozenset({f"{fact.name}.{fact.key}"}))
    if first.hi <= key <= last.lo:
        return ALWAYS
    return unknown(first.missing | last.missing) if first.lo <= key <= last.hi else settled(False)


def _gaps(fact: Fact, records: Sequence[Record], first: Number, last: Number) -> int:
    """Keys of the widest range for which there is no record; MOST where the range has no limit."""
    if last.hi >= MOST or first.lo <= -MOST:
        return MOST
    keys = {each.values.get(fact.key) for each in records}
    here = {key for key in keys if isinstance(key, int) and first.lo <= key <= last.hi}
    return max(0, int(last.hi // 1) - int(-(-first.lo // 1)) + 1 - len(here))


# truths


def _exists(chosen: Selection) -> Truth:
    parts = [_from_its_beginning(chosen, each) for each in chosen.existing]
    return any_of([*parts, *_gap_truths(chosen)], chosen.scope.on)


def _every(chosen: Selection) -> Truth:
    """Of the records in range: `where` has to hold for each; a gap is a record of which nothing is known."""
    return all_of([*(each.held for each in chosen.existing), *_gap_truths(chosen)])


def _from_its_beginning(chosen: Selection, each: Chosen) -> Truth:
    begun = reached(day(begin_of(chosen.fact, each.record)), chosen.scope.on)
    return all_of([begun, each.held])


def _gap_truths(chosen: Selection) -> list[Truth]:
    return [unknown(frozenset({chosen.fact.name}))] if chosen.gaps else []


# numbers


def _count(chosen: Selection) -> Number:
    return bounded(len(chosen.sure), len(chosen.chosen) + chosen.gaps, chosen.missing)


def _count_distinct(chosen: Selection) -> Number:
    """A value that is not known may be one of the others or another one."""
    sure, every = _known_values(chosen, chosen.sure), _known_values(chosen, chosen.chosen)
    lo = max(len(set(sure)), 1 if chosen.sure else 0)
    unnamed = len(chosen.chosen) - len(every)
    missing = chosen.missing | union(each.missing for each in _texts_and_numbers(chosen, chosen.chosen))
    return bounded(lo, len(set(every)) + unnamed + chosen.gaps, missing)


def _texts_and_numbers(chosen: Selection, records: Sequence[Chosen]) -> list[Code | Number]:
    return [each for each in chosen.values(records) if isinstance(each, Code | Number)]


def _known_values(chosen: Selection, records: Sequence[Chosen]) -> list[str | Amount]:
    found = _texts_and_numbers(chosen, records)
    codes: list[str | Amount] = [each.value for each in found if isinstance(each, Code) and each.value is not None]
    return codes + [each.lo for each in found if isinstance(each, Number) and each.is_exact]


def _sum_of(chosen: Selection) -> Number:
    """A maybe adds nothing at least; a gap may add anything that is not negative."""
    sure, maybe = chosen.sure, [each for each in chosen.chosen if not each.is_sure]
    sures = [each for each in chosen.values(sure) if isinstance(each, Number)]
    maybes = [each for each in chosen.values(maybe) if isinstance(each, Number)]
    lo = sum(each.lo for each in sures) + sum(min(0, each.lo) for each in maybes)
    hi = sum(each.hi for each in sures) + sum(max(0, each.hi) for each in maybes)
    missing = chosen.missing | union(each.missing for each in [*sures, *maybes])
    return bounded(lo, MOST if chosen.gaps else hi, missing)


# dates


def _first_date(chosen: Selection) -> Day:
    every, sure = chosen.days(chosen.chosen), chosen.days(chosen.sure)
    lo = min((each.lo for each in every), default=LAST)
    hi = min((each.hi for each in sure), default=LAST)
    return between(FIRST if chosen.gaps else lo, hi, _missing_of(chosen, every), any(e.is_provisional for e in every))


def _last_date(chosen: Selection) -> Day:
    every, sure = chosen.days(chosen.chosen), chosen.days(chosen.sure)
    lo = max((each.lo for each in sure), default=FIRST)
    hi = max((each.hi for each in every), default=FIRST)
    return between(lo, LAST if chosen.gaps else hi, _missing_of(chosen, every), any(e.is_provisional for e in every))


def _missing_of(chosen: Selection, days: Sequence[Day]) -> Names:
    return chosen.missing | union(each.missing for each in days)


def _last_end(chosen: Selection) -> Day:
    lo = max((end_of(chosen.fact, each.record) for each in chosen.sure), default=FIRST)
    hi = max((end_of(chosen.fact, each.record) for each in chosen.chosen), default=FIRST)
    return between(lo, hi, chosen.missing)


# the last record


def _latest(chosen: Selection) -> Value:
    """All that may be the last one together: the last sure ones, the maybes that are not before them, and any whose
    place is not recorded."""
    last = max((place for each in chosen.sure if (place := _place(chosen, each)) is not None), default=None)
    places = [(each, _place(chosen, each)) for each in chosen.chosen]
    candidates = [each for each, place in places if place is None or last is None or place >= last]
    values = chosen.values(candidates)
    if not chosen.sure or chosen.gaps:
        values.append(_none(chosen) if not chosen.gaps else nothing_known(chosen.node.type, chosen.missing))
    return _still(values[0]) if len(values) == 1 else either(values, chosen.missing | {chosen.fact.name})


def _still(value: Value) -> Value:
    """The value of a record as it stands: it neither grows nor has a period of its own."""
    match value:
        case Number():
            return replace(value, grows=None)
        case Truth(state, missing):
            return unknown(missing) if state is State.UNKNOWN else settled(state is State.MET)
        case _:
            return value


def _place(chosen: Selection, each: Chosen) -> int | None:
    """Where it comes in order; None where that is not recorded."""
    found = each.record.values.get(chosen.fact.order or chosen.fact.begins)
    return found.toordinal() if isinstance(found, date) else found if isinstance(found, int) else None


def _none(chosen: Selection) -> Value:
    match chosen.node.type.kind:
        case Kind.TRUTH:
            return settled(False)
        case Kind.NUMBER:
            return exact(0)
        case Kind.DATE:
            return day(FIRST)
        case _:
            return Code("")


# periods

Period = tuple[date, date]


def _periods(chosen: Selection, records: Sequence[Chosen]) -> list[Period]:
    """Half-open, cut off at the day asked for, empty ones left out, in order."""
    on = chosen.scope.on
    made = [(begin_of(chosen.fact, e.record), min(end_of(chosen.fact, e.record), on)) for e in records]
    return sorted(each for each in made if each[0] < each[1])


def merged(periods: Sequence[Period]) -> list[Period]:
    """Periods that overlap or touch become one. `periods` are sorted."""
    runs: list[Period] = []
    for start, end in periods:
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((start, end))
    return runs


def _held_since(chosen: Selection) -> Day:
    lo, hi = _run_to_now(chosen, chosen.chosen), _run_to_now(chosen, chosen.sure)
    is_undated = hi == FIRST  # a beginning that is not recorded: some day up to today
    missing = chosen.missing | ({f"{chosen.fact.name}.{chosen.fact.begins}"} if lo == FIRST else frozenset())
    return between(lo, chosen.scope.on if is_undated else hi, missing)


def _run_to_now(chosen: Selection, records: Sequence[Chosen]) -> date:
    """Start of the unbroken run that reaches the day asked for; never where none does. A record that begins or ends on
    that very day: the one that begins holds, the one that ends does not."""
    on = chosen.scope.on
    spans = [(begin_of(chosen.fact, e.record), end_of(chosen.fact, e.record)) for e in records]
    runs = merged(sorted(span for span in spans if span[0] < span[1]))
    return next((start for start, end in runs if start <= on < end), LAST)


def _months_in(chosen: Selection) -> Number:
    lo, grows = _stitched(chosen, _dated(chosen, chosen.sure))
    hi, _ = _stitched(chosen, _dated(chosen, chosen.chosen))
    return bounded(lo, hi if _all_dated(chosen) else MOST, _with_undated(chosen), grows)


def _dated(chosen: Selection, records: Sequence[Chosen]) -> list[Chosen]:
    """A period without a recorded beginning counts nothing for sure, and without limit at most."""
    return [each for each in records if begin_of(chosen.fact, each.record) > FIRST]


def _all_dated(chosen: Selection) -> bool:
    return len(_dated(chosen, chosen.chosen)) == len(chosen.chosen)


def _stitched(chosen: Selection, records: Sequence[Chosen]) -> tuple[int, Growth | None]:
    """The full months of the earlier runs and then their odd days put before the last run: so a full year is twelve
    months wherever it lies, and odd days add up to months too."""
    on, runs = chosen.scope.on, merged(_periods(chosen, records))
    is_running = any(on < end_of(chosen.fact, each.record) for each in records)
    if is_running and (not runs or runs[-1][1] < on):
        runs.append((on, on))
    if not runs:
        return 0, None
    start, end = runs[-1]
    months = [months_between(*run) for run in runs[:-1]]
    odd = sum((run[1] - add_months(run[0], full)).days for run, full in zip(runs, months, strict=False))
    start = add_days(add_months(start, -sum(months)), -odd)
    return months_between(start, end), Growth(start, 1) if is_running else None


def _with_undated(chosen: Selection) -> Names:
    begin = frozenset({f"{chosen.fact.name}.{chosen.fact.begins}"})
    return chosen.missing if _all_dated(chosen) else chosen.missing | begin


def _longest_run(chosen: Selection) -> Number:
    sure = _dated(chosen, chosen.sure)
    lo, hi = _longest(chosen, sure), _longest(chosen, _dated(chosen, chosen.chosen))
    grows = Growth(since, 1) if (since := _run_to_now(chosen, sure)) < LAST else None
    return bounded(lo, hi if _all_dated(chosen) else MOST, _with_undated(chosen), grows)


def _longest(chosen: Selection, records: Sequence[Chosen]) -> int:
    return max((months_between(start, end) for start, end in merged(_periods(chosen, records))), default=0)


_COUNTS = (Combinator.COUNT, Combinator.COUNT_DISTINCT, Combinator.MONTHS_IN, Combinator.LONGEST_RUN)
_COMBINE: Mapping[Combinator, Callable[[Selection], Value]] = {
    Combinator.EXISTS: _exists,
    Combinator.EVERY: _every,
    Combinator.COUNT: _count,
    Combinator.COUNT_DISTINCT: _count_distinct,
    Combinator.SUM_OF: _sum_of,
    Combinator.FIRST_DATE: _first_date,
    Combinator.LAST_DATE: _last_date,
    Combinator.LATEST: _latest,
    Combinator.HELD_SINCE: _held_since,
    Combinator.MONTHS_IN: _months_in,
    Combinator.LONGEST_RUN: _longest_run,
    Combinator.LAST_END: _last_end,
}
