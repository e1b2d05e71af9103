"""Pages over HTTP at 3,000 and 100,000 cadres on SQLite and PostgreSQL, and `migrate` on an empty database.

`uv run python -m benchmarks.pages [--cadres N …] [--database sqlite|postgresql] [--page NAME]`
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

from benchmarks._cities import KEPT, Place, make, on_postgres, on_sqlite, run_quanheng
from benchmarks._figures import Figures, Limit, figures
from benchmarks._postgres import NoPostgresError, Postgres, serving
from benchmarks._server import Browser, signed_in
from quanheng.accounts.choices import ManagementCategory
from quanheng.demo.city import build_city
from quanheng.demo.facts import CadreFact

OFFICER = "lin"  # sees the whole city but for what the province manages
SIZES = (3_000, 100_000)
WARM, ASKED = 5, 40
MIGRATE_SECONDS = 20.0
LIST = Limit(postgresql=100, sqlite=300, queries=12, kilobytes=200)
WHOLE = Limit(
    queries=12, kilobytes=200
)  # a condition on the records of everybody is for the snapshot (docs/benchmarks.md)
DOSSIER = Limit(postgresql=50, sqlite=50, queries=20)
VERDICTS = Limit(postgresql=100, sqlite=100, queries=30)  # every condition of a dozen targets, asked of one person
TODAY = Limit(postgresql=1000, sqlite=1000, queries=40)
# The peer: an open Django HR system on such a machine with 100,000 employees, as the issue names its figures.
PEER_CADRES = 100_000
PEER = {"list": (18_500, "2,390 queries"), "search": (3_300, ""), "dossier": (550, ""), "today": (114_000, "")}


@dataclass(frozen=True, slots=True)
class Page:
    """The paths are asked in turn, so that no answer is remembered from the one before."""

    name: str
    paths: Sequence[str]
    limit: Limit = Limit()
    is_htmx: bool = False
    peer: str = ""  # of PEER


def pages(cadres: int) -> list[Page]:
    city = build_city(cadres=cadres)
    unit = next(unit.key for unit in city.organization.units if unit.name == "松涧县")
    step = max(1, cadres // 80)
    persons = [
        person
        for person in (city.cadre(number) for number in range(0, cadres, step))
        if person.category != ManagementCategory.PROVINCE
    ]
    everybody = "/desk/people/?scope=all"
    deep = cadres // 20 - 5
    narrow = f"{everybody}&unit={unit}&age_from=35&age_to=50&rank=senior_staff_1"
    words = [person.name[:2] for person in persons[:10]]
    return [
        Page("list", ["/desk/people/"], LIST, peer="list"),
        Page("list, everybody", [everybody], LIST, peer="list"),
        Page("list, last pages", [f"{everybody}&page={deep - back}" for back in range(20)], LIST, peer="list"),
        Page("list, by name", [f"{everybody}&sort=name", f"{everybody}&sort=-birth"], LIST, peer="list"),
        Page("filter: unit, age, rank, text", [f"{narrow}&q={text}" for text in _TEXTS], LIST, peer="list"),
        Page(
            "filter: tier",
            [f"{everybody}&tier={tier}" for tier in _TIERS],
            LIST,
            peer="list",
        ),
        Page("everybody by education", [f"{everybody}&education=1"], WHOLE, peer="list"),
        Page("everybody by grades", [f"{everybody}&grades={kind}" for kind in _GRADES], WHOLE, peer="list"),
        Page("search: pinyin", [f"/desk/search/?q={word}" for word in _PINYIN], LIST, is_htmx=True, peer="search"),
        Page("search: name", [f"/desk/search/?q={quote(word)}" for word in words], LIST, is_htmx=True, peer="search"),
        Page("search: number", ["/desk/search/?q=0021", "/desk/search/?q=1105"], LIST, is_htmx=True, peer="search"),
        *_of_one_person(persons),
        Page("today", ["/desk/today/"], TODAY, peer="today"),
        Page("unit", [f"/desk/units/{unit}/"]),
    ]


def _of_one_person(persons: Sequence[CadreFact]) -> list[Page]:
    dossiers = [f"/desk/people/{person.key}/" for person in persons]
    return [
        Page("dossier", dossiers, DOSSIER, peer="dossier"),
        Page("dossier as on 2019-06-30", [f"{path}?on=2019-06-30" for path in dossiers], DOSSIER, peer="dossier"),
        Page(
            "evidence of the tier", [f"/desk/evidence/tier/{person.key}/" for person in persons], DOSSIER, is_htmx=True
        ),
        Page("eligibility of one person", [f"{path}?tab=eligibility" for path in dossiers], VERDICTS),
        Page(
            "evidence of a condition",
            [f"/desk/evidence/rule/{person.key}/{_CONDITION}/?target=post:county_deputy" for person in persons],
            VERDICTS,
            is_htmx=True,
        ),
    ]


_CONDITION = "SEL-QUAL-08-1b"
_TIERS = ("county_deputy", "township_principal")
_TEXTS = ("li", "wang", "z")
_GRADES = ("any_excellent", "all_competent")
_PINYIN = ("zhang", "li", "wangwei", "cjg", "zh")


def main() -> None:
    asked = _arguments()
    broken: list[str] = []
    with ExitStack() as stack:
        postgres = _postgres(stack, asked.database)
        places = list(_places(asked, postgres))
        _tell_machine()
        if asked.page is None:
            broken += measure_migrate(postgres, asked.database)
        _make_all(places)
        _tell_heads()
        for place in places:
            broken += measure_city(place, asked.page)
    for line in broken:
        print(f"beyond its limit: {line}")
    sys.exit(bool(broken))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="pages, measured over HTTP")
    parser.add_argument("--cadres", type=int, nargs="+", default=SIZES)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--page", help="only pages whose name begins so")
    return parser.parse_args()


def _postgres(stack: ExitStack, database: str | None) -> Postgres | None:
    if database == "sqlite":
        return None
    try:
        return stack.enter_context(serving(KEPT / "postgres"))
    except NoPostgresError as reason:
        print(f"nothing is measured on PostgreSQL: {reason}")
        return None


def _places(asked: argparse.Namespace, postgres: Postgres | None) -> Iterator[Place]:
    for cadres in asked.cadres:
        if asked.database != "postgresql":
            yield on_sqlite(cadres)
        if postgres:
            yield on_postgres(postgres, cadres)


def _make_all(places: Sequence[Place]) -> None:
    """Two at a time: a city is made by one process, and there are two cores."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for place, seconds in zip(places, pool.map(make, places), strict=True):
            what = f"made in {seconds:.0f} s" if seconds else "kept from an earlier run"
            print(f"city of {place.cadres:,} on {place.vendor}: {what}")


