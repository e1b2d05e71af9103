"""Python, DuckDB, Polars and PostgreSQL say the same of every condition and person: state, missing facts, period."""

from collections.abc import Callable, Sequence
from datetime import date

import duckdb
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import Bounded, Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_statement import statement
from quanheng.rulebook.sql_text import DUCKDB, Frame, NotInSqlError, Sql, sql, whole
from quanheng.rulebook.tree import Node
from quanheng.rulebook.types import FIRST, LAST
from quanheng.rulebook.values import State
from quanheng.rulebook.vocabulary import Scope
from tests.rulebook.drawn import conditions, days, every_form, people
from tests.rulebook.registers import (
    VOCABULARY,
    Person,
    Told,
    bare_context,
    by_duckdb,
    by_polars,
    by_postgresql,
    by_python,
    situation,
    tree,
)

ON = date(2025, 6, 1)
BackEnd = Callable[[Sequence[Node], Sequence[Person], date], list[list[Told]]]
BACK_ENDS: tuple[BackEnd, ...] = (by_duckdb, by_polars)


def same(texts: list[str], drawn: list[Person], on: date = ON, back_ends: Sequence[BackEnd] = BACK_ENDS) -> None:
    nodes = [tree(text) for text in texts]
    told = by_python(nodes, drawn, on)
    for back_end in back_ends:
        for number, (mine, theirs) in enumerate(zip(told, back_end(nodes, drawn, on), strict=True)):
            for text, one, other in zip(texts, mine, theirs, strict=True):
                assert one == other, (back_end, text, drawn[number])


quick = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)


@quick
@given(st.lists(conditions(depth=1), min_size=5, max_size=5), st.lists(people, min_size=20, max_size=20))
def test_python_duckdb_and_polars_agree(texts: list[str], drawn: list[Person]) -> None:
    same(texts, drawn)


@quick
@given(every_form(), st.lists(people, min_size=10, max_size=10), days)
def test_python_and_polars_agree_on_every_form(texts: list[str], drawn: list[Person], on: date) -> None:
    same(texts, drawn, on, [by_polars])


@pytest.mark.slow
@settings(quick, max_examples=8)
@given(every_form(), st.lists(people, min_size=12, max_size=12), days)
def test_all_agree_on_every_form(texts: list[str], drawn: list[Person], on: date) -> None:
    for start in range(0, len(texts), 6):
        same(texts[start : start + 6], drawn, on)


@pytest.mark.slow
@settings(quick, max_examples=150)
@given(st.lists(conditions(depth=3), min_size=5, max_size=5), st.lists(people, min_size=16, max_size=16), days)
def test_all_agree_on_ten_thousand_findings(texts: list[str], drawn: list[Person], on: date) -> None:
    """150 x 5 conditions x 16 people = 12,000."""
    same(texts, drawn, on)


@pytest.mark.postgres
@pytest.mark.django_db
@settings(quick, max_examples=15)
@given(st.lists(conditions(), min_size=4, max_size=4), st.lists(people, min_size=8, max_size=8), days)
def test_python_and_postgresql_agree(texts: list[str], drawn: list[Person], on: date) -> None:
    nodes = [tree(text) for text in texts]
    with transaction.atomic(), connection.cursor() as cursor:
        told = by_postgresql(nodes, drawn, on, cursor)
        transaction.set_rollback(True)
    assert told == by_python(nodes, drawn, on), texts


def test_what_has_no_sql_says_so() -> None:
    for text, why in {
        "person.birth + workdays(5) > on": "announced",
        "workdays_between(person.birth, on) > 3": "announced",
        "next_workday(person.birth) > on": "announced",
        "count(marks, over=(2021 * param.share, 2024)) > 3": "fraction",
        "person.size * param.share * param.share * " + " * ".join(["param.share"] * 8) + " > 3": "shares",
    }.items():
        with pytest.raises(NotInSqlError, match=why):
            statement({"a": tree(text)}, bare_context(ON))


@pytest.mark.parametrize(
    ("text", "size", "made"),
    [
        ("floor(person.size, 2)", -3, -2),
        ("floor(person.size, 0 - 2)", 3, -2),
        ("ceil(person.size, 2)", -3, -1),
        ("ceil(person.size, 0 - 2)", 3, -1),
        ("half_up(person.size, 2)", 3, 2),
        ("half_up(person.size, 2)", -3, -1),
        ("half_up(person.size, 4)", 1, 0),
        ("floor(person.size, 0)", 7, 0),
        ("floor(person.size * param.share, 1)", 5, 2),
        ("ceil(person.size * param.share, 1)", 6, 3),
        ("half_up(person.size * param.third, 1)", -4, 1),
    ],
)
def test_shares_are_rounded_exactly_on_both_sides_of_zero(text: str, size: int, made: int) -> None:
    same([f"{text} == {made}", f"{text} == {made + 1}"], [{"person.size": size}, {}])
    assert by_duckdb([tree(f"{text} == {made}")], [{"person.size": size}], ON)[0][0].state is State.MET


@pytest.mark.parametrize(
    ("hours", "state", "missing"),
    [
        (Bounded(12, None), State.MET, ()),
        (Bounded(3, 11), State.NOT_MET, ()),
        (Bounded(3, 12), State.UNKNOWN, ("person.hours",)),
        (Bounded(12, 12), State.MET, ()),
        (None, State.UNKNOWN, ("person.hours",)),
    ],
)
def test_a_number_may_be_known_by_its_bounds(hours: Bounded | None, state: State, missing: tuple[str, ...]) -> None:
    person = {"person.hours": hours}
    same(["person.hours >= 12", "known(person.hours)"], [person])
    told = by_duckdb([tree("person.hours >= 12")], [person], ON)[0][0]
    assert (told.state, told.missing) == (state, missing)


