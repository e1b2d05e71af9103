"""Rows (3)…(8): what they ask of seats (usable pairs), with the ids they stand for and their shortfalls."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import NOWHERE, Flags, Ints, Places, Seats
from quanheng.planning.problem import Problem, Rule, RuleKind

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shortfall:
    """s of one soft rule: by how many people it falls short, each at `cost`; never more than `limit` can be short."""

    rule: str
    cost: int
    limit: int
    rows: tuple[int, ...]  # within SeatRows
    step: int  # s lessens the left side of these rows by so much: 1, or b of a share [a, b]


@dataclass(frozen=True)
class SeatRows:
    """matrix·(seats) ≤ upper, = where `equal`; all numbers whole."""

    matrix: sparse.csr_matrix
    upper: Floats
    equal: Flags
    number: Ints  # 3 … 8
    names: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]
    shortfalls: tuple[Shortfall, ...]

    @property
    def shortfall_matrix(self) -> sparse.csc_matrix:
        cells = [(row, index, -s.step) for index, s in enumerate(self.shortfalls) for row in s.rows]
        row, column, value = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        return sparse.csc_matrix(
            (value.astype(np.float64), (row, column)), shape=(len(self.upper), len(self.shortfalls))
        )


@dataclass(frozen=True)
class _Row:
    number: int
    name: str
    ids: tuple[str, ...]
    seats: Ints
    values: Ints
    upper: int
    equal: bool = False
    rule: Rule | None = None  # a soft one has a shortfall
    step: int = 1


@dataclass
class _Facts:
    """Seats by what rules ask for."""

    problem: Problem
    places: Places
    seats: Seats
    by_person: dict[int, Ints] = field(init=False)
    into: dict[int, Ints] = field(init=False)  # by group of the post
    out_of: dict[int, Ints] = field(init=False)  # by group of the person's present post
    leaving: dict[int, Ints] = field(init=False)  # by unit of the present post, to another unit
    _attributes: dict[str, Flags] = field(default_factory=dict)

    def __post_init__(self) -> None:
        person, post = self.seats.person, self.seats.post
        self.by_person = _split(person)
        self.into = _split(_pick(self.places.group, post))
        self.out_of = _split(_pick(self.places.home_group, person))
        unit = _pick(self.places.home_unit, person)
        self.leaving = _split(np.where(unit != _pick(self.places.unit, post), unit, NOWHERE))

    def has(self, attribute: str | None) -> Flags:
        """By person; what is absent is false, a number counts unless it is 0 (ruling 3)."""
        name = attribute or ""
        if name not in self._attributes:
            found = [bool(person.attributes.get(name)) for person in self.problem.people]
            self._attributes[name] = np.array(found, dtype=bool)
        return self._attributes[name]


def seat_rows(problem: Problem, places: Places, seats: Seats) -> SeatRows:
    """All rows (3)…(8) but those of (4)…(7) that nobody can break."""
    facts = _Facts(problem, places, seats)
    rows = [*_once(facts)]
    for rule in problem.rules:
        rows += _rows_of(facts, rule)
    rows += [*_kin(facts), *_pins(facts)]
    return _packed(rows, facts)


def _rows_of(facts: _Facts, rule: Rule) -> Iterator[_Row]:
    """Rule kinds without a row (chain, rotation) shape the columns instead."""
    if rule.kind is RuleKind.LEAVE_LIMIT:
        yield _leave(facts, rule)
    elif rule.kind is RuleKind.GROUP_COUNT:
        yield from _count(facts, rule)
    elif rule.kind is RuleKind.SHARE:
        yield _share(facts, rule)


def _once(facts: _Facts) -> Iterator[_Row]:
    """(3): a person moves at most once."""
    for person, seats in facts.by_person.items():
        yield _Row(3, f"once:{facts.problem.people[person].id}", (), seats, np.ones_like(seats), upper=1)


def _leave(facts: _Facts, rule: Rule) -> _Row:
    """(4)"""
    unit = facts.places.unit_of.get(rule.unit or "", None)
    seats = _NONE if unit is None else facts.leaving.get(unit, _NONE)
    return _Row(4, rule.id, (rule.id,), seats, np.ones_like(seats), upper=rule.at_most or 0, rule=rule)


def _count(facts: _Facts, rule: Rule) -> Iterator[_Row]:
    """(5): one row for each end of the interval; who moves inside the group counts on both sides, so not at all."""
    group = facts.places.group_of.get(rule.group or "", None)
    has = facts.has(rule.attribute)
    base = 0 if group is None else int(np.count_nonzero(has & (facts.places.home_group == group)))
    into = _NONE if group is None else facts.into.get(group, _NONE)
    out_of = _NONE if group is None else facts.out_of.get(group, _NONE)
    into, out_of = into[has[facts.seats.person[into]]], out_of[has[facts.seats.person[out_of]]]
    seats = np.concatenate([np.setdiff1d(into, out_of), np.setdiff1d(out_of, into)])
    values = np.where(np.isin(seats, into), 1, -1)
    if isinstance(rule.at_least, int):
        yield _Row(5, f"{rule.id}:least", (rule.id,), seats, -values, base - rule.at_least, rule=rule)
    if rule.at_most is not None:
        yield _Row(5, f"{rule.id}:most", (rule.id,), seats, values, rule.at_most - base, rule=rule)


def _share(facts: _Facts, rule: Rule) -> _Row:
    """(6), turned round: Σ (a − b·[i has attr]) x − b·s ≤ 0 over promotions."""
    if not isinstance(rule.at_least, tuple):
        raise TypeError(f"share {rule.id} without its two numbers")
    a, b = rule.at_least
    seats = np.flatnonzero(facts.seats.promotion)
    values = a - b * facts.has(rule.attribute)[facts.seats.person[seats]]
    return _Row(6, rule.id, (rule.id,), seats, values, upper=0, rule=rule, step=b)


def _kin(facts: _Facts) -> Iterator[_Row]:
    """(7): of a clique of kin at most one is in each leading group after the plan."""
    for clique, ids in _cliques(facts.problem, facts.places):
        groups = {group for person in clique for group in _groups_open_to(facts, person)}
        for group in sorted(groups):
            yield _kin_row(facts, clique, group, ids)


def _kin_row(facts: _Facts, clique: tuple[int, ...], group: int, ids: tuple[str, ...]) -> _Row:
    """Who is there today counts 1 less their moves out of the group; who is not, their moves into it."""
    seats, values, there = [_NONE], [_NONE], 0
    for person in clique:
        own = facts.by_person.get(person, _NONE)
        inside = facts.places.group[facts.seats.post[own]] == group
        is_there = int(facts.places.home_group[person]) == group
        chosen = own[~inside] if is_there else own[inside]
        seats.append(chosen)
        values.append(np.full(len(chosen), -1 if is_there else 1))
        there += is_there
    name = next(iter(label for label, number in facts.places.group_of.items() if number == group))
    joined = "|".join(ids)
    return _Row(7, f"{joined}:{name}", ids, np.concatenate(seats), np.concatenate(values), upper=1 - there)


def _groups_open_to(facts: _Facts, person: int) -> set[int]:
    seats = facts.by_person.get(person, _NONE)
    groups = {int(group) for group in facts.places.group[facts.seats.post[seats]]}
    return (groups | {int(facts.places.home_group[person])}) - {NOWHERE}


def _cliques(problem: Problem, places: Places) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Maximal cliques that together cover every kin pair, grown greedily: all of them may be too many."""
    names: dict[tuple[int, int], str] = {}
    for a, b in problem.kin:
        i, j = sorted((places.person_of[a], places.person_of[b]))
        if i != j:
            names.setdefault((i, j), f"kin:{a},{b}")
    near: dict[int, set[int]] = {}
    for i, j in names:
        near.setdefault(i, set()).add(j)
        near.setdefault(j, set()).add(i)
    covered: set[tuple[int, int]] = set()
    for i, j in names:
        if (i, j) not in covered:
            clique = _grown((i, j), near)
            inside = [(a, b) for a in clique for b in clique if a < b]
            covered.update(inside)
            yield clique, tuple(names[pair] for pair in inside)


