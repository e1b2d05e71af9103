"""A plan checked and valued by whole numbers, from the rulings alone: no model, no columns, no numpy.

Nothing is answered as a plan before it has passed here; so this file must not share code with what makes plans.
The rulings are numbered as in docs/planning.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from quanheng.planning.problem import CHAIN_RULE, DEFAULT_CHAIN, Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.result import Move, RuleState

NO_ROTATION = "rotation:absent"  # broken by a rotation without a rule that allows it


@dataclass(frozen=True)
class Account:
    """What a plan is worth and what it breaks.

    `broken` is empty for a plan that may be answered. Else it holds, in this order: `person:a` (unknown, moves twice,
    or not from where the move says), `post:p` (unknown, filled twice, or its holder stays), `pair:a,p` (not eligible),
    `chain:n` (numbered otherwise than by `moves_of`), `rotation:absent`, `forbid:a,p`, `pin:a,p`, `kin:a,b` and the
    ids of hard rules (`longest_chain:default` among them).
    """

    value: int
    unfilled: tuple[str, ...]  # vacant at the start and left empty
    opened: tuple[str, ...]  # opened by a move, left empty, not merged
    merged: tuple[str, ...]  # opened by a move, left empty, and merging costs less than leaving open
    rules: tuple[RuleState, ...]  # in the order of the problem; last, the default chain length where it applies
    broken: tuple[str, ...]


@dataclass(frozen=True)
class _Facts:
    """The problem by id, and where everybody is after the plan."""

    problem: Problem
    posts: dict[str, Post]
    people: dict[str, Person]
    wanted: frozenset[tuple[str, str]]  # (person, post) of the plan
    moved: dict[str, str]  # person -> new post
    taker: dict[str, str]  # post -> the person who moves there
    holder: dict[str, str]  # post -> the person there today

    @cached_property
    def eligible(self) -> dict[tuple[str, str], Pair]:
        """Of the plan's pairs only."""
        return {
            (pair.person, pair.post): pair
            for pair in self.problem.pairs
            if pair.person in self.moved
            and (pair.person, pair.post) in self.wanted
            and self.people[pair.person].post != pair.post
        }

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The people of every group after the plan; a group of posts that nobody is in has none."""
        members: dict[str, list[str]] = {post.group: [] for post in self.problem.posts if post.group is not None}
        for person in self.people:
            group = self.group_after(person)
            if group is not None:
                members[group].append(person)
        return members

    @cached_property
    def serving(self) -> dict[str, list[Person]]:
        """Those in post today, by their unit."""
        people: dict[str, list[Person]] = {}
        for person in self.problem.people:
            if person.post is not None:
                people.setdefault(person.unit, []).append(person)
        return people

    def source(self, person: str) -> str | None:
        return self.people[person].post if person in self.people else None

    def after(self, person: str) -> str | None:
        return self.moved.get(person, self.source(person))

    def group_after(self, person: str) -> str | None:
        post = self.after(person)
        return self.posts[post].group if post in self.posts else None


def check_plan(problem: Problem, moves: Iterable[Move]) -> Account:
    """Value, empty posts, state of every rule and everything that is broken. O(problem), never raises on a bad plan."""
    made = tuple(moves)
    pairs = [(move.person, move.target) for move in made]
    facts = _facts(problem, pairs)
    structure = (*_wrong_people(facts, made), *_wrong_posts(facts, pairs))
    numbers = () if structure else _wrong_numbers(problem, made)
    chains, rotations = ([], []) if structure else _lengths(facts)
    states = tuple(_state(facts, rule, chains, rotations) for rule in _rules(problem))
    return Account(
        value=_value(facts, pairs) - _soft_cost(problem, states),
        unfilled=tuple(post.id for post in problem.posts if _is_unfilled(facts, post)),
        opened=tuple(post.id for post in problem.posts if _is_opened(facts, post) and not _is_cheaper_merged(post)),
        merged=tuple(post.id for post in problem.posts if _is_opened(facts, post) and _is_cheaper_merged(post)),
        rules=states,
        broken=(
            *structure,
            *(f"pair:{a},{p}" for a, p in pairs if (a, p) not in facts.eligible),
            *numbers,
            *_rotation_without_rule(problem, rotations),
            *_broken_seats(facts),
            *_broken_kin(facts),
            *_broken_rules(problem, states),
        ),
    )


def moves_of(problem: Problem, pairs: Iterable[tuple[str, str]]) -> tuple[Move, ...]:
    """The (person, post) pairs of a plan as numbered moves, in order of chain and position.

    A chain starts at its vacant post, a rotation at whichever of its posts the problem names first; chains and
    rotations are numbered together from 1 in the order of those posts. Raises ValueError when the pairs are not
    chains and rotations (ruling 1)."""
    wanted = list(pairs)
    facts = _facts(problem, wanted)
    if len(facts.moved) < len(wanted) or len(facts.taker) < len(wanted):
        raise ValueError("a person moves twice or a post is filled twice")
    moves: list[Move] = []
    for start, rotation in _starts(facts):
        moves += _walk(facts, start, chain=1 + (moves[-1].chain if moves else 0), rotation=rotation)
    if len(moves) < len(wanted):
        raise ValueError("a post is filled whose holder stays, or is unknown")
    return tuple(moves)


def tie_of(problem: Problem, pairs: Iterable[tuple[str, str]]) -> tuple[int, tuple[tuple[int, int], ...]]:
    """What decides between plans of equal value: the smallest first (ruling 9).

    The sum of all person and post indices, then the (person, post) indices in order."""
    person = {who.id: index for index, who in enumerate(problem.people)}
    post = {place.id: index for index, place in enumerate(problem.posts)}
    places = tuple(sorted((person[a], post[p]) for a, p in pairs))
    return sum(a + p for a, p in places), places


def _facts(problem: Problem, pairs: list[tuple[str, str]]) -> _Facts:
    people = {person.id: person for person in problem.people}
    return _Facts(
        problem=problem,
        posts={post.id: post for post in problem.posts},
        people=people,
        wanted=frozenset(pairs),
        moved=dict(pairs),
        taker={post: person for person, post in pairs},
        holder={person.post: person.id for person in problem.people if person.post is not None},
    )


# Ruling 1: chains and rotations


def _wrong_people(facts: _Facts, moves: tuple[Move, ...]) -> list[str]:
    times = Counter(move.person for move in moves)
    wrong = {
        move.person
        for move in moves
        if move.person not in facts.people or times[move.person] > 1 or move.source != facts.source(move.person)
    }
    return [f"person:{person}" for person in times if person in wrong]


def _wrong_posts(facts: _Facts, pairs: list[tuple[str, str]]) -> list[str]:
    times = Counter(post for _, post in pairs)

    def is_free(post: str) -> bool:
        return facts.posts[post].vacant or facts.holder[post] in facts.moved

    return [f"post:{post}" for post in times if times[post] > 1 or post not in facts.posts or not is_free(post)]


def _wrong_numbers(problem: Problem, moves: tuple[Move, ...]) -> list[str]:
    right = set(moves_of(problem, [(move.person, move.target) for move in moves]))
    return [f"chain:{chain}" for chain in sorted({move.chain for move in moves if move not in right})]


def _starts(facts: _Facts) -> list[tuple[str, bool]]:
    """The first post of every chain and rotation, in the order of the problem; True for a rotation."""
    starts: list[tuple[str, bool]] = []
    seen: set[str] = set()
    for post in facts.problem.posts:
        if post.id in facts.taker and post.id not in seen and (post.vacant or _is_closed(facts, post.id)):
            seen.update(_posts_from(facts, post.id))
            starts.append((post.id, not post.vacant))
    return starts


def _posts_from(facts: _Facts, start: str) -> list[str]:
    """The posts filled one after the other, each with the person who left the next; ends at a start seen again."""
    posts: list[str] = []
    post: str | None = start
    while post is not None and post in facts.taker and post not in posts:
        posts.append(post)
        post = facts.source(facts.taker[post])
    return posts


def _is_closed(facts: _Facts, start: str) -> bool:
    last = _posts_from(facts, start)[-1]
    return facts.source(facts.taker[last]) == start


def _walk(facts: _Facts, start: str, chain: int, rotation: bool) -> list[Move]:
    return [
        Move(facts.taker[post], facts.source(facts.taker[post]), post, chain, position, rotation)
        for position, post in enumerate(_posts_from(facts, start), start=1)
    ]


def _lengths(facts: _Facts) -> tuple[list[int], list[int]]:
    """Numbers of moves of every chain, and of every rotation."""
    found = [(len(_posts_from(facts, start)), rotation) for start, rotation in _starts(facts)]
    return [n for n, rotation in found if not rotation], [n for n, rotation in found if rotation]


def _rotation_without_rule(problem: Problem, rotations: list[int]) -> list[str]:
    allowed = any(rule.kind is RuleKind.ROTATION for rule in problem.rules)
    return [NO_ROTATION] if rotations and not allowed else []


# Value (rulings 2 and 4)


def _value(facts: _Facts, pairs: list[tuple[str, str]]) -> int:
    """Without the cost of broken soft rules."""
    gained = sum(_gain(facts, person, post) for person, post in pairs)
    return gained - sum(_cost_if_empty(facts, post) for post in facts.problem.posts)


def _gain(facts: _Facts, person: str, post: str) -> int:
    pair, who = facts.eligible.get((person, post)), facts.people.get(person)
    fit = pair.fit if pair else 0
    return fit if who is None or who.post is None else fit - who.fit - facts.problem.move_cost


def _cost_if_empty(facts: _Facts, post: Post) -> int:
    if _is_unfilled(facts, post):
        return post.unfilled_cost
    if not _is_opened(facts, post):
        return 0
    return post.merge_cost if post.merge_cost is not None and _is_cheaper_merged(post) else post.open_cost


def _is_unfilled(facts: _Facts, post: Post) -> bool:
    return post.vacant and post.id not in facts.taker


def _is_opened(facts: _Facts, post: Post) -> bool:
    return not post.vacant and facts.holder.get(post.id) in facts.moved and post.id not in facts.taker


def _is_cheaper_merged(post: Post) -> bool:
    return post.merge_cost is not None and post.merge_cost < post.open_cost  # at equal cost it stays open (ruling 4)


def _soft_cost(problem: Problem, states: tuple[RuleState, ...]) -> int:
    cost = {rule.id: rule.soft or 0 for rule in problem.rules}
    return sum(cost.get(state.id, 0) * -state.slack for state in states if state.slack < 0)


# Pins, forbids, kin (rulings 5 and 6)


def _broken_seats(facts: _Facts) -> list[str]:
    forbids = [f"forbid:{a},{p}" for a, p in facts.problem.forbids if facts.moved.get(a) == p]
    return forbids + [f"pin:{a},{p}" for a, p in facts.problem.pins if facts.after(a) != p]


def _broken_kin(facts: _Facts) -> list[str]:
    together = [
        (a, b)
        for a, b in facts.problem.kin
        if facts.group_after(a) is not None and facts.group_after(a) == facts.group_after(b)
    ]
    return [f"kin:{a},{b}" for a, b in together]


# Rules (rulings 2, 3 and 7)


def _rules(problem: Problem) -> tuple[Rule, ...]:
    if any(rule.kind is RuleKind.LONGEST_CHAIN for rule in problem.rules):
        return problem.rules
    return (*problem.rules, Rule(CHAIN_RULE, RuleKind.LONGEST_CHAIN, at_most=DEFAULT_CHAIN))


def _broken_rules(problem: Problem, states: tuple[RuleState, ...]) -> list[str]:
    soft = {rule.id for rule in problem.rules if rule.soft is not None}
    return [state.id for state in states if state.slack < 0 and state.id not in soft]


def _state(facts: _Facts, rule: Rule, chains: list[int], rotations: list[int]) -> RuleState:
    """`idle` when the plan or the problem holds nothing that the rule speaks of."""
    match rule.kind:
        case RuleKind.SHARE:
            slack, idle = _share(facts, rule)
        case RuleKind.GROUP_COUNT:
            slack, idle = _group_count(facts, rule)
        case RuleKind.LEAVE_LIMIT:
            slack, idle = _leave_limit(facts, rule)
        case RuleKind.LONGEST_CHAIN:
            slack, idle = (rule.at_most or 0) - max(chains + rotations, default=0), not chains + rotations
        case RuleKind.ROTATION:
            slack, idle = (rule.at_most or 0) - max(rotations, default=0), not rotations
        case _:
            assert_never(rule.kind)
    return RuleState(rule.id, "broken" if slack < 0 else "idle" if idle else "kept", slack)


def _share(facts: _Facts, rule: Rule) -> tuple[int, bool]:
    """(b·A − a·P) / b downwards: people to spare, or minus the people missing, which are then rounded up."""
    if not isinstance(rule.at_least, tuple):
        raise TypeError(f"share {rule.id} without its two numbers")
    a, b = rule.at_least
    promoted = [pair.person for pair in facts.eligible.values() if pair.promotion]
    with_it = sum(_has(facts, person, rule.attribute) for person in promoted)
    return (b * with_it - a * len(promoted)) // b, not promoted


def _group_count(facts: _Facts, rule: Rule) -> tuple[int, bool]:
    """Distance to the nearer end of the interval; minus the distance to it from outside."""
    members = facts.groups.get(rule.group or "")
    count = sum(_has(facts, person, rule.attribute) for person in members or ())
    ends = [count - rule.at_least] if isinstance(rule.at_least, int) else []
    ends += [rule.at_most - count] if rule.at_most is not None else []
    return min(ends, default=0), not ends or members is None


def _leave_limit(facts: _Facts, rule: Rule) -> tuple[int, bool]:
    serving = facts.serving.get(rule.unit or "", [])
    leaving = sum(_is_elsewhere(facts, person) for person in serving)
    return (rule.at_most or 0) - leaving, not serving


def _is_elsewhere(facts: _Facts, person: Person) -> bool:
    post = facts.posts.get(facts.moved.get(person.id, ""))
    return post is not None and post.unit != person.unit


def _has(facts: _Facts, person: str, attribute: str | None) -> bool:
    """A number counts unless it is 0; what is absent is false."""
    return attribute is not None and bool(facts.people[person].attributes.get(attribute, False))
