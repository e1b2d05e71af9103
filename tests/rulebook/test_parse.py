"""Text to tree: what is read, what is refused and where, and that a tree written out reads as the same tree."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.calls import read_call
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Unit
from quanheng.rulebook.parse import CannotParse, Names, parse, parse_records
from quanheng.rulebook.tree import (
    ON,
    And,
    Call,
    Combinator,
    Combine,
    Compare,
    FactName,
    FieldName,
    Function,
    ItemName,
    Literal,
    Not,
    Operator,
    children,
    facts_of,
    number,
    span,
    walk,
)
from quanheng.rulebook.types import DATE, NUMBER, TRUTH, Kind, Type
from quanheng.rulebook.unparse import unparse
from tests.rulebook.language import parameter, read

YEARS = parameter("years", 3, Unit.YEARS)
LEVELS = parameter("levels", ("县处级副职",), Unit.CODES)
BIRTH = FactName("person.birth", DATE)
LEVEL = Type(Kind.CODE, "level")

TEXTS = [
    'target.level == "县处级副职"',
    'target.level >= "县处级副职" and target.level < "厅局级正职"',
    'target.level in ("县处级副职", "县处级正职") or not person.is_party_member',
    'target.level not in ("县处级副职",)',
    "target.level in param.levels",
    "reached(person.birth + years(param.years))",
    "person.birth + years(60) > on",
    "on <= person.birth + months(5) - days(3)",
    "person.birth == person.work_start",
    'person.birth < date("1990-01-01")',
    "years_between(person.birth, on) - 3 * 2 + floor(7, 2) >= 40 // 2",
    "min(person.birth, person.work_start) <= max(on, date_of(year(on) + 1, 1, 31))",
    'exists(posts, running and level == "乡科级正职")',
    "every(grades, True)",
    'every(grades, grade in ("优秀", "称职"), over=(year(on) - 3, year(on) - 1))',
    "count(posts) == 2",
    "count_distinct(posts, post, level == lower(target.level)) >= 2",
    "sum_of(training_years, hours, over=(year(on) - 5, year(on) - 1)) >= 550",
    "first_date(posts, start) < last_date(posts, end)",
    'latest(grades, grade) == "优秀"',
    'latest_before(posts, level, person.last_promotion) == "乡科级副职"',
    'held_since(posts, level == "乡科级正职") + years(3) <= on',
    'months_in(posts, setting == "基层") >= 24',
    "longest_run(posts) >= 60",
    "last_end(posts, is_secondment) <= on",
    "any_within(sanctions, months(12))",
    "free_from(person.last_promotion, 12) <= on",
    "known(posts) and known(person.birth)",
    'count(posts, start > first_date(ranks, start, rank == "一级科员")) >= 1',
    '("优秀" if person.is_party_member else "称职") == latest(grades, grade)',
    "reached(person.birth + workdays(15))",
    "-3 < 4",
    'switch.SW_ROUND == "floor"',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_tree_written_out_reads_as_the_same_tree(text: str) -> None:
    tree = read(text, YEARS, LEVELS)
    assert read(unparse(tree), YEARS, LEVELS) == tree
    assert tree.type == TRUTH


def test_a_comparison() -> None:
    assert read('target.level == "县处级副职"') == Compare(
        Operator.EQ, FactName("target.level", LEVEL), Literal("县处级副职", LEVEL)
    )


def test_a_comparison_with_on_knows_its_period() -> None:
    next_day = Call(Function.ADD, (BIRTH, span(Function.DAYS, number(1))), DATE)
    reached, before = Call(Function.REACHED, (BIRTH,), TRUTH), Call(Function.BEFORE, (BIRTH,), TRUTH)
    assert read("on >= person.birth") == read("person.birth <= on") == reached
    assert read("on < person.birth") == read("person.birth > on") == before
    assert read("on > person.birth") == Call(Function.REACHED, (next_day,), TRUTH)
    assert read("person.birth >= on") == Call(Function.BEFORE, (next_day,), TRUTH)
    assert read("on == on") == Compare(Operator.EQ, ON, ON)


def test_a_chain_is_both_comparisons() -> None:
    assert read("1 < 2 <= 3") == And((read("1 < 2"), read("2 <= 3")))


def test_a_combinator() -> None:
    where = Compare(Operator.EQ, FieldName("posts", "level", LEVEL), Literal("乡科级正职", LEVEL))
    records = FactName("posts", Type(Kind.RECORDS, "posts"))
    made = Combine(Combinator.HELD_SINCE, records, where, None, None, DATE)
    assert read('held_since(posts, level == "乡科级正职")') == made


def test_running_is_before_the_end_which_may_be_open() -> None:
    tree = read("exists(posts, running)")
    assert isinstance(tree, Combine)
    assert tree.where == Call(Function.BEFORE, (FieldName("posts", "end", DATE, True),), TRUTH)


def test_gaps_are_unknown_only_in_an_open_world() -> None:
    tree = read("count(grades, over=(2023, 2024))")
    assert isinstance(tree, Combine)
    assert tree.is_gap_unknown
    assert not isinstance(read("count(grades)"), Literal)


def test_fields_of_the_item_are_names_and_those_of_records_come_first() -> None:
    tree = read("exists(posts, start < item.date) and date > person.birth", item="recommendations")
    assert ItemName("recommendations", "date", DATE) in walk(tree)
    assert FieldName("posts", "start", DATE) in walk(tree)
    assert facts_of(tree) == {"posts", "recommendations", "person.birth"}


def test_codes_of_a_parameter_are_not_checked_and_those_of_a_list_are() -> None:
    assert read("target.level in param.levels", LEVELS).type == TRUTH
    with pytest.raises(CannotParse) as refused:
        read('target.level in ("县处级副职", "处长")')
    assert refused.value.code == "unknown-code"


def test_children_are_the_nodes_below() -> None:
    assert list(children(Not(Literal(True, TRUTH)))) == [Literal(True, TRUTH)]
    assert len(list(walk(read("1 + 2 == 3")))) == 5


@pytest.mark.parametrize(
    ("text", "code", "column", "near"),
    [
        ("targt.level == 3", "unknown-name", 1, "target.level"),
        ("on > person.brth", "unknown-name", 6, "person.birth"),
        ('count(posts, levl == "x") > 1', "unknown-name", 14, "level"),
        ("exists(post)", "unknown-records", 8, "posts"),
        ("counts(posts) > 1", "unknown-function", 1, "count"),
        ('target.level == "县处级副值"', "unknown-code", 1, "县处级副职"),
        ("param.year > 3", "unknown-parameter", 1, "years"),
        ('switch.SW_ROUNDS == "floor"', "unknown-switch", 1, "SW-ROUND"),
        ('switch.SW_ROUND == "flor"', "unknown-code", 1, "floor"),
        ("item.date > on", "unknown-name", 1, None),
        ("numbers.need > 3", "unknown-name", 1, ""),
        ("posts", "records-alone", 1, ""),
        ("held_since(grades) < on", "no-period", 1, ""),
        ("exists(grades, running)", "no-period", 16, ""),
        ("count(posts, over=(1, 2)) > 1", "no-key", 1, ""),
        ("count(grades, over=3) > 1", "wrong-arguments", 1, ""),
        ("count(grades, within=(1, 2)) > 1", "wrong-arguments", 1, ""),
        ("count() > 1", "unknown-records", 1, ""),
        ("count(posts, True, True) > 1", "wrong-arguments", 1, ""),
        ("months(1, 2)", "wrong-arguments", 1, ""),
        ("months(n=1)", "wrong-arguments", 1, ""),
        ("count(posts, level) > 1", "wrong-type", 14, ""),
        ("sum_of(posts, level) > 1", "wrong-type", 15, ""),
        ("person.birth + 3 > on", "wrong-type", 1, ""),
        ("person.birth - workdays(3) > on", "wrong-type", 1, ""),
        ("person.birth > 3", "wrong-type", 1, ""),
        ("person.is_party_member == True", "wrong-type", 1, ""),
        ("posts == 3", "records-alone", 1, ""),
        ("min(True, False)", "wrong-type", 1, ""),
        ("not 3", "wrong-type", 5, ""),
        ("3 and True", "wrong-type", 1, ""),
        ("3 in (1, 2)", "wrong-list", 6, ""),
        ('3 in ("a", "b")', "wrong-type", 1, ""),
        ('target.kind < "post"', "no-order", 1, ""),
        ("lower(target.kind) == 3", "no-order", 1, ""),
        ("target.level == target.rank", "wrong-type", 1, ""),
        ("1.5 > 1", "wrong-literal", 1, ""),
        ("None", "wrong-literal", 1, ""),
        ("count(posts) > 1000000000001", "wrong-literal", 16, ""),
        ("count(posts) > -1000000000001", "wrong-literal", 16, ""),
        ('date("2025-02-30") > on', "wrong-literal", 1, ""),
        ("date(2025) > on", "wrong-literal", 1, ""),
        ("-person.birth > 3", "not-in-the-language", 1, ""),
        ("[x for x in posts]", "not-in-the-language", 1, ""),
        ("lambda: 3", "not-in-the-language", 1, ""),
        ('f"{on}"', "not-in-the-language", 1, ""),
        ("person.birth is on", "not-in-the-language", 1, ""),
        ("2 ** 3 > 1", "wrong-type", 1, ""),
        ("7 / 2 > 1", "wrong-type", 1, ""),
        ("on >", "not-an-expression", 1, ""),
        ("", "not-an-expression", 1, ""),
        ("(" * 300, "not-an-expression", None, ""),
        ("on := 3", "not-an-expression", None, ""),
        ("3", "wrong-type", 1, ""),
    ],
)
def test_what_is_not_understood_is_refused_with_place_and_nearest_name(
    text: str, code: str, column: int | None, near: str | None
) -> None:
    with pytest.raises(CannotParse) as refused:
        parse(text, Names(load_facts(), {"years": NUMBER}, {"SW-ROUND": ("floor",)}, rule="R-1"), TRUTH, "requires")
    facts = refused.value.facts
    assert (refused.value.code, facts["rule"], facts["place"]) == (code, "R-1", "requires")
    assert column in (None, facts["column"])
    assert near in (None, facts["near"])
    assert facts["expected"]


def test_a_place_counts_characters_not_bytes() -> None:
    with pytest.raises(CannotParse) as refused:
        read('target.level == "县处级副职" and on > person.brth')
    assert refused.value.facts["column"] == 34
    assert "nearest: person.birth" in str(refused.value)


@pytest.mark.parametrize("text", ["__import__('os').system('x')", "posts.__class__", "open('x')", "().__class__"])
def test_python_that_is_no_expression_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(CannotParse):
        read(text)


def test_text_over_several_lines() -> None:
    assert read("1 < 2\n and 2 < 3") == read("1 < 2 and 2 < 3")


def test_items_are_records() -> None:
    names = Names(load_facts(), rule="R-1")
    assert parse_records(" posts ", names).name == "posts"
    for text in ("person.birth", "post"):
        with pytest.raises(CannotParse):
            parse_records(text, names)


@given(st.text(max_size=30))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    with suppress(CannotParse):
        assert read(text).type


def test_every_combinator_can_be_written() -> None:
    assert {each.value for each in Combinator} <= {text.split("(")[0] for text in _calls()}
    assert read_call.__name__ == "read_call"


def _calls() -> list[str]:
    return [unparse(node) for text in TEXTS for node in walk(read(text, YEARS, LEVELS)) if isinstance(node, Combine)]
