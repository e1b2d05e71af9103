"""The instruments as shipped: complete, cited, in both languages, in the words of the glossary."""

import re
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from quanheng.rulebook import labels
from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import NEVER as NEVER_WAIVED
from quanheng.rulebook.instrument import (
    Begin,
    Check,
    Instrument,
    InstrumentKind,
    InstrumentStatus,
    Parameter,
    RuleText,
    SeenVersion,
    Switch,
    Unit,
    Words,
)
from tests.rulebook.glossary_words import NEVER, TERMS
from tests.rulebook.rule_manifest import MANIFEST

BOOK = load()
RULES = BOOK.texts
PARAMETERS = [(rule, parameter) for rule in RULES for parameter in rule.parameters]
FAMILIES_OF_THE_RULEBOOK = ("SEL", "SEL14", "RNK", "SAN", "AVO", "TRM", "EXC", "TRN", "YNG", "APP", "PMR")
MARK = re.compile(r"\b(?:P\d+b?|L\d+|KB\d+)\b")
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
each_instrument = pytest.mark.parametrize("instrument", BOOK.instruments, ids=lambda instrument: instrument.code)
each_switch = pytest.mark.parametrize("switch", BOOK.switches, ids=lambda switch: switch.id)


def letters(rule: RuleText) -> str:
    marks = "".join("+" if known else "-" for known in (rule.is_verified, rule.is_article_verified))
    return f"{rule.check.value[0]}{rule.on_fail.value[0]}{marks}{rule.seen_version.value[0]}"


def test_no_rule_of_the_reference_is_dropped_or_altered() -> None:
    held = {one.code: [f"{rule.id} {letters(rule)}" for rule in one.rules] for one in BOOK.instruments}
    assert held == {code: [line.strip() for line in text.strip().splitlines()] for code, text in MANIFEST.items()}


def test_there_are_39_instruments_247_rules_and_12_switches() -> None:
    assert (len(BOOK.instruments), len(RULES), len(BOOK.switches)) == (39, 247, 12)
    assert len(BOOK.ids) == 247


def test_the_families_of_this_issue_hold_174_rules() -> None:
    counts = {family: len(BOOK.family(family)) for family in FAMILIES_OF_THE_RULEBOOK}
    assert counts == {
        "SEL": 59,
        "SEL14": 1,
        "RNK": 24,
        "SAN": 30,
        "AVO": 6,
        "TRM": 4,
        "EXC": 4,
        "TRN": 8,
        "YNG": 6,
        "APP": 20,
        "PMR": 12,
    }
    assert sum(counts.values()) == 174


def test_rules_are_counted_by_check_kind_and_how_far_they_were_seen() -> None:
    counts = BOOK.counts()
    assert counts["check"] == {"computed": 186, "assisted": 30, "human": 31}
    assert counts["verified"] == {"yes": 179, "no": 68}
    assert counts["article_verified"] == {"yes": 135, "no": 112}
    assert counts["seen_version"] == {"current": 165, "partial": 17, "older": 24, "none": 41}
    assert counts["on_fail"] == {"block": 168, "warn": 19, "deadline": 30, "inform": 30}
    assert counts["kind"] == {
        "eligibility": 61,
        "procedure": 59,
        "quota": 20,
        "deadline": 33,
        "avoidance": 5,
        "sanction_effect": 35,
        "record": 34,
    }


def test_the_rules_of_the_other_rooms_are_text_for_now() -> None:
    others = [rule for rule in RULES if rule.family not in FAMILIES_OF_THE_RULEBOOK]
    assert len(others) == 73
    assert {rule.state.value for rule in others} == {"not_yet_computed"}


def test_families_have_words() -> None:
    assert set(labels.FAMILIES) == {rule.family for rule in RULES}
    assert set(labels.SUBJECTS) == {rule.subject for rule in RULES}
    assert set(labels.OWNERS) == {switch.owner for switch in BOOK.switches}


def is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def words_of(one: RuleText | Instrument | Switch) -> list[Words]:
    match one:
        case RuleText():
            return [one.title, one.text]
        case Instrument():
            return [one.title]
        case Switch():
            choices = [choice.words for choice in (one.default, *one.alternatives)]
            return [one.question, one.why, *choices]


EVERYTHING: list[RuleText | Instrument | Switch] = [*RULES, *BOOK.instruments, *BOOK.switches]


