"""The many-facet Rasch model written out densely: every row by every category, every parameter a column.

An oracle for small designs that shares nothing with the engine. With t(k) the statistics of a row in category k, the
log-likelihood is Σ β·t(x) − log Σ_k exp β·t(k), its gradient Σ t(x) − E t, its information Σ Cov t.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from quanheng.calibration.ratings import Flags, Floats, Ints, Ratings
from tests.calibration.ballots import facet


@dataclass(frozen=True)
class Dense:
    kept: Flags  # rows
    names: tuple[tuple[str, int], ...]  # of the parameters: facet and element; threshold: scale * 100 + number
    statistics: tuple[Floats, ...]  # of each kept row, (categories, parameters)
    chosen: Ints  # of each kept row, the category
    conditions: Floats  # (conditions, parameters)

    def at(self, name: str) -> Ints:
        return np.array([i for i, (kind, _) in enumerate(self.names) if kind == name], dtype=np.int64)


def write_out(ratings: Ratings, *, partial_credit: bool) -> Dense:
    person = ratings.person.index
    rater = ratings.rater.index if ratings.rater else None
    item = ratings.item.index if ratings.item else np.zeros_like(person)
    scale = item if partial_credit else np.zeros_like(person)
    kept = without_extremes(ratings.score, [f for f in (person, rater, item) if f is not None], scale)
    used = {int(s): np.unique(ratings.score[kept & (scale == s)]) for s in set(scale[kept].tolist())}
    names = [("person", int(p)) for p in np.unique(person[kept])]
    names += [] if rater is None else [("rater", int(r)) for r in np.unique(rater[kept])]
    names += [("item", int(i)) for i in np.unique(item[kept])]
    names += [("step", s * 100 + j) for s, categories in used.items() for j in range(1, len(categories))]
    place = {name: i for i, name in enumerate(names)}
    statistics, chosen = [], []
    for row in np.flatnonzero(kept):
        categories = used[int(scale[row])]
        table = np.zeros((len(categories), len(names)))
        for k in range(1, len(categories)):
            table[k, place["person", int(person[row])]] = k
            table[k, place["item", int(item[row])]] = -k
            if rater is not None:
                table[k, place["rater", int(rater[row])]] = -k
            for j in range(1, k + 1):
                table[k, place["step", int(scale[row]) * 100 + j]] = -1
        statistics.append(table)
        chosen.append(int(np.searchsorted(categories, ratings.score[row])))
    conditions = conditions_of(names, person[kept], None if rater is None else rater[kept], item[kept])
    return Dense(kept, tuple(names), tuple(statistics), np.array(chosen), conditions)


def without_extremes(score: Floats, facets: list[Ints], scale: Ints) -> Flags:
    """Take out one extreme element after the other until none is left."""
    kept = np.ones(len(score), dtype=bool)
    while True:
        low = {s: score[kept & (scale == s)].min() for s in set(scale[kept].tolist())}
        high = {s: score[kept & (scale == s)].max() for s in set(scale[kept].tolist())}
        for rows in (kept & (f == element) for f in facets for element in set(f[kept].tolist())):
            marks = list(zip(score[rows], scale[rows], strict=True))
            if all(x == low[s] for x, s in marks) or all(x == high[s] for x, s in marks):
                kept &= ~rows
                break
        else:
            return kept


def conditions_of(names: list[tuple[str, int]], person: Ints, rater: Ints | None, item: Ints) -> Floats:
    """Raters of a component, items of a component and thresholds of a scale have sum 0."""
    groups = [[i for i, (kind, e) in enumerate(names) if kind == "step" and e // 100 == s] for s in range(100)]
    edges = (
        [] if rater is None else [(("person", int(p)), ("rater", int(r))) for p, r in zip(person, rater, strict=True)]
    )
    if rater is not None:
        groups += [[names.index(n) for n in part if n[0] == "rater"] for part in parts(edges)]
    edges += [(("person", int(p)), ("item", int(i))) for p, i in zip(person, item, strict=True)]
    groups += [[names.index(n) for n in part if n[0] == "item"] for part in parts(edges)]
    groups = [group for group in groups if group]
    conditions = np.zeros((len(groups), len(names)))
    for row, group in zip(conditions, groups, strict=True):
        row[group] = 1
    return conditions


def parts(edges: list[tuple[tuple[str, int], tuple[str, int]]]) -> list[set[tuple[str, int]]]:
    found: list[set[tuple[str, int]]] = []
    for edge in edges:
        touched = [part for part in found if part & set(edge)]
        found = [part for part in found if part not in touched] + [set(edge).union(*touched)]
    return found


def is_identified(dense: Dense) -> bool:
    """The conditions leave nothing free: no direction that moves no probability."""
    contrasts = np.concatenate([t - t[0] for t in dense.statistics])
    return int(np.linalg.matrix_rank(np.concatenate([contrasts, dense.conditions]))) == len(dense.names)


def has_maximum(dense: Dense) -> bool:
    """No direction in which no chosen category loses to another and some win (Albert & Anderson 1984)."""
    rows = zip(dense.statistics, dense.chosen, strict=True)
    margins = np.unique(np.concatenate([t[x] - np.delete(t, x, axis=0) for t, x in rows]), axis=0)
    answer = optimize.linprog(-margins.sum(axis=0), A_ub=-margins, b_ub=np.zeros(len(margins)), bounds=(-1, 1))
    return bool(-answer.fun < 1e-7)


@dataclass(frozen=True)
class Optimum:
    beta: Floats
    log_likelihood: float
    covariance: Floats  # of the estimates that meet the conditions


def maximum(dense: Dense) -> Optimum:
    beta = np.zeros(len(dense.names))
    free = linalg.null_space(dense.conditions)
    value, slope, information = derivatives(dense, beta)
    for _ in range(200):
        move = free @ np.linalg.solve(free.T @ information @ free, free.T @ slope)
        if np.abs(move).max() < 1e-10:
            break
        length = 1.0
        while (there := derivatives(dense, beta + length * move))[0] < value - 1e-10:
            length /= 2
        beta, (value, slope, information) = beta + length * move, there
    else:
        raise AssertionError("the oracle did not converge")
    return Optimum(beta, value, free @ np.linalg.inv(free.T @ information @ free) @ free.T)


def derivatives(dense: Dense, beta: Floats) -> tuple[float, Floats, Floats]:
    value, slope, information = 0.0, np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    for table, chosen in zip(dense.statistics, dense.chosen, strict=True):
        logits = table @ beta
        divisor = np.logaddexp.reduce(logits)
        probability = np.exp(logits - divisor)
        mean = probability @ table
        value += float(logits[chosen] - divisor)
        slope += table[chosen] - mean
        information += (table.T * probability) @ table - np.outer(mean, mean)
    return value, slope, information


def random_ratings(
    seed: int, *, persons: int, raters: int, items: int, categories: int, share: float, nested: bool = False
) -> Ratings:
    """A Rasch-like event of which `share` of the cells are filled; `raters` 0: none. Every label has a row.

    `nested`: each rater judges one item only.
    """
    chance = np.random.default_rng(seed)
    cells = [(p, r, i) for p in range(persons) for r in range(max(raters, 1)) for i in range(items)]
    cells = [(p, r, i) for p, r, i in cells if not nested or r % items == i or not raters]
    chosen = [cell for cell in cells if chance.random() < share] or cells
    person, rater, item = np.array(chosen).T
    level = chance.normal(0, 0.7, persons)[person] - chance.normal(0, 0.5, max(raters, 1))[rater]
    latent = (categories - 1) / 2 + level + chance.logistic(0, 0.6, len(chosen))
    score = np.clip(np.rint(latent), 0, categories - 1)
    names = [
        facet([f"{kind}{e:02}" for e in places]) for kind, places in zip("pri", (person, rater, item), strict=True)
    ]
    return Ratings(score, names[0], names[1] if raters else None, names[2])
