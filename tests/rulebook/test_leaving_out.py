"""Why a rule leaves a record out, and in which of its numbers one counts."""

from datetime import date

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.leaving_out import Looked, look
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue, Raw, Record, Situation
from quanheng.rulebook.unparse import unparse

ON = date(2026, 11, 22)
SWITCHES = {switch.id: switch.default.value for switch in load().switches}


def rule(id: str) -> Rule:
    return next(each for text, each in load_rules().items() if text.id == id and text.in_force.contains(ON))


def record(fact: str, number: int = 1, **values: Raw) -> Record:
    return Record(f"{fact}[{number}]", values)


def looked(id: str, fact: str, one: Record, facts: dict[str, FactValue]) -> Looked:
    asked = Situation(ON, facts, switches=SWITCHES)
    return look(rule(id), asked, load_facts(), load_facts().lookup(fact), one)


RANK = record("ranks", rank="一级主任科员", start=date(2023, 5, 1))
TO_RANK: dict[str, FactValue] = {"target.kind": "rank", "target.rank": "四级调研员", "ranks": (RANK,)}


def grade(year: int, grade: str) -> Looked:
    one = record("grades", year=year, grade=grade)
    return looked("RNK-Y-06", "grades", one, TO_RANK | {"grades": (one,)})


@pytest.mark.parametrize(
    ("year", "word", "names"),
    [(2024, "优秀", ("excellent",)), (2024, "不定等次", ("uncounted",)), (2024, "称职", ())],
)
def test_a_year_counts_in_the_number_that_looks_at_its_grade(year: int, word: str, names: tuple[str, ...]) -> None:
    assert grade(year, word).counts_in == names


def test_a_year_before_the_rank_does_not_count() -> None:
    assert grade(2023, "不定等次").counts_in == ("uncounted", "need")  # the year of the appointment is cut
    before = grade(2022, "不定等次")
    assert before.counts_in == ()
    assert any("year >= " in unparse(node) for node in before.fails)


def test_another_rank_is_told_by_the_condition_that_it_does_not_meet() -> None:
    other = record("ranks", 2, rank="二级主任科员", start=date(2020, 5, 1), end=date(2023, 5, 1))
    found = looked("RNK-Y-06", "ranks", other, TO_RANK | {"ranks": (RANK, other)})
    assert [unparse(node) for node in found.fails] == ["rank in param.from_any"]
    assert looked("RNK-Y-06", "ranks", RANK, TO_RANK).counts_in == ("since",)


def test_what_begins_later_does_not_exist_yet() -> None:
    later, today = (record("ranks", rank="一级主任科员", start=day) for day in (date(2026, 11, 23), ON))
    assert looked("RNK-Y-06", "ranks", later, TO_RANK) == Looked(is_to_come=True)
    assert looked("RNK-Y-06", "ranks", today, TO_RANK) == Looked(counts_in=("since",))


def test_a_year_that_nothing_looks_at_is_out_of_range() -> None:
    facts: dict[str, FactValue] = {"target.kind": "post", "target.level": "县处级副职", "posts": ()}
    old, new = (record("training_years", year=year, hours=90) for year in (2024, 2025))
    assert looked("SEL-QUAL-08-5", "training_years", old, facts).is_out_of_range
    assert looked("SEL-QUAL-08-5", "training_years", new, facts) == Looked(counts_in=("hours",))


# --- rules about each of several records


def post(number: int, **values: Raw) -> Record:
    return record("posts", number, **{"post": "副县长", "unit": "某县", "is_leading_member": True, **values})


def told(one: Record, *others: Record) -> Looked:
    return looked("EXC-10", "posts", one, {"posts": (one, *others)})


def test_a_record_that_the_rule_does_not_ask_about_is_told_by_what_keeps_it_out() -> None:
    held = post(1, start=date(2016, 1, 1))
    assert told(held) == Looked(counts_in=("since",))
    ended = post(2, start=date(2012, 1, 1), end=ON)
    assert [unparse(node) for node in told(ended, held).fails] == ["before(item.end)"]
    assert told(post(2, start=date(2012, 1, 1), end=date(2026, 11, 23)), held).counts_in == ("since",)
    other = post(3, start=date(2018, 1, 1), is_leading_member=False)
    assert [unparse(node) for node in told(other, held).fails] == ["item.is_leading_member"]
    unknown = Record("posts[4]", {"start": date(2018, 1, 1), "post": "县委常委"})
    assert told(unknown, held).counts_in == ("since",)  # whether it is one of them is asked, not denied


def test_an_item_to_come_is_none_yet() -> None:
    assert told(post(1, start=date(2026, 11, 23))) == Looked(is_to_come=True)


def assessed(year: int, *years: int) -> Looked:
    """A year of the one rank, beside others."""
    grades = [record("grades", each, year=each, grade="不定等次") for each in (year, *years)]
    return looked("RNK-APPR", "grades", grades[0], TO_RANK | {"grades": tuple(grades)})


def test_a_year_before_the_rank_is_not_asked_about() -> None:
    (why,) = assessed(2022, 2024).fails
    assert "item.year >= year(" in unparse(why)
    assert assessed(2023, 2024).counts_in == ("need",)


def test_records_beside_the_items_count_where_one_of_them_looks() -> None:
    years = (record("grades", 1, year=2024, grade="不定等次"),)
    other = record("ranks", 2, rank="二级主任科员", start=date(2020, 5, 1), end=date(2023, 5, 1))
    facts = TO_RANK | {"grades": years, "ranks": (RANK, other)}
    assert looked("RNK-APPR", "ranks", RANK, facts).counts_in == ("since",)
    found = looked("RNK-APPR", "ranks", other, facts)
    assert (found.counts_in, bool(found.fails)) == ((), True)
