"""A first plan in no time, best column first, and a first bound: for budgets too small for a linear program."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from quanheng.planning.columns import NOWHERE
from quanheng.planning.rows import Model, slack_of, vector_of

Floats = npt.NDArray[np.float64]


def unchanged(model: Model) -> Floats | None:
    """The plan in which nobody moves; None when it breaks a hard row (ruling 9)."""
    x = vector_of(model, ())
    return x if keeps(model, x) else None


def keeps(model: Model, x: Floats) -> bool:
    """Whether a whole vector keeps every row and limit."""
    slack = slack_of(model, x)
    return bool(
        slack.min(initial=0) >= 0 and not slack[model.equal].any() and (x <= model.limit).all() and (x >= 0).all()
    )


def simple_bound(model: Model) -> int:
    """No plan is worth more: every post gets its best pair, every exchange is made. Weak, but free."""
    columns, weight = model.columns, model.weight
    best = np.zeros(len(model.problem.posts))
    np.maximum.at(best, columns.post, weight[: columns.chains])
    closed = weight[columns.chains : columns.chains + len(columns.exchanges)]
    return model.constant + round(float(best.sum() + np.maximum(closed, 0).sum()))


def greedy(model: Model, duals: Floats | None = None) -> Floats | None:
    """The highest weight first, chains from their vacant posts on; None when a hard row is still broken at the end.

    With `duals` (of lagrangian.find_duals) the highest reduced cost first; what a post is worth that a move opens,
    then counts for the move: far better plans."""
    search = _Greedy(model, model.weight, np.zeros(len(model.weight)))
    if duals is not None:
        search = _Greedy(model, model.weight - model.matrix.T @ duals, _promised(model, duals))
    search.run()
    x = vector_of(model, _pairs(model, search.taken))
    return x if keeps(model, x) else None


def _promised(model: Model, duals: Floats) -> Floats:
    """By column, what it is worth to fill the post that it opens, at the next position."""
    columns = model.columns
    values = np.zeros((len(columns.layers) + 1, len(model.problem.posts) + 1))  # the last post is NOWHERE
    values[model.node_position, model.node_post] = duals[: model.first_seat_row]
    promised = np.zeros(len(model.weight))
    promised[: columns.chains] = values[columns.position + 1, model.places.home[columns.person]]
    return promised


@dataclass
class _Greedy:
    """Rows (1)…(8) by what they have left; soft rows may go below 0 at their cost."""

    model: Model
    score: Floats  # by column, the highest first
    promised: Floats  # by column, to be added to its weight
    taken: list[int] = field(default_factory=list)
    left: list[float] = field(init=False)  # by row; a column has few rows, plain numbers are quicker than arrays
    cost: list[float] = field(init=False)  # by row, of one unit below 0; inf where hard

    def __post_init__(self) -> None:
        self.left = self.model.upper.tolist()
        self.cost = [np.inf] * len(self.left)
        for shortfall in self.model.shortfalls:
            for row in shortfall.rows:
                self.cost[self.model.first_seat_row + row] = shortfall.cost / shortfall.step

    def run(self) -> None:
        queue = [*self._entries(NOWHERE, 1), *self._pinned()]
        heapq.heapify(queue)
        while queue:
            _, column = heapq.heappop(queue)
            if self._gain(column) > 0:
                self._take(column)
                for entry in self._entries(*self._opened_by(column)):
                    heapq.heappush(queue, entry)

    def _pinned(self) -> list[tuple[float, int]]:
        """First columns of pinned pairs, before all others: without them there is no plan."""
        columns = self.model.columns
        pins = np.flatnonzero(self.model.equal & (self.model.upper > 0)) - self.model.first_seat_row
        vacant = columns.seat[: columns.layers[1]] if len(columns.layers) > 1 else columns.seat
        first = np.flatnonzero(np.isin(vacant, self.model.seat_matrix[pins].indices))
        return [(-np.inf, int(column)) for column in first]

    def _entries(self, post: int, position: int) -> Iterator[tuple[float, int]]:
        """Columns at a position, of one post or of all, the best first in a heap."""
        columns = self.model.columns
        if position >= len(columns.layers):
            return
        first, last = columns.layers[position - 1 : position + 1]
        if post != NOWHERE:
            layer = columns.post[first:last]
            first, last = first + np.searchsorted(layer, [post, post + 1])
        yield from zip((-self.score[first:last]).tolist(), range(int(first), int(last)), strict=True)

    def _opened_by(self, column: int) -> tuple[int, int]:
        columns = self.model.columns
        home = int(self.model.places.home[columns.person[column]])
        return (home, int(columns.position[column]) + 1) if home != NOWHERE else (NOWHERE, len(columns.layers))

    def _gain(self, column: int) -> float:
        """Weight less new shortfalls; −inf when a hard row would break or break further."""
        gain = float(self.model.weight[column] + self.promised[column])
        for row, value in self._rows(column):
            before, after = min(self.left[row], 0), min(self.left[row] - value, 0)
            if after < before:
                gain -= self.cost[row] * (before - after)
        return gain

    def _take(self, column: int) -> None:
        for row, value in self._rows(column):
            self.left[row] -= value
        self.taken.append(column)

    def _rows(self, column: int) -> Iterator[tuple[int, float]]:
        matrix = self.model.matrix
        first, last = matrix.indptr[column : column + 2]
        return zip(matrix.indices[first:last].tolist(), matrix.data[first:last].tolist(), strict=True)


def _pairs(model: Model, taken: list[int]) -> list[tuple[str, str]]:
    columns, problem = model.columns, model.problem
    person, post = columns.person[taken], columns.post[taken]
    return [(problem.people[i].id, problem.posts[j].id) for i, j in zip(person, post, strict=True)]
