"""The plan after one more pin or forbid, from the answer before: columns, duals and cuts are used again."""

from quanheng.planning.budget import Budget
from quanheng.planning.ground import Ground, forbid_row, pin_row, search_again
from quanheng.planning.problem import changed
from quanheng.planning.result import Result
from quanheng.planning.solve import solve

Seats = tuple[tuple[str, str], ...]


def replan(ground: Ground, budget: Budget, *, pins: Seats = (), forbids: Seats = ()) -> Result:
    """The answer to `changed(ground.problem, pins, forbids)`, of the same value as `solve` would prove.

    The changed problem must pass checks.py. Taking a pin or forbid back is not a change of this kind: solve again.
    Among plans of equal value the old one is kept where it still holds; small problems are simply solved."""
    problem = changed(ground.problem, pins, forbids)
    if ground.is_small:
        return solve(problem, budget)
    rows = [*(forbid_row(ground.model, *seat) for seat in forbids), *(pin_row(ground.model, *seat) for seat in pins)]
    return search_again(ground, rows, budget, problem).result()