@pytest.mark.parametrize(
    ("start", "end", "state", "lo", "hi"),
    [
        ("2025-04-01", "on", State.NOT_MET, date(2025, 7, 1), LAST),  # grows with the day asked for
        ("2025-03-01", "on", State.MET, ON, LAST),
        (
            "2025-04-01",
            "person.start",
            State.NOT_MET,
            LAST,
            LAST,
        ),  # a recorded date that falls on it does not
        ("2025-03-01", "person.start", State.MET, FIRST, LAST),
        ("2025-04-01", 'date("2025-06-01")', State.NOT_MET, LAST, LAST),
        ("2025-03-01", 'date("2025-06-01")', State.MET, FIRST, LAST),
        ("2025-04-01", "min(person.start, on)", State.NOT_MET, LAST, LAST),
    ],
)
def test_steps_grow_only_up_to_on_itself(start: str, end: str, state: State, lo: date, hi: date) -> None:
    person = {"person.birth": date.fromisoformat(start), "person.start": ON}
    text = f"months_between(person.birth, {end}) >= 3"
    same([text], [person])
    assert by_python([tree(text)], [person], ON)[0][0] == Told(state, (), lo, hi)


FAR = [  # from the first years and the last ones, by lengths that leave both
    *(f"date_of(person.size, 2, 29) {sign} {unit}(person.hours) <= on" for sign in "+-" for unit in ("months", "days")),
    *(f"date_of(person.size, 2, 29) {sign} months({steps}) <= on" for sign in "+-" for steps in (48_000, 48_001)),
    "date_of(person.size, 2, 29) - months(person.hours) == date_of(1, 2, 28)",
]
TRAVELLERS: list[Person] = [
    {"person.size": year, "person.hours": steps}
    for year in (1, 2, 4, 2024, 4712, 9996, 9999, None)
    for steps in (0, 36, 37, 1_500, 56_557, 119_988, 1_721_500, 3_652_058, Bounded(12, None), None)
]


def test_no_step_leaves_the_calendar() -> None:
    same(FAR, TRAVELLERS)


@pytest.mark.postgres
@pytest.mark.django_db
def test_no_step_leaves_the_calendar_of_postgresql() -> None:
    nodes = [tree(text) for text in FAR]
    with transaction.atomic(), connection.cursor() as cursor:
        told = by_postgresql(nodes, TRAVELLERS, ON, cursor)
        transaction.set_rollback(True)
    assert told == by_python(nodes, TRAVELLERS, ON)


def test_a_condition_that_can_miss_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.rulebook.sql.MAX_BITS", 1)
    with pytest.raises(NotInSqlError, match="more than 1 facts"):
        statement({"a": tree("person.size > 3 and person.birth < on")}, bare_context(ON))


def test_what_is_not_about_the_person_is_computed_when_the_text_is_written() -> None:
    made = statement(
        {"a": tree('target.level == "middle" and year(on) > 2020')}, Context(VOCABULARY, situation({}, ON), {}, Bits())
    )
    assert "middle" not in made.text
    assert "WITH" not in made.text


def test_a_text_grows_with_the_tree_and_not_with_its_depth() -> None:
    text = "person.is_member"
    sizes = []
    for _ in range(6):
        text = f"(not ({text}) or ({text} and person.size > 3))"
        sizes.append(len(statement({"a": tree(text)}, bare_context(ON)).text))
    assert sizes[-1] - sizes[-2] < 3 * (sizes[1] - sizes[0])


def test_masks_name_what_is_missing() -> None:
    bits = Bits()
    assert bits.of(frozenset({"a", "b"})) | bits.of("c") == 7
    assert bits.names(5) == ("a", "c")
    assert Bits({"a": 0, "b": 0, "c": 1}).of("d") == 4  # the next place, however many share those before
    with pytest.raises(NotInSqlError):
        bits.of(frozenset(f"fact{number}" for number in range(80)))


def test_a_frame_writes_an_expression_once() -> None:
    frame = Frame("x")
    one = frame.let(sql("{0} + 1", Sql('"a"')))
    assert frame.let(sql("{0} + 1", Sql('"a"'))) == one
    two = frame.let(sql("{0} * 2", one))
    assert (one.level, two.level, frame.let(whole(3)).level) == (1, 2, 0)
    assert (
        frame.select("t")
        == '(SELECT *, "x0" * 2 AS "x1" FROM (SELECT *, "a" + 1 AS "x0" FROM t AS xlevel0) AS xlevel1)'
    )


@pytest.mark.parametrize(
    ("start", "months", "made"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("0001-01-01", 5, "0001-01-01"),
    ],
)
def test_months_in_duckdb_clamp_as_in_python(start: str, months: int, made: str) -> None:
    text = DUCKDB.add_months(Sql(f"DATE '{start}'"), whole(months)).text
    with duckdb.connect() as database:
        assert database.execute(f"SELECT {text}").fetchall() == [(date.fromisoformat(made),)]


def test_every_shipped_rule_about_people_without_items_has_sql() -> None:
    switches = {switch.id: switch.default.value for switch in load().switches}
    conditions_: dict[str, Node] = {}
    contexts: dict[str, Context] = {}
    for rule in load_rules().values():
        if rule.each or rule.about is not Scope.PERSON:
            continue
        here = Context(load_facts(), Situation(ON, {}, switches=switches), rule.parameters, Bits())
        for place, node in (("applies", rule.applies), ("requires", rule.requires), ("person", rule.person)):
            conditions_[f"{rule.id} {place}"], contexts[f"{rule.id} {place}"] = node, here
    assert len(conditions_) > 150
    for name, node in conditions_.items():
        assert statement({name: node}, contexts[name]).names == (name,)
