"""Every URL × who × which object × method: the answer of the hand-written table, and no URL is without rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from quanheng.web.shared.gate import Access
from tests.access.canaries import of
from tests.access.filled import fill
from tests.access.visits import Visit, browser, request, urls_of, with_ticket
from tests.access.world import PERSONAS, World, allowed, build_world
from tests.conftest import Cast
from tests.matrix_table import ROWS
from tests.matrix_words import NO_NUMBER, Row

pytestmark = pytest.mark.slow  # walks every page for every person; in `make test`


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def world(cast: Cast, at: datetime) -> World:
    return fill(build_world(cast, at))


def answer(client: Client, row: Row, world: World) -> Any:
    """What the step changed is taken back, so that rows do not depend on each other."""
    before = transaction.savepoint()
    response = request(client, Visit.of(row, world))
    transaction.savepoint_rollback(before)
    return response


def rows_of_urls() -> list[Row]:
    """The first test below names rows without a URL; the others do without them."""
    names = {name for name, _view in urls_of()}
    return [row for row in ROWS if row.name in names]


def test_every_url_declares_its_access_and_has_rows() -> None:
    undeclared = [name for name, view in urls_of() if not isinstance(vars(view).get("access"), Access)]
    assert undeclared == []
    assert {name for name, _view in urls_of()} == {row.name for row in ROWS}


def test_every_row_names_every_persona_once() -> None:
    for row in ROWS:
        named = Counter(who for group in row.groups.values() for who in group.split())
        assert named == Counter(PERSONAS), row.label


def test_every_url_with_a_key_has_a_row_for_one_that_does_not_exist() -> None:
    keyed = {row.name for row in ROWS if any(value.startswith("{") for value in row.kwargs.values())}
    assert keyed - {row.name for row in ROWS if {"{absent}", NO_NUMBER} & set(row.kwargs.values())} == set()


@pytest.mark.parametrize("who", PERSONAS)
def test_each_gets_the_answers_of_the_table(world: World, who: str) -> None:
    """And no answer, error or export among them, holds a canary of what is out of scope."""
    ticket = browser(world, who).cookies.output(header="", sep=";")
    wrong = []
    for row in rows_of_urls():
        response, expected = answer(with_ticket(ticket), row, world), row.expected()[who]
        if response.status_code != expected:
            wrong.append(f"{row.label}: {response.status_code}, not {expected}")
        if leaked := of(response) - allowed(who):
            wrong.append(f"{row.label}: tells of {sorted(leaked)}")
    assert not wrong, "\n".join(wrong)


def test_another_method_is_refused_once_inside(world: World) -> None:
    wrong = []
    for name, _view in urls_of():
        rows = [row for row in ROWS if row.name == name]
        who, row = next(((who, row) for row in rows for who in row.inside()), ("", None))
        if row is None:
            continue  # named by the first test
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {row.method for row in rows}:
            found = answer(browser(world, who), replace(row, method=method), world).status_code
            if found != 405:
                wrong.append(f"{method} {name}: {found}")
    assert not wrong, "\n".join(wrong)
