"""The planning engine: proof and gap after so many CPU seconds, against best pair first and solvers on the naive model.

`uv run python -m benchmarks.planning` takes about 20 minutes on an idle machine; `--size 50 --seeds 1 --no-peers`
measures a part. Each run is a process of its own with one worker; the limits are the goal figures of the engine.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks._planning_goals import Figure, figures
from benchmarks._planning_picture import picture
from benchmarks._planning_run import ENGINE, ROOT, Run, measure, write_run
from benchmarks.planning_cities import SIZES, chain_of

BUDGET = {20: 20.0, 50: 25.0, 200: 40.0, 500: 60.0, 1000: 180.0}  # seconds for the engine
SEEDS = {20: 3, 50: 3, 200: 3, 500: 1, 1000: 1}
PEER_LIMIT = {
    20: 20.0,
    50: 20.0,
    200: 40.0,
}  # CPU seconds for each of the solvers; none beyond S200
PEER_SEEDS = {200: 1}
ANSWERS = {50: 2, 200: 2}  # the seed of the city that questions are asked of
SOLVERS = ("CP-SAT naive", "PuLP CBC naive", "PuLP HiGHS naive")
KEPT = ROOT / "var" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the planning engine.")
    parser.add_argument("--size", type=int, choices=SIZES, action="append", help="vacancies; all sizes without it")
    parser.add_argument("--seeds", type=int, help="cities a size")
    parser.add_argument("--chain", type=int, help="longest chain; 3 or 4 by the seed without it")
    parser.add_argument("--no-peers", action="store_true", help="the engine and best pair first only")
    parser.add_argument("--picture", type=Path, default=KEPT / "planning-gap.svg")
    given = parser.parse_args()
    print(f"planning: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; CPU seconds, one worker")
    print(f"{'city':<12}{'solver':<18}{'limit s':>8}{'value':>10}{'bound':>11}{'gap %':>9}{'CPU s':>8}{'MB':>7}")
    wanted = list(_wanted(given.size or SIZES, given.seeds, given.chain, not given.no_peers))
    runs = [run for run in map(_measured, wanted) if run is not None]
    asked = [measure_answers(size, ANSWERS[size]) for size in given.size or SIZES if size in ANSWERS]
    answers = [figure for some in asked if some is not None for figure in some]
    failed = _report([*figures(runs), *answers]) or len(runs) < len(wanted) or None in asked
    _keep(runs, given.picture)
    sys.exit(failed)


Task = tuple[str, int, int, float, int]  # solver, size, seed, seconds, longest chain


def _wanted(
    sizes: tuple[int, ...] | list[int], seeds: int | None, chain: int | None, with_peers: bool
) -> Iterator[Task]:
    for size in sizes:
        for seed in range(1, (seeds or SEEDS[size]) + 1):
            longest = chain or chain_of(seed)
            yield ENGINE, size, seed, BUDGET[size], longest
            yield "greedy", size, seed, 1.0, longest
            if with_peers and size in PEER_LIMIT and seed <= PEER_SEEDS.get(size, seed):
                yield from ((solver, size, seed, PEER_LIMIT[size], longest) for solver in SOLVERS)


def _measured(task: Task) -> Run | None:
    run = measure(*task)
    if run is not None:
        print(row(run), flush=True)
    return run


def measure_answers(size: int, seed: int) -> list[Figure] | None:
    """None when the process fails; then its last words are on the screen."""
    command = [sys.executable, "-m", "benchmarks._planning_answers", str(size), str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"answers at S{size}:\n{done.stderr}", file=sys.stderr)
        return None
    return [Figure(**figure) for figure in json.loads(done.stdout.splitlines()[-1])]


def row(run: Run) -> str:
    end = run.end
    gap = "" if end.gap is None else "proved" if run.proved else f"{100 * end.gap:.2f}"
    value, bound = ("-" if number is None else f"{number:,}" for number in (end.value, end.bound))
    limit = "" if run.solver == "greedy" else f"{run.limit:.0f}"
    place = f"S{run.size}/{run.seed} ≤{run.chain}"
    return f"{place:<12}{run.solver:<18}{limit:>8}{value:>10}{bound:>11}{gap:>9}{end.cpu:>8.2f}{run.megabytes:>7.0f}"


def _report(found: list[Figure]) -> bool:
    """Whether a limit is broken."""
    print(f"\n{'goal':<44}{'measured':>12}{'limit':>12}{'ratio':>7}")
    for figure in found:
        print(figure.line())
    return not all(figure.is_kept for figure in found)


def _keep(runs: list[Run], drawn: Path) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "planning.jsonl").write_text("".join(write_run(run) + "\n" for run in runs), encoding="utf-8")
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(picture(runs), encoding="utf-8")
    print(f"\ngap over time: {drawn}")


if __name__ == "__main__":
    main()
