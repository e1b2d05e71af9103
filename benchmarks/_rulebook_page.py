"""One person as a page: 资格 of many dossiers over HTTP, each with all its targets, in a demo city on SQLite.

`python -m benchmarks._rulebook_page` tells it; the city is made once, in some twenty seconds.
"""

from benchmarks._cities import make, on_sqlite
from benchmarks._figures import Figures
from benchmarks._rulebook_goals import of_page
from benchmarks._server import signed_in
from benchmarks.pages import OFFICER, measure_page, pages

CADRES = 3_000
PAGE = "eligibility of one person"


def measure() -> Figures:
    place = on_sqlite(CADRES)
    make(place)
    wanted = next(page for page in pages(CADRES) if page.name == PAGE)
    with signed_in(place, OFFICER) as browser:
        return measure_page(browser, wanted)


if __name__ == "__main__":
    print(of_page(measure()).line())
