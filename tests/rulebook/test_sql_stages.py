"""How a statement is put together: what it carries, what it counts once, and where masks have room."""

from datetime import date
from itertools import product

import duckdb
import pytest

from quanheng.rulebook.sql_rules import Conditions, rule_statements, rule_statements_on_facts
from quanheng.rulebook.sql_stage import PEOPLE, Stage
from quanheng.rulebook.sql_statement import statement
from quanheng.rulebook.sql_text import IDLE_OPTIMIZERS, Frame, Sql, sql
from quanheng.rulebook.tree import TRUE
from tests.rulebook.registers import Person, agreed, bare_context, tree

ON = date(2025, 6, 1)


# stages


def stages() -> Stage:
    """Two, the second over one that joins two tables."""
    first = Stage('"s0_person"', Frame("s0_"), PEOPLE)
    first.join("s0_posts", ["s0_posts_a0", "s0_posts_a1"])
    first.join("s0_marks", ["s0_marks_a0"])
    one = first.frame.let(sql("{0} + 1", Sql('"s0_posts_a0"')))
    first.frame.let(sql("{0} * 2", one))
    first.frame.let(sql("{0} * 3", Sql('"s0_marks_a0"')))
    return first


def test_a_part_of_a_stage_takes_only_what_it_is_computed_of() -> None:
    part = stages().narrow({"s0_2", "person_birth"})
    assert part.startswith('(SELECT subject, "person_birth", "s0_2" FROM (SELECT *, "s0_marks_a0" * 3 AS "s0_2"')
    assert "s0_posts" not in part
    assert "FROM person AS p" in part


def test_the_people_themselves_are_asked_as_they_are() -> None:
    assert PEOPLE.narrow({"person_birth"}) == "person"


def test_a_stage_over_a_stage_asks_it_for_what_it_lacks() -> None:
    second = Stage('"s1_person"', Frame("s1_"), stages())
    second.frame.let(sql("{0} - 1", Sql('"s0_1"')))
    part = second.narrow({"s1_0"})
    assert '"s0_1" - 1 AS "s1_0"' in part
    assert '"s0_0" * 2 AS "s0_1"' in part
    assert "s0_marks" not in part
    assert 'FROM "s0_person" AS p' in second.query


def test_rows_that_look_at_another_count_do_not_ask_the_whole_stage() -> None:
    inner = "last_date(sanctions, effective)"
    text = statement({"a": tree(f"exists(posts, start > {inner}) and count(marks) > 2")}, bare_context(ON)).text
    assert text.count('"s0_person"') == 2  # where it is made, and where the next one begins
    rows = text[text.index('"s1_posts" AS') : text.index('"s1_person" AS')]
    assert "s0_sanctions" in rows
    assert "s0_marks" not in rows


# what is counted


def test_records_are_counted_once_where_a_group_has_them_all() -> None:
    text = statement({"a": tree("known(marks) and count(marks) > 1")}, bare_context(ON)).text
    assert "IN (SELECT" not in text
    assert 'WHERE "decided" > DATE' in text  # only those to come are counted apart
    assert "IN (SELECT" in statement({"a": tree("known(marks)")}, bare_context(ON)).text


def test_records_to_come_are_records() -> None:
    now, later = {"year": 2024, "decided": date(2025, 6, 1)}, {"year": 2025, "decided": date(2025, 6, 2)}
    people: list[Person] = [{"marks": rows} for rows in ([], [now], [later], [now, later])]
    conditions = ["known(marks)", "known(marks) and count(marks) > 0", "count(marks, hours > 1) >= 0"]
    states = [[held.state.name for held in row] for row in agreed(ON, conditions, people)]
    assert [row[0] for row in states] == ["NOT_MET", "MET", "MET", "MET"]
    assert [row[1] for row in states] == ["NOT_MET", "MET", "NOT_MET", "MET"]


@pytest.mark.parametrize("years", [0, 1, 60, 61, 62, 63, 122, 123, 124, 130])
def test_years_of_a_range_are_counted_whatever_its_length(years: int) -> None:
    """From a year of each person's own: by two masks of 62 bits, and beyond them record by record."""
    first, all_of_them = 2024 - years, range(2024 - years, 2025)
    marked: list[list[int]] = [
        [],
        [2024],
        [first],
        [*all_of_them],
        [*all_of_them][1:],
        [first - 1, *all_of_them, 2025],
        [each for each in all_of_them if each % 7],
    ]
    people: list[Person] = [
        {"person.size": size, "marks": [{"year": year, "mark": "red", "decided": date(2000, 1, 1)} for year in some]}
        for some, size in product(marked, (first, None))
    ]
    conditions = [f"count(marks, mark == {code}, over=(person.size, 2024)) {test}" for code, test in claims(years)]
    told = agreed(ON, conditions, people)
    assert {held.state.name for row in told for held in row} >= {"MET", "UNKNOWN"}


def claims(years: int) -> list[tuple[str, str]]:
    return [('"red"', f">= {years + 1}"), ('"red"', ">= 1"), ('"green"', "<= 0"), ('"green"', f"<= {years}")]


