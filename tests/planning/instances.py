"""Random tiny problems that exercise every rule, small enough for the oracle; and changes that keep the value."""

from dataclasses import replace
from random import Random
from typing import TypeVar

from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind

T = TypeVar("T")
ATTRIBUTES = ("young", "female", "non_party")
UNITS = ("u0", "u1", "u2")
GROUPS = ("g0", "g1", None, None)


def post(
    name: str,
    *,
    vacant: bool = False,
    unit: str = "u",
    group: str | None = None,
    unfilled: int = 0,
    opened: int = 0,
    merge: int | None = None,
) -> Post:
    return Post(name, unit, group, False, vacant, unfilled, opened, merge)


def person(name: str, held: str | None = None, fit: int = 0, *, unit: str = "u", **attributes: bool | int) -> Person:
    return Person(name, held, unit, fit, dict(attributes))


def pair(name: str, wanted: str, fit: int = 10, *, promotion: bool = False) -> Pair:
    return Pair(name, wanted, fit, promotion)


def tiny(seed: int) -> Problem:
    """3 to 7 posts, 3 to 8 people; the same seed, the same problem. About three in ten are infeasible."""
    random = Random(seed)
    posts = _posts(random)
    people = _people(random, posts)
    pairs = _pairs(random, posts, people)
    return Problem(
        posts=posts,
        people=people,
        pairs=pairs,
        kin=_kin(random, people),
        rules=_rules(random),
        pins=_pins(random, people, pairs),
        forbids=_forbids(random, people, posts, pairs),
        move_cost=random.choice((0, 5, 12)),
    )


def _posts(random: Random) -> tuple[Post, ...]:
    count = random.randint(3, 7)
    vacant = set(random.sample(range(count), random.choice((0, 1, 1, 1, 2, 2, 3))))
    return tuple(
        Post(
            id=f"p{index}",
            unit=random.choice(UNITS),
            group=random.choice(GROUPS),
            principal=random.random() < 0.2,
            vacant=index in vacant,
            unfilled_cost=random.randint(0, 60),
            open_cost=random.randint(0, 40),
            merge_cost=random.choice((None, None, random.randint(0, 40))),
        )
        for index in range(count)
    )


def _people(random: Random, posts: tuple[Post, ...]) -> tuple[Person, ...]:
    held: list[Post | None] = [post for post in posts if not post.vacant]
    held += [None] * random.randint(max(0, 3 - len(held)), max(0, min(3, 8 - len(held))) or 1)
    random.shuffle(held)
    return tuple(
        Person(
            id=f"c{index}",
            post=post.id if post else None,
            unit=post.unit if post else random.choice(UNITS),
            fit=random.randint(0, 60) if post else 0,
            attributes={name: random.random() < 0.4 for name in ATTRIBUTES if random.random() < 0.9},
        )
        for index, post in enumerate(held[:8])
    )


def _pairs(random: Random, posts: tuple[Post, ...], people: tuple[Person, ...]) -> tuple[Pair, ...]:
    density = random.choice((0.3, 0.4, 0.5))
    return tuple(
        Pair(person.id, post.id, fit=random.randint(0, 100), promotion=random.random() < 0.5)
        for person in people
        for post in posts
        if random.random() < (density if post.id != person.post else 0.05)
    )


def _kin(random: Random, people: tuple[Person, ...]) -> tuple[tuple[str, str], ...]:
    chosen = [random.sample([person.id for person in people], 2) for _ in range(random.choice((0, 0, 1, 1, 2)))]
    return tuple({frozenset(pair): (pair[0], pair[1]) for pair in chosen}.values())


def _rules(random: Random) -> tuple[Rule, ...]:
    """Each kind is there in about half of the problems, soft three times as often as hard."""
    rules: list[Rule] = []
    if random.random() < 0.7:
        rules.append(Rule("chain", RuleKind.LONGEST_CHAIN, at_most=random.choice((1, 2, 3, 3, 5))))
    if random.random() < 0.5:
        rules.append(Rule("rotation", RuleKind.ROTATION, at_most=random.choice((0, 2, 2, 3, 4))))
    if random.random() < 0.5:
        share = random.choice(((1, 3), (2, 5), (1, 2), (1, 1)))
        rules.append(Rule("share", RuleKind.SHARE, random.choice(ATTRIBUTES), at_least=share, soft=_soft(random)))
    rules += [_leave(random, unit) for unit in (*UNITS, "nowhere") if random.random() < 0.25]
    rules += [_count(random, group) for group in ("g0", "g1") if random.random() < 0.35]
    if random.random() < 0.05:
        rules.append(_count(random, "nobody"))
    random.shuffle(rules)
    return tuple(rules)


