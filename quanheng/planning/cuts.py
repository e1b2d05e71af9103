"""Zero-half cuts: half the sum of some rows, rounded down, with a number for every column of the model.

Rows whose sum has an odd right side and is even (almost) wherever the solution is not 0 are found by elimination
over GF(2) (Caprara and Fischetti 1996; Koster, Zymolka and Kutschka 2009). x ≥ 0 and whole makes them valid.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import Flags, Ints
from quanheng.planning.linear import TOLERANCE, Linear, Relaxation

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

ROUNDS = 5
PASSES, MANY_FRACTIONS = 2, 300  # orders of elimination in a round; twice as many where more is in use
MOST_PER_ROUND = 250
MOST_PARENTS = 80  # denser cuts are late and weak
LEAST_VIOLATION = 0.02
MOST_SLACK = 0.4  # of a row that may be a parent
TAKEN_EVERY = 6  # columns that are removed between two looks for violated cuts
LIGHTER = 1e-7  # slack that a pivot may have more for a bit less
BLOCK = 256  # rows that are unpacked at once
COMPARED = 1_500  # deepest cuts that are compared
MOST_ALIKE = 0.8  # cosine between two cuts of one round
LEAST_GAIN = 1e-4  # of the bound; a round that gives less is the last


@dataclass(frozen=True)
class Cuts:
    """rows·x ≤ upper for every whole solution of the model; whole numbers, all columns."""

    rows: sparse.csr_matrix
    upper: Floats
    parents: Ints  # how many rows of the model are behind each

    def __len__(self) -> int:
        return len(self.upper)


def tighten(
    relaxation: Relaxation,
    linear: Linear,
    rounds: int = ROUNDS,
    most: int = MOST_PER_ROUND,
    *,
    found: Cuts | None = None,
    least_gain: float = LEAST_GAIN,
) -> tuple[Linear, Cuts]:
    """Adds rounds of cuts to the relaxation and solves it again with all columns priced: the new solution and all
    cuts. Call it on an exact solution without fixed columns; `found` are the cuts already in the relaxation."""
    found = found or no_cuts(relaxation)
    for _ in range(rounds):
        new = find_cuts(relaxation, linear, found.parents, most)
        if not len(new):
            break
        relaxation.add_cuts(new.rows, new.upper)
        found = joined(found, new)
        before, linear = linear, relaxation.solve()
        if not linear.is_close or before.bound - linear.bound < least_gain * max(1.0, abs(linear.bound)):
            break
    return linear, found


def binding(cuts: Cuts, linear: Linear, parents: int = MOST_PARENTS) -> Cuts:
    """The cuts that hold the linear optimum up, of at most so many parents. `linear` has them after its other rows."""
    first = len(linear.duals) - len(cuts)
    keep = np.flatnonzero(linear.duals[first:] > TOLERANCE)
    return few_parents(Cuts(cuts.rows[keep], cuts.upper[keep], cuts.parents[keep]), parents)


def few_parents(cuts: Cuts, most: int) -> Cuts:
    keep = np.flatnonzero(cuts.parents <= most)
    return Cuts(cuts.rows[keep], cuts.upper[keep], cuts.parents[keep])


def no_cuts(relaxation: Relaxation) -> Cuts:
    columns = len(relaxation.model.weight)
    return Cuts(sparse.csr_matrix((0, columns)), np.zeros(0), np.zeros(0, dtype=np.int64))


def joined(first: Cuts, second: Cuts) -> Cuts:
    rows = sparse.csr_matrix(sparse.vstack([first.rows, second.rows], format="csr"))
    return Cuts(rows, np.append(first.upper, second.upper), np.append(first.parents, second.parents))


def find_cuts(relaxation: Relaxation, linear: Linear, cut_parents: Ints, most: int = MOST_PER_ROUND) -> Cuts:
    """The most violated cuts at this solution; `cut_parents` are those of the cuts already in the relaxation."""
    rows, upper, support = relaxation.program.matrix.tocsr(), relaxation.program.upper, linear.support
    used, x = sparse.csr_matrix(rows[:, support]), linear.x[support]
    parents = np.append(np.ones(len(relaxation.model.upper), dtype=np.int64), cut_parents)
    slack = np.maximum(upper - used @ x, 0)
    usable = np.flatnonzero((slack < MOST_SLACK) & (parents <= MOST_PARENTS))
    combinations = _combinations(used[usable], upper[usable], x, slack[usable])
    combinations = [usable[one] for one in combinations]
    best = _best(_rounded(used, upper, parents, combinations), x, most)
    return _rounded(rows, upper, parents, [combinations[index] for index in best])


def _rounded(rows: sparse.csr_matrix, upper: Floats, parents: Ints, chosen: list[Ints]) -> Cuts:
    """Half the sum of each choice of rows, rounded down."""
    index = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])
    column = np.concatenate([*chosen, np.zeros(0, dtype=np.int64)])
    pick = sparse.csr_matrix((np.ones(len(column)), (index, column)), shape=(len(chosen), len(upper)))
    total = sparse.csr_matrix(pick @ rows)
    total.data = np.floor(total.data / 2)
    total.eliminate_zeros()
    return Cuts(total, np.floor(pick @ upper / 2), (pick @ parents).astype(np.int64))


def _best(cuts: Cuts, x: Floats, most: int) -> list[int]:
    """The deepest cuts (violation by length), none nearly parallel to a deeper one."""
    if not len(cuts):
        return []
    violation = cuts.rows @ x - cuts.upper
    length = np.sqrt(np.maximum(1.0, np.asarray(cuts.rows.multiply(cuts.rows).sum(axis=1)).ravel()))
    depth = np.where((violation >= LEAST_VIOLATION) & (cuts.parents <= MOST_PARENTS), violation / length, 0)
    order = np.argsort(-np.round(depth, 9), kind="stable")
    order = order[depth[order] > 0][:COMPARED]
    direction = sparse.csr_matrix(sparse.diags(1 / length[order]) @ cuts.rows[order])
    alike = (direction @ direction.T).toarray() > MOST_ALIKE
    chosen: list[int] = []
    shut = np.zeros(len(order), dtype=bool)
    for rank in range(len(order)):
        if not shut[rank] and len(chosen) < most:
            chosen.append(int(order[rank]))
            shut |= alike[rank]
    return chosen


def _combinations(rows: sparse.csr_matrix, upper: Floats, x: Floats, slack: Floats) -> list[Ints]:
    """Of several passes: the first from the largest value down, the others in orders shaken by seeded noise."""
    random = np.random.default_rng(0)
    found: dict[bytes, Ints] = {}
    for turn in range(PASSES if len(x) <= MANY_FRACTIONS else 2 * PASSES):
        order = np.argsort(-x * (random.uniform(0.2, 1, len(x)) if turn else 1), kind="stable")
        for key, combination in _Halves(rows, upper, x, slack).find(order).items():
            found.setdefault(key, combination)
    return list(found.values())


class _Halves:
    """Elimination over GF(2). Each row is a word string: its odd columns, then the rows it is made of.

    Columns are removed from the largest value down: a combination may be odd only where the solution is small."""

    def __init__(self, rows: sparse.csr_matrix, upper: Floats, x: Floats, slack: Floats) -> None:
        odd = _odd(rows)
        self.values = x
        self.slack = slack
        odd_columns = _packed(odd.astype(bool).toarray())
        self.words = np.hstack([odd_columns, _identity(len(upper))])
        self.columns, self.made_of = np.split(self.words, [odd_columns.shape[1]], axis=1)  # views
        self.right = np.mod(upper, 2).astype(bool)
        self.loose = slack.copy()  # of a combination, at most
        self.alive = np.ones(len(upper), dtype=bool)
        self.changed = np.ones(len(upper), dtype=bool)  # since the last look for violated cuts
        self.found: dict[bytes, Ints] = {}

    def find(self, order: Ints) -> dict[bytes, Ints]:
        """The rows of each combination that promises a violated cut, when columns are removed in this order."""
        if len(self.right) and len(self.values):
            self.changed[:] = True
            for step, column in enumerate(order.tolist()):
                if step % TAKEN_EVERY == 0:
                    self._take()
                self._eliminate(column)
            self._take()
        return self.found

    def _eliminate(self, column: int) -> None:
        is_odd = (self.words[:, column // 64] & np.uint64(1 << column % 64)) != 0
        rows = (is_odd & self.alive).nonzero()[0]
        if not len(rows):
            return
        weight = np.bitwise_count(self.words[rows]).sum(axis=1)
        pivot = rows[(self.loose[rows] + LIGHTER * weight).argmin()]
        self.alive[pivot] = False
        others = rows[rows != pivot]
        self.words[others] ^= self.words[pivot]
        self.right[others] ^= self.right[pivot]
        self.loose[others] += self.loose[pivot]
        self.changed[others] = True

    def _take(self) -> None:
        """Remembers those whose cut is violated: ½ (1 − slack − odd columns) > 0."""
        rows = np.flatnonzero(self.changed & self.right & (self.loose < 1 - 2 * LEAST_VIOLATION))
        self.changed[:] = False
        rows = rows[np.bitwise_count(self.made_of[rows]).sum(axis=1) <= MOST_PARENTS]
        if not len(rows):
            return
        for first in range(0, len(rows), BLOCK):
            self._take_violated(rows[first : first + BLOCK])

    def _take_violated(self, rows: Ints) -> None:
        """Unpacked, rows are large: few at a time."""
        lost = _unpacked(self.columns[rows], len(self.values)) @ self.values
        made_of = _unpacked(self.made_of[rows], len(self.slack))
        lost += made_of @ self.slack
        for index in np.flatnonzero(lost < 1 - 2 * LEAST_VIOLATION).tolist():
            self.found.setdefault(self.made_of[rows[index]].tobytes(), np.flatnonzero(made_of[index]))


def _odd(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    odd = rows.copy()
    odd.data = np.mod(odd.data, 2)
    odd.eliminate_zeros()
    return odd


def _identity(count: int) -> Words:
    """The packed identity, without its square of single bits."""
    words = np.zeros((count, -(-count // 64)), dtype="<u8")
    index = np.arange(count)
    words[index, index // 64] = np.left_shift(np.uint64(1), (index % 64).astype(np.uint64))
    return words


def _packed(bits: Flags) -> Words:
    """Bits in words of 64, the first in the lowest place."""
    wide = np.zeros((bits.shape[0], 64 * -(-bits.shape[1] // 64)), dtype=bool)
    wide[:, : bits.shape[1]] = bits
    return np.packbits(wide, axis=1, bitorder="little").view("<u8")


def _unpacked(words: Words, count: int) -> Flags:
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little", count=count).astype(
        bool
    )