def measure_migrate(postgres: Postgres | None, database: str | None) -> list[str]:
    """The whole command, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        places = [] if database == "postgresql" else [Place("sqlite", 0, Path(folder) / "sqlite")]
        if postgres:
            postgres.run("dropdb", "--if-exists", "empty")
            postgres.run("createdb", "empty")
            places.append(Place("postgresql", 0, Path(folder) / "postgresql", postgres.url("empty")))
        return [line for place in places for line in _migrate(place)]


def _migrate(place: Place) -> list[str]:
    start = perf_counter()
    run_quanheng(place, "manage.py", "migrate", "-v", "0")
    taken = perf_counter() - start
    print(
        f"migrate, empty {place.vendor}: {taken:.1f} s; limit {MIGRATE_SECONDS:.0f} s, {taken / MIGRATE_SECONDS:.2f}×"
    )
    return [f"migrate on {place.vendor}"] if taken > MIGRATE_SECONDS else []


def _tell_machine() -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; one web worker; {ASKED} answers a page after {WARM}")


def _tell_heads() -> None:
    print(
        f"\n{'page':<30}{'database':>11}{'cadres':>9}{'median':>8}{'p95 ms':>8}{'limit':>7}{'ratio':>7}"
        f"{'web CPU':>8}{'DB CPU':>8}{'queries':>9}{'limit':>6}{'KB':>6}{'limit':>6}  peer at {PEER_CADRES:,}"
    )


def measure_city(place: Place, only: str | None) -> list[str]:
    broken = []
    with signed_in(place, OFFICER) as browser:
        for page in pages(place.cadres):
            if only is None or page.name.startswith(only):
                found = measure_page(browser, page)
                print(_line(place, page, found), flush=True)
                words = found.broken(page.limit, place.vendor)
                broken += [f"{page.name} on {place.vendor} at {place.cadres:,}: {', '.join(words)}"] if words else []
        print(f"{'peak memory of the worker':<30}{place.vendor:>11}{place.cadres:>9,} {browser.peak_megabytes()} MB")
    return broken


def measure_page(browser: Browser, page: Page) -> Figures:
    paths = cycle(page.paths)
    for path in islice(paths, WARM):
        browser.get(path, is_htmx=page.is_htmx)
    used = browser.cpu_seconds()
    answers = [browser.get(path, is_htmx=page.is_htmx) for path in islice(paths, ASKED)]
    web, database = (after - before for before, after in zip(used, browser.cpu_seconds(), strict=True))
    return figures(answers, web, database)


def _line(place: Place, page: Page, found: Figures) -> str:
    limit = page.limit.milliseconds(place.vendor)
    return (
        f"{page.name:<30}{place.vendor:>11}{place.cadres:>9,}{found.median:>8.1f}{found.p95:>8.1f}"
        f"{_number(limit):>7}{_number(found.ratio(limit), 2):>7}{found.web_cpu:>8.1f}{found.database_cpu:>8.1f}"
        f"{found.queries:>9}{_number(page.limit.queries):>6}{found.kilobytes:>6.0f}{_number(page.limit.kilobytes):>6}"
        f"  {_peer(place, page, found)}"
    ).rstrip()


def _number(value: float | None, places: int = 0) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _peer(place: Place, page: Page, found: Figures) -> str:
    """Only against as many persons as the peer held."""
    if not page.peer or place.cadres != PEER_CADRES:
        return ""
    milliseconds, more = PEER[page.peer]
    return f"{milliseconds / 1000:.2f} s{', ' + more if more else ''}: {milliseconds / found.median:.0f}× ours"


if __name__ == "__main__":
    main()