def test_the_same_year_twice_is_one_year() -> None:
    rows = [{"year": year, "mark": "red", "decided": date(2000, 1, 1)} for year in (2022, 2022, 2024)]
    (row,) = agreed(
        ON, ['count(marks, mark == "green", over=(person.size, 2024)) <= 0'], [{"person.size": 2022, "marks": rows}]
    )
    assert row[0].state.name == "UNKNOWN"  # 2023 has none


# runs


def test_periods_that_begin_together_are_one_run() -> None:
    def post(start: str, end: str | None, level: str = "low") -> dict[str, object]:
        return {"start": date.fromisoformat(start), "end": end and date.fromisoformat(end), "level": level}

    together = [post("2020-01-01", "2020-03-01"), post("2020-01-01", "2021-01-01"), post("2020-01-01", "2020-02-01")]
    rows = [
        together,
        together[::-1],
        [*together, post("2021-01-01", "2022-01-01")],
        [*together, post("2021-01-02", "2022-01-01")],
        [*together, post("2021-01-02", None), post("2021-01-02", "2021-05-01", "high")],
        [post("2024-01-01", None), post("2024-01-01", "2024-02-01"), post("2019-01-01", "2023-12-31")],
        [post("2020-01-01", "2020-01-01"), post("2020-01-01", None)],
    ]
    texts = [
        f'{of}(posts, level == "low") >= {most}' for of in ("longest_run", "months_in") for most in (12, 24, 53, 65)
    ]
    agreed(ON, [*texts, 'held_since(posts, level == "low") <= date_of(2021, 1, 2)'], [{"posts": some} for some in rows])


def test_the_order_of_those_that_begin_together_is_no_matter() -> None:
    """With two threads DuckDB sorts rows that are alike once so and once so."""
    some = {"a": tree('months_in(posts, level == "low") >= 40'), "b": tree('longest_run(posts, level == "low") >= 30')}
    text = statement(some, bare_context(ON)).text
    told = f"SELECT sum(hash(subject, COLUMNS('[ab]_(state|lo|hi)'))::HUGEINT) FROM ({text})"  # noqa: S608
    with duckdb.connect(config={"threads": "2"}) as database:
        database.execute("CREATE TABLE person AS SELECT i::VARCHAR AS subject FROM range(60_000) AS t(i)")
        database.execute(f"CREATE TABLE posts AS {TIES}")
        many = [database.execute(told).fetchall() for _ in range(4)]
        database.execute("SET threads = 1")
        assert [database.execute(told).fetchall()] * 4 == many


TIES = """
    SELECT (i % 60_000)::VARCHAR AS subject, DATE '2018-01-01' + (hash(i) % 6 * 400)::INTEGER AS start,
        start + 1 + (hash(i + 7) % 900)::INTEGER AS end,
        CASE hash(i + 3) % 4 WHEN 0 THEN 'middle' WHEN 1 THEN NULL ELSE 'low' END AS level,
        NULL::VARCHAR AS colour, NULL::BIGINT AS size, NULL::BIGINT AS hours, NULL::BOOLEAN AS is_far
    FROM range(420_000) AS t(i)"""


# masks


def rules(**texts: str) -> dict[str, Conditions]:
    return {
        name: Conditions(TRUE, tree(text), tree("person.size > 9 and person.size < 9"), False)
        for name, text in texts.items()
    }


def test_what_no_rule_misses_together_shares_a_place() -> None:
    (made,) = rule_statements(rules(A="person.birth < on and person.is_member", B="person.hours > 3"), bare_context(ON))
    assert set(made.bits.places) == {"person.birth", "person.is_member", "person.hours", "person.size"}
    assert made.bits.places["person.birth"] != made.bits.places["person.is_member"]
    assert max(made.bits.places.values()) == 2
    assert set(made.bits_of("A").places) == {"person.birth", "person.is_member", "person.size"}
    assert set(made.bits_of("B").places) == {"person.hours", "person.size"}
    assert made.bits_of("B").names(7) == ("person.hours", "person.size")


def test_rules_that_miss_too_much_together_are_two_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    some = rules(A="person.birth < on", B="person.is_member and person.hours > 1", C="person.start < on")
    monkeypatch.setattr("quanheng.rulebook.sql_rules.MAX_BITS", 3)
    assert [each.names for each in rule_statements(some, bare_context(ON))] == [("A", "B", "C")]
    monkeypatch.setattr("quanheng.rulebook.sql_rules.MAX_BITS", 2)
    assert [each.names for each in rule_statements(some, bare_context(ON))] == [("A",), ("B",), ("C",)]
    assert [each.table for each in rule_statements_on_facts(some, bare_context(ON))] == [
        "facts_0",
        "facts_1",
        "facts_2",
    ]


def test_a_condition_alone_names_all_it_can_miss() -> None:
    made = statement({"a": tree("person.birth < on")}, bare_context(ON))
    assert made.bits_of("a") is made.bits


def test_duckdb_knows_the_steps_it_is_to_leave_out() -> None:
    with duckdb.connect(config={"disabled_optimizers": IDLE_OPTIMIZERS}) as database:
        known = {row[0] for row in database.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
    assert set(IDLE_OPTIMIZERS.split(",")) <= known