def name_of(one: RuleText | Instrument | Switch) -> str:
    return one.code if isinstance(one, Instrument) else one.id


@pytest.mark.parametrize("one", EVERYTHING, ids=name_of)
def test_words_stand_in_both_languages(one: RuleText | Instrument | Switch) -> None:
    for words in words_of(one):
        assert is_chinese(words.zh)
        assert re.search("[A-Za-z]{2}", words.en)
        assert not re.search(r"[,;:()]", re.sub(r"[A-Za-z0-9/ ]*\([^)]*\)", "", words.zh))  # Chinese marks in Chinese


@pytest.mark.parametrize("one", EVERYTHING, ids=name_of)
def test_english_holds_the_words_of_the_glossary(one: RuleText | Instrument | Switch) -> None:
    chinese = " ".join(words.zh for words in words_of(one))
    english = " ".join(words.en for words in words_of(one))
    assert [term for term, word in TERMS.items() if re.search(term, chinese) and not _holds(word, english)] == []
    assert [word for word, but in NEVER.items() if re.search(word, english) and not re.search(but, chinese)] == []


def _holds(word: str, english: str) -> bool:
    return re.search(word, english, re.IGNORECASE) is not None


def test_each_term_that_is_asked_for_occurs() -> None:
    chinese = " ".join(words.zh for one in EVERYTHING for words in words_of(one))
    assert [term for term in TERMS if not re.search(term, chinese)] == []


@each_rule
def test_no_person_is_given_a_name_for_a_fault(rule: RuleText) -> None:
    """The law's grounds are grounds; 带病干部 or 躺平 are names."""
    assert not re.search("躺平|带病干部|庸官|懒官", rule.title.zh + rule.text.zh)


@each_rule
def test_memory_is_a_mark_and_not_part_of_the_words(rule: RuleText) -> None:
    assert "记忆" not in rule.title.zh + rule.text.zh
    assert "memory" not in rule.title.en + rule.text.en


@each_rule
def test_what_was_not_verified_says_what_it_rests_on(rule: RuleText) -> None:
    assert rule.basis
    if rule.seen_version is SeenVersion.NONE:
        assert not rule.is_verified
    if rule.seen_version is SeenVersion.OLDER:
        assert not rule.is_verified
    if not rule.is_article_verified and rule.article is None:
        assert rule.article_note


@each_rule
def test_marks_of_sources_are_explained(rule: RuleText) -> None:
    assert set(MARK.findall(rule.basis)) <= set(BOOK.sources)


@each_instrument
def test_marks_of_instruments_are_explained(instrument: Instrument) -> None:
    assert set(MARK.findall(instrument.seen)) <= set(BOOK.sources)
    assert instrument.seen


@each_rule
def test_rules_have_evidence_with_a_name(rule: RuleText) -> None:
    assert rule.evidence
    assert all(is_chinese(BOOK.evidence[name]) for name in rule.evidence)


def test_no_evidence_is_named_that_no_rule_asks_for() -> None:
    assert set(BOOK.evidence) == {name for rule in RULES for name in rule.evidence}
    assert len(BOOK.evidence) >= 190


@pytest.mark.parametrize(
    ("rule", "parameter"), PARAMETERS, ids=lambda each: getattr(each, "name", getattr(each, "id", ""))
)
def test_every_parameter_is_cited(rule: RuleText, parameter: Parameter) -> None:
    """An article may be missing only where that of the rule was not seen; a seen number stands in a verified rule."""
    assert parameter.citation.instrument in MANIFEST
    assert parameter.citation.article or rule.article is None
    if parameter.is_seen and rule.seen_version is not SeenVersion.PARTIAL:
        assert rule.is_verified


def test_parameters_are_counted() -> None:
    """418 entries of the reference: 26 are fields now (waivers, switches, references), some tables took several.

    What an expression names cannot be a table: three of the reference's are ratios and lists of codes here.
    """
    assert len(PARAMETERS) >= 380
    units = Counter(parameter.unit for _, parameter in PARAMETERS)
    assert units[Unit.TABLE] >= 6
    assert units[Unit.RATIO] >= 12


def parameter(id: str, name: str) -> Parameter:
    return BOOK.versions(id)[-1].parameter(name)


