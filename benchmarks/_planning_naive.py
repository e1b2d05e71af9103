"""The model anybody would write first: a yes or no for each eligible pair, a whole number for each place in a chain.

Peers solve it, the engine does not: its relaxation knows next to nothing of chains. It shares no code with the engine.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quanheng.planning.problem import DEFAULT_CHAIN, Person, Post, Problem, Rule, RuleKind

Coefficients = dict[int, int]  # variable -> factor


class NoRotationsError(ValueError):
    """Positions along a chain forbid every closed exchange, so these peers are for problems without that rule."""


@dataclass(frozen=True)
class Row:
    """low ≤ Σ factor · variable ≤ high; None is open."""

    of: Coefficients
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Link:
    """Where `move` is made and a post is taken again by one of `takers`: position `later` ≥ position `earlier` + 1."""

    move: int
    takers: tuple[int, ...]
    earlier: int
    later: int


@dataclass(frozen=True)
class Naive:
    """Maximise constant + Σ weight · variable. The first variables are the pairs, then positions, then shortfalls."""

    pairs: tuple[tuple[str, str], ...]
    longest: int
    constant: int
    weight: tuple[int, ...]  # of each variable
    ends: tuple[tuple[int, int], ...]  # of each variable
    rows: tuple[Row, ...]
    links: tuple[Link, ...]
    impossible: bool  # a row without variables does not hold


def naive(problem: Problem) -> Naive:
    """Raises NoRotationsError."""
    if any(rule.kind is RuleKind.ROTATION for rule in problem.rules):
        raise NoRotationsError("closed exchanges")
    return _Maker(problem).model()


def longest_chain(problem: Problem) -> int:
    limits = [rule.at_most or 0 for rule in problem.rules if rule.kind is RuleKind.LONGEST_CHAIN]
    return min(limits, default=DEFAULT_CHAIN)


def cost_if_left(post: Post) -> int:
    return post.open_cost if post.merge_cost is None else min(post.open_cost, post.merge_cost)


def gains(problem: Problem) -> dict[tuple[str, str], int]:
    """What each possible pair adds to the value, its own post being left open and the new one no longer empty."""
    posts = {post.id: post for post in problem.posts}
    people = {person.id: person for person in problem.people}
    found = {}
    for pair in problem.pairs:
        who, post = people[pair.person], posts[pair.post]
        spared = post.unfilled_cost if post.vacant else cost_if_left(post)
        lost = who.fit + problem.move_cost + cost_if_left(posts[who.post]) if who.post else 0
        if pair.post != who.post:
            found[pair.person, pair.post] = pair.fit + spared - lost
    for forbidden in problem.forbids:
        found.pop(forbidden, None)
    return found


class _Maker:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.posts = {post.id: post for post in problem.posts}
        self.people = {person.id: person for person in problem.people}
        self.holder = {person.post: person.id for person in problem.people if person.post}
        gain = gains(problem)
        self.pairs = tuple(gain)
        self.promotions = {(pair.person, pair.post) for pair in problem.pairs if pair.promotion}
        self.longest = longest_chain(problem)
        self.weight = list(gain.values())
        self.ends = [(0, 1)] * len(gain)
        self.by_person: dict[str, list[int]] = defaultdict(list)
        self.by_post: dict[str, list[int]] = defaultdict(list)
        for variable, (person, post) in enumerate(self.pairs):
            self.by_person[person].append(variable)
            self.by_post[post].append(variable)
        self.position = {post.id: self._variable(*self._places(post)) for post in problem.posts}

    def model(self) -> Naive:
        rows = [row for group in (self._seats(), self._rules(), self._kin(), self._pins()) for row in group]
        return Naive(
            pairs=self.pairs,
            longest=max(1, self.longest),
            constant=-sum(post.unfilled_cost for post in self.problem.posts if post.vacant),
            links=tuple(self._links()),
            rows=tuple(row for row in rows if row.of),
            weight=tuple(self.weight),
            ends=tuple(self.ends),
            impossible=any(not row.of and ((row.low or 0) > 0 or (row.high or 0) < 0) for row in rows),
        )

    def _variable(self, low: int, high: int, weight: int = 0) -> int:
        self.weight.append(weight)
        self.ends.append((low, high))
        return len(self.weight) - 1

    def _places(self, post: Post) -> tuple[int, int]:
        return (1, 1) if post.vacant else (1, max(1, self.longest))

    def _seats(self) -> Iterator[Row]:
        for post in self.problem.posts:
            takers = self.by_post[post.id]
            yield Row(dict.fromkeys(takers, 1), high=1 if post.vacant and self.longest else 0 if post.vacant else 1)
            if not post.vacant:
                yield Row(
                    {**dict.fromkeys(takers, 1), **dict.fromkeys(self.by_person[self.holder[post.id]], -1)}, high=0
                )
        for person in self.problem.people:
            yield Row(dict.fromkeys(self.by_person[person.id], 1), high=1)

    def _links(self) -> Iterator[Link]:
        for person in self.problem.people:
            takers = tuple(self.by_post[person.post]) if person.post else ()
            if person.post and takers:
                for move in self.by_person[person.id]:
                    earlier, later = self.position[self.pairs[move][1]], self.position[person.post]
                    yield Link(move, takers, earlier, later)

    def _rules(self) -> Iterator[Row]:
        for rule in self.problem.rules:
            if rule.kind is RuleKind.SHARE:
                yield self._share(rule)
            elif rule.kind is RuleKind.GROUP_COUNT:
                yield from self._count(rule)
            elif rule.kind is RuleKind.LEAVE_LIMIT:
                yield self._leave(rule)

    def _shortfall(self, rule: Rule) -> int | None:
        return None if rule.soft is None else self._variable(0, len(self.people), -rule.soft)

    def _share(self, rule: Rule) -> Row:
        assert isinstance(rule.at_least, tuple)
        a, b = rule.at_least
        short = self._shortfall(rule)
        of = {
            variable: b * self._has(person, rule.attribute) - a
            for variable, (person, post) in enumerate(self.pairs)
            if (person, post) in self.promotions
        }
        return Row(of if short is None else {**of, short: b}, low=0)

    def _count(self, rule: Rule) -> Iterator[Row]:
        short = self._shortfall(rule)
        of: dict[int, int] = {}
        today = 0
        for person in self.problem.people:
            if self._has(person.id, rule.attribute):
                base, change = self._membership(person, rule.group)
                today += base
                of |= change
        if isinstance(rule.at_least, int):
            yield Row(of if short is None else {**of, short: 1}, low=rule.at_least - today)
        if rule.at_most is not None:
            yield Row(of if short is None else {**of, short: -1}, high=rule.at_most - today)

    def _leave(self, rule: Rule) -> Row:
        short = self._shortfall(rule)
        of = {
            variable: 1
            for person in self.problem.people
            if person.post and person.unit == rule.unit
            for variable in self.by_person[person.id]
            if self.posts[self.pairs[variable][1]].unit != rule.unit
        }
        return Row(of if short is None else {**of, short: -1}, high=rule.at_most or 0)

    def _kin(self) -> Iterator[Row]:
        for one, other in self.problem.kin:
            for group in sorted(self._groups_near(one) & self._groups_near(other)):
                base, of = self._membership(self.people[one], group)
                base_too, of_too = self._membership(self.people[other], group)
                yield Row({**of, **of_too}, high=1 - base - base_too)

    def _pins(self) -> Iterator[Row]:
        index = {pair: variable for variable, pair in enumerate(self.pairs)}
        for person, post in self.problem.pins:
            if self.people[person].post == post:
                yield Row(dict.fromkeys(self.by_person[person], 1), high=0)
            else:
                yield Row({index[person, post]: 1} if (person, post) in index else {}, low=1)

    def _membership(self, person: Person, group: str | None) -> tuple[int, Coefficients]:
        """1 if in the group today, and by how much each move changes that."""
        today = int(person.post is not None and group is not None and self.posts[person.post].group == group)
        change = {
            variable: int(self.posts[self.pairs[variable][1]].group == group and group is not None) - today
            for variable in self.by_person[person.id]
        }
        return today, {variable: factor for variable, factor in change.items() if factor}

    def _groups_near(self, person: str) -> set[str]:
        reached = [self.pairs[variable][1] for variable in self.by_person[person]]
        home = self.people[person].post
        return set(_labels(self.posts[post].group for post in (*reached, *([home] if home else []))))

    def _has(self, person: str, attribute: str | None) -> bool:
        return bool(self.people[person].attributes.get(attribute or "", False))


def _labels(groups: Iterable[str | None]) -> Iterator[str]:
    return (group for group in groups if group is not None)
