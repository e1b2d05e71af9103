"""Values near the bound that are proved or refuted before anything else."""

import math
from dataclasses import replace

import pytest

from quanheng.planning import proof
from quanheng.planning.budget import Budget, Meter
from quanheng.planning.core import Found
from quanheng.planning.incumbent import Floats, Incumbent
from quanheng.planning.linear import Linear, Relaxation
from quanheng.planning.proof import Growth
from quanheng.planning.result import gap_of
from quanheng.planning.rows import build
from quanheng.planning.solve import _refute, guess, solve
from tests.planning.towns import town


def begun(seed: int) -> tuple[Incumbent, Linear, int]:
    """A search without a plan, its linear optimum, the value of the best plan."""
    problem = town(seed)
    model = build(problem)
    best = solve(problem, Budget(60)).value
    assert best is not None
    return Incumbent(model, Meter(Budget(60))), Relaxation(model).solve(), best


@pytest.mark.parametrize("steps", [(1.0,), (0.002, 0.02, 1.0)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_width_that_holds_the_best_plan_proves_it(seed: int, steps: tuple[float, ...]) -> None:
    search, linear, best = begun(seed)
    guess(search, linear, None, [linear.bound - best + 2], steps)
    assert (search.value, search.bound) == (best, best)


def test_a_width_without_a_plan_is_a_bound() -> None:
    search, linear, best = begun(1)
    width = (linear.bound - best) / 2
    assert width > 1, "the town must have a gap"
    guess(search, linear, None, [width], (1.0,))
    assert search.value is None
    assert search.bound == math.ceil(linear.bound - width) - 1 >= best


def test_the_next_width_follows_where_one_is_refuted() -> None:
    search, linear, best = begun(1)
    gap = linear.bound - best
    guess(search, linear, None, [gap / 2, gap + 2], (1.0,))
    assert (search.value, search.bound) == (best, best)


def test_nothing_is_guessed_below_a_plan_that_is_there() -> None:
    search, linear, best = begun(1)
    search.offer(solved_x(search))
    before = search.meter.spent
    guess(search, linear, None, [linear.bound - best + 50], (1.0,))
    assert search.value == best
    assert search.meter.spent == before


def test_a_core_that_is_not_done_with_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    search, linear, best = begun(1)
    monkeypatch.setattr(proof, "search_core", lambda *_, **__: Found(None, None, is_exact=False, work=0.0))
    assert not _refute(Growth(search, linear, None), best, (0.001, 1.0))
    assert search.bound is None


@pytest.mark.parametrize(
    ("value", "bound", "gap"), [(None, 5, None), (5, None, None), (100, 103, 0.03), (-50, -49, 0.02), (0, 2, 2.0)]
)
def test_gap(value: int | None, bound: int | None, gap: float | None) -> None:
    assert gap_of(value, bound) == gap


def solved_x(search: Incumbent) -> Floats:
    again = replace(search, value=None, bound=None, x=None)
    guess(again, Relaxation(search.model).solve(), None, [10_000.0], (1.0,))
    assert again.x is not None
    return again.x
