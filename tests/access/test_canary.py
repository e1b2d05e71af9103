"""No answer to anybody holds a word of what is out of his scope: every page, fragment, export, search and error."""

import pytest
from django.db import transaction

from quanheng.people.models import Cadre
from tests.access.canaries import crawl, of
from tests.access.filled import MOVED_NUMBER, record_models, text_columns
from tests.access.visits import Visit, browser, request, urls_of, with_ticket
from tests.access.world import CADRES, DESK, PERSONAS, VISIBLE, VISIBLE_UNITS, World
from tests.matrix_table import ROWS

# The way to a grant is shown by name; further than the grant only what the files of its persons say.
WAY = {
    "lin": {"unitcity"}, "zhao": {"unitcity"}, "low": {"unitcity", "unita"}, "tang": {"unitcity"},
    "selector": {"unitcity"}, "wen": {"unitcity"},
}  # fmt: skip
OWN = {
    "lin": {"importlin", "querylin", "moved"},  # the file that lin uploaded, and when it was matched
    "zhao": {"importzhao", "queryzhao"},
    "chen": {"chen"},
    "wen": {"own"},
    # The security administrator names units when giving grants, and sees accounts; never a person's file.
    "xu": {"unitcity", "unita", "unita1", "unitb"},
}
# Names of the accounts that opened a file: chen's readings name who read.


def allowed(who: str) -> set[str]:
    """By hand from the oracle of tests/access/world.py: persons, units, the way there, and one's own."""
    units = {f"unit{key}" for key in VISIBLE_UNITS.get(who, ())}
    return {*VISIBLE.get(who, ()), *units, *WAY.get(who, ()), *OWN.get(who, ())}


def test_every_free_text_of_the_files_holds_a_canary(world: World) -> None:
    for key, cadre in world.cadres.items():
        row = Cadre.objects.get(pk=cadre.pk)
        assert {str(getattr(row, name)) for name in text_columns(Cadre)} - {MOVED_NUMBER} == {f"CANARY-{key}-"}
        for model in record_models():
            record = model._default_manager.get(cadre=cadre)
            assert {str(getattr(record, name)) for name in text_columns(model)} <= {f"CANARY-{key}-"}


@pytest.mark.parametrize("who", PERSONAS)
def test_no_answer_holds_what_is_out_of_scope(world: World, who: str) -> None:
    """Every row of the matrix, answered for this persona, as a page and as a fragment."""
    ticket = browser(world, who).cookies.output(header="", sep=";")
    names, leaks = {name for name, _view in urls_of()}, []
    for row in ROWS:
        if row.name not in names:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            before = transaction.savepoint()
            found = of(request(with_ticket(ticket), Visit.of(row, world), **headers)) - allowed(who)
            transaction.savepoint_rollback(before)
            leaks += [f"{row.label}: {sorted(found)}"] if found else []
    assert not leaks, "\n".join(leaks)


@pytest.mark.parametrize("who", PERSONAS)
def test_no_link_leads_to_what_is_out_of_scope(world: World, who: str) -> None:
    client = browser(world, who)
    found = crawl(client, ["/", "/help/", *(["/desk/search/?q=CANARY"] if who in DESK else [])])
    leaks = [f"{url}: {sorted(seen - allowed(who))}" for url, seen in found.items() if seen - allowed(who)]
    assert not leaks, "\n".join(leaks)


@pytest.mark.parametrize("who", DESK)
def test_what_may_be_seen_is_found_by_links_alone(world: World, who: str) -> None:
    """The crawl really reads: every visible person and unit turns up in it."""
    seen = frozenset().union(*crawl(browser(world, who), ["/desk/people/?scope=all", "/desk/units/"]).values())
    assert seen & CADRES.keys() == VISIBLE.get(who, frozenset()) | (seen & OWN.get(who, set()))


@pytest.mark.parametrize("who", DESK)
@pytest.mark.parametrize("kind", ["xlsx", "pdf", "docx", "lrmx"])
def test_an_export_of_everything_holds_the_visible_ones(world: World, who: str, kind: str) -> None:
    url = "/desk/people/export/" if kind == "xlsx" else f"/desk/people/forms/{kind}/"
    response = request(browser(world, who), Visit("POST", f"{url}?scope=all", {"all": "1", "anyway": "1"}))
    expected = VISIBLE.get(who, frozenset())
    assert response.status_code == (200 if expected else 400)
    assert of(response) & CADRES.keys() == expected