@pytest.mark.parametrize(
    ("id", "name", "value", "is_seen"),
    [
        ("SEL-QUAL-08-1a", "min_work_years", 5, False),
        ("SEL-QUAL-08-3a", "min_years_in_deputy", 2, False),
        ("SEL-QUAL-08-3b", "min_years_in_lower_principal", 3, True),
        ("SEL-REC-16", "valid_months", 12, True),
        ("SEL-DEC-37a", "quorum", Fraction(2, 3), True),
        ("SEL-DEC-37b", "majority", Fraction(1, 2), True),
        ("SEL-PUB-41", "min_workdays", 5, False),
        ("SEL-REU-56", "no_higher_months", 24, True),
        ("RNK-Y-01", "min_years", 4, True),
        ("RNK-APPR", "excellent_months", -6, True),
        ("RNK-APPR", "uncounted_grades", ("基本称职", "不定等次"), False),
        ("RNK-PROC", "publicity_workdays", 5, False),
        ("APP-EXC-20", "max", Fraction(1, 5), True),
        ("APP-EXC-20", "max_with_approval", Fraction(1, 4), True),
        ("APP-LDR-Q", "group_excellent_max", Fraction(3, 10), True),
        ("APP-NG-27", "months_gt", 6, True),
        ("PMR-CHG", "days", 30, False),
        ("PMR-RAND", "ratio", Fraction(1, 10), False),
        ("SAN-ADM-W", "months", 6, True),
        ("SAN-ADM-D", "months", 12, True),
        ("SAN-ADM-M", "months", 18, True),
        ("SAN-ADM-L", "months", 24, True),
        ("SAN-ADM-R", "months", 24, True),
        ("SAN-PTY-W", "months", 12, True),
        ("SAN-PTY-S", "months", 18, True),
        ("SAN-PTY-R", "months", 24, True),
        ("SAN-PTY-X", "months", 60, True),
        ("SAN-ADM-SEQ", "cap_months", 48, True),
        ("SAN-ORG-2", "no_promotion_months", 12, False),
        ("SAN-ADMON", "no_promotion_months", 6, False),
        ("TRM-15", "max_years", 15, True),
        ("EXC-10", "years", 10, True),
        ("TRN-14-1", "hours", 550, True),
        ("TRN-14-2", "hours", 90, True),
        ("TRN-15", "max_ratio", Fraction(1, 7), True),
        ("TRN-67", "division_days", 30, False),
        ("TRN-67", "post_months", 12, True),
        ("YNG-THIRD", "ratio", Fraction(1, 3), True),
        ("YNG-3TO1", "min_candidates_per_post", 3, True),
        ("TRN-14-4", "hours", None, True),
    ],
)
def test_numbers_are_those_of_the_reference(id: str, name: str, value: object, is_seen: bool) -> None:
    found = parameter(id, name)
    assert (found.value, found.is_seen) == (value, is_seen)
    assert found.is_local is (value is None)


def test_the_standing_of_committee_members_is_cited_from_the_constitution_of_the_party() -> None:
    found = parameter("SEL-QUAL-08-7", "party_standing_years_county")
    assert (found.value, str(found.citation), found.is_seen) == (3, "DZ2017 27", False)


def test_ceilings_of_ranks_are_exact_and_say_which_was_seen() -> None:
    rows = parameter("RNK-Q-COUNTY", "ceilings").value
    assert isinstance(rows, tuple)
    assert [(row["of"], row["within"], row["max"], row["seen"]) for row in rows if isinstance(row, dict)] == [
        ("二级调研员", "综合管理类职位数", Fraction(1, 50), True),
        ("三四级调研员", "综合管理类职位数", Fraction(1, 10), True),
        ("三级调研员", "三四级调研员", Fraction(2, 5), True),
        ("一至四级主任科员", "综合管理类职位数", Fraction(3, 5), True),
        ("一二级主任科员", "一至四级主任科员", Fraction(1, 2), False),
    ]


def test_the_ladder_of_ranks_descends() -> None:
    value = parameter("RNK-LADDER", "ladder_high_to_low").value
    assert isinstance(value, tuple)
    assert (len(value), value[0], value[-1]) == (12, "一级巡视员", "二级科员")


