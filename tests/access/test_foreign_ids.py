"""An id of another scope, in every place that takes one: the answer is that of an id that does not exist, to the byte,
and nothing changes. Places are found in the resolver, in the form classes and in what the screens read of a request."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from quanheng.accounts.queries import actor_of
from quanheng.formats import lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake import reading_actions, upload_actions
from quanheng.intake.choices import ImportMatch
from quanheng.intake.models import ImportItem
from quanheng.people.models import Cadre
from tests.access.canaries import canaries, of
from tests.access.foreign import comparable, foreign_values, form_classes, heads, parameters, refused_entries, state
from tests.access.visits import Visit, browser, request
from tests.access.world import ABSENT, CADRES, TODAY, World, allowed
from tests.matrix_table import ROWS
from tests.matrix_words import Row

pytestmark = pytest.mark.slow  # walks every page for every person; in `make test`

# Fields that name an object. `code` names a unit that does not exist yet: that a code is taken is said, for a code is
# used once in the whole register.
NAMING_FIELDS = {
    "unit", "unit_text", "target", "order", "leading_group", "position", "inside", "accept", "skip",
}  # fmt: skip
PLAIN_FIELDS = {
    "reason", "document", "source_field", "name", "short_name", "code", "title", "text", "note", "cause", "authority",
    "institution", "school", "degree_school", "level_name", "degree_name", "raw", "materials", "relation", "birth",
    "political_affiliation", "work", "unit_name", "end_document", "native_place", "birth_place", "party_joining",
    "work_start", "identity_number", "username", "office", "password", "old", "new", "again", "sender", "upload",
    # choices that are the same for everybody
    "paper", "value", "parameter",  # of rules, which are the same for everybody
    "category", "categories", "purposes", "kind", "level", "tier", "group_role", "rank", "grade", "setting", "state",
    "status", "role", "result", "list", "sex", "ethnicity",
    "valid_from", "valid_to", "decided_on", "lifted_on",
}  # fmt: skip
NAMING_POSTED = {"pk", "cadre", "account", "session", "persona"}
PLAIN_POSTED = {
    "all", "anyway", "choose", "column", "decision", "from", "group", "move", "name", "next", "offered", "page",
    "reason", "remember", "save", "shortcuts",
}  # fmt: skip
# What an address names an object by, with what may stand there of another scope.
NAMING_ASKED: dict[str, tuple[str, ...]] = {
    "unit": ("unit_b", "unit_city"),
    "record": ("holding_zhou", "specialty_zhou", "holding_county"),
    "object": ("cadre_zhou", "people.cadre:{cadre_zhou}", "organization.unit:{unit_b}", "CANARY-zhou-"),
    "q": ("code_b", "CANARY-zhou-", "CANARY-unitb-"),
    "who": ("account_xu",),
    "revoke": ("grant_zhao",),
    "end_role": ("role_zhao",),
    "unit_text": ("code_b",),
    "target": ("post:{position_b}",),
    "find": ("CANARY-zhou-", "CANARY-unitb-"),
    "unit_named": ("code_b",),
    "cadre": ("cadre_zhou",),
}
SAME_AS_ABSENT = {"CANARY-zhou-": "CANARY-none-", "CANARY-unitb-": "CANARY-none-"}


def own_rows(who: str) -> list[Row]:
    """One row for each URL and method that this persona gets, with objects of the own scope."""
    found: dict[tuple[str, str], Row] = {}
    for row in ROWS:
        if row.expected()[who] < 400:
            found.setdefault((row.name, row.method), row)
    return list(found.values())


def differing(
    client: Client, row: Row, world: World, place: str, name: str, pairs: Iterable[tuple[str, str]]
) -> list[str]:
    """Foreign values whose answer is not that of the absent one, or tells of more than what was sent."""
    wrong, known = [], dict[str, Any]()
    for foreign, absent in pairs:
        if absent not in known:
            known[absent] = comparable(asked(client, visit(row, world, place, name, absent)), absent)
        response = asked(client, visit(row, world, place, name, foreign))
        leaked = of(response) - allowed("lin") - canaries(foreign.encode())
        if comparable(response, foreign) != known[absent] or leaked or "Changed" in response.headers:
            told = f"{response.status_code}, absent {known[absent][0]}, tells {sorted(leaked)}"
            wrong.append(f"{row.label}: {place} {name}={foreign}: {told}")
    return wrong


def asked(client: Client, visit: Visit) -> Any:
    """What is logged of one question must not stand in the answer to the next. A body must change nothing."""
    point, before = transaction.savepoint(), state() if visit.data else ""
    response = request(client, visit)
    if visit.data and state() != before:
        response.headers["Changed"] = "1"
    transaction.savepoint_rollback(point)
    return response


def visit(row: Row, world: World, place: str, name: str, value: str) -> Visit:
    if place == "path":
        return Visit.of(replace(row, kwargs={**row.kwargs, name: value}), world)
    if place == "query":
        query = "&".join(part for part in (row.query, f"{name}={value}") if part)
        return Visit.of(replace(row, query=query), world)
    return Visit.of(replace(row, data={**row.data, name: value}), world)


def keyed(row: Row) -> list[str]:
    """Arguments of the address that are keys: of the resolver, not of the table."""
    namespace, _colon, name = row.name.partition(":")
    for _text, pattern, _defaults, converters in get_resolver().namespace_dict[namespace][1].reverse_dict.getlist(name):
        del pattern
        return [key for key, converter in converters.items() if type(converter).__name__ == "UUIDConverter"]
    return []


@pytest.mark.slow
def test_every_key_of_an_address(world: World) -> None:
    client, wrong = browser(world, "lin"), []
    pairs = [pair for pair in foreign_values(world) if len(pair[0]) == 36]
    for row in own_rows("lin"):
        for name in keyed(row):
            wrong += differing(client, row, world, "path", name, pairs)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_a_foreign_key_writes_nothing_but_refusals(world: World) -> None:
    """Nothing is taken back here: after every foreign key in every place all tables are as before."""
    client, pairs = browser(world, "lin"), [pair for pair in foreign_values(world) if len(pair[0]) == 36]
    request(client, Visit("GET", "/desk/units/", {}))
    before, streams, refused = state(), heads(), refused_entries()
    for row in own_rows("lin"):
        for name in keyed(row):
            for foreign, _absent in pairs:
                request(client, visit(row, world, "path", name, foreign))
    assert state() == before
    assert sum(heads().values()) - sum(streams.values()) == refused_entries() - refused


@pytest.mark.slow
def test_every_parameter_of_an_address(world: World) -> None:
    client, wrong = browser(world, "lin"), []
    for row in own_rows("lin"):
        if row.method == "GET":
            for name, values in NAMING_ASKED.items():
                pairs = [_pair(value, world) for value in values]
                wrong += differing(client, row, world, "query", name, pairs)
    assert not wrong, "\n".join(wrong)


def _pair(value: str, world: World) -> tuple[str, str]:
    if value in world.keys:
        found = world.keys[value]
        absent = {True: ABSENT, False: "QH99"}[len(found) == 36] if not found.isdecimal() else "999999999"
        return found, absent
    label, _colon, key = value.partition(":")
    return value.format_map(world.keys), SAME_AS_ABSENT.get(value) or f"{label}:{ABSENT}"


@pytest.mark.slow
def test_every_field_that_names_an_object(world: World) -> None:
    """Of each step that is carried out with values of the own scope: so the foreign value alone is what refuses it."""
    client, wrong = browser(world, "lin"), []
    rows = [row for row in ROWS if row.method == "POST" and row.expected()["lin"] < 400]
    for row in rows:
        for name in sorted((NAMING_FIELDS | NAMING_POSTED) & row.data.keys()):
            wrong += differing(client, row, world, "body", name, foreign_values(world))
    assert not wrong, "\n".join(wrong)


def test_every_field_and_parameter_is_classified() -> None:
    """A new field or parameter that names an object must be listed, and then stands in a row of the matrix."""
    kinds = (forms.CharField, forms.UUIDField, forms.ChoiceField, forms.FileField)
    fields = {name for each in form_classes() for name, field in each.base_fields.items() if isinstance(field, kinds)}
    assert fields - PLAIN_FIELDS == NAMING_FIELDS
    assert parameters("POST") - PLAIN_POSTED == NAMING_POSTED
    sent = {name for row in ROWS for name in row.data}
    assert sent >= NAMING_FIELDS | NAMING_POSTED


def test_chosen_rows_of_two_scopes_give_the_own_alone(world: World) -> None:
    keys = [world.keys[f"cadre_{key}"] for key in CADRES]
    for url in ("/desk/people/export/", "/desk/people/forms/lrmx/"):
        response = request(browser(world, "tang"), Visit("POST", url, {"pk": keys}))
        assert of(response) & CADRES.keys() == {"chen", "own", "spouse", "cousin", "deep"}


@pytest.mark.parametrize(("key", "expected"), [("chen", ImportMatch.DUPLICATE), ("zhou", ImportMatch.NEW)])
def test_an_imported_namesake_of_another_scope_is_a_new_person(world: World, key: str, expected: ImportMatch) -> None:
    """As if nobody of that name were registered; the same file finds a namesake of the own scope."""
    cadre = world.cadres[key]
    item = _read(world, AppointmentForm(name=cadre.name, birth=f"{Cadre.objects.get(pk=cadre.pk).birth_month:%Y%m}"))
    assert item.match == expected
    assert (item.cadre is None) == (key == "zhou")


def test_an_imported_number_of_another_scope_names_nobody(world: World) -> None:
    """That a number is registered cannot be hidden, for it is registered once; whose it is and where can."""
    item = _read(world, AppointmentForm(name="某某", birth="198104", identity_number=world.keys["number_moved"]))
    assert (item.match, item.cadre) == (ImportMatch.OUT_OF_SCOPE, None)
    pages = [f"/desk/imports/{item.batch_id}/", f"/desk/imports/{item.batch_id}/persons/{item.pk}/"]
    client = browser(world, "lin")
    assert [of(request(client, Visit("GET", url, {}))) & {"moved", "unitb"} for url in pages] == [set(), set()]


def _read(world: World, form: AppointmentForm) -> ImportItem:
    actor = actor_of(world.accounts["lin"], at=world.at)
    file = ("一人.lrmx", io.BytesIO(lrmx.write(form)))
    given: dict[str, Any] = {"unit": world.units["a"], "category": "city", "sender": "", "at": world.at, "on": TODAY}
    batch = upload_actions.upload(actor=actor, files=[file], **given)
    batch = reading_actions.start_reading(actor=actor, batch=batch.pk, at=world.at)
    reading_actions.read_items(actor=actor, batch=batch, clock=lambda: world.at, on=date(2026, 11, 20))
    return batch.items.get()
