"""A plan as a person reads it: chains, what stays empty and why, rules with their figures. Words come later."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.problem import CHAIN_RULE, DEFAULT_CHAIN, Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.result import Move, Result

PROMOTION, TRANSFER, LEVEL = "晋升", "交流", "平级"
TRIED = 3  # of the people who could take an empty post
TRIED_POSTS = 20
CHECKING = 30_000_000  # rules times people and pairs, of all checks of whole plans together: some seconds


@dataclass(frozen=True)
class Step:
    post: str
    person: str
    source: str | None
    fit: int
    fit_before: int | None  # None: came without a post
    nature: str
    is_away: bool  # serves, and goes to another unit
    is_pinned: bool


@dataclass(frozen=True)
class Chain:
    """`gain`: what the whole plan would lose without it, soft rules aside. `end`: the post it leaves empty."""

    number: int
    is_rotation: bool
    steps: tuple[Step, ...]
    gain: int
    end: str | None
    is_merged: bool

    @property
    def away(self) -> int:
        return sum(step.is_away for step in self.steps)


@dataclass(frozen=True)
class Try:
    """What would happen if this person took the empty post and nothing else changed."""

    person: str
    broken: tuple[str, ...]  # hard rules, pins, kin, forbids; then there is no value
    change: int


@dataclass(frozen=True)
class Empty:
    post: str
    eligible: int
    moved: int  # of these, to another post by the plan
    forbidden: int
    tried: tuple[Try, ...]  # of the others, the best fits


@dataclass(frozen=True)
class RuleFigure:
    rule: Rule
    state: str
    count: int  # people with the attribute, people who leave, moves of the longest chain
    of: int | None  # promotions
    short: int  # 0 unless it is broken


@dataclass(frozen=True)
class Account:
    problem: Problem
    result: Result
    chains: tuple[Chain, ...]
    empty: tuple[Empty, ...]
    rules: tuple[RuleFigure, ...]
    more_than_now: int | None = None  # None: no plan, or leaving all as it is breaks a hard rule

    @property
    def filled(self) -> int:
        """Of the posts vacant at the start."""
        return sum(post.vacant for post in self.problem.posts) - len(self.result.unfilled)


@dataclass(frozen=True)
class _Facts:
    posts: dict[str, Post]
    people: dict[str, Person]
    pairs: dict[tuple[str, str], Pair]  # of the plan only
    after: dict[str, str]  # person -> new post
    members: dict[str, list[str]]  # leading group -> people after the plan
    problem: Problem
    result: Result


def account_of(problem: Problem, result: Result) -> Account:
    """Of a result with a plan; any other has no chains, no empty posts and no rules.

    What needs checks of whole plans is left out where it would take long: of the largest problems."""
    if result.value is None:
        return Account(problem, result, (), (), ())
    facts = _facts(problem, result)
    checks = CHECKING // (1 + len(problem.rules) * len(problem.people) + len(problem.pairs))
    return Account(
        problem,
        result,
        tuple(_chain(facts, number, tuple(moves)) for number, moves in _by_chain(result.moves)),
        tuple(_all_empty(facts, (checks - 1) // TRIED)),
        tuple(_figures(facts)),
        _more_than_now(problem, result.value) if checks else None,
    )


def _more_than_now(problem: Problem, value: int) -> int | None:
    now = check_plan(problem, ())
    return None if now.broken else value - now.value


def _facts(problem: Problem, result: Result) -> _Facts:
    made = {(move.person, move.target) for move in result.moves}
    posts = {post.id: post for post in problem.posts}
    after = {move.person: move.target for move in result.moves}
    members: dict[str, list[str]] = {}
    for person in problem.people:
        post = after.get(person.id, person.post)
        group = None if post is None else posts[post].group
        if group is not None:
            members.setdefault(group, []).append(person.id)
    return _Facts(
        posts,
        {person.id: person for person in problem.people},
        {(pair.person, pair.post): pair for pair in problem.pairs if (pair.person, pair.post) in made},
        after,
        members,
        problem,
        result,
    )


def _by_chain(moves: tuple[Move, ...]) -> Iterator[tuple[int, Iterator[Move]]]:
    return groupby(sorted(moves, key=lambda move: (move.chain, move.position)), key=lambda move: move.chain)


def _chain(facts: _Facts, number: int, moves: tuple[Move, ...]) -> Chain:
    end = None if moves[0].rotation else moves[-1].source
    return Chain(
        number,
        moves[0].rotation,
        tuple(_step(facts, move) for move in moves),
        _gain(facts, moves, end),
        end,
        end in facts.result.merged,
    )


def _step(facts: _Facts, move: Move) -> Step:
    pair, person, post = facts.pairs[move.person, move.target], facts.people[move.person], facts.posts[move.target]
    changes_unit = person.unit != post.unit
    return Step(
        post=move.target,
        person=move.person,
        source=move.source,
        fit=pair.fit,
        fit_before=None if person.post is None else person.fit,
        nature=PROMOTION if pair.promotion else TRANSFER if changes_unit else LEVEL,
        is_away=changes_unit and person.post is not None,
        is_pinned=(move.person, move.target) in facts.problem.pins,
    )


def _gain(facts: _Facts, moves: tuple[Move, ...], end: str | None) -> int:
    """Without this chain its vacant post would stay empty, and nobody in it would move."""
    gain = facts.posts[moves[0].target].unfilled_cost if not moves[0].rotation else 0
    for move in moves:
        person = facts.people[move.person]
        gain += facts.pairs[move.person, move.target].fit
        gain -= 0 if person.post is None else person.fit + facts.problem.move_cost
    return gain - (_cost_of_opening(facts.posts[end]) if end is not None else 0)


def _cost_of_opening(post: Post) -> int:
    return post.open_cost if post.merge_cost is None else min(post.open_cost, post.merge_cost)


# What stays empty


def _all_empty(facts: _Facts, tried_posts: int) -> Iterator[Empty]:
    home = {person.id: person.post for person in facts.problem.people}
    pairs: dict[str, list[Pair]] = {post: [] for post in facts.result.unfilled}
    for pair in facts.problem.pairs:
        if pair.post in pairs and home[pair.person] != pair.post:
            pairs[pair.post].append(pair)
    for number, post in enumerate(facts.result.unfilled):
        yield _empty(facts, post, pairs[post], TRIED if number < min(tried_posts, TRIED_POSTS) else 0)


def _empty(facts: _Facts, post: str, pairs: list[Pair], tried: int) -> Empty:
    forbidden = {person for person, where in facts.problem.forbids if where == post}
    free = [pair for pair in pairs if pair.person not in facts.after and pair.person not in forbidden]
    best = sorted(free, key=lambda pair: -pair.fit)[:tried]
    return Empty(
        post,
        eligible=len(pairs),
        moved=sum(pair.person in facts.after for pair in pairs),
        forbidden=sum(pair.person in forbidden and pair.person not in facts.after for pair in pairs),
        tried=tuple(_try(facts, pair.person, post) for pair in best),
    )


def _try(facts: _Facts, person: str, post: str) -> Try:
    """By the checker, so that what is said is exact; unfilled posts lie on no chain, so that it fits."""
    changed = moves_of(facts.problem, [*facts.after.items(), (person, post)])
    account = check_plan(facts.problem, changed)
    return Try(person, account.broken, account.value - (facts.result.value or 0))


# Rules


def _figures(facts: _Facts) -> Iterator[RuleFigure]:
    rules = {rule.id: rule for rule in facts.problem.rules}
    rules.setdefault(CHAIN_RULE, Rule(CHAIN_RULE, RuleKind.LONGEST_CHAIN, at_most=DEFAULT_CHAIN))
    for state in facts.result.rules:
        rule = rules[state.id]
        count, of = _count(facts, rule)
        yield RuleFigure(rule, state.state, count, of, max(0, -state.slack))


def _count(facts: _Facts, rule: Rule) -> tuple[int, int | None]:
    if rule.kind is RuleKind.SHARE:
        promoted = [pair.person for pair in facts.pairs.values() if pair.promotion]
        return sum(_has(facts, person, rule) for person in promoted), len(promoted)
    if rule.kind is RuleKind.GROUP_COUNT:
        return sum(_has(facts, person, rule) for person in facts.members.get(rule.group or "", ())), None
    if rule.kind is RuleKind.LEAVE_LIMIT:
        return sum(_leaves(facts, move, rule.unit) for move in facts.result.moves), None
    wants_rotation = rule.kind is RuleKind.ROTATION
    lengths = Counter(move.chain for move in facts.result.moves if move.rotation or not wants_rotation)
    return max(lengths.values(), default=0), None


def _has(facts: _Facts, person: str, rule: Rule) -> bool:
    return bool(facts.people[person].attributes.get(rule.attribute or "", False))


def _leaves(facts: _Facts, move: Move, unit: str | None) -> bool:
    return move.source is not None and facts.people[move.person].unit == unit != facts.posts[move.target].unit
