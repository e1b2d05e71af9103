"""One solver on one city in a process of its own, so that memory and CPU seconds are its own.

`python -m benchmarks._planning_run engine 50 3 25 4` prints a Run as JSON.
"""

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks._planning_peers import PATIENCE, PEERS
from benchmarks.planning_cities import city
from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, gap_of
from quanheng.planning.solve import solve

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "engine"


@dataclass(frozen=True)
class Point:
    """What was known after so many CPU seconds."""

    cpu: float
    value: int | None
    bound: int | None

    @property
    def gap(self) -> float | None:
        return gap_of(self.value, self.bound)


@dataclass(frozen=True)
class Run:
    solver: str
    size: int
    seed: int
    limit: float  # seconds it was given
    end: Point
    proved: bool
    megabytes: float
    points: list[Point] = field(default_factory=list)
    chain: int = 3  # longest

    def at(self, cpu: float) -> Point:
        """What was known then."""
        return next((point for point in reversed(self.points) if point.cpu <= cpu), Point(0, None, None))

    def reached(self, gap: float) -> float | None:
        """CPU seconds until the gap was as small as this; None: never."""
        return next((p.cpu for p in self.points if p.gap is not None and p.gap <= gap), None)


def measure(solver: str, size: int, seed: int, seconds: float, chain: int) -> Run | None:
    """None when the process fails or does not end; then its last words are on the screen."""
    command = [sys.executable, "-m", "benchmarks._planning_run", solver, str(size), str(seed), str(seconds), str(chain)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE * seconds + 300
        )
    except subprocess.TimeoutExpired:
        print(f"{solver} S{size} seed {seed}: not ended", file=sys.stderr)
        return None
    except subprocess.CalledProcessError as failed:
        print(f"{solver} S{size} seed {seed}:\n{failed.stderr}", file=sys.stderr)
        return None
    return read_run(done.stdout.splitlines()[-1])


def read_run(text: str) -> Run:
    kept = json.loads(text)
    points = [Point(**point) for point in kept.pop("points")]
    return Run(**(kept | {"end": Point(**kept["end"]), "points": points}))


def write_run(run: Run) -> str:
    return json.dumps(asdict(run))


def run(solver: str, size: int, seed: int, seconds: float, chain: int) -> Run:
    """In this process."""
    problem = city(size, seed, chain)
    start = cpu_seconds()
    if solver == ENGINE:
        points, proved = _engine(problem, seconds, start)
    else:
        points, proved = _peer(solver, problem, seconds, start)
    return Run(solver, size, seed, seconds, points[-1], proved, megabytes(), points, chain)


def _engine(problem: Problem, seconds: float, start: float) -> tuple[list[Point], bool]:
    points: list[Point] = []

    def note(result: Result) -> None:
        points.append(Point(cpu_seconds() - start, result.value, result.bound))

    result = solve(problem, Budget(seconds, wall=PATIENCE * seconds), note)
    note(result)
    return points, result.proved


def _peer(solver: str, problem: Problem, seconds: float, start: float) -> tuple[list[Point], bool]:
    found = PEERS[solver](problem, seconds)
    return [Point(cpu_seconds() - start, found.value, found.bound)], found.proved


def cpu_seconds() -> float:
    """Of this process and of those it started: CBC is one."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def megabytes() -> float:
    """The most that this process, or one it started, has used."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) / 1024


if __name__ == "__main__":
    print(write_run(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))))
