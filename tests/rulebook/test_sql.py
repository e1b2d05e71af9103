"""Python and DuckDB say the same of every condition and person: state, missing facts and period."""

from datetime import date
from typing import Any

import duckdb
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quanheng.rulebook.situation import Bounded
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_statement import statement, statements
from quanheng.rulebook.sql_text import DUCKDB, Frame, NotInSqlError, Sql, sql, whole
from quanheng.rulebook.values import State
from tests.rulebook.registers import (
    PARAMETERS,
    VOCABULARY,
    Person,
    by_duckdb,
    by_polars,
    by_postgresql,
    by_python,
    situation,
    tree,
)

ON = date(2025, 6, 1)
# Boundary days: month ends, leap days, the day asked for and its neighbours.
DAYS = [
    *("2020-01-31", "2020-02-29", "2022-08-31", "2023-02-28", "2023-05-31", "2023-06-01", "2023-06-02", "2024-02-29"),
    *("2024-05-31", "2024-06-01", "2024-12-31", "2025-01-01", "2025-05-31", "2025-06-01", "2025-06-02", "2025-08-31"),
]
days = st.one_of(
    st.sampled_from([date.fromisoformat(day) for day in DAYS]), st.dates(date(2019, 1, 1), date(2026, 6, 30))
)
maybe_days = st.none() | days
levels, colours = st.sampled_from(["low", "middle", "high", None]), st.sampled_from(["red", "green", None])
numbers = st.none() | st.integers(0, 40)

bounds = numbers | st.builds(
    lambda lo, more: Bounded(lo, None if lo is None or more is None else lo + more),
    st.none() | st.integers(0, 30),
    st.none() | st.integers(0, 9),
).filter(lambda made: made.lo is not None)


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(maybe_days), draw(maybe_days)
    return {"start": start, "end": end if start is None or end is None or start < end else None}


posts = st.lists(
    st.builds(
        lambda period, **more: period | more,
        periods(),
        level=levels,
        colour=colours,
        size=numbers,
        hours=bounds,
        is_far=st.sampled_from([True, False, None]),
    ),
    max_size=4,
)


def mark_of(year: int) -> st.SearchStrategy[dict[str, Any]]:
    kept = st.sampled_from([year, year, year, None])
    return st.fixed_dictionaries({"year": kept, "mark": colours, "hours": numbers, "decided": maybe_days})


years = st.lists(st.sampled_from([2021, 2022, 2023, 2024, 2025]), unique=True, max_size=4)
marks = years.flatmap(lambda chosen: st.tuples(*map(mark_of, chosen))).map(list)
lengths = st.none() | st.integers(1, 24)
sanctions = st.lists(st.fixed_dictionaries({"effective": maybe_days, "colour": colours, "months": lengths}), max_size=3)
people = st.fixed_dictionaries(
    {
        "person.birth": maybe_days,
        "person.start": maybe_days,
        "person.size": numbers,
        "person.hours": bounds,
        "person.level": levels,
        "person.is_member": st.sampled_from([True, False, None]),
        "posts": posts,
        "marks": marks,
        "sanctions": sanctions,
    }
)

WHERE_POSTS = """
level == "low"
level >= target.level
level in ("low", "high")
level == "low" and running
level == "middle" or is_far
colour != "red"
running
size >= 20
is_far
not is_far
start > person.birth
end <= on
months_between(start, on) >= 12
start > first_date(sanctions, effective)
reached(start + months(size))
hours * param.share >= 5
""".strip().splitlines()
WHERE_MARKS = ['mark == "red"', "hours >= 20", 'mark == "red" or year == 2024', "True"]
WHERE_SANCTIONS = ['colour == "red"', "months > 6", "effective + months(months) > on"]
OVERS = ["", ", over=(2023, 2024)", ", over=(year(on) - 3, year(on) - 1)", ", over=(year(person.birth), 2024)"]
SHIFTS = [
    "",
    " + months(1)",
    " + years(3)",
    " - months(13)",
    " + days(30)",
    " + months(person.size)",
    " + months(person.hours * param.third)",
]
# {0}: condition of posts, {1}: of marks, {2}: over, {3}: of sanctions
DATES = """
person.birth
person.start
held_since(posts, {0})
first_date(posts, start, {0})
last_date(posts, end, {0})
last_date(sanctions, effective + months(months), {3})
last_end(posts, {0})
latest(posts, start, {0})
latest_before(posts, end, person.start, {0})
max(person.birth, person.start)
min(person.birth, on)
(person.birth if person.is_member else person.start)
free_from(person.start, 12)
date_of(year(person.birth) + 3, person.size, person.hours)
""".strip().splitlines()
NUMBERS = """
months_in(posts, {0})
longest_run(posts, {0})
count(posts, {0})
count(sanctions)
count(marks, {1}{2})
count_distinct(posts, level, {0})
count_distinct(posts, size, {0})
sum_of(posts, size, {0})
sum_of(posts, hours * param.share, {0})
count_distinct(posts, hours, {0})
latest(posts, hours * param.third, {0})
sum_of(marks, hours, {1}{2})
latest(posts, size, {0})
latest(marks, hours, {1}{2})
months_between(held_since(posts, {0}), on)
months_between(person.start, on)
months_between(person.birth, person.start)
years_between(person.birth, on)
days_between(person.start, on)
year(person.birth) - 2000
month(person.start)
person.size
person.size * 2 - 3
30 - person.size
max(person.size, 12)
person.hours
ceil(person.size * param.share, 1)
floor(person.hours, person.size - 3)
half_up(person.size * param.third + 1, 2 * param.share)
(max(person.hours, param.share) if person.is_member else param.third)
(months_between(person.start, on) if person.is_member else person.hours * param.share)
(person.size if person.is_member else 7)
""".strip().splitlines()
PLAIN = """
person.is_member
known(person.size)
known(person.hours)
known(posts)
known(sanctions)
person.size * param.share < 5
months_between(person.start, on) > person.hours * param.share
person.level == "low"
person.level != "high"
person.level < target.level
person.level not in ("low", "high")
lower(person.level) == "low"
latest(posts, level, {0}) == "low"
latest(posts, is_far, {0})
latest(marks, mark, {1}) in ("red",)
latest(marks, mark, {1}{2}) == "red"
(person.level if person.is_member else "high") >= latest(posts, level, {0})
exists(posts, {0})
every(posts, {0})
exists(marks, {1}{2})
every(marks, {1}{2})
exists(sanctions, {3})
any_within(sanctions, months(12))
any_within(posts, days(90), {0})
""".strip().splitlines()


