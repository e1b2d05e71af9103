"""No answer to anybody holds a word of what is out of his scope: every page, fragment, export, search and error."""

import pytest

from quanheng.people.models import Cadre
from tests.access.canaries import crawl, of
from tests.access.filled import MOVED_NUMBER, record_models, text_columns
from tests.access.visits import Visit, browser, request, with_ticket
from tests.access.world import CADRES, DESK, OWN, PERSONAS, VISIBLE, World, allowed
from tests.matrix_table import ROWS

pytestmark = pytest.mark.slow  # walks every page for every person; in `make test`


def test_every_free_text_of_the_files_holds_a_canary(world: World) -> None:
    for key, cadre in world.cadres.items():
        row = Cadre.objects.get(pk=cadre.pk)
        assert {str(getattr(row, name)) for name in text_columns(Cadre)} - {MOVED_NUMBER} == {f"CANARY-{key}-"}
        for model in record_models():
            record = model._default_manager.get(cadre=cadre)
            assert {str(getattr(record, name)) for name in text_columns(model)} <= {f"CANARY-{key}-"}


@pytest.mark.slow
@pytest.mark.parametrize("who", PERSONAS)
def test_no_fragment_holds_what_is_out_of_scope(world: World, who: str) -> None:
    """Pages that htmx gets a part of. The whole pages are read by the permission matrix, which asks for them anyway."""
    ticket = browser(world, who).cookies.output(header="", sep=";")
    leaks = []
    for row in ROWS:
        if row.method == "GET" and row.expected()[who] == 200:
            found = of(request(with_ticket(ticket), Visit.of(row, world), **{"HX-Request": "true"}))
            leaks += [f"{row.label}: {sorted(found - allowed(who))}"] if found - allowed(who) else []
    assert not leaks, "\n".join(leaks)


@pytest.mark.slow
@pytest.mark.parametrize("who", PERSONAS)
def test_no_link_leads_to_what_is_out_of_scope(world: World, who: str) -> None:
    client = browser(world, who)
    found = crawl(client, ["/", "/help/", *(["/desk/search/?q=CANARY"] if who in DESK else [])])
    leaks = [f"{url}: {sorted(seen - allowed(who))}" for url, seen in found.items() if seen - allowed(who)]
    assert not leaks, "\n".join(leaks)


@pytest.mark.slow
@pytest.mark.parametrize("who", DESK)
def test_what_may_be_seen_is_found_by_links_alone(world: World, who: str) -> None:
    """The crawl really reads: every visible person and unit turns up in it."""
    seen = frozenset().union(*crawl(browser(world, who), ["/desk/people/?scope=all", "/desk/units/"]).values())
    assert seen & CADRES.keys() == VISIBLE.get(who, frozenset()) | (seen & OWN.get(who, set()) & CADRES.keys())


@pytest.mark.slow
@pytest.mark.parametrize("who", DESK)
@pytest.mark.parametrize("kind", ["xlsx", "pdf", "docx", "lrmx"])
def test_an_export_of_everything_holds_the_visible_ones(world: World, who: str, kind: str) -> None:
    url = "/desk/people/export/" if kind == "xlsx" else f"/desk/people/forms/{kind}/"
    response = request(browser(world, who), Visit("POST", f"{url}?scope=all", {"all": "1", "anyway": "1"}))
    expected = VISIBLE.get(who, frozenset())
    assert response.status_code == (200 if expected else 400)
    assert of(response) & CADRES.keys() == expected
