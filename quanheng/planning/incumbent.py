"""The best plan so far with its bound: checked before it is believed, told when it gets better."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from quanheng.planning.budget import Meter
from quanheng.planning.checker import Account, check_plan, moves_of, tie_of
from quanheng.planning.cuts import Cuts
from quanheng.planning.linear import Linear
from quanheng.planning.result import Move, Result, Status, gap_of
from quanheng.planning.rows import Model, plan_of, value_of, vector_of
from quanheng.planning.writing import hash_of

Floats = npt.NDArray[np.float64]
Progress = Callable[[Result], object]


class WrongPlanError(AssertionError):
    """The checker does not agree with the model: a fault of the engine, never an answer."""


@dataclass
class Incumbent:
    """`value` is None until a plan is known, `bound` until a bound is."""

    model: Model
    meter: Meter
    progress: Progress | None = None
    value: int | None = None
    bound: int | None = None
    x: Floats | None = None
    is_infeasible: bool = False
    linear: Linear | None = None  # relaxation of the model with `cuts`, as far as there is one
    cuts: Cuts | None = None
    hint: Floats | None = None  # near the plans that are looked for, though it does not keep all rows
    notes: dict[str, str] = field(default_factory=dict)  # goes into `parameters`
    free_chains: float = 25.0  # of a neighbourhood: how many are planned anew at once, by what was done with in time
    random: np.random.Generator = field(init=False)  # draws neighbourhoods; going on, so that none is drawn twice
    _moves: tuple[Move, ...] = ()
    _account: Account | None = None

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.meter.budget.seed)

    @cached_property
    def _hash(self) -> str:
        """Many a search inside an explanation is never asked for its result."""
        return hash_of(self.model.problem)

    @property
    def is_proved(self) -> bool:
        return self.is_infeasible or (self.value is not None and self.value == self.bound)

    @property
    def gap(self) -> float:
        """(bound − value) / max(1, |value|); inf as long as one of them is not known."""
        gap = gap_of(self.value, self.bound)
        return float("inf") if gap is None else gap

    def offer(self, x: Floats | None) -> bool:
        """Takes a plan that is better, or as good with a smaller tie; True when it is worth more."""
        if x is None:
            return False
        pairs = plan_of(self.model, x)
        x = vector_of(self.model, pairs)  # on the way CP-SAT may leave a shortfall larger than it need be
        value = value_of(self.model, x)
        if self.value is not None and value < self.value:
            return False
        if value == self.value and self._tie(pairs) >= self._tie(self._pairs()):
            return False
        is_more = self.value is None or value > self.value
        self._take(x, value, pairs)
        if is_more:
            self.tell()
        return is_more

    def lower_bound(self, bound: int | None) -> None:
        """Takes a bound that is smaller; it may not lie below a plan that is there."""
        if bound is None or not self.model.is_complete or (self.bound is not None and bound >= self.bound):
            return
        if self.value is not None and bound < self.value:
            raise WrongPlanError(f"bound {bound} below the value {self.value} of a plan")
        self.bound = bound
        self.tell()

    def tell(self) -> None:
        if self.progress is not None:
            self.progress(self.result())

    def result(self) -> Result:
        """What can be answered now."""
        blank = Result(Status.UNKNOWN, bound=self.bound, input_hash=self._hash, solver=solver_versions())
        blank = replace(blank, parameters=self._parameters())
        if self.is_infeasible:
            return replace(blank, status=Status.INFEASIBLE, bound=None)
        if self._account is None:
            return blank
        return replace(
            blank,
            status=Status.OPTIMAL if self.is_proved else Status.FEASIBLE,
            value=self._account.value,
            moves=self._moves,
            unfilled=self._account.unfilled,
            opened=self._account.opened,
            merged=self._account.merged,
            rules=self._account.rules,
        )

    def _take(self, x: Floats, value: int, pairs: tuple[tuple[str, str], ...]) -> None:
        moves = moves_of(self.model.problem, pairs)
        account = check_plan(self.model.problem, moves)
        if account.broken or account.value != value:
            raise WrongPlanError(f"value {value}, checked {account.value}, broken {account.broken[:5]}")
        if self.bound is not None and value > self.bound:
            raise WrongPlanError(f"value {value} above the bound {self.bound}")
        self.x, self.value, self._moves, self._account = x, value, moves, account

    def _pairs(self) -> tuple[tuple[str, str], ...]:
        return tuple((move.person, move.target) for move in self._moves)

    def _tie(self, pairs: tuple[tuple[str, str], ...]) -> tuple[int, tuple[tuple[int, int], ...]]:
        return tie_of(self.model.problem, pairs)

    def _parameters(self) -> tuple[tuple[str, str], ...]:
        budget = self.meter.budget
        known = {"seed": str(budget.seed), "budget": f"{budget.seconds:g}", "work": f"{self.meter.spent:.3f}"}
        return tuple((known | self.notes).items())


@cache
def solver_versions() -> str:
    """Names and versions of what computes; read from disk once."""
    return ", ".join(f"{name} {version(package)}" for name, package in _SOLVERS.items())


_SOLVERS = {"OR-Tools": "ortools", "HiGHS": "highspy"}