def test_waivers_are_asked_for_before_the_decision_or_never_given() -> None:
    waivers = {rule.id: rule.waiver for rule in RULES if rule.waiver}
    never = {id for id, waiver in waivers.items() if waiver == NEVER_WAIVED}
    assert never == {"SEL-COND-07", "SEL-QUAL-08-7", "SEL-EXC-09a"}
    assert {id: waiver for id, waiver in waivers.items() if id not in never} == {
        "SEL-QUAL-08-1a": "SEL-EXC-RPT",
        "SEL-QUAL-08-1b": "SEL-EXC-RPT",
        "SEL-QUAL-08-3a": "SEL-EXC-RPT",
        "SEL-QUAL-08-3b": "SEL-EXC-RPT",
        "SEL-STEP-09": "SEL-EXC-RPT",
        "EXC-10": "EXC-10",  # the relief of ethnic autonomous areas
    }


def test_local_rules_begin_when_the_organization_switches_them_on() -> None:
    assert {rule.id for rule in RULES if rule.is_local} == {rule.id for rule in BOOK.instrument("SEED").rules}
    assert len(BOOK.instrument("SEED").rules) == 12
    assert [rule.id for rule in RULES if rule.in_force.begin is Begin.UNKNOWN] == ["RNK-INST"]


@each_rule
def test_a_rule_begins_with_its_instrument(rule: RuleText) -> None:
    instrument = BOOK.instrument(rule.instrument)
    assert rule.in_force.begin is instrument.in_force.begin
    assert rule.in_force.start == instrument.in_force.start


def test_superseded_instruments_end_where_the_new_ones_begin() -> None:
    ended = {one.code: one.in_force.end for one in BOOK.instruments if one.in_force.end}
    assert ended == {"TJ2014": date(2019, 3, 3), "ZJ2015": date(2019, 6, 1)}
    assert BOOK.instrument("TJ2019").in_force.start == ended["TJ2014"]
    assert BOOK.instrument("ZJ2019").in_force.start == ended["ZJ2015"]
    superseded = {one.code for one in BOOK.instruments if one.status is InstrumentStatus.SUPERSEDED}
    assert superseded == set(ended)


def test_kinds_follow_the_names() -> None:
    """条例 are regulations, 规定 provisions, 办法 measures, 意见 opinions."""
    words = {"条例": InstrumentKind.REGULATIONS, "办法": InstrumentKind.MEASURES, "意见": InstrumentKind.OPINION}
    words |= {"规定": InstrumentKind.PROVISIONS, "法": InstrumentKind.LAW}
    central = [one for one in BOOK.instruments if one.kind is not InstrumentKind.LOCAL]
    for one in central:
        name = one.title.zh.split("（")[0]
        expected = next((kind for ending, kind in words.items() if name.endswith(ending)), None)
        assert expected in (None, one.kind), one.code


def test_only_a_number_that_was_seen_is_entered() -> None:
    assert {one.code: one.number for one in BOOK.instruments if one.number} == {"GB22239": "GB/T 22239-2019"}


@each_switch
def test_switches_are_owned_dated_and_bear_on_rules(switch: Switch) -> None:
    assert switch.since == date(2026, 11, 20)
    assert switch.owner == "organization_department"
    assert any(switch.id in rule.switches for rule in RULES)


def test_switches_stand_on_the_defaults_of_the_reference() -> None:
    assert {switch.id: switch.values for switch in BOOK.switches} == {
        "SW-PUB-DAY": ("next_day", "same_day"),
        "SW-PERIOD-END": ("same_day", "day_after"),
        "SW-DAY-COUNT": ("roll_for_person", "no_roll"),
        "SW-ROUND": ("floor", "half_up", "ceil"),
        "SW-ROUND-YOUNG": ("ceil", "half_up", "floor"),
        "SW-RNK-WINDOW": ("include_year_of_appointment", "exclude_year_of_appointment", "full_calendar_years"),
        "SW-GRASS": ("by_kind_of_unit", "unit_list"),
        "SW-RECOG": ("none", "local_threshold"),
        "SW-NOTICE": ("local", "one_to_three_workdays"),
        "SW-SEQ": ("latest_end", "remaining_plus_new"),
        "SW-LEVELUNIT": ("by_post",),
        "SW-PROBTENURE": ("counts", "does_not_count"),
    }


def test_human_rules_hold_no_numbers_to_compute_with() -> None:
    """What is judged has lists at most; where a number stands in a human rule it is the text's own count or period."""
    numbered = {rule.id for rule in BOOK.by_check(Check.HUMAN) for one in rule.parameters if one.unit is Unit.RATIO}
    assert numbered == set()
