"""A snapshot of a city built from its database, refreshed after changes, and what is due by it, each timed apart.

`python -m benchmarks._rulebook_snapshot OFFICER` prints `Measured` as JSON, in a process of its own so that memory and
processor time are its own (nothing large is imported before it is built); the environment names the city. The snapshot
lies in a throw-away folder; the city keeps a thousand more change marks, which harm nobody.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar

from benchmarks._cities import ROOT, Place
from benchmarks._rulebook_due import Asked
from benchmarks._rulebook_due import run as ask_made_up

OFFICER = "lin"  # sees the whole city but for what the province manages
MARKS, TIMES = 1_000, 5
Made = TypeVar("Made")


@dataclass(frozen=True)
class Timed:
    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """`megabytes`: the most that the process had used when the snapshot was built; `office`: what 今日 asks for."""

    cadres: int
    built: Timed
    megabytes: float
    file: float  # MB
    marks: int
    refreshed: Timed
    due: Timed  # the table of everybody
    items: int
    seen: int  # by the officer
    office: float  # seconds, median
    made_up: Asked  # in a table of the size that a million people have


def measure(place: Place) -> Measured:
    command = [sys.executable, "-m", "benchmarks._rulebook_snapshot", OFFICER]
    environment = {**place.environment, "DJANGO_SETTINGS_MODULE": "benchmarks._settings"}
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return read_measured(done.stdout.splitlines()[-1])


def read_measured(line: str) -> Measured:
    told = json.loads(line)
    takens = {name: Timed(**told[name]) for name in ("built", "refreshed", "due")}
    return Measured(**{**told, **takens, "made_up": Asked(**told["made_up"])})


def run(folder: Path, officer: str, marks: int = MARKS) -> Measured:
    """On the database of the environment, in `folder`, which is empty."""
    from django.conf import settings

    from quanheng.census import house
    from quanheng.census.snapshot import refresh
    from quanheng.kernel import clock

    settings.CENSUS_FOLDER = folder / "census"
    on, place = clock.today(), house.folder()
    recipe = house.recipe_on(on)
    built, whole = _timed(lambda: refresh(place, recipe, at=clock.now(), on=on))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    marked = _mark(marks)
    refreshed, after = _timed(lambda: refresh(place, recipe, at=clock.now(), on=on))
    assert after.changed == marked, (after.changed, marked)
    due, items = _due(on)
    seen, office = _office(officer, on)
    sizes = (megabytes, whole.file.stat().st_size / 1e6)
    return Measured(whole.snapshot.cadres, built, *sizes, marked, refreshed, due, items, seen, office, ask_made_up())


def _timed(act: Callable[[], Made]) -> tuple[Timed, Made]:
    wall, cpu = perf_counter(), process_time()
    made = act()
    return Timed(perf_counter() - wall, process_time() - cpu), made


def _mark(count: int) -> int:
    """As an entry of a change does, for people all over the register; how many there are."""
    from django.db import connection, transaction

    from quanheng.ledger.models import ChangeMark
    from quanheng.ledger.transactions import current_transaction
    from quanheng.people.models import Cadre

    people = list(Cadre.objects.filter(withdrawn_at=None).order_by("pk").values_list("pk", flat=True))
    chosen = people[:: max(1, len(people) // count)][:count]
    with transaction.atomic():
        now = current_transaction(connection)
        ChangeMark.objects.bulk_create([ChangeMark(cadre=key, transaction=now) for key in chosen], batch_size=500)
    return len(chosen)


def _due(on: date) -> tuple[Timed, int]:
    """The table of what is due for everybody, made; how many items it has."""
    from quanheng.insight.due_table import due_cursor, prepare
    from quanheng.instruments.local import rulebook_in_force

    rules = rulebook_in_force(on)
    taken, _ = _timed(lambda: prepare(rules))
    with due_cursor(rules) as (cursor, _snapshot):
        return taken, cursor.execute("SELECT count(*) FROM due").fetchall()[0][0]


def _office(officer: str, on: date) -> tuple[int, float]:
    """The items an officer sees; seconds from the question to the first page, grants and rules read anew each time."""
    from quanheng.accounts.models import Account
    from quanheng.accounts.queries import actor_of
    from quanheng.insight.due_groups import Choice, lots, rows
    from quanheng.insight.due_queries import due_items
    from quanheng.instruments.local import rulebook_in_force
    from quanheng.kernel import clock

    taken, seen = list[float](), 0
    for _ in range(TIMES):
        start = perf_counter()
        actor = actor_of(Account.objects.get(username=officer), at=clock.now())
        with due_items(actor, rulebook_in_force(on)) as items:
            seen = sum(items.by_day(date.min, date.max).values())
            lots(items, on, Choice())
            rows(items, on, Choice(), limit=50)
        taken.append(perf_counter() - start)
    return seen, median(taken)


if __name__ == "__main__":
    import django

    django.setup()
    with TemporaryDirectory() as folder:
        print(json.dumps(asdict(run(Path(folder), sys.argv[1]))))
