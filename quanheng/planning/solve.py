"""The batch plan: the best plan that keeps every rule, with its proof or its honest gap."""

import numpy as np

from quanheng.planning.budget import Budget, Meter
from quanheng.planning.core import core_of
from quanheng.planning.greedy import greedy, simple_bound, unchanged
from quanheng.planning.incumbent import Incumbent, Progress
from quanheng.planning.problem import Problem
from quanheng.planning.proof import break_ties, search_core
from quanheng.planning.result import Result
from quanheng.planning.rows import build

WHOLE = 1_500  # columns that CP-SAT proves faster than a linear program would shrink them


def solve(problem: Problem, budget: Budget, progress: Progress | None = None) -> Result:
    """The plan of the highest value within the budget; the same input gives the same plan.

    `problem` has passed checks.py. `progress` is called with a Result each time value or bound gets better; what it
    raises ends the search and comes out of here. Status `unknown` when no plan was found in time, `infeasible` when
    there is none (why, says conflict.py). Every plan handed out has passed checker.py.
    Ties (ruling 9): where the optimum is proved, the plan is the one of the smallest Σ (person index + post index)
    among all that are worth as much, if `parameters` say `tie: proved`; else the smallest found.
    Raises TooManyColumnsError."""
    meter = Meter(budget)
    search = Incumbent(build(problem), meter, progress)
    if search.model.impossible:
        search.is_infeasible = search.model.is_complete
    else:
        _first_plans(search)
        _search_whole(search)
    return search.result()


def _first_plans(search: Incumbent) -> None:
    search.offer(unchanged(search.model))
    search.offer(greedy(search.model))
    search.lower_bound(simple_bound(search.model))


def _search_whole(search: Incumbent) -> None:
    core = core_of(search.model, np.arange(len(search.model.weight)))
    found = search_core(search, core, search.meter.left)
    search.is_infeasible = found.is_exact and search.value is None and search.model.is_complete
    search.lower_bound(found.bound)
    if search.is_proved:
        break_ties(search, core, search.meter.left)
