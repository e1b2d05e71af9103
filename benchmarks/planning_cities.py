"""Invented cities for the planning engine: leading groups, vacancies, eligible people, rules; the same seed, the same.

`uv run python -m benchmarks.planning_cities --size 50 --seed 3 > city.json`

A size is the number of vacancies; there are eight posts to each. Three levels: staff posts of a unit, its leading
group, the principal of that. One is eligible on one's own level, and by promotion one level up. Every city has a
plan: `witness` fills the pins and nothing else, and hard counts hold today, so doing nothing breaks pins alone.
"""

import argparse
import json
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from time import process_time

from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.writing import write_problem

SIZES = (20, 50, 200, 500, 1000)  # vacancies
POSTS_A_VACANCY = 8
GROUP_SIZES = (5, 11)  # principal and deputies
STAFF_SIZES = (1, 5)  # posts of the unit outside its leading group
ELIGIBLE = (20, 60)  # for one post
SERVING = 0.7  # of all people; nearly the same of all pairs
OWN_UNIT = 0.5  # of those of the unit and of a fitting level are eligible
FIT_MEAN, QUALITY, ATTRACTION, MATCH = 580, 125, 75, 150  # of everybody; deviation by person, by post, by pair
AT_HOME = 80  # better in the present post than in another: it is known
SHARES = {"young": 0.26, "female": 0.27, "minority": 0.10, "non_party": 0.14}
AGES, YOUNG = (30, 57), 37  # of all; up to this age inclusive
STAFF, GROUP, PRINCIPAL = 1, 2, 3  # levels; 0 is below all posts
PROMOTED = {STAFF: 0.18, GROUP: 0.58, PRINCIPAL: 0.87}  # of those eligible from everywhere
VACANT_BY_LEVEL = {STAFF: 0.25, GROUP: 0.40, PRINCIPAL: 0.35}
UNFILLED = {STAFF: (400, 700), GROUP: (800, 1200), PRINCIPAL: (2200, 2200)}
OPENED = {STAFF: (200, 500), GROUP: (600, 900), PRINCIPAL: (1500, 2000)}
MERGED = {STAFF: (0.20, 130, 400), GROUP: (0.05, 380, 670)}  # chance, then the cost
WITHOUT_POST = {0: 0.15, STAFF: 0.30, GROUP: 0.55}  # levels of people without a post
KIN = 0.02  # pairs for each person: about 2 of 100 people each way
FORBIDDEN = 0.008  # of all pairs
PINS_A_VACANCY = 0.05
MOVE_COST = 100
SOFT_COSTS = (150, 300, 600)


@dataclass(frozen=True)
class _City:
    """Posts and people with what only the maker knows of them: levels, quality, attraction."""

    posts: tuple[Post, ...]
    people: tuple[Person, ...]
    level: dict[str, int]  # of people
    quality: dict[str, float]
    attraction: dict[str, float]  # of posts

    @cached_property
    def groups(self) -> dict[str, str | None]:
        return {post.id: post.group for post in self.posts}

    def group_of(self, person: Person) -> str | None:
        return self.groups[person.post] if person.post else None


def city(vacancies: int, seed: int, chain: int | None = None) -> Problem:
    """A problem of `vacancies` ≥ 1 vacant posts. `chain` is the longest chain; None: 3 for even seeds, 4 for odd."""
    if vacancies < 1:
        raise ValueError(f"a city of {vacancies} vacancies")
    random = Random(f"planning city {vacancies} {seed}")
    made = _people(random, _with_vacancies(random, vacancies, _posts(random, vacancies * POSTS_A_VACANCY)))
    pairs = _pairs(random, made)
    pins = _pins(random, made, pairs, round(vacancies * PINS_A_VACANCY))
    return Problem(
        posts=made.posts,
        people=made.people,
        pairs=tuple(replace(pair, promotion=False) if (pair.person, pair.post) in pins else pair for pair in pairs),
        kin=_kin(random, made),
        rules=_rules(random, made, chain or chain_of(seed)),
        pins=pins,
        forbids=_forbids(random, pairs, pins),
        move_cost=MOVE_COST,
    )


def chain_of(seed: int) -> int:
    """The longest chain where none is asked for: 3 for even seeds, 4 for odd."""
    return 3 + seed % 2


def witness(problem: Problem) -> tuple[tuple[str, str], ...]:
    """(person, post) of a plan that keeps every hard rule of a city: the pins and nothing else."""
    return problem.pins


def level_of(post: Post) -> int:
    return PRINCIPAL if post.principal else STAFF if post.group is None else GROUP


