"""What a condition that fails lacks, in words that its own numbers and dates give."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from quanheng.insight.eligibility import Condition
from quanheng.instruments.texts import central
from quanheng.rulebook.checking import compiled
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import Citation, OnFail, Parameter, Unit
from quanheng.rulebook.types import MOST, Kind
from quanheng.rulebook.values import Number
from quanheng.web.shared.rule_evidence import compared
from quanheng.web.shared.rule_outcomes import meaning_of, missing_text, remedy_of

DAY = date(2027, 3, 18)


def failed(numbers: Mapping[str, int], earliest: date | None = None, *parameters: Parameter) -> Finding:
    return Finding(
        rule="R",
        subject="",
        item=None,
        outcome=Outcome.NOT_MET,
        consequence=OnFail.BLOCK,
        citation="TJ2019 8",
        parameters=parameters,
        numbers={name: Number(value, value) for name, value in numbers.items()},
        earliest=earliest,
    )


def number(name: str, value: int, unit: Unit) -> Parameter:
    return Parameter(name, value, unit, Citation("TJ2019", "8"), is_seen=True)


def remedy(*findings: Finding) -> str:
    (rule,) = (each for each in compiled(central(), load_facts()).values() if each.id == "SEL-QUAL-08-3a")
    return str(remedy_of(Condition(rule, findings)))


@pytest.mark.parametrize(
    ("finding", "zh", "en"),
    [
        (failed({"hours": 78, "need": 110, "short": 32}), "差 32 学时", "32 training hours short"),
        (failed({"months": 32, "need": 36, "short": 4}, DAY), "差 4 个月，2027-03-18 起符合", None),
        (failed({"months": 1, "need": 24, "short": 23}), "差 1 年 11 个月", None),  # it has stopped
        (failed({"months": 0, "need": 24, "short": 24}), "还没有起算，须满 2 年", "not begun yet; 2 yr required"),
        (failed({"months": 0, "need": 24, "short": 24}, DAY), "差 2 年，2027-03-18 起符合", None),
        (failed({"have": 4, "need": 5}, DAY, number("least", 5, Unit.YEARS)), "差 1 年，2027-03-18 起符合", None),
        (failed({"have": 1, "need": 2, "short": 1}), "差 1 个", "1 short"),
        (failed({"have": 5, "need": 5}, DAY), "2027-03-18 起符合", "met from 2027-03-18"),
        (failed({"levels_up": 3}, None, number("max_levels_up", 1, Unit.COUNT)), "提升的层次数 3，上限 1", None),
        (failed({"levels_up": 1}, None, number("max_levels_up", 1, Unit.COUNT)), "", None),
        (failed({"months": 7, "cap": 6}), "月数 7 个月，上限 6 个月", None),
        (failed({}), "", None),
    ],
)
def test_what_is_missing_and_from_when_it_will_do(finding: Finding, zh: str, en: str | None) -> None:
    assert remedy(finding) == zh
    if en is not None:
        with override("en"):
            assert remedy(finding) == en


def test_what_is_known_within_bounds_says_both() -> None:
    hours = {"hours": Number(50, 70), "need": Number(110, 110), "short": Number(40, 60)}
    assert remedy(replace(failed({}), numbers=hours | {"short": Number(0, 60)})) == ""  # perhaps nothing


@pytest.mark.parametrize(
    ("measured", "short", "zh", "en"),
    [
        ("hours", Number(40, 60), "还差 40 到 60 学时", "40 to 60 training hours short"),
        ("hours", Number(40, MOST), "至少还差 40 学时", "at least 40 training hours short"),
        ("have", Number(2, 5), "还差 2 到 5 个", "2 to 5 short"),
        ("have", Number(3, MOST), "至少还差 3 个", "at least 3 short"),
        ("have", Number(3, MOST - 1), f"还差 3 到 {MOST - 1} 个", f"3 to {MOST - 1} short"),
        ("have", Number(3, 3), "差 3 个", "3 short"),
        ("months", Number(4, 14), "还差 4 个月到 1 年 2 个月", "4 mo to 1 yr 2 mo short"),
        ("months", Number(14, MOST), "至少还差 1 年 2 个月", "at least 1 yr 2 mo short"),
    ],
)
def test_a_shortfall_within_bounds(measured: str, short: Number, zh: str, en: str) -> None:
    numbers = {measured: Number(1, 70), "need": Number(110, 110), "short": short}
    assert remedy(replace(failed({}), numbers=numbers)) == zh
    with override("en"):
        assert remedy(replace(failed({}), numbers=numbers)) == en


def test_of_a_statement_it_is_missing_whether_it_holds() -> None:
    stated = [name for name in _truths() if meaning_of(name).startswith("是")]
    assert stated
    assert all(missing_text([name]).startswith("是否") for name in stated)
    assert missing_text(["posts", "person.birth"]) == "任职经历、出生日期"


def _truths() -> list[str]:
    return [fact.name for fact in load_facts() if not fact.is_records and fact.type.kind is Kind.TRUTH]


def test_of_items_the_last_to_mend_speaks_and_a_waived_one_does_not() -> None:
    first = failed({"months": 30, "need": 36, "short": 6}, date(2027, 5, 22))
    last = failed({"months": 24, "need": 36, "short": 12}, date(2027, 11, 22))
    never = failed({"hours": 78, "need": 110, "short": 32})
    assert remedy(first, last) == "差 1 年，2027-11-22 起符合"
    assert remedy(first, never) == "差 32 学时"
    assert remedy(first, replace(never, waived_by="waivers[1]")) == "差 6 个月，2027-05-22 起符合"


def test_a_ceiling_that_a_rule_names_as_a_parameter_is_compared() -> None:
    assert compared(failed({"levels_up": 3}, None, number("max_levels_up", 1, Unit.COUNT))) == (
        "提升的层次数 3",
        "上限 1",
    )
    assert compared(failed({"months": 30, "need": 36})) == ("2 年 6 个月", "须达到 3 年")
    assert compared(failed({"levels_up": 3})) == ("", "")
