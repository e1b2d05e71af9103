"""The answer by full enumeration: every plan of a tiny problem, checked and valued by itself.

Written from the rulings of docs/planning.md alone and sharing no line with the engine or its checker, in another
way where there is one: people are placed, and the value is the total fit after the plan less the fit before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quanheng.planning.problem import CHAIN_RULE, DEFAULT_CHAIN, Problem, Rule, RuleKind

Pairs = frozenset[tuple[str, str]]  # (person, post)


@dataclass(frozen=True)
class Plan:
    pairs: Pairs
    value: int


def every_plan(problem: Problem) -> Iterator[Plan]:
    """All plans that keep every hard rule, kin, pin and forbid."""
    for placing in _placings(problem):
        cost = _cost_of_rules(problem, placing)
        if cost is not None and _kin_apart(problem, placing):
            yield Plan(frozenset(placing.items()), _value(problem, placing) - cost)


def best_plan(problem: Problem) -> Plan | None:
    """None: infeasible. Equal values: the smallest sum of person and post indices."""
    return min(every_plan(problem), key=lambda plan: (-plan.value, _tie(problem, plan)), default=None)


def best_value(problem: Problem) -> int | None:
    return max((plan.value for plan in every_plan(problem)), default=None)


def is_feasible(problem: Problem) -> bool:
    return next(every_plan(problem), None) is not None


def without(problem: Problem, *ids: str) -> Problem:
    """The problem less these rules, pins (`pin:person,post`) and kin (`kin:a,b`), as if they had not been given.

    A longest_chain rule taken away leaves the default of 4; taking away the default itself leaves no limit."""
    rules = tuple(rule for rule in problem.rules if rule.id not in ids)
    if CHAIN_RULE in ids:
        rules = (*rules, Rule("no limit", RuleKind.LONGEST_CHAIN, at_most=len(problem.people) + 1))
    return replace(
        problem,
        rules=rules,
        pins=tuple(pin for pin in problem.pins if "pin:" + ",".join(pin) not in ids),
        kin=tuple(pair for pair in problem.kin if "kin:" + ",".join(pair) not in ids),
    )


def with_pin(problem: Problem, person: str, post: str) -> Problem:
    return replace(problem, pins=(*problem.pins, (person, post)))


def with_forbid(problem: Problem, person: str, post: str) -> Problem:
    return replace(problem, forbids=(*problem.forbids, (person, post)))


def _tie(problem: Problem, plan: Plan) -> tuple[int, list[tuple[int, int]]]:
    people = [person.id for person in problem.people]
    posts = [post.id for post in problem.posts]
    places = sorted((people.index(person), posts.index(post)) for person, post in plan.pairs)
    return sum(map(sum, places)), places


def _placings(problem: Problem) -> Iterator[dict[str, str]]:
    """Every {person: new post} with one person a post, in which a held post is taken only after its holder left."""
    homes = {person.id: person.post for person in problem.people}
    holders = {post: person for person, post in homes.items() if post is not None}
    options = _options(problem)
    order = list(homes)

    def place(
        rank: int, placing: dict[str, str], taken: frozenset[str], staying: frozenset[str]
    ) -> Iterator[dict[str, str]]:
        if rank == len(order):
            yield dict(placing)
            return
        person = order[rank]
        for post in options[person]:
            if post == homes[person] or post is None:
                if homes[person] not in taken:
                    yield from place(rank + 1, placing, taken, staying | {person})
            elif post not in taken and holders.get(post) not in staying:
                yield from place(rank + 1, {**placing, person: post}, taken | {post}, staying)

    yield from place(0, {}, frozenset(), frozenset())


def _options(problem: Problem) -> dict[str, list[str | None]]:
    """The places each person may end in; None (or the own post) means that nothing changes."""
    options: dict[str, list[str | None]] = {person.id: [person.post] for person in problem.people}
    for pair in problem.pairs:
        if (pair.person, pair.post) not in problem.forbids and pair.post not in options[pair.person]:
            options[pair.person].append(pair.post)
    for person, post in problem.pins:
        options[person] = [option for option in options[person] if option == post]
    return options


def _value(problem: Problem, placing: dict[str, str]) -> int:
    fit = {(pair.person, pair.post): pair.fit for pair in problem.pairs}
    before = sum(person.fit for person in problem.people if person.post)
    after = sum(
        fit[person.id, placing[person.id]] if person.id in placing else (person.fit if person.post else 0)
        for person in problem.people
    )
    moved = [person for person in problem.people if person.post and person.id in placing]
    cost = problem.move_cost * len(moved)
    empty = {post.id for post in problem.posts} - set(placing.values()) - _kept(problem, placing)
    for post in problem.posts:
        if post.id in empty:
            choices = [post.unfilled_cost] if post.vacant else [post.open_cost, post.merge_cost]
            cost += min(choice for choice in choices if choice is not None)
    return after - before - cost


def _kept(problem: Problem, placing: dict[str, str]) -> set[str]:
    return {person.post for person in problem.people if person.post and person.id not in placing}


def _cost_of_rules(problem: Problem, placing: dict[str, str]) -> int | None:
    """None when a hard rule is broken."""
    chains, rotations = _lengths(problem, placing)
    limits = [rule.at_most or 0 for rule in problem.rules if rule.kind is RuleKind.LONGEST_CHAIN] or [DEFAULT_CHAIN]
    closed = [rule.at_most or 0 for rule in problem.rules if rule.kind is RuleKind.ROTATION] or [0]
    if max(chains + rotations, default=0) > min(limits) or max(rotations, default=0) > min(closed):
        return None
    total = 0
    for rule in problem.rules:
        short = _shortfall(problem, rule, placing)
        if short and rule.soft is None:
            return None
        total += short * (rule.soft or 0)
    return total


def _lengths(problem: Problem, placing: dict[str, str]) -> tuple[list[int], list[int]]:
    """Numbers of moves of the chains and of the closed exchanges."""
    homes = {person.id: person.post for person in problem.people}
    takers = {post: person for person, post in placing.items()}
    left = set(placing)

    def follow(post: str | None) -> int:
        steps = 0
        while post in takers and takers[post] in left:
            left.discard(takers[post])
            post, steps = homes[takers[post]], steps + 1
        return steps

    chains = [follow(post.id) for post in problem.posts if post.vacant]
    rotations = []
    while left:
        rotations.append(follow(placing[min(left)]))
    return chains, rotations


def _shortfall(problem: Problem, rule: Rule, placing: dict[str, str]) -> int:
    if rule.kind is RuleKind.SHARE:
        return _share_missing(problem, rule, placing)
    if rule.kind is RuleKind.LEAVE_LIMIT:
        unit = {post.id: post.unit for post in problem.posts}
        homes = {person.id for person in problem.people if person.post and person.unit == rule.unit}
        leavers = [person for person, post in placing.items() if person in homes and unit[post] != rule.unit]
        return max(0, len(leavers) - (rule.at_most or 0))
    if rule.kind is RuleKind.GROUP_COUNT:
        count = sum(_has(problem, person, rule.attribute) for person in _members(problem, placing, rule.group))
        below = 0 if rule.at_least is None else _number(rule.at_least) - count
        above = 0 if rule.at_most is None else count - rule.at_most
        return max(0, below, above)
    return 0


def _share_missing(problem: Problem, rule: Rule, placing: dict[str, str]) -> int:
    """The least number of further people with the attribute that would do, found by counting up."""
    assert isinstance(rule.at_least, tuple)
    a, b = rule.at_least
    promoted = [pair.person for pair in problem.pairs if pair.promotion and placing.get(pair.person) == pair.post]
    have = sum(_has(problem, person, rule.attribute) for person in promoted)
    missing = 0
    while b * (have + missing) < a * len(promoted):
        missing += 1
    return missing


def _members(problem: Problem, placing: dict[str, str], group: str | None) -> list[str]:
    posts = {post.id for post in problem.posts if post.group == group and group is not None}
    return [person.id for person in problem.people if placing.get(person.id, person.post) in posts]


def _has(problem: Problem, wanted: str, attribute: str | None) -> bool:
    return any(person.id == wanted and person.attributes.get(attribute or "") for person in problem.people)


def _number(value: int | tuple[int, int]) -> int:
    assert isinstance(value, int)
    return value


def _kin_apart(problem: Problem, placing: dict[str, str]) -> bool:
    group = {post.id: post.group for post in problem.posts}
    homes = {person.id: person.post for person in problem.people}

    def now(person: str) -> str | None:
        return group.get(placing.get(person, homes[person]) or "")

    return all(now(a) is None or now(a) != now(b) for a, b in problem.kin)