def filled(templates: list[str]) -> st.SearchStrategy[str]:
    wheres = (st.sampled_from(each) for each in (WHERE_POSTS, WHERE_MARKS, OVERS, WHERE_SANCTIONS))
    return st.builds(str.format, st.sampled_from(templates), *wheres)


day_texts = st.builds(str.__add__, filled(DATES), st.sampled_from(SHIFTS))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["day", "number", "plain", *(["and", "or", "not", "if"] if depth else [])]))
    if kind == "day":
        sign, other = draw(st.sampled_from(["<=", "<", ">", ">=", "=="])), draw(st.just("on") | day_texts)
        return f"({draw(day_texts)} {sign} {other})"
    if kind == "number":
        sign, amount = draw(st.sampled_from(["<=", "<", ">", ">=", "==", "!="])), draw(st.integers(-1, 40))
        return f"({draw(filled(NUMBERS))} {sign} {amount})"
    if kind == "plain":
        return f"({draw(filled(PLAIN))})"
    parts = [draw(conditions(depth=depth - 1)) for _ in range({"if": 3, "not": 1}.get(kind, 2))]
    if kind == "if":
        return f"({parts[0]} if {parts[1]} else {parts[2]})"
    return f"(not {parts[0]})" if kind == "not" else f"({f' {kind} '.join(parts)})"


BACK_ENDS = (by_duckdb, by_polars)


def context(on: date = ON) -> Context:
    return Context(VOCABULARY, situation({}, on), PARAMETERS, Bits())


def same(texts: list[str], drawn: list[Person], on: date = ON) -> None:
    nodes = [tree(text) for text in texts]
    told = by_python(nodes, drawn, on)
    for back_end in BACK_ENDS:
        for number, (mine, theirs) in enumerate(zip(told, back_end(nodes, drawn, on), strict=True)):
            for text, one, other in zip(texts, mine, theirs, strict=True):
                assert one == other, (back_end.__name__, text, drawn[number])


quick = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)


@quick
@given(st.lists(conditions(), min_size=5, max_size=5), st.lists(people, min_size=20, max_size=20))
def test_python_and_duckdb_agree(texts: list[str], drawn: list[Person]) -> None:
    same(texts, drawn)


@pytest.mark.slow
@settings(quick, max_examples=150)
@given(st.lists(conditions(depth=3), min_size=5, max_size=5), st.lists(people, min_size=16, max_size=16), days)
def test_python_and_duckdb_agree_on_ten_thousand_findings(texts: list[str], drawn: list[Person], on: date) -> None:
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
            statement({"a": tree(text)}, context())


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


def test_what_can_be_missing_is_kept_within_one_column_a_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.rulebook.sql_statement.MAX_BITS", 3)
    texts = {"a": "person.size > 3", "b": "exists(posts, is_far)", "c": "person.birth < on", "d": "person.size > 9"}
    made = statements({name: tree(text) for name, text in texts.items()}, context())
    assert [each.names for each in made] == [("a", "b", "d"), ("c",)]
    assert [set(each.bits.places) for each in made] == [{"person.size", "posts", "posts.is_far"}, {"person.birth"}]


def test_a_condition_that_can_miss_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.rulebook.sql.MAX_BITS", 1)
    with pytest.raises(NotInSqlError, match="more than 1 facts"):
        statements({"a": tree("person.size > 3 and person.birth < on")}, context())


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
        sizes.append(len(statement({"a": tree(text)}, context()).text))
    assert sizes[-1] - sizes[-2] < 3 * (sizes[1] - sizes[0])


def test_masks_name_what_is_missing() -> None:
    bits = Bits()
    assert bits.of(frozenset({"a", "b"})) | bits.of("c") == 7
    assert bits.names(5) == ("a", "c")
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
