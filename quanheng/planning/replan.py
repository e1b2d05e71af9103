"""The plan after one more pin or forbid, from the answer before: columns, duals and cuts are used again."""

from quanheng.planning.budget import Budget
from quanheng.planning.ground import Ground, forbid_row, ground_after, pin_row, search_again, solved
from quanheng.planning.problem import changed
from quanheng.planning.result import Result

Seats = tuple[tuple[str, str], ...]


def replan(ground: Ground, budget: Budget, *, pins: Seats = (), forbids: Seats = ()) -> Result:
    """The answer to `changed(ground.problem, pins, forbids)`, of the same value as `solve` would prove.

    The changed problem must pass checks.py. Taking a pin or forbid back is not a change of this kind: solve again.
    Among plans of equal value the old one is kept where it still holds; small problems are simply solved."""
    return replanned(ground, budget, pins=pins, forbids=forbids).result


def replanned(ground: Ground, budget: Budget, *, pins: Seats = (), forbids: Seats = ()) -> Ground:
    """As `replan`, with what further questions about the new plan are answered from."""
    problem = changed(ground.problem, pins, forbids)
    if ground.is_small:
        return solved(problem, budget)
    rows = [*(forbid_row(ground.model, *seat) for seat in forbids), *(pin_row(ground.model, *seat) for seat in pins)]
    return ground_after(search_again(ground, rows, budget, problem))