def _grown(pair: tuple[int, int], near: dict[int, set[int]]) -> tuple[int, ...]:
    clique = set(pair)
    common = near[pair[0]] & near[pair[1]]
    while common:
        clique.add(min(common))
        common &= near[min(common)]
    return tuple(sorted(clique))


def _pins(facts: _Facts) -> Iterator[_Row]:
    """(8): the pair is used; for the own post, none of the person's is (ruling 6)."""
    for person, post in dict.fromkeys(facts.problem.pins):
        i, j = facts.places.person_of[person], facts.places.post_of[post]
        own = facts.by_person.get(i, _NONE)
        stays = int(facts.places.home[i]) == j
        seats = own if stays else own[facts.seats.post[own] == j]
        name = f"pin:{person},{post}"
        yield _Row(8, name, (name,), seats, np.ones_like(seats), upper=0 if stays else 1, equal=True)


def _packed(rows: list[_Row], facts: _Facts) -> SeatRows:
    person = facts.seats.person
    reached = [_most(row, person) for row in rows]
    rows = [row for row, most in zip(rows, reached, strict=True) if row.number in (3, 8) or most > row.upper]
    sizes = [len(row.seats) for row in rows]
    index = np.repeat(np.arange(len(rows)), sizes)
    seats = np.concatenate([row.seats for row in rows] or [_NONE])
    values = np.concatenate([row.values for row in rows] or [_NONE]).astype(np.float64)
    matrix = sparse.csr_matrix((values, (index, seats)), shape=(len(rows), len(facts.seats)))
    matrix.eliminate_zeros()
    return SeatRows(
        matrix=matrix,
        upper=np.array([row.upper for row in rows], dtype=np.float64),
        equal=np.array([row.equal for row in rows], dtype=bool),
        number=np.array([row.number for row in rows], dtype=np.int64),
        names=tuple(row.name for row in rows),
        ids=tuple(row.ids for row in rows),
        shortfalls=_shortfalls(rows, person),
    )


