"""One fit of the ordinal model in a process of its own: CPU seconds and memory, as JSON. `_ordinal_run FILE [plain]`

plain: without the bound on what an odd ballot pulls, as the design's figures are.

FILE holds columns score, person, rater, item, group, unit of small integers (`save`). The memory is what the
whole process holds at its highest: the interpreter, the columns of the file, the layout, the fit.
"""

import gc
import json
import sys
from pathlib import Path
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ordinal import fit_ordinal
from quanheng.calibration.ratings import Design, Facet, Ints, Ratings

FACETS = ("person", "rater", "item", "group", "unit")


def save(file: Path, ratings: Ratings) -> None:
    score = ratings.score.astype(np.int8)
    person, rater, item, group, unit = (getattr(ratings, name).index.astype(np.int32) for name in FACETS)
    np.savez(file, score=score, person=person, rater=rater, item=item, group=group, unit=unit)


def ratings_of(path: Path) -> Ratings:
    with np.load(path) as columns:
        person, rater, item, group, unit = (_facet(columns[name]) for name in FACETS)
        return Ratings(columns["score"].astype(np.float64), person, rater, item, group, unit)


def _facet(index: Ints) -> Facet:
    return Facet(tuple(map(str, range(int(index.max()) + 1))), index)


def main() -> None:
    start = process_time()
    layout = _layout(Path(sys.argv[1]))
    laid, laid_megabytes = process_time(), _megabytes("VmHWM")
    with threadpool_limits(1):
        fit = fit_ordinal(layout, bounded="plain" not in sys.argv)
    found = {
        "ratings": int(layout.row.size),
        "pairs": int(layout.pair_person.size),
        "layout_seconds": laid - start,
        "seconds": process_time() - laid,
        "iterations": fit.iterations,
        "layout_megabytes": laid_megabytes,
        "megabytes": _megabytes("VmHWM"),
        "phi": fit.phi,
    }
    print(json.dumps(found))


def _layout(path: Path) -> Layout:
    layout = lay_out(ratings_of(path), Design(scale=(0.0, 3.0)))
    gc.collect()
    return layout


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