def _leave(random: Random, unit: str) -> Rule:
    return Rule(f"leave_{unit}", RuleKind.LEAVE_LIMIT, unit=unit, at_most=random.randint(0, 2), soft=_soft(random))


def _count(random: Random, group: str) -> Rule:
    least = random.choice((None, 0, 0, 1))
    return Rule(
        f"count_{group}",
        RuleKind.GROUP_COUNT,
        attribute=random.choice(ATTRIBUTES),
        group=group,
        at_least=least,
        at_most=random.choice((None, (least or 0), (least or 0) + 1)),
        soft=_soft(random),
    )


def _soft(random: Random) -> int | None:
    return random.choice((None, random.randint(0, 10), random.randint(5, 30), random.randint(10, 60)))


def _pins(random: Random, people: tuple[Person, ...], pairs: tuple[Pair, ...]) -> tuple[tuple[str, str], ...]:
    pins = {
        (pair.person, pair.post) for pair in random.sample(pairs, min(len(pairs), random.choice((0, 0, 0, 1, 1, 2))))
    }
    serving = [(person.id, person.post) for person in people if person.post]
    if serving and random.random() < 0.2:
        pins.add(random.choice(serving))
    return tuple(sorted(pins))


def _forbids(
    random: Random, people: tuple[Person, ...], posts: tuple[Post, ...], pairs: tuple[Pair, ...]
) -> tuple[tuple[str, str], ...]:
    """Mostly of eligible pairs, seldom of a pair that is not there at all: that one is idle."""
    forbids = {(pair.person, pair.post) for pair in pairs if random.random() < 0.04}
    if random.random() < 0.1:
        forbids.add((random.choice(people).id, random.choice(posts).id))
    return tuple(sorted(forbids))


def shuffled(problem: Problem, seed: int) -> Problem:
    """Other ids everywhere (but for attributes) and another order of every list: the value is the same."""
    random = Random(seed)
    renamed = _renamed(problem, random)
    return replace(
        renamed,
        posts=_mixed(random, renamed.posts),
        people=_mixed(random, renamed.people),
        pairs=_mixed(random, renamed.pairs),
        kin=_mixed(random, tuple((b, a) if random.random() < 0.5 else (a, b) for a, b in renamed.kin)),
        rules=_mixed(random, renamed.rules),
        pins=_mixed(random, renamed.pins),
        forbids=_mixed(random, renamed.forbids),
    )


def _mixed(random: Random, items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(random.sample(items, len(items)))


def _renamed(problem: Problem, random: Random) -> Problem:
    names: dict[tuple[str, str], str] = {}

    def new(kind: str, old: str) -> str:
        return names.setdefault((kind, old), f"{random.getrandbits(40):010x}-{len(names)}")

    def some(kind: str, old: str | None) -> str | None:
        return None if old is None else new(kind, old)

    def seats(items: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((new("person", person), new("post", post)) for person, post in items)

    def post(old: Post) -> Post:
        return replace(old, id=new("post", old.id), unit=new("unit", old.unit), group=some("group", old.group))

    def person(old: Person) -> Person:
        return replace(old, id=new("person", old.id), post=some("post", old.post), unit=new("unit", old.unit))

    def rule(old: Rule) -> Rule:
        return replace(old, id=new("rule", old.id), unit=some("unit", old.unit), group=some("group", old.group))

    return replace(
        problem,
        posts=tuple(map(post, problem.posts)),
        people=tuple(map(person, problem.people)),
        pairs=tuple(
            replace(pair, person=new("person", pair.person), post=new("post", pair.post)) for pair in problem.pairs
        ),
        kin=tuple((new("person", a), new("person", b)) for a, b in problem.kin),
        rules=tuple(map(rule, problem.rules)),
        pins=seats(problem.pins),
        forbids=seats(problem.forbids),
    )


def side_by_side(one: Problem, other: Problem) -> Problem:
    """Two cities that share nothing (give the second other ids first, by `shuffled`); move cost of the first."""
    return replace(
        one,
        posts=one.posts + other.posts,
        people=one.people + other.people,
        pairs=one.pairs + other.pairs,
        kin=one.kin + other.kin,
        rules=one.rules + other.rules,
        pins=one.pins + other.pins,
        forbids=one.forbids + other.forbids,
    )
