"""Expressions in plain Chinese and English: each construct, and every encoded rule."""

import re

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Parameter, Unit, Words
from quanheng.rulebook.labels import NAMES
from quanheng.rulebook.parse import Names as Readable
from quanheng.rulebook.parse import parse
from quanheng.rulebook.phrases import CODES, COMBINATORS, DATES, FUNCTIONS, NUMBERS
from quanheng.rulebook.rule import parameter_type
from quanheng.rulebook.tree import Combinator, Function, Operator
from quanheng.rulebook.words import Line, Names, say, shipped
from tests.rulebook.language import SWITCHES, parameter

GIVEN = {
    each.name: each
    for each in (
        parameter("months", 24),
        parameter("years", 3, Unit.YEARS),
        parameter("levels", ("乡科级正职", "县处级副职"), Unit.CODES),
        parameter("own", None),
        parameter("unit", "乡科级正职", Unit.CODE),
    )
}
SHIPPED = shipped()
# What only a programmer reads: a dotted or underscored name, a call, an operator.
PYTHON = re.compile(r"[a-z]{2,}[._][a-z]|[a-z]\(|==|!=|<=|>=|\{|None|True|False")


def said(text: str, item: str = "", given: dict[str, Parameter] = GIVEN) -> Words:
    types = {name: parameter_type(each) for name, each in given.items()}
    node = parse(text, Readable(load_facts(), types, SWITCHES, item))
    names = Names(load_facts(), given, {switch.id: switch for switch in load().switches})
    return Words(say(node, names, "zh"), say(node, names, "en"))


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("person.birth + years(60) <= on", "自出生日期起已满 60 年"),
        ("on < person.birth + months(param.months)", "自出生日期起未满 24 个月〔TEST 1〕"),
        ("on >= person.birth", "已到出生日期"),
        ("on > person.birth", "已过出生日期"),
        ("on <= person.birth", "尚未过出生日期"),
        ("on < person.birth", "还没有到出生日期"),
        ("person.birth + years(param.years) < person.work_start", "出生日期之后 3 年〔TEST 1〕早于参加工作时间"),
        ("person.is_party_member", "中共党员"),
        ("not person.has_spouse", "并非（有配偶）"),
        ('target.kind == "post"', "拟任事项为“领导职务”"),
        ('target.level >= "县处级副职"', "拟任职务层次不低于“县处级副职”"),
        ("target.level in param.levels", "拟任职务层次属于“乡科级正职”、“县处级副职”〔TEST 1〕"),
        ("target.level not in param.levels", "拟任职务层次不属于“乡科级正职”、“县处级副职”〔TEST 1〕"),
        ("target.level == param.unit", "拟任职务层次为“乡科级正职”〔TEST 1〕"),
        ('target.level == ""', "拟任职务层次为无"),
        ("exists(posts, running)", "有「任职经历」（尚未结束）"),
        ("not exists(posts, running)", "没有「任职经历」（尚未结束）"),
        ("count(posts) >= param.own", "「任职经历」的条数不少于单位规定的数〔TEST 1〕"),
        ("years_between(person.birth, on) < 60", "自出生日期至当日的足年数少于 60"),
        ("floor(count(posts), 2) > 1", "「任职经历」的条数÷2（舍去小数）超过 1"),
        ("ceil(count(posts), 1) > 1", "「任职经历」的条数（有小数即进一）超过 1"),
        ("(count(posts) - 1) * 2 > 1", "（「任职经历」的条数－1）×2 超过 1"),
        ("min(person.birth, on) == on", "（出生日期、当日）中最早者就是当日"),
        ("date_of(year(person.birth), month(person.birth), 1) > on", "还没有到出生日期当月的 1 日"),
        ("date_of(year(on), 12, 31) < person.birth", "当日所在年份的 12 月 31 日早于出生日期"),
        ("months_between(person.birth, on) > 12 * param.years", "自出生日期至当日的足月数超过 3 年〔TEST 1〕的月数"),
        ("known(person.birth)", "出生日期有记载"),
        ("person.birth + workdays(5) > on", "自出生日期起未满 5 个工作日"),
    ],
)
def test_a_condition_in_chinese(text: str, zh: str) -> None:
    assert said(text).zh == zh


@pytest.mark.parametrize(
    ("text", "en"),
    [
        (
            "on >= person.work_start + years(2)",
            "2 years have passed since first day of work",
        ),
        ("count(posts) <= param.months", "the number of “posts held” is at most 24 months [TEST 1]"),
        ("not exists(posts, running)", "there is none of “posts held” (it has not ended)"),
        ("person.has_spouse or person.has_open_case and known(posts)", "has a spouse or (an inquiry"),
    ],
)
def test_a_condition_in_english(text: str, en: str) -> None:
    assert said(text).en.startswith(en)


def test_what_holds_first_is_in_brackets() -> None:
    text = "(person.has_spouse or person.is_party_member) and known(posts)"
    assert said(text).zh == "（有配偶，或者中共党员），且「任职经历」有记载"


def test_a_period_of_effect_is_said_as_one() -> None:
    assert said("free_from(person.birth, 12) <= on").zh == "已到出生日期起 1 年影响期届满之日（口径 SW-PERIOD-END）"


def test_a_reading_is_said_in_the_words_of_its_choice() -> None:
    switch = load().switch("SW-ROUND")
    written = switch.alternatives[0]
    told = said(f'switch.SW_ROUND == "{written.value}"').zh.replace(" ", "")
    assert told == f"口径SW-ROUND为“{written.words.zh.rstrip('。.')}”"


def test_fields_of_the_item_are_told_from_those_of_the_records() -> None:
    assert said("exists(posts, level == item.level)", "posts").zh.count("该条的职务层次") == 1


def test_everything_in_the_language_has_a_phrase() -> None:
    units = {Function.MONTHS, Function.DAYS, Function.WORKDAYS, Function.LEAST, Function.GREATEST}
    assert set(FUNCTIONS) == set(Function) - units
    assert set(COMBINATORS) == set(Combinator) - {Combinator.EVERY}
    assert all(set(table) == set(Operator) for table in (NUMBERS, DATES, CODES))


def lines() -> list[tuple[str, Line]]:
    return [(text.id, line) for text, made in SHIPPED.items() for line in made]


def test_every_rule_with_expressions_is_said() -> None:
    for text, made in SHIPPED.items():
        assert len(made) == len(list(text.expressions())), text.id


def test_no_rule_gives_an_empty_or_python_looking_text() -> None:
    for id, line in lines():
        for told in (line.said.zh, line.said.en):
            assert told.strip(), id
            assert not PYTHON.search(told), (id, told)
        assert re.search(r"[\u4e00-\u9fff]|\d", line.said.zh), (id, line.said.zh)


def test_chinese_is_without_english_words() -> None:
    """But for codes of instruments and readings, which are in capitals."""
    for id, line in lines():
        assert not re.search(r"[a-z]{2,}", line.said.zh), (id, line.said.zh)


def test_every_number_and_date_has_a_name_in_words() -> None:
    nameless = {line.name.zh for _, line in lines() if line.name.zh.isascii()}
    assert not nameless, "give them words in labels.NAMES"
    assert all(words.zh and words.en for words in NAMES.values())


def test_every_rule_page_shows_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    from quanheng.rulebook.pages import pages

    made = pages(load(), SHIPPED)
    for text, said_of in SHIPPED.items():
        for line in said_of:
            assert f"- {line.name.zh}：{line.said.zh}" in made[f"{text.instrument}.md"]
