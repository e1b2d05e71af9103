"""资格筛查 as pages over HTTP: how long the first one who asks for a target waits, and what each answer takes then.

`python -m benchmarks._rulebook_screening` tells it of a demo city; `_rulebook_million` of a register of a million.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import quote

from benchmarks._cities import Place, make, on_sqlite, run_quanheng
from benchmarks._figures import Figures
from benchmarks._planning_goals import Figure
from benchmarks._server import Browser, signed_in
from benchmarks.pages import Page, measure_page
from quanheng.demo.city import build_city

CITY = 3_000
CITY_LIMIT, LARGE_LIMIT = 150.0, 2_000.0  # milliseconds
PATIENCE, PAUSE = 300, 0.5  # seconds
PART = "松涧县"  # a tenth of a unit's people, as one who looks at a county asks
TARGET, OTHER = "post:county_deputy", "post:township_principal"
YOUNGER, SECONDED = "person.birth~least~1985-01-01", "expression~is~count(posts, is_secondment) >= 1"
EVERYBODY = "&category=city&category=county&category=other"
CELL = re.compile(r'class="ev" href="(/desk/evidence/rule/[^"]+)"')


@dataclass(frozen=True)
class Screened:
    """Of one officer. `shown`: seconds until a page was there for a target nobody had asked for; `ready`: until it had
    the answer; `people`: in scope."""

    officer: str
    people: int
    shown: float
    ready: float
    pages: Mapping[str, Figures]


def measure(place: Place, officer: str) -> Screened:
    with signed_in(place, officer) as browser:
        shown, ready = _first(browser, _address())
        _first(browser, _address(OTHER))
        _, text = browser.read(_address())
        cells = [cell.replace("&amp;", "&") for cell in CELL.findall(text)[:20]]
        found = {page.name: measure_page(browser, page) for page in _pages(cells)}
    people = re.search(r"<b>([\d,]+)</b>", text.partition('class="page-tabs"')[2])
    return Screened(officer, int(people[1].replace(",", "")) if people else 0, shown, ready, found)


def _address(target: str = TARGET, more: str = "") -> str:
    return f"/desk/screening/?target={target}{more}"


def _first(browser: Browser, path: str) -> tuple[float, float]:
    start = perf_counter()
    _, text = browser.read(path)
    shown = perf_counter() - start
    while 'class="job' in text and perf_counter() - start < PATIENCE:
        time.sleep(PAUSE)
        _, text = browser.read(path)
    return shown, perf_counter() - start


def _pages(cells: list[str]) -> Iterator[Page]:
    unit = next(unit.key for unit in build_city(cadres=CITY).organization.units if unit.name == PART)
    typed = "&field=person.birth&operator=least&value={}-01-01"
    yield Page("screening", [_address(), _address(OTHER)])
    yield Page("of all categories", [_address(target, EVERYBODY) for target in (TARGET, OTHER)])
    yield Page("of one county", [_address(target, f"&unit={unit}") for target in (TARGET, OTHER)])
    yield Page("a later page of a group", [_address(more=f"&group=not_met&page={page}") for page in range(2, 20)])
    yield Page("with two more conditions", [_address(target, _also()) for target in (TARGET, OTHER)])
    counted = [_address(more=typed.format(year)).replace("?", "count/?") for year in range(1970, 1990)]
    yield Page("counted while typing", counted, is_htmx=True)
    yield Page("drawer of a cell", cells, is_htmx=True)


def _also() -> str:
    return "".join(f"&also={quote(each)}" for each in (YOUNGER, SECONDED))


def in_a_city() -> Screened:
    place = on_sqlite(CITY)
    make(place)
    run_quanheng(place, "-m", "quanheng.cli", "census", "refresh")
    return measure(place, "lin")


def lines(vendor: str, found: Screened) -> Iterator[str]:
    yield f"\nscreening on {vendor} as {found.officer}, {found.people:,} people in scope"
    yield f"a target that nobody asked for: a page after {found.shown:.1f} s, its answer after {found.ready:.1f} s"
    yield "then, in milliseconds:"
    yield f"{'':<32}{'median':>8}{'p95':>8}{'web CPU':>9}{'DB CPU':>8}{'queries':>9}{'KB':>6}"
    for name, taken in found.pages.items():
        parts = (taken.median, taken.p95, taken.web_cpu, taken.database_cpu, taken.queries, taken.kilobytes)
        yield f"{name:<32}{parts[0]:>8.0f}{parts[1]:>8.0f}{parts[2]:>9.0f}{parts[3]:>8.0f}{parts[4]:>9}{parts[5]:>6.0f}"


def figures(size: str, found: Screened, limit: float) -> Iterator[Figure]:
    """Answers of a screening; the drawer is a page about one person."""
    for name, taken in found.pages.items():
        note = f"p95 {taken.p95:.0f} ms; CPU {taken.web_cpu:.0f} ms; {found.people:,} in scope"
        note += f"; {taken.failed} answers failed" if taken.failed else ""
        yield Figure(f"{size} {name}, median", taken.median, limit, "ms", note=note)


def of_city() -> Iterator[Figure]:
    found = in_a_city()
    for line in lines("sqlite", found):
        print(line, flush=True)
    yield from figures(f"{CITY:,}:", found, CITY_LIMIT)


if __name__ == "__main__":
    for figure in of_city():
        print(figure.line())
