"""What each rule costs: by how much the plan would gain if that rule were dropped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quanheng.planning.budget import Budget, Meter
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.ground import Ground
from quanheng.planning.problem import CHAIN_RULE, Problem, Rule, RuleKind
from quanheng.planning.result import Result, Status
from quanheng.planning.rows import Model
from quanheng.planning.solve import solve

MOST_COLUMNS = 400_000  # where no chain length is left, beyond which nothing is tried


@dataclass(frozen=True)
class Effect:
    """`lowest` ≤ gain ≤ `highest` (None: not known); `exact` where both values are proved.

    Dropping a rule that allows something (the only rotation rule, a chain longer than the default) may lose. Where
    only the problem without the rule has a plan, `lifts` and no numbers."""

    rule: str
    lowest: int | None = None
    highest: int | None = None
    exact: bool = False
    lifts: bool = False  # the conflict


def effects(ground: Ground, budget: Budget) -> tuple[Effect, ...]:
    """One for each rule, soft ones too, in the order of the problem; last `longest_chain:default` where it applies.

    The budget is shared evenly by the rules that can matter; what one leaves goes to the next."""
    meter, names = Meter(budget), list(_names(ground.problem))
    bound_rules = [name for name in names if _can_matter(ground.model, name)]
    nothing = None if ground.result.status is Status.INFEASIBLE else 0
    found = {name: Effect(name, nothing, nothing, exact=True) for name in names}
    for index, name in enumerate(bound_rules):
        left = len(bound_rules) - index
        share = Budget(meter.left / left, budget.seed, wall=meter.wall_left / left)
        found[name], work = _effect(ground, name, share)
        meter.spend(work)
    return tuple(found[name] for name in names)


def dropped(problem: Problem, rule: str) -> Problem:
    """Without a rule: the last longest_chain leaves the default; the default leaves no limit."""
    rules = tuple(one for one in problem.rules if one.id != rule)
    if rule == CHAIN_RULE:
        rules = (*rules, Rule("no limit", RuleKind.LONGEST_CHAIN, at_most=len(problem.people) + 1))
    return replace(problem, rules=rules)


def _names(problem: Problem) -> Iterator[str]:
    yield from (rule.id for rule in problem.rules)
    if not any(rule.kind is RuleKind.LONGEST_CHAIN for rule in problem.rules):
        yield CHAIN_RULE


def _can_matter(model: Model, name: str) -> bool:
    """Rules that shape the columns, and those that some plan can break (others have no row)."""
    shapes = (RuleKind.LONGEST_CHAIN, RuleKind.ROTATION)
    is_shape = any(rule.id == name and rule.kind in shapes for rule in model.problem.rules)
    return is_shape or name == CHAIN_RULE or any(name in ids for ids in model.ids)


def _effect(ground: Ground, name: str, budget: Budget) -> tuple[Effect, float]:
    problem = dropped(ground.problem, name)
    if name == CHAIN_RULE and len(problem.people) * len(problem.pairs) > MOST_COLUMNS:
        return Effect(name, _least(ground, problem)), 0.0
    after = solve(problem, budget)
    work = float(dict(after.parameters).get("work", 0))
    return _compared(ground.result, after, Effect(name, _least(ground, problem))), work


def _least(ground: Ground, problem: Problem) -> int | None:
    """What the same plan gains by itself, if it may still be made: as far as the bound does not eat it up."""
    before = ground.result
    if before.value is None or before.bound is None:
        return None
    account = check_plan(problem, moves_of(problem, ground.pairs))
    return None if account.broken else account.value - before.bound


def _compared(before: Result, after: Result, effect: Effect) -> Effect:
    if before.status is Status.INFEASIBLE:
        return replace(effect, lifts=after.value is not None, exact=after.proved)
    if before.value is None or before.bound is None:
        return effect
    gains = [effect.lowest] if effect.lowest is not None else []
    gains += [after.value - before.bound] if after.value is not None else []
    highest = after.bound - before.value if after.bound is not None else None
    return replace(effect, lowest=max(gains, default=None), highest=highest, exact=before.proved and after.proved)
