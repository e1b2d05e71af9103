"""The optimum of a chain by another way: sparse Newton on the whole system, with Lagrange multipliers.

Each row counts as its steps: step j of row r is taken with log-odds z_rj·β, z has +1 at the person, −1 at ballot, item
and threshold j. For events without extremes, every category in use.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from quanheng.calibration.ratings import Floats, Ints, Ratings


def sparse_optimum(ratings: Ratings, steps: int = 3) -> dict[str, Floats]:
    """Persons, raters (sum 0), items (sum 0) and thresholds (sum 0), in logits."""
    assert ratings.rater is not None
    assert ratings.item is not None
    facets = [ratings.person, ratings.rater, ratings.item]
    sizes = [*(len(facet.labels) for facet in facets), steps]
    start = np.cumsum([0, *sizes])
    design = step_design([facet.index + at for facet, at in zip(facets, start, strict=False)], int(start[3]), steps)
    taken = (np.arange(steps) < ratings.score[:, None]).astype(np.float64)
    sums = np.zeros((3, start[-1]))
    for row, (low, high) in zip(sums, zip(start[1:], start[2:], strict=False), strict=True):
        row[low:high] = 1
    beta = solve(design, taken, sparse.csr_array(sums))
    return {name: beta[start[i] : start[i + 1]] for i, name in enumerate(("persons", "raters", "items", "steps"))}


def step_design(columns: list[Ints], first_step: int, steps: int) -> sparse.csr_array:
    rows = len(columns[0])
    at = np.concatenate(
        [np.repeat(column, steps) for column in columns] + [np.tile(first_step + np.arange(steps), rows)]
    )
    sign = np.repeat([1.0, -1.0, -1.0, -1.0], rows * steps)
    return sparse.csr_array((sign, (np.tile(np.arange(rows * steps), 4), at)), shape=(rows * steps, first_step + steps))


def solve(design: sparse.csr_array, taken: Floats, sums: sparse.csr_array) -> Floats:
    """Newton from 0; the step is cut to 1 logit until it is small, and no line is searched."""
    beta = np.zeros(design.shape[1])
    zeros = np.zeros(sums.shape[0])
    for _ in range(60):
        passed, weight = step_moments((design @ beta).reshape(taken.shape))
        slope = design.T @ (taken - passed).ravel()
        information = (design.T @ (weight @ design)).tocsc()
        system = sparse.block_array([[information, sums.T], [sums, None]], format="csc")
        move = splu(system).solve(np.concatenate([slope, zeros]))[: len(beta)]
        beta += move * min(1.0, 1.0 / np.abs(move).max())
        if np.abs(move).max() < 1e-10:
            return beta
    raise AssertionError("no optimum")


def step_moments(logits: Floats) -> tuple[Floats, sparse.bsr_array]:
    """P(score ≥ j) of each row, and the covariance of its steps as a block-diagonal matrix."""
    rows, steps = logits.shape
    exponent = np.exp(np.column_stack([np.zeros(rows), np.cumsum(logits, axis=1)]))
    probability = exponent / exponent.sum(axis=1, keepdims=True)
    passed = np.column_stack([probability[:, j:].sum(axis=1) for j in range(1, steps + 1)])
    later = np.maximum.outer(np.arange(steps), np.arange(steps))
    blocks = passed[:, later] - passed[:, :, None] * passed[:, None, :]
    return passed, sparse.bsr_array((blocks, np.arange(rows), np.arange(rows + 1)))
