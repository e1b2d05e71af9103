"""Chains of weakly linked units: the exact Newton step against estimating one element at a time.

`uv run python -m benchmarks.calibration_weak_links`. Target: within 1e-6 logit of the optimum in at most 10 steps
(calibration.md §4, target 5). Peers are the way that FACETS and others iterate, with the stopping values that FACETS
has by default and with much stricter ones, and RaschPy (comparisons of pairs, another estimator of the same model).
"""

import csv
import io
import shutil
import subprocess
import sys
from dataclasses import dataclass
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from quanheng.calibration.jmle import fit_jmle
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Floats, Ints, Model, Ratings
from tests.calibration.chains import THRESHOLDS, Chain, chain
from tests.calibration.jmle_sparse import sparse_optimum

SIZES = (5, 20, 60)
ERROR, STEPS = 1e-6, 10
MOST_SWEEPS = 8_000
RASCHPY = "raschpy==1.4.0"
RASCHPY_UNITS = 20  # it fills the whole table of raters by persons
RASCHPY_SCRIPT = """
import sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
from raschpy import MFRM
rows = pd.read_csv(sys.stdin)
table = rows.pivot_table(index=["rater", "person"], columns="item", values="score")
table = table.reindex(pd.MultiIndex.from_product(table.index.levels, names=["Rater", "Person"]))
start = time.process_time()
model = MFRM(table, max_score=3)
model.calibrate()
model.person_estimates()
print("seconds", time.process_time() - start)
for person, measure in model.persons_global.items():
    print(person, measure)
"""


@dataclass(frozen=True)
class Run:
    name: str
    steps: str
    seconds: float  # of CPU
    persons: Floats


def main() -> None:
    heads = ("units", "ratings", "method", "steps", "CPU s", "from optimum", "from truth")
    print("{:>5} {:>8}  {:<34}{:>7}{:>9}{:>14}{:>12}".format(*heads))
    failed = False
    with threadpool_limits(1):
        for units in SIZES:
            failed |= compare(chain(units, seed=1), units)
    print("from optimum: largest difference, logits; from truth: root mean square, logits; persons centred")
    print("stopping near the start, 0, is luck where units differ little; the ordinal model learns how much")
    print("not run: mfrmr and FACETS (no R, no Windows)")
    sys.exit(failed)


def compare(made: Chain, units: int) -> bool:
    optimum = centred(sparse_optimum(made.ratings)["persons"])
    own = newton(made.ratings)
    runs = [own, one_at_a_time(made.ratings, 0.5, 0.01), one_at_a_time(made.ratings, 0.001, 0.0001)]
    runs += [run for run in (raschpy(made.ratings),) if run] if units <= RASCHPY_UNITS else []
    for run in runs:
        error = np.abs(centred(run.persons) - optimum).max()
        truth = np.sqrt(np.mean((centred(run.persons) - centred(made.person)) ** 2))
        size = f"{units:>5} {len(made.ratings.score):>8,}"
        print(f"{size}  {run.name:<34}{run.steps:>7}{run.seconds:>9.3f}{error:>14.2g}{truth:>12.3f}")
    return bool(np.abs(centred(own.persons) - optimum).max() > ERROR or int(own.steps) > STEPS)


def centred(measures: Floats) -> Floats:
    return np.asarray(measures - measures.mean())


def newton(ratings: Ratings) -> Run:
    design = Design(model=Model.JMLE)
    layout = lay_out(ratings, design)
    start = process_time()
    fit = fit_jmle(layout, design)
    return Run("Newton, with all standard errors", str(fit.iterations), process_time() - start, fit.persons.measure)


def one_at_a_time(ratings: Ratings, residual: float, change: float) -> Run:
    """Each facet in turn: measure += Σ(x − E) / ΣV, until no residual score and no change exceeds its limit."""
    assert ratings.rater is not None
    assert ratings.item is not None
    start = process_time()
    facets = [(ratings.person, 1.0), (ratings.rater, -1.0), (ratings.item, -1.0)]
    measures = [np.zeros(len(facet.labels)) for facet, _ in facets]
    thresholds = np.zeros(len(THRESHOLDS))
    at_least = np.array([(ratings.score >= k).sum() for k in range(1, len(thresholds) + 1)])
    sweep, worst, moved = 0, np.inf, np.inf
    while sweep < MOST_SWEEPS and (worst >= residual or moved >= change):
        sweep, worst, moved = sweep + 1, 0.0, 0.0
        for place, (facet, sign) in enumerate(facets):
            eta = sum(s * m[f.index] for (f, s), m in zip(facets, measures, strict=True))
            _, expected, variance = expectation(np.asarray(eta), thresholds)
            left, step = update(facet.index, ratings.score - expected, variance)
            measures[place] += sign * step
            if place:
                measures[place] -= measures[place].mean()
            worst, moved = max(worst, float(np.abs(left).max())), max(moved, float(np.abs(step).max()))
        eta = sum(s * m[f.index] for (f, s), m in zip(facets, measures, strict=True))
        passed, _, _ = expectation(np.asarray(eta), thresholds)
        thresholds -= (at_least - passed.sum(axis=1)) / (passed * (1 - passed)).sum(axis=1)
        thresholds -= thresholds.mean()
    name = f"one at a time, stop at {residual}/{change}"
    return Run(name, f"{sweep:,}" + "+" * (sweep == MOST_SWEEPS), process_time() - start, measures[0])


def expectation(eta: Floats, thresholds: Floats) -> tuple[Floats, Floats, Floats]:
    """P(score ≥ 1, 2, …) (steps, rows), expectation and variance of the score."""
    exponent = np.zeros((len(thresholds) + 1, len(eta)))
    np.cumsum(eta - thresholds[:, None], axis=0, out=exponent[1:])
    weight = np.exp(exponent - exponent.max(axis=0))
    probability = weight / weight.sum(axis=0)
    passed = probability[::-1].cumsum(axis=0)[::-1][1:]
    expected = passed.sum(axis=0)
    squared = ((2 * np.arange(1, len(thresholds) + 1) - 1)[:, None] * passed).sum(axis=0)
    return passed, expected, squared - expected**2


def update(index: Ints, residual: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Residual score of each element, and the step it takes: one logit at most."""
    left = np.bincount(index, residual).astype(np.float64)
    return left, np.clip(left / np.bincount(index, variance), -1, 1)


def raschpy(ratings: Ratings) -> Run | None:
    """In an environment of its own, which uv makes; said and left out where that cannot be done."""
    tool = shutil.which("uv")
    if tool is None:
        print(f"      {RASCHPY}: no uv to install it with")
        return None
    command = [tool, "run", "--quiet", "--no-project", "--with", RASCHPY, "python", "-c", RASCHPY_SCRIPT]
    done = subprocess.run(command, input=table(ratings), capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        print(f"      {RASCHPY}: could not be installed or run: {done.stderr.strip().splitlines()[-1:]}")
        return None
    (_, seconds), *rows = (line.split() for line in done.stdout.splitlines())
    persons = np.zeros(len(rows))
    for person, measure in rows:
        persons[int(person)] = float(measure)
    return Run(f"{RASCHPY} (pairs)", "", float(seconds), persons)


def table(ratings: Ratings) -> str:
    assert ratings.rater is not None
    assert ratings.item is not None
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("person", "rater", "item", "score"))
    writer.writerows(zip(ratings.person.index, ratings.rater.index, ratings.item.index, ratings.score, strict=True))
    return text.getvalue()


if __name__ == "__main__":
    main()
