# ruff: noqa: S608  names are made here
"""Our side of the rulebook bench in a process of its own, so that memory and processor time are its own.

`python -m benchmarks._rulebook_run FILE` prints a `Run` as JSON. Rules that miss more facts than a mask has bits make
two statements; what is told here is of both together. Facts are asked in a process that has not built them, as the
pages of a web process ask what the worker has built.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from benchmarks._planning_run import ROOT
from benchmarks._rulebook_rules import Asked, asked
from quanheng.rulebook.sql_rules import OUTCOMES, PARTS, OnFacts, rule_statements, rule_statements_on_facts
from quanheng.rulebook.sql_statement import Statement
from quanheng.rulebook.sql_text import IDLE_OPTIMIZERS

TIMES, TIMES_LARGE, LARGE = 3, 1, 200_000  # the dated tables of many people are asked once
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "2",
    "memory_limit": "4GB",
    "disabled_optimizers": IDLE_OPTIMIZERS,
}
ALL = PARTS
ON_FACTS = "--on-facts"
Digest = dict[str, tuple[int, int]]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Taken:
    """Median of the runs."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Run:
    """`digest`: of each rule two sums of outcomes; `are_equal`: whether tables and facts gave the same sums of every
    column."""

    cadres: int
    rules: int
    compiled: float
    dated: Taken  # all outputs
    dated_outcomes: Taken  # the sums of the peer
    facts: Taken  # built
    facts_megabytes: float
    full: Taken  # all outputs, on facts
    counts: Taken
    megabytes: float
    are_equal: bool
    digest: Digest


@dataclass(frozen=True)
class OnFactsRun:
    full: Taken
    counts: Taken
    sums: list[str]


def measure(file: Path) -> Run:
    return read_run(_in_a_process(str(file)))


def _in_a_process(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks._rulebook_run", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


def read_run(line: str) -> Run:
    told = json.loads(line)
    takens = {name: Taken(**told[name]) for name in ("dated", "dated_outcomes", "facts", "full", "counts")}
    digest = {rule: (int(one), int(other)) for rule, (one, other) in told["digest"].items()}
    return Run(**{**told, **takens, "digest": digest})


def run(file: Path) -> Run:
    made = asked()
    start = perf_counter()
    dated, on_facts = rule_statements(made.conditions, made.context), _on_facts(made)
    compiled = perf_counter() - start
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute(f"ATTACH '{file}' AS register (READ_ONLY)")
        connection.execute("USE register")
        size = connection.execute("SELECT count(*) FROM person").fetchall()[0][0]
        times = TIMES if size < LARGE else TIMES_LARGE
        by_tables, sums = _timed(lambda: _sums(connection, dated, ALL), times)
        by_tables_outcomes, digest = _timed(lambda: outcomes(connection, dated), times)
        keep = file.with_suffix(".facts")
        keep.unlink(missing_ok=True)
        connection.execute(f"ATTACH '{keep}' AS kept")
        building, _ = _timed(lambda: _build(connection, on_facts), times=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked_there = json.loads(_in_a_process(str(keep), ON_FACTS))
    megabytes = keep.stat().st_size / 1e6
    keep.unlink()
    full, counts = (Taken(**asked_there[name]) for name in ("full", "counts"))
    taken = (by_tables, by_tables_outcomes, building, megabytes, full, counts)
    is_equal = [str(each) for each in sums] == asked_there["sums"]
    return Run(size, len(made.rules), compiled, *taken, peak, is_equal, digest)


def run_on_facts(keep: Path) -> OnFactsRun:
    with duckdb.connect(str(keep), read_only=True, config=CONFIG) as connection:
        statements = [each.statement for each in _on_facts(asked())]
        full, sums = _timed(lambda: _sums(connection, statements, ALL))
        counts, _ = _timed(lambda: _counts(connection, statements))
    return OnFactsRun(full, counts, [str(each) for each in sums])


def _on_facts(made: Asked) -> tuple[OnFacts, ...]:
    return rule_statements_on_facts(made.conditions, made.context)


def _timed(act: Callable[[], Made], times: int = TIMES) -> tuple[Taken, Made]:
    walls, cpus, made = list[float](), list[float](), list[Made]()
    for _ in range(times):
        wall, cpu = perf_counter(), process_time()
        made = [act()]
        walls.append(perf_counter() - wall)
        cpus.append(process_time() - cpu)
    return Taken(median(walls), median(cpus)), made[0]


def _build(connection: DuckDBPyConnection, made: Iterable[OnFacts]) -> None:
    for each in made:
        connection.execute(f"CREATE TABLE kept.{each.table} AS {each.facts}")
    connection.execute("CHECKPOINT kept")


# --- what is asked of the columns


def _sums(connection: DuckDBPyConnection, made: Iterable[Statement], parts: Sequence[str]) -> list[object]:
    """Of every column, so that none is left out."""
    found = list[object]()
    for each in made:
        columns = [_sum(f'"{name}_{part}"', part) for name in each.names for part in parts]
        found += connection.execute(f"SELECT {', '.join(columns)} FROM ({each.text}) AS t").fetchall()[0]
    return found


def _sum(column: str, part: str) -> str:
    return f"sum({column})" if part in ("outcome", "missing") else f"sum({column} - DATE '2000-01-01')"


def _counts(connection: DuckDBPyConnection, made: Iterable[Statement]) -> list[object]:
    """How many people have which outcome, as the head of a screening tells."""
    found = list[object]()
    for each in made:
        places = range(len(OUTCOMES))
        columns = [f'count_if("{name}_outcome" = {place})' for name in each.names for place in places]
        found += connection.execute(f"SELECT {', '.join(columns)} FROM ({each.text}) AS t").fetchall()[0]
    return found


def outcomes(connection: DuckDBPyConnection, made: Iterable[Statement]) -> Digest:
    """`_rulebook_peer.digest`."""
    found: Digest = {}
    for each in made:
        sums = [f'sum("{name}_outcome"), sum("{name}_outcome" * born)' for name in each.names]
        born = "(SELECT subject, person_birth - DATE '1900-01-01' AS born FROM person)"
        text = f"SELECT {', '.join(sums)} FROM ({each.text}) AS t JOIN {born} AS b USING (subject)"
        found |= paired(each.names, connection.execute(text).fetchall()[0])
    return found


def paired(names: Sequence[str], sums: Sequence[object]) -> Digest:
    values = [int(str(each)) if each is not None else 0 for each in sums]
    return dict(zip(names, zip(values[::2], values[1::2], strict=True), strict=True))


def differing(ours: Mapping[str, tuple[int, int]], theirs: Mapping[str, tuple[int, int]]) -> list[str]:
    return sorted(rule for rule in ours if ours[rule] != theirs.get(rule))


if __name__ == "__main__":
    told = run_on_facts if ON_FACTS in sys.argv else run
    print(json.dumps(asdict(told(Path(sys.argv[1])))))