def _posts(random: Random, count: int) -> list[Post]:
    """Unit after unit: a principal, the deputies, the staff posts. The last unit is cut where the posts end."""
    posts: list[Post] = []
    unit = 0
    while len(posts) < count:
        inside = random.randint(*GROUP_SIZES)
        levels = [PRINCIPAL] + [GROUP] * (inside - 1) + [STAFF] * random.randint(*STAFF_SIZES)
        for level in levels[: count - len(posts)]:
            posts.append(_post(random, f"p{len(posts)}", unit, level))
        unit += 1
    return posts


def _post(random: Random, name: str, unit: int, level: int) -> Post:
    chance, low, high = MERGED.get(level, (0.0, 0, 0))
    return Post(
        id=name,
        unit=f"u{unit}",
        group=None if level == STAFF else f"g{unit}",
        principal=level == PRINCIPAL,
        vacant=False,
        unfilled_cost=random.randint(*UNFILLED[level]),
        open_cost=random.randint(*OPENED[level]),
        merge_cost=random.randint(low, high) if random.random() < chance else None,
    )


def _with_vacancies(random: Random, vacancies: int, posts: list[Post]) -> tuple[Post, ...]:
    """Principals are more often vacant than their number would have it, since they are what a batch is made for."""
    levels = list(VACANT_BY_LEVEL)
    free = {level: [index for index, post in enumerate(posts) if level_of(post) == level] for level in levels}
    vacant: set[int] = set()
    while len(vacant) < vacancies:
        [level] = random.choices(levels, weights=list(VACANT_BY_LEVEL.values()))
        if free[level]:
            vacant.add(free[level].pop(random.randrange(len(free[level]))))
    return tuple(replace(post, vacant=index in vacant) for index, post in enumerate(posts))


def _people(random: Random, posts: tuple[Post, ...]) -> _City:
    held = [post for post in posts if not post.vacant]
    units = sorted({post.unit for post in posts})
    without = [None] * max(3, round(len(held) * (1 - SERVING) / SERVING))
    attraction = {post.id: random.gauss(0, ATTRACTION) for post in posts}
    people: list[Person] = []
    level: dict[str, int] = {}
    quality: dict[str, float] = {}
    for number, post in enumerate((*held, *without)):
        name = f"c{number}"
        quality[name] = random.gauss(0, QUALITY)
        level[name] = level_of(post) if post else random.choices([*WITHOUT_POST], [*WITHOUT_POST.values()])[0]
        fit = _fit(random, FIT_MEAN + AT_HOME + quality[name] + attraction[post.id]) if post else 0
        unit = post.unit if post else random.choice(units)
        people.append(Person(name, post.id if post else None, unit, fit, _attributes(random)))
    return _City(posts, tuple(people), level, quality, attraction)


def _attributes(random: Random) -> dict[str, bool | int]:
    age = random.randint(*AGES)
    drawn: dict[str, bool | int] = {name: random.random() < share for name, share in SHARES.items() if name != "young"}
    return {"young": age <= YOUNG, **drawn, "age": age}


def _fit(random: Random, mean: float) -> int:
    return min(1000, max(0, round(mean + random.gauss(0, MATCH))))


def _pairs(random: Random, made: _City) -> tuple[Pair, ...]:
    fitting: dict[int, list[Person]] = {level: [] for level in range(PRINCIPAL + 1)}
    at_home: dict[tuple[str, int], list[Person]] = {}
    for person in made.people:
        fitting[made.level[person.id]].append(person)
        at_home.setdefault((person.unit, made.level[person.id]), []).append(person)
    pairs: list[Pair] = []
    for post in made.posts:
        level = level_of(post)
        near = at_home.get((post.unit, level), []) + at_home.get((post.unit, level - 1), [])
        for person in _eligible(random, post, near, fitting[level], fitting[level - 1]):
            mean = FIT_MEAN + made.quality[person.id] + made.attraction[post.id]
            pairs.append(Pair(person.id, post.id, _fit(random, mean), promotion=made.level[person.id] < level))
    return tuple(pairs)


def _eligible(random: Random, post: Post, near: list[Person], same: list[Person], below: list[Person]) -> list[Person]:
    """20 to 60 where there are as many: some of the unit, the rest from everywhere; never the holder."""
    others = len(same) + len(below) - (post.id in {person.post for person in near})
    count = min(random.randint(*ELIGIBLE), others)
    chosen = {person.id: person for person in near if person.post != post.id and random.random() < OWN_UNIT}
    while len(chosen) < count:
        pool = below if random.random() < PROMOTED[level_of(post)] else same
        person = random.choice(pool) if pool else None
        if person and person.post != post.id:
            chosen[person.id] = person
    return list(chosen.values())