def _shortfalls(rows: list[_Row], person: Ints) -> tuple[Shortfall, ...]:
    """One for each soft rule that has a row; the limit is enough for the worst plan."""
    soft: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.rule is not None and row.rule.soft is not None:
            soft.setdefault(row.rule.id, []).append(index)
    return tuple(_shortfall(rows, tuple(indices), person) for indices in soft.values())


def _shortfall(rows: list[_Row], indices: tuple[int, ...], person: Ints) -> Shortfall:
    first = rows[indices[0]]
    assert first.rule is not None
    assert first.rule.soft is not None
    worst = max(-(-(_most(rows[index], person) - rows[index].upper) // first.step) for index in indices)
    return Shortfall(first.rule.id, first.rule.soft, worst, indices, first.step)


def _most(row: _Row, person: Ints) -> int:
    """The most the left side can come to when every person takes at most one seat."""
    who, where = np.unique(person[row.seats], return_inverse=True)
    most = np.zeros(len(who), dtype=np.int64)
    np.maximum.at(most, where, row.values)
    return int(most.sum())


_NONE = np.zeros(0, dtype=np.int64)


def _split(codes: Ints) -> dict[int, Ints]:
    """Indices by code, rising; without NOWHERE."""
    order = np.argsort(codes, kind="stable")
    values, first = np.unique(codes[order], return_index=True)
    parts = np.split(order, first[1:]) if len(values) else []
    return {int(value): part for value, part in zip(values, parts, strict=True) if value != NOWHERE}


def _pick(values: Ints, index: Ints) -> Ints:
    return values[index] if len(values) else index
