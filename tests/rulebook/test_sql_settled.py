"""What statements leave unsaid: periods that follow from a state, branches that change nothing, windows asked twice."""

import re
from datetime import date, timedelta
from itertools import product

import pytest

from quanheng.rulebook.sql_rules import Conditions, rule_statements
from quanheng.rulebook.sql_statement import statement
from quanheng.rulebook.sql_text import ZERO, Frame, Sql
from quanheng.rulebook.sql_text import day as sql_day
from quanheng.rulebook.sql_values import Logic, SDay
from quanheng.rulebook.tree import TRUE
from tests.rulebook.registers import Person, agreed, bare_context, tree

ON = date(2025, 6, 1)
DAYS = (None, *(ON + timedelta(days=days) for days in (-1, 0, 1)), date(2030, 1, 1))


def text_of(*conditions: str) -> str:
    return statement({f"c{place}": tree(text) for place, text in enumerate(conditions)}, bare_context(ON)).text


# truths


def test_together_settled_truths_have_one_period() -> None:
    of_three = text_of('person.is_member and person.level == "low" and person.size > 3')
    assert "greatest(" not in of_three.partition("FROM")[0]
    assert len(re.findall("DATE '9999-12-31' ELSE DATE '0001-01-01'", of_three)) == 1


LEVELS, TRUTHS = (None, "low", "high"), (None, True, False)


@pytest.mark.parametrize("joint", ["and", "or"])
def test_settled_truths_together_say_what_python_says(joint: str) -> None:
    people: list[Person] = [
        {"person.is_member": member, "person.level": level, "person.size": size}
        for member, level, size in product(TRUTHS, LEVELS, (None, 3, 4))
    ]
    one = f'person.is_member {joint} person.level == "low" {joint} person.size > 3'
    told = agreed(ON, [one, f"not ({one})", f"not person.is_member {joint} person.size > 3"], people)
    assert {held.state.name for row in told for held in row} == {"MET", "NOT_MET", "UNKNOWN"}


@pytest.mark.parametrize("joint", ["and", "or"])
def test_settled_truths_beside_dated_ones_say_what_python_says(joint: str) -> None:
    """One day before, on the day and after it, and days that are not known."""
    people: list[Person] = [
        {"person.is_member": member, "person.birth": birth, "person.start": start, "person.size": 4}
        for member, birth, start in product(TRUTHS, DAYS, DAYS)
    ]
    dated = ["reached(person.birth)", "before(person.start)", "not reached(person.start)"]
    texts = [f"person.is_member {joint} {each}" for each in dated]
    texts += [f"{one} {joint} {other} {joint} person.size > 3" for one, other in product(dated, dated)]
    told = agreed(ON, [*texts, *(f"not ({each})" for each in texts)], people)
    assert {held.lo for row in told for held in row} > set(DAYS) - {None}


def test_a_part_that_stands_alone_keeps_its_days() -> None:
    logic = Logic(Frame("x_"), sql_day(ON))
    reached = logic.reached(SDay(Sql("a"), Sql("b"), ZERO))
    assert not reached.is_settled
    assert not logic.any_of([reached]).is_settled
    assert logic.all_of([reached]) is reached


def test_what_never_ends_has_no_last_day_to_look_for() -> None:
    assert "greatest(CASE" not in text_of("reached(person.birth) or reached(person.start)")
    assert "greatest(CASE" in text_of("reached(person.birth) or before(person.start)")


# records


def test_one_least_day_tells_of_records_that_are_met_and_of_those_that_will_be() -> None:
    of_records = text_of('exists(sanctions, colour == "red" and reached(effective + months(6)))')
    assert of_records.count("min(CASE") == 1
    assert "max(CASE" not in of_records
    assert text_of("exists(sanctions, before(effective + months(6)))").count("max(CASE") == 2


def test_records_of_all_times_say_what_python_says() -> None:
    days = [None, *(ON + timedelta(days=days) for days in (-200, -100, 0))]
    rows = [{"effective": day, "colour": colour, "months": 3} for day, colour in product(days, (None, "red", "green"))]
    people: list[Person] = [{"sanctions": list(some)} for some in product(rows, rows)]
    red = 'colour == "red"'
    inner = [red, f"{red} and reached(effective + months(6))", f"{red} or before(effective + months(4))"]
    texts = [f"{of}(sanctions, {each})" for of, each in product(("exists", "every"), inner)]
    told = agreed(ON, texts, [{}, *people])
    assert {held.state.name for row in told for held in row} == {"MET", "NOT_MET", "UNKNOWN"}


def test_rows_that_are_met_and_that_may_be_are_put_in_order_together() -> None:
    orders = [set(re.findall(r'OVER \(PARTITION BY \w+ ORDER BY ("\w+")', text_of(each))) for each in RUNS]
    assert [len(each) for each in orders] == [2, 2, 2]


RUNS = [
    f'{made}(posts, level == "low") {test}'
    for made, test in (("months_in", ">= 24"), ("longest_run", ">= 24"), ("held_since", "<= person.start"))
]


# verdicts


def verdict(requires: str, *, is_final: bool, applies: str = "") -> str:
    rule = Conditions(tree(applies) if applies else TRUE, tree(requires), tree("1 > 2"), is_final)
    (made,) = rule_statements({"a": rule}, bare_context(ON))
    return made.text


def test_a_failure_that_is_final_anyway_is_not_asked_for() -> None:
    """Nobody has to judge here, so that the state is the outcome and the mask is that of the condition."""
    for is_final in (True, False):
        assert not re.search(r'CASE WHEN "c_\d+" = 0', verdict("reached(person.birth)", is_final=is_final))
    of_some = verdict("reached(person.birth)", is_final=True, applies="person.is_member")
    assert re.search(r'WHEN "c_\d+" = 1 THEN 1 ELSE "c_\d+" END', of_some)
