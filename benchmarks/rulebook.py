"""The rulebook over a register of a million: rules as SQL from dated tables and on facts, against SQL by hand.

`uv run python -m benchmarks.rulebook` takes about 20 minutes; `--cadres 20000 --no-postgres` measures a part, and
`--million` what it leaves out: a register of a million in PostgreSQL, its snapshot and screening on it.

Our side is DuckDB with 2 threads on a file in the shape of a snapshot. The peer is PostgreSQL with the same rows,
indexed, analysed and warm, and `_rulebook_hand.sql`: every rule's outcome for every person. Outcomes are proved equal
by digest. Snapshots are built from the cities of `benchmarks.pages`.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from benchmarks import _rulebook_million, _rulebook_page, _rulebook_person, _rulebook_run, _rulebook_screening
from benchmarks import _rulebook_snapshot_goals as snapshot_goals
from benchmarks._planning_goals import Figure
from benchmarks._planning_run import ROOT
from benchmarks._postgres import NoPostgresError, Postgres, serving
from benchmarks._rulebook_goals import PART, a_part, of_page, of_person, of_run
from benchmarks._rulebook_peer import OPTIONS, Answer, ask, load
from benchmarks._rulebook_register import build, version
from benchmarks._rulebook_rules import asked
from benchmarks._rulebook_run import Run, Taken, differing

SIZES = (20_000, 1_000_000)
KEPT = ROOT / "var" / "bench" / "rulebook"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the rulebook over many people.")
    parser.add_argument("--cadres", type=int, nargs="+", default=SIZES)
    parser.add_argument("--no-postgres", action="store_true", help="our side only")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where registers and the database server are")
    parser.add_argument("--city", type=int, default=snapshot_goals.CADRES, help="for snapshots; 0 for none")
    parser.add_argument("--million", action="store_true", help="only a register of a million in PostgreSQL: 25 minutes")
    given = parser.parse_args()
    if given.million:
        sys.exit(_report(list(_rulebook_million.of_million())))
    print(f"rulebook: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    _tell_rules()
    files = [register(size, given.kept) for size in given.cadres]
    figures, are_equal = list[Figure](), True
    with ExitStack() as stack:
        server = None if given.no_postgres else _postgres(stack, given.kept)
        for file in files:
            run, peer = _rulebook_run.measure(file), _peer(server, file)
            are_equal = _tell(run, peer) and are_equal
            figures += of_run(run, peer.taken if peer else None)
    person = _rulebook_person.measure(files[0])
    if given.city:
        figures += snapshot_goals.measure_all(given.city, no_postgres=given.no_postgres)
    figures += [of_person(person), of_page(_rulebook_page.measure()), *_rulebook_screening.of_city()]
    print("a register of a million in PostgreSQL, its snapshot and screening on it: --million, 25 minutes")
    sys.exit(_report(figures) or not are_equal)


def _tell_rules() -> None:
    made = asked()
    print(f"{len(made.rules)} computed rules about a person: {', '.join(made.rules)}")
    reasons: dict[str, list[str]] = {}
    for rule, why in made.left_out.items():
        reasons.setdefault(why.removeprefix(f"{rule}: "), []).append(rule)
    for why, rules in reasons.items():
        print(f"left out, {why}: {len(rules)}: {', '.join(rules)}")


def register(size: int, kept: Path) -> Path:
    """Made once; another text of the generator is another register."""
    file = kept / "registers" / f"{version()}-{size}.duckdb"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        start, unfinished = perf_counter(), file.with_suffix(".making")
        unfinished.unlink(missing_ok=True)
        build(unfinished, size)
        unfinished.rename(file)
        print(f"register of {size:,}: {perf_counter() - start:.0f} s, {file.stat().st_size / 1e6:.0f} MB", flush=True)
    return file


def _postgres(stack: ExitStack, kept: Path) -> Postgres | None:
    try:
        return stack.enter_context(serving(kept / "postgres", OPTIONS))
    except NoPostgresError as reason:
        print(f"no peer: {reason}")
        return None


def _peer(server: Postgres | None, file: Path) -> Answer | None:
    if server is None:
        return None
    seconds = load(server, file.stem.replace("-", "_"), file)
    if seconds is not None:
        print(f"{file.stem} into PostgreSQL, indexed and analysed: {seconds:.0f} s", flush=True)
    return ask(server, file.stem.replace("-", "_"), list(asked().rules))


def _tell(run: Run, peer: Answer | None) -> bool:
    """Whether everybody says the same."""
    print(f"\n{run.cadres:,} cadres, {run.rules} rules; compiled in {1000 * run.compiled:.0f} ms")
    print(f"{'':<44}{'wall s':>9}{'CPU s':>9}{f'per {PART}':>9}")
    for line in _lines(run, peer.taken if peer else None):
        print(line)
    print(f"facts {run.facts_megabytes:.0f} MB on disk; peak memory {run.megabytes:.0f} MB")
    print(f"on facts and from the tables the same in every column: {'yes' if run.are_equal else 'NO'}")
    if peer is None:
        return run.are_equal
    differs = differing(run.digest, peer.digest)
    print(f"outcomes by hand the same for each rule: {'NO: ' + ', '.join(differs) if differs else 'yes'}")
    return run.are_equal and not differs


def _lines(run: Run, peer: Taken | None) -> Iterator[str]:
    rows: list[tuple[str, Taken | None]] = [
        ("from the dated tables, all outputs", run.dated),
        ("from the dated tables, outcomes", run.dated_outcomes),
        ("facts built", run.facts),
        ("on facts, all outputs", run.full),
        ("on facts, counts", run.counts),
        ("PostgreSQL by hand, outcomes", peer),
    ]
    for name, taken in rows:
        if taken is not None:
            yield f"{name:<44}{taken.wall:>9.2f}{taken.cpu:>9.2f}{a_part(taken.wall, run.rules):>9.2f}"


def _report(found: list[Figure]) -> bool:
    """Whether a limit is broken."""
    print(f"\n{'goal':<44}{'measured':>12}{'limit':>12}{'ratio':>7}")
    for figure in found:
        print(figure.line())
    return not all(figure.is_kept for figure in found)


if __name__ == "__main__":
    main()
