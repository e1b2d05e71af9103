"""The goal figures of snapshots and of what is due by them, over the cities of `benchmarks.pages`."""

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks import _cities
from benchmarks._cities import Place, make, on_postgres, on_sqlite
from benchmarks._planning_goals import Figure
from benchmarks._postgres import NoPostgresError, serving
from benchmarks._rulebook_snapshot import Measured, measure

CADRES, WHOLE = 100_000, 1_000_000  # measured, and what the aims speak of
BUILT, MEGABYTES = 60.0, 300.0
VISIBLE = 300.0  # seconds after a change
OFFICE = 1.0


def places(stack: ExitStack, cadres: int, *, no_postgres: bool) -> Iterator[Place]:
    """The cities of `benchmarks.pages`, made where they are not kept: five minutes for 100,000."""
    if not no_postgres:
        try:
            yield on_postgres(stack.enter_context(serving(_cities.KEPT / "postgres")), cadres)
        except NoPostgresError as reason:
            print(f"no snapshot from PostgreSQL: {reason}")
    yield on_sqlite(cadres)


def measure_all(cadres: int, *, no_postgres: bool) -> Iterator[Figure]:
    with ExitStack() as stack:
        for place in places(stack, cadres, no_postgres=no_postgres):
            make(place)
            found = measure(place)
            for line in lines(place.vendor, found):
                print(line, flush=True)
            yield from figures(place.vendor, found)


def lines(vendor: str, found: Measured) -> Iterator[str]:
    yield f"\nsnapshot of {found.cadres:,} cadres from {vendor}; the CPU of a database server is not in it"
    yield f"{'':<44}{'wall s':>9}{'CPU s':>9}"
    rows = (
        ("built whole", found.built),
        (f"refreshed after {found.marks:,} marks", found.refreshed),
        (f"due items of everybody, {found.items:,}", found.due),
    )
    for name, taken in rows:
        yield f"{name:<44}{taken.wall:>9.2f}{taken.cpu:>9.2f}"
    yield f"due items of one office, {found.seen:,} of {found.items:,}: {1000 * found.office:.0f} ms"
    yield f"{found.megabytes:.0f} MB of memory when built; {found.file:.0f} MB on disk"


def figures(vendor: str, found: Measured) -> Iterator[Figure]:
    """The aims for building speak of PostgreSQL. What grows with the register is scaled to a million."""
    times = WHOLE / found.cadres
    size = f"{WHOLE:,} snapshot, scaled" if times != 1 else f"{WHOLE:,} snapshot"
    if vendor == "postgresql":
        note = f"{found.cadres:,} in {found.built.wall:.1f} s; CPU {found.built.cpu:.1f} s"
        yield Figure(f"{size}: built", times * found.built.wall, BUILT, "s", note=note)
        yield Figure(f"{found.cadres:,} snapshot: memory", found.megabytes, MEGABYTES, "MB")
        note = f"{found.marks:,} marks; {found.cadres:,} in {found.refreshed.wall:.1f} s"
        yield Figure(f"{size}: refreshed", times * found.refreshed.wall, VISIBLE, "s", note=note)
        note = f"{found.cadres:,} in {found.due.wall:.1f} s; CPU {found.due.cpu:.1f} s"
        yield Figure(f"{WHOLE:,} due, scaled: everybody", times * found.due.wall, VISIBLE, "s", note=note)
    yield Figure(f"{found.cadres:,} due: one office, {vendor}", found.office, OFFICE, "s", note=f"{found.seen:,} items")
    note = f"made up; an office that sees one unit in forty {found.made_up.small:.0f} ms"
    yield Figure(f"{found.made_up.rows:,} items due: one office", found.made_up.office / 1000, OFFICE, "s", note=note)
