"""Scores against a known truth (calibration.md §4.6), and 压票 flags (§4.8): `python -m benchmarks.calibration_truth`.

The simulated events are those of tests/calibration/simulate.py, with seeds that nobody has seen: the first is printed,
and `--seed N` runs it again. `--replicates N` events a scenario, 14 as in the design.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from secrets import randbelow
from time import process_time

from tests.calibration.scenarios import Caught, Measured, Summary, gain_wanted, measure, missed, summary, together
from tests.calibration.simulate import COLLUSION, LINKS, LOCALS, SCENARIOS, Setting

FALSE_FLAGS, POWER = 0.01, 0.45  # of honest cadres; of targets at 20 % colluding ballots
HEAD = f"{'scenario':<16}{'ρ plain':>8}{'ρ fair':>8}{'gain':>7}{'±':>6}{'goal':>6}{'in':>6}{'units':>7}{'top20':>6}"
HEAD += f"{'plain':>6}{'c_in':>6}{'c_x':>6}{'apart':>7}{'refused':>8}"


def main() -> None:
    chosen = _arguments()
    first = randbelow(1_000_000) if chosen.seed is None else chosen.seed
    seeds = range(first, first + chosen.replicates)
    print(f"{chosen.replicates} events a scenario, seeds from {first}")
    with ProcessPoolExecutor(2) as pool:
        failed = _scenarios(pool, seeds) + _flags(pool, seeds)
        if chosen.study:
            _study(pool, seeds)
    print("\n".join(failed) if failed else "no target is missed beyond the chance of so few events (1.645 SE)")
    sys.exit(bool(failed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--replicates", type=int, default=14)
    parser.add_argument("--study", action="store_true", help="the design study of §2.1, too")
    return parser.parse_args()


def _events(pool: ProcessPoolExecutor, setting: Setting, seeds: range) -> Iterator[tuple[Measured, float]]:
    return pool.map(_timed, [setting] * len(seeds), seeds)


def _timed(setting: Setting, seed: int) -> tuple[Measured, float]:
    start = process_time()
    return measure(setting, seed), process_time() - start


def _scenarios(pool: ProcessPoolExecutor, seeds: range) -> list[str]:
    print(HEAD)
    failed, seconds = [], 0.0
    for name, setting in SCENARIOS.items():
        events = list(_events(pool, setting, seeds))
        found = summary(name, [event for event, _ in events])
        seconds += sum(used for _, used in events)
        print(_line(found), flush=True)
        failed += [f"{name}: {text}" for text in missed(found)]
    print(f"{seconds / len(seeds) / len(SCENARIOS):.2f} s of CPU an event, simulated, calibrated and measured")
    return failed


def _line(found: Summary) -> str:
    agreement = f"{found.scenario:<16}{found.plain:>8.3f}{found.fair:>8.3f}{found.gain:>7.3f}{found.gain_se:>6.3f}"
    parts = f"{gain_wanted(found.scenario):>6.2f}{found.within:>6.3f}{found.units:>7.3f}{found.top:>6.3f}"
    covered = f"{found.top_plain:>6.3f}{found.covered_within:>6.3f}{found.covered_across:>6.3f}"
    return agreement + parts + covered + f"{found.disconnected:>7}{found.refused:>8}"


def _flags(pool: ProcessPoolExecutor, seeds: range) -> list[str]:
    """False flags are counted among all who were not voted down, in events with collusion and without."""
    honest = together([event.suppression for event, _ in _events(pool, SCENARIOS["A"], seeds)])
    found = {share.colluding_ballots: _caught(pool, share, seeds) for share in COLLUSION}
    print(f"{'压票: colluding':<16}{'targets':>8}{'caught':>8}{'power':>7}{'honest':>8}{'false':>7}")
    for share, caught in {0.0: honest, **found}.items():
        power = caught.caught / caught.targets if caught.targets else float("nan")
        print(f"{share:<16.0%}{caught.targets:>8}{caught.caught:>8}{power:>7.2f}{caught.honest:>8}{caught.false:>7}")
    others = together([honest, *found.values()])
    rate, power = others.false / others.honest, found[0.2].caught / found[0.2].targets
    failed = [f"压票: {rate:.4f} false > {FALSE_FLAGS}"] if rate > FALSE_FLAGS else []
    return failed + ([f"压票: power {power:.2f} < {POWER}"] if power < POWER else [])


def _caught(pool: ProcessPoolExecutor, setting: Setting, seeds: range) -> Caught:
    return together([event.suppression for event, _ in _events(pool, setting, seeds)])


def _study(pool: ProcessPoolExecutor, seeds: range) -> None:
    print("design study (§2.1): linking ballots a unit, then local ballots a unit")
    print(f"{HEAD}{'u plain':>8}{'w_in':>6}{'w_x':>6}")
    named = {f"links {setting.leaders * setting.reach / setting.units}": setting for setting in LINKS}
    named |= {f"local {setting.ballots[0]}": setting for setting in LOCALS}
    for name, setting in named.items():
        found = summary("A", [event for event, _ in _events(pool, setting, seeds)])
        widths = f"{found.units_plain:>8.3f}{found.width_within:>6.1f}{found.width_across:>6.1f}"
        print(f"{name:<16}{_line(found)[16:]}{widths}", flush=True)


if __name__ == "__main__":
    main()
