"""A town of a few vacancies: too large for the oracle, solved in a moment. (Cities: benchmarks/planning_cities.py.)"""

from random import Random

import numpy as np

from quanheng.planning.core import Effort, Floats, best_of_core, core_of
from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.rows import Model


def town(seed: int, vacancies: int = 4, rotation: int = 0) -> Problem:
    """About 6 posts a vacancy in groups of 6, 12 people eligible a post; shares, counts, limits and kin. Feasible."""
    random = Random(seed)
    count = 6 * vacancies
    posts = tuple(
        Post(
            id=f"p{index}",
            unit=f"u{index // 6}",
            group=f"g{index // 6}",
            principal=index % 6 == 0,
            vacant=index % 6 == seed % 6,
            unfilled_cost=random.randint(300, 900),
            open_cost=random.randint(200, 700),
            merge_cost=random.choice((None, 400)),
        )
        for index in range(count)
    )
    seats = [post for post in posts if not post.vacant] + [None] * vacancies
    people = tuple(
        Person(
            id=f"c{index}",
            post=seat.id if seat else None,
            unit=seat.unit if seat else "u0",
            fit=random.randint(300, 700) if seat else 0,
            attributes={name: random.random() < 0.3 for name in ("young", "female")},
        )
        for index, seat in enumerate(seats)
    )
    pairs = tuple(
        Pair(person.id, post.id, random.randint(200, 900), promotion=random.random() < 0.5)
        for post in posts
        for person in random.sample(people, 12)
        if person.post != post.id
    )
    return Problem(posts, people, pairs, (("c0", "c1"), ("c2", "c9")), _rules(vacancies, rotation), move_cost=50)


def _rules(groups: int, rotation: int) -> tuple[Rule, ...]:
    rules = [
        Rule("young", RuleKind.SHARE, "young", at_least=(1, 3), soft=120),
        Rule("female", RuleKind.SHARE, "female", at_least=(1, 2)),
        Rule("chain", RuleKind.LONGEST_CHAIN, at_most=3),
        Rule("rotation", RuleKind.ROTATION, at_most=rotation),
    ]
    rules += [
        Rule(f"g{g}", RuleKind.GROUP_COUNT, "female", group=f"g{g}", at_least=1, at_most=3, soft=90)
        for g in range(groups)
    ]
    rules += [
        Rule(f"u{u}", RuleKind.LEAVE_LIMIT, unit=f"u{u}", at_most=1, soft=40 if u else None) for u in range(groups)
    ]
    return tuple(rules)


def some_plan(model: Model) -> Floats:
    """The first plan that CP-SAT meets, over all columns."""
    found = best_of_core(core_of(model, np.arange(len(model.weight))), Effort(5, 60), on_better=lambda _, __: False)
    assert found.x is not None
    return found.x
