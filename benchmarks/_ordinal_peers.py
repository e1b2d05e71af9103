"""Peers of the ordinal model, each in a process and an environment of its own, on a file of person,rater,item,score.

Each fits adjacent categories (clmm: cumulative logits) with persons, ballots, dimensions and thresholds. None has
unit effects, group views or halo; clmm alone has ballots as random effects.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}

MIRT = """
import json, sys, time, warnings
import numpy as np
from mirt.estimation import fit_mfrm
from mirt.models import Facet, PolytomousMFRM
warnings.simplefilter("ignore")
table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, dtype=int)
person, rater, item, score = table[np.argsort(table[:, 0], kind="stable")].T
count = np.bincount(person)
column = np.arange(len(person)) - np.repeat(np.cumsum(count) - count, count)
def spread(values, empty):
    grid = np.full((len(count), count.max()), empty)
    grid[person, column] = values
    return grid
start = time.process_time()
model = PolytomousMFRM(item.max() + 1, score.max() + 1, [Facet("rater", int(rater.max()) + 1)])
found = fit_mfrm(model, spread(score, -1), {"rater": spread(rater, 0)}, item_indices=spread(item, 0))
print(json.dumps({"seconds": time.process_time() - start, "converged": bool(found.converged)}))
"""

RASCHPY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
from raschpy import MFRM
rows = pd.read_csv(sys.argv[1])
table = rows.pivot_table(index=["rater", "person"], columns="item", values="score")
table = table.reindex(pd.MultiIndex.from_product(table.index.levels, names=["Rater", "Person"]))
start = time.process_time()
model = MFRM(table, max_score=int(rows.score.max()))
model.calibrate()
model.person_estimates()
print(json.dumps({"seconds": time.process_time() - start, "converged": True}))
"""

CLMM = """
suppressMessages(library(ordinal))
d <- read.csv(commandArgs(TRUE)[1])
for (name in names(d)) d[[name]] <- factor(d[[name]])
used <- system.time(m <- clmm(score ~ item + (1 | person) + (1 | rater), data = d))
cat(sprintf('{"seconds": %f, "converged": %s}', sum(used[c("user.self", "sys.self")]),
            if (m$optRes$convergence == 0) "true" else "false"))
"""


@dataclass(frozen=True)
class Peer:
    name: str
    script: str
    package: str | None  # of PyPI; None: an R package that the system has

    def command(self, file: Path) -> list[str] | None:
        """None where the tool that runs it is missing."""
        tool = shutil.which("uv" if self.package else "Rscript")
        if tool is None:
            return None
        if self.package is None:
            return [tool, "-e", self.script, str(file)]
        with_package = ["run", "--quiet", "--no-project", "--with", self.package]
        return [tool, *with_package, "python", "-c", self.script, str(file)]


@dataclass(frozen=True)
class Answer:
    """`seconds` of CPU of the fit alone; None with the reason in `remark`. `at_least`: stopped at the limit."""

    seconds: float | None
    remark: str = ""
    at_least: bool = False


PEERS = (
    Peer("PyPI mirt 1.2.0", MIRT, "mirt==1.2.0"),
    Peer("PyPI RaschPy 1.4.0", RASCHPY, "raschpy==1.4.0"),
    Peer("ordinal::clmm (Debian)", CLMM, None),
)


def ask(peer: Peer, file: Path, environment: dict[str, str], limit: int) -> Answer:
    command = peer.command(file)
    if command is None:
        return Answer(None, "cannot be installed: no " + ("uv" if peer.package else "Rscript"))
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=limit, env={**environment, **ONE_THREAD}
        )
    except subprocess.TimeoutExpired:
        return Answer(float(limit), f"stopped at {limit} s", at_least=True)
    if done.returncode:
        return Answer(None, "cannot be installed or run: " + "".join(done.stderr.strip().splitlines()[-1:]))
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Answer(found["seconds"], "" if found["converged"] else "not converged")
