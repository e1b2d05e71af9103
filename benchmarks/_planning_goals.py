"""The goal figures of the planning engine, each with its limit and the ratio of the two (1 or less keeps it)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks._planning_run import ENGINE, Run

NEVER = float("inf")
GAPS = {  # size -> (CPU seconds, gap then); each city of the size has to keep it
    50: ((3, 0.01), (6, 0.005), (25, 0.0015)),
    200: ((10, 0.015), (40, 0.007)),
    500: ((60, 0.02),),
    1000: ((180, 0.03),),
}
PROOF_MEDIAN, PROOF_WORST = 1.0, 8.0  # CPU seconds at 20 vacancies
TIMES_GREEDY = 1.65
MEGABYTES = {200: 400}


@dataclass(frozen=True)
class Figure:
    name: str
    measured: float
    limit: float
    unit: str  # "s", "%", "x", "MB"
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        if self.at_least:
            return self.limit / self.measured if self.measured > 0 else NEVER
        return self.measured / self.limit

    @property
    def is_kept(self) -> bool:
        return self.ratio <= 1

    def line(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "" if self.is_kept else "BROKEN"
        measured, limit = f"{self.measured:.2f} {self.unit}", f"{sign} {self.limit:.2f} {self.unit}"
        return f"{self.name:<44}{measured:>12}{limit:>12}{self.ratio:>7.2f}  {verdict:<8}{self.note}".rstrip()


def figures(runs: Sequence[Run]) -> list[Figure]:
    """Of those sizes that were measured."""
    by_size = {size: [run for run in runs if run.size == size] for size in sorted({run.size for run in runs})}
    return [figure for size, some in by_size.items() for figure in _of_size(size, some)]


def _of_size(size: int, runs: Sequence[Run]) -> Iterator[Figure]:
    ours = [run for run in runs if run.solver == ENGINE]
    if not ours:
        return
    if size == 20:
        yield from _proofs(ours)
    for seconds, gap in GAPS.get(size, ()):
        yield _gap(size, ours, seconds, gap)
    yield from _against_greedy(size, ours, runs)
    if size in MEGABYTES:
        yield Figure(f"S{size} memory", max(run.megabytes for run in ours), MEGABYTES[size], "MB")


def _proofs(ours: Sequence[Run]) -> Iterator[Figure]:
    """Until value and bound met; which of equal plans it is (ruling 9) is settled after that."""
    taken = [NEVER if not run.proved or (at := run.reached(0.0)) is None else at for run in ours]
    yield Figure("S20 proof, median", median(taken), PROOF_MEDIAN, "s")
    yield Figure("S20 proof, worst", max(taken), PROOF_WORST, "s")


def _gap(size: int, ours: Sequence[Run], seconds: float, limit: float) -> Figure:
    """The worst city, by the bound that was known at that moment; beside it by the bound of the end, and when."""
    then = [run.at(seconds) for run in ours]
    gaps = [NEVER if point.gap is None else point.gap for point in then]
    late = [_against_end(run, seconds) for run in ours]
    reached = [NEVER if (at := run.reached(limit)) is None else at for run in ours]
    note = f"all {', '.join(f'{100 * gap:.2f}' for gap in gaps)}; by the last bound {100 * max(late):.2f}; "
    note += f"reached after {', '.join(f'{at:.1f}' for at in reached)} s"
    return Figure(f"S{size} gap after {seconds} s, worst of {len(ours)}", 100 * max(gaps), 100 * limit, "%", note=note)


def _against_end(run: Run, seconds: float) -> float:
    value, bound = run.at(seconds).value, run.end.bound
    return NEVER if value is None or bound is None else (bound - value) / max(1, abs(value))


def _against_greedy(size: int, ours: Sequence[Run], runs: Sequence[Run]) -> Iterator[Figure]:
    simple = {run.seed: run.end.value for run in runs if run.solver == "greedy"}
    pairs = [(run.end.value, simple.get(run.seed)) for run in ours]
    times = [value / other if other > 0 else NEVER for value, other in pairs if value is not None and other is not None]
    if times:
        yield Figure(f"S{size} value by that of best pair first, least", min(times), TIMES_GREEDY, "x", at_least=True)