def _pins(random: Random, made: _City, pairs: tuple[Pair, ...], count: int) -> tuple[tuple[str, str], ...]:
    """People without a post to vacant staff posts: it breaks no count, no limit and no kin; nor, as no promotion, a
    share."""
    free = {post.id for post in made.posts if post.vacant and post.group is None}
    without = {person.id for person in made.people if person.post is None}
    pins: list[tuple[str, str]] = []
    for pair in random.sample(pairs, len(pairs)):
        if len(pins) < count and pair.post in free and pair.person in without:
            pins.append((pair.person, pair.post))
            free.discard(pair.post)
            without.discard(pair.person)
    return tuple(pins)


def _forbids(random: Random, pairs: tuple[Pair, ...], pins: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    chosen = [(pair.person, pair.post) for pair in pairs if random.random() < FORBIDDEN]
    return tuple(pair for pair in chosen if pair not in pins)


def _kin(random: Random, made: _City) -> tuple[tuple[str, str], ...]:
    """Never two of one leading group: that would have to be repaired."""
    kin: set[tuple[str, str]] = set()
    while len(kin) < max(1, round(len(made.people) * KIN)):
        one, other = sorted(random.sample(range(len(made.people)), 2))
        a, b = made.people[one], made.people[other]
        if made.group_of(a) is None or made.group_of(a) != made.group_of(b):
            kin.add((a.id, b.id))
    return tuple(sorted(kin, key=lambda pair: (int(pair[0][1:]), int(pair[1][1:]))))


def _rules(random: Random, made: _City, chain: int) -> tuple[Rule, ...]:
    units = dict.fromkeys(post.unit for post in made.posts)
    return (
        Rule("young", RuleKind.SHARE, "young", at_least=(1, 3)),
        Rule("female", RuleKind.SHARE, "female", at_least=(1, 3), soft=300),
        Rule("non_party", RuleKind.SHARE, "non_party", at_least=(1, 6), soft=200),
        *_counts(random, made),
        *(Rule(f"leave-{unit}", RuleKind.LEAVE_LIMIT, unit=unit, at_most=random.randint(1, 3)) for unit in units),
        Rule("chain", RuleKind.LONGEST_CHAIN, at_most=chain),
    )


def _counts(random: Random, made: _City) -> list[Rule]:
    """Of each leading group; hard where it holds today, soft where it does not."""
    members: dict[str, list[Person]] = {post.group: [] for post in made.posts if post.group}
    for person in made.people:
        group = made.group_of(person)
        if group:
            members[group].append(person)
    rules: list[Rule] = []
    for group, inside in members.items():
        today = {name: sum(bool(person.attributes[name]) for person in inside) for name in SHARES}
        least = {"female": 2 if len(inside) >= 8 else 1, "young": 1, "non_party": 1}
        for name, number in least.items():
            soft = random.choice(SOFT_COSTS) if today[name] < number else None
            rules.append(Rule(f"{group}-{name}", RuleKind.GROUP_COUNT, name, group, at_least=number, soft=soft))
        if random.random() < 0.25 and today["non_party"] <= 2:
            rules.append(Rule(f"{group}-non_party-most", RuleKind.GROUP_COUNT, "non_party", group, at_most=2))
    return rules


def main() -> None:
    parser = argparse.ArgumentParser(description="An invented city for the planning engine, as JSON.")
    parser.add_argument("--size", type=int, help="vacancies; without it a table of what there is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chain", type=int, help="longest chain; 3 or 4 by the seed")
    given = parser.parse_args()
    if given.size is None:
        _print_table(given.seed, given.chain)
    else:
        print(json.dumps(write_problem(city(given.size, given.seed, given.chain)), ensure_ascii=False))


def _print_table(seed: int, chain: int | None) -> None:
    """For `make bench`, which runs every file without arguments."""
    print(
        f"{'city':<8}{'posts':>8}{'people':>8}{'pairs':>9}{'kin':>6}{'rules':>7}{'pins':>6}{'forbids':>9}{'CPU s':>8}"
    )
    for size in SIZES:
        start = process_time()
        made = city(size, seed, chain)
        counts = f"{len(made.posts):>8}{len(made.people):>8}{len(made.pairs):>9}{len(made.kin):>6}{len(made.rules):>7}"
        print(f"S{size:<7}{counts}{len(made.pins):>6}{len(made.forbids):>9}{process_time() - start:>8.2f}")


if __name__ == "__main__":
    main()
