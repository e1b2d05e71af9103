"""The ordinal model: time and memory against peers, and a real hold-out (calibration.md §4, targets 2, 3 and 7).

`python -m benchmarks.calibration_ordinal`. CPU seconds, one thread of BLAS; the files it makes are in var/bench.
mfrmr, the peer in R of the design's table, is on CRAN only and not installed here; statsmodels has no ordinal model
with random effects.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks._instructors import CHOICE, LOG_SCORE, OTHER_SEEDS, RMSE, HoldOut, hold_out
from benchmarks._instructors import SEED as CHOSEN
from benchmarks._ordinal_peers import PEERS, Answer, Peer, ask
from benchmarks._ordinal_run import save
from quanheng.calibration.ratings import Facet, Flags, Ratings
from tests.calibration.simulate import BASE, Setting, simulate

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "var" / "bench"
SEED = 7
LIMITS = {"11 k": 60, "105 k": 80}  # seconds on the clock that a peer gets: all of it is done in six minutes


@dataclass(frozen=True)
class Size:
    name: str
    setting: Setting
    seconds: float | None = None  # of CPU at most
    megabytes: float | None = None
    ratios: tuple[tuple[Peer, float], ...] = ()  # how many times faster than a peer
    has_groups: bool = True
    is_bounded: bool = True


MIRT, RASCHPY, CLMM = PEERS
LARGE = replace(BASE, units=3355, cadres=(16, 24), ballots=(24, 34), leaders=60)
SIZES = (
    Size("11 k", replace(BASE, units=9, leaders=4, reach=4), None, None, ((MIRT, 10), (RASCHPY, 10), (CLMM, 10))),
    Size("105 k", replace(BASE, units=84, leaders=12), 1.0, None, ((MIRT, 50),)),
    # The set of the design's target: 3,355 units, most of them alone, one group, so that a block is a unit's people;
    # plain, as the design had it. With the bound on odd ballots, which `calibrate` sets, it is shown without a target.
    Size("9.7 M, plain", LARGE, 5.0, 600.0, has_groups=False, is_bounded=False),
    Size("9.7 M", LARGE, None, 600.0, has_groups=False),
    # Three groups make a block four times as wide, 300 ballots over 16 units each a border: no target, but shown.
    Size("9.2 M, 3 groups", replace(BASE, units=8300, leaders=300, reach=16)),
)


def main() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    print("MB: the whole process at its highest. A peer is stopped after", end=" ")
    print(", ".join(f"{limit} s ({name})" for name, limit in LIMITS.items()))
    print(f"{'ordinal model':<28}{'ratings':>10}{'CPU s':>9}{'MB':>7}{'times ours':>12}  remark")
    failed = [text for size in SIZES for text in _size(size)]
    failed += _instructors()
    print("\n".join(failed) if failed else "every target is met")
    sys.exit(bool(failed))


def _size(size: Size) -> list[str]:
    ratings = without_constant_ballots(simulate(size.setting, SEED).ratings)
    ratings = ratings if size.has_groups else _in_one_group(ratings)
    file = PLACE / f"ordinal-{size.name.replace(' ', '').replace(',', '-')}.npz"
    save(file, ratings)
    if size.ratios:
        _write_table(ratings, file.with_suffix(".csv"))
    del ratings
    ours = _ours(file, *([] if size.is_bounded else ["plain"]))
    remark = f"{ours['iterations']} steps; layout {ours['layout_seconds']:.1f} s, {ours['layout_megabytes']:.0f} MB"
    _row(f"ours, {size.name}", ours, ours["seconds"], remark)
    failed = _missed(size, ours)
    for peer, wanted in size.ratios:
        failed += _against(peer, ask(peer, file.with_suffix(".csv"), dict(os.environ), LIMITS[size.name]), ours, wanted)
    return failed


def _in_one_group(ratings: Ratings) -> Ratings:
    return replace(ratings, group=Facet(("",), np.zeros(ratings.score.size, dtype=np.int32)))


def without_constant_ballots(ratings: Ratings) -> Ratings:
    """Ballots that give one grade throughout have no finite estimate: mirt refuses them, ours sets them aside."""
    assert ratings.rater is not None
    ballots = len(ratings.rater.labels)
    given = np.zeros((ballots, 4), dtype=bool)
    given[ratings.rater.index, ratings.score.astype(int)] = True
    return _only(ratings, (given.sum(axis=1) > 1)[ratings.rater.index])


def _only(ratings: Ratings, rows: Flags) -> Ratings:
    facets = (ratings.person, ratings.rater, ratings.item, ratings.group, ratings.unit)
    person, rater, item, group, unit = (_compressed(facet, rows) for facet in facets if facet is not None)
    return Ratings(ratings.score[rows], person, rater, item, group, unit)


def _compressed(facet: Facet, rows: Flags) -> Facet:
    present, index = np.unique(facet.index[rows], return_inverse=True)
    return Facet(tuple(facet.labels[n] for n in present), index)


def _write_table(ratings: Ratings, file: Path) -> None:
    assert ratings.rater is not None
    assert ratings.item is not None
    columns = (ratings.person.index, ratings.rater.index, ratings.item.index, ratings.score.astype(int))
    np.savetxt(file, np.stack(columns, axis=1), fmt="%d", delimiter=",", header="person,rater,item,score", comments="")


def _ours(file: Path, *options: str) -> dict[str, float]:
    """In a process of its own, for its memory."""
    command = [sys.executable, "-m", "benchmarks._ordinal_run", str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(json.loads(done.stdout))


def _row(name: str, ours: dict[str, float], seconds: float | None, remark: str, *, at_least: bool = False) -> None:
    is_ours = name.startswith("ours")
    memory = f"{ours['megabytes']:.0f}" if is_ours else ""
    ratio = "" if is_ours or seconds is None else f"{'> ' if at_least else ''}{seconds / ours['seconds']:.0f}"
    used = "–" if seconds is None else f"{seconds:.2f}"
    print(f"{name:<28}{ours['ratings']:>10}{used:>9}{memory:>7}{ratio:>12}  {remark}", flush=True)


def _missed(size: Size, ours: dict[str, float]) -> list[str]:
    failed = []
    if size.seconds is not None and ours["seconds"] > size.seconds:
        failed.append(f"{size.name}: {ours['seconds']:.2f} s > {size.seconds} s")
    if size.megabytes is not None and ours["megabytes"] > size.megabytes:
        failed.append(f"{size.name}: {ours['megabytes']:.0f} MB > {size.megabytes:.0f} MB")
    return failed


def _against(peer: Peer, answer: Answer, ours: dict[str, float], wanted: float) -> list[str]:
    """A peer that cannot be run is named, and is no failure of ours."""
    _row(peer.name, ours, answer.seconds, answer.remark, at_least=answer.at_least)
    if answer.seconds is None or answer.seconds >= wanted * ours["seconds"]:
        return []
    return [f"{peer.name}: {answer.seconds / ours['seconds']:.1f} times, {wanted} wanted"]


def _instructors() -> list[str]:
    """The limits hold for the chosen split only; the others are there to show what the choice is worth."""
    print(f"\nInstEval, a fifth held out\n{CHOICE}")
    print(f"{'split':<12}{'held':>8}{'CPU s':>7}{'RMSE':>8}{'log score':>11}   plain means, overall shares")
    found = _split(CHOSEN, f"at most {RMSE:.3f} and {LOG_SCORE:.3f}")
    for seed in OTHER_SEEDS:
        _split(seed, "no limit")
    reached = {f"RMSE {found.rmse:.4f} > {RMSE}": found.rmse <= RMSE}
    reached[f"log score {found.log_score:.4f} > {LOG_SCORE}"] = found.log_score <= LOG_SCORE
    return [f"InstEval: {text}" for text, holds in reached.items() if not holds]


def _split(seed: int, remark: str) -> HoldOut:
    found = hold_out(seed)
    ours = f"{found.held:>8,}{found.seconds:>7.1f}{found.rmse:>8.4f}{found.log_score:>11.4f}"
    plain = f"{found.rmse_means:.4f} {found.log_score_shares:.4f}"
    print(f"{f'seed {seed}':<12}{ours}   {plain:<28}{remark}", flush=True)
    return found


if __name__ == "__main__":
    main()
