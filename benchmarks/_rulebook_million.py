"""A register of a million in PostgreSQL: its snapshot built, refreshed and asked what is due, and screening on it.

`python -m benchmarks.rulebook --million` makes it from a clean clone: the city of 100,000 of `benchmarks.pages` (five
minutes), ten times over (seven), with 20 GB of disk in var/bench, and measures it (ten).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import _cities
from benchmarks._cities import Place, make, on_postgres, run_quanheng
from benchmarks._multiplied import MAKING, TIMES, multiply
from benchmarks._planning_goals import Figure
from benchmarks._postgres import Postgres, serving
from benchmarks._rulebook_screening import LARGE_LIMIT, Screened
from benchmarks._rulebook_screening import figures as of_screening
from benchmarks._rulebook_screening import lines as screening_lines
from benchmarks._rulebook_screening import measure as screen
from benchmarks._rulebook_snapshot import Measured
from benchmarks._rulebook_snapshot import measure as build
from benchmarks._rulebook_snapshot_goals import figures as of_snapshot
from benchmarks._rulebook_snapshot_goals import lines as snapshot_lines
from benchmarks._server import used_with_children

CITY = 100_000
MILLION = TIMES * CITY
OFFICE_WIDE, OF_A_COUNTY = "wen", "hejing"


@dataclass(frozen=True)
class Found:
    """`server`: CPU seconds of the database while the snapshot was built, refreshed and asked."""

    snapshot: Measured
    server: float
    screened: tuple[Screened, ...]


def measure() -> Found:
    with serving(_cities.KEPT / "postgres", MAKING) as server:
        _register(server)
    with serving(_cities.KEPT / "postgres") as server:
        place = on_postgres(server, MILLION)
        before = used_with_children(server.process)
        snapshot = build(place)
        taken = used_with_children(server.process) - before
        return Found(snapshot, taken, tuple(_screened(place)))


def _register(server: Postgres) -> None:
    city = on_postgres(server, CITY)
    print(f"city of {CITY:,}: {make(city):.0f} s", flush=True)
    print(f"{TIMES} times over: {multiply(server, city, on_postgres(server, MILLION)):.0f} s", flush=True)


def _screened(place: Place) -> Iterator[Screened]:
    """On a snapshot that nobody has asked anything of."""
    for officer in (OFFICE_WIDE, OF_A_COUNTY):
        run_quanheng(place, "-m", "quanheng.cli", "census", "refresh", "--whole")
        for file in (place.folder / "census").rglob("verdicts-*.duckdb"):
            file.unlink()
        yield screen(place, officer)


def lines(found: Found) -> Iterator[str]:
    yield from snapshot_lines("postgresql", found.snapshot)
    yield f"CPU of the database server in all of it: {found.server:.0f} s"
    for each in found.screened:
        yield from screening_lines("postgresql", each)


def figures(found: Found) -> Iterator[Figure]:
    yield from of_snapshot("postgresql", found.snapshot)
    for each in found.screened:
        name = f"{MILLION:,}: a page at once, {each.officer}"
        yield Figure(name, each.shown, LARGE_LIMIT / 1000, "s", note=_ready(each))
        yield from of_screening(f"{MILLION:,}:", each, LARGE_LIMIT)


def _ready(each: Screened) -> str:
    return f"with a bar; its first answer after {each.ready:.0f} s"


def of_million() -> Iterator[Figure]:
    found = measure()
    for line in lines(found):
        print(line, flush=True)
    yield from figures(found)


if __name__ == "__main__":
    for figure in of_million():
        print(figure.line())
