"""Which rule holds on the day of an event, and what a rulebook may not hold."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.book import FOLDER, CannotFindRule, Rulebook, build, compile_rules, load, read_book
from quanheng.rulebook.fields import CannotReadInstrument
from quanheng.rulebook.instrument import Check, RuleText
from quanheng.rulebook.reading import read_instrument, read_switches
from tests.rulebook.instrument_text import added, book, instrument, rule, text

CHANGE = date(2019, 3, 3)
THE_DAY_BEFORE = date(2019, 3, 2)


def refused(ask: Callable[[], object]) -> CannotFindRule:
    with pytest.raises(CannotFindRule) as caught:
        ask()
    return caught.value


# The version is that of the day of the event.


def test_the_look_back_of_three_years_holds_until_2019_03_02() -> None:
    old = load().rule("SEL14-EXCL-24-2", THE_DAY_BEFORE)
    assert (old.instrument, old.parameter("look_back_years").value) == ("TJ2014", 3)
    missing = refused(lambda: load().rule("SEL14-EXCL-24-2", CHANGE))
    assert missing.code == "not-in-force"
    assert missing.facts["instead"] == ["SEL-EXCL-24-3"]


def test_the_look_back_of_one_year_holds_from_2019_03_03() -> None:
    new = load().rule("SEL-EXCL-24-3", CHANGE)
    assert (new.instrument, new.parameter("look_back_years").value) == ("TJ2019", 1)
    missing = refused(lambda: load().rule("SEL-EXCL-24-3", THE_DAY_BEFORE))
    assert missing.code == "not-in-force"
    assert missing.facts == {
        "rule": "SEL-EXCL-24-3",
        "on": THE_DAY_BEFORE,
        "period": "2019-03-03 – ",
        "instead": ["SEL14-EXCL-24-2"],
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2014, 1, 13), set()),
        (date(2014, 1, 14), {"SEL14-EXCL-24-2"}),
        (THE_DAY_BEFORE, {"SEL14-EXCL-24-2"}),
        (CHANGE, {"SEL-EXCL-24-3"}),
        (date(2026, 11, 21), {"SEL-EXCL-24-3"}),
    ],
)
def test_one_of_the_two_holds_on_a_day(on: date, expected: set[str]) -> None:
    assert {one.id for one in load().rules(on)} & {"SEL14-EXCL-24-2", "SEL-EXCL-24-3"} == expected


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_a_rule_is_in_force_or_refused(on: date) -> None:
    in_force = {one.id: one for one in load().rules(on)}
    for id in ("SEL14-EXCL-24-2", "SEL-EXCL-24-3", "SAN-REV", "GWY", "CSL-23"):
        if id in in_force:
            assert load().rule(id, on) is in_force[id]
        else:
            assert refused(lambda id=id: load().rule(id, on)).facts["rule"] == id  # type: ignore[misc]


def test_rules_of_all_days_are_those_of_today_and_the_superseded_one() -> None:
    today = load().rules(date(2026, 11, 21))
    assert {one.id for one in load().texts} - {one.id for one in today} == {"SEL14-EXCL-24-2"}
    assert len(today) == 246


def test_a_day_before_every_instrument_has_only_undated_rules() -> None:
    assert {one.instrument for one in load().rules(date(1990, 1, 1))} == {"SEED", "ZYDJ"}


VERSIONS = (rule(end="2021-01-01"), rule(start="2021-01-01", end="2023-06-01"), rule(start="2023-06-01"))


@pytest.mark.parametrize(
    ("on", "line"),
    [
        (date(2019, 3, 3), 10),
        (date(2020, 12, 31), 10),
        (date(2021, 1, 1), 27),
        (date(2023, 5, 31), 27),
        (date(2023, 6, 1), 44),
        (date(2050, 1, 1), 44),
    ],
)
def test_a_rule_has_as_many_versions_as_it_had_wordings(on: date, line: int) -> None:
    assert book(instrument(*VERSIONS)).rule("SEL-A", on).line == line


def test_versions_come_oldest_first_whatever_the_order_of_the_file() -> None:
    made = book(instrument(*reversed(VERSIONS)))
    starts = [one.in_force.start for one in made.versions("SEL-A")]
    assert starts == [date(2019, 3, 3), date(2021, 1, 1), date(2023, 6, 1)]
    assert made.ids == ("SEL-A",)


def test_a_gap_between_versions_is_a_gap() -> None:
    made = book(instrument(rule(end="2020-01-01"), rule(start="2021-01-01")))
    missing = refused(lambda: made.rule("SEL-A", date(2020, 6, 1)))
    assert missing.code == "not-in-force"
    assert missing.facts["period"] == "2019-03-03 – 2020-01-01、2021-01-01 – "
    assert missing.facts["instead"] == []


@given(st.integers(-500, 2500))
def test_each_day_has_at_most_one_version(offset: int) -> None:
    on = CHANGE + timedelta(days=offset)
    made = book(instrument(*VERSIONS))
    assert len([one for one in made.rules(on) if one.id == "SEL-A"]) == (1 if on >= CHANGE else 0)


def test_an_unknown_rule_is_refused() -> None:
    missing = refused(lambda: load().rule("SEL-NONE", CHANGE))
    assert (missing.code, missing.facts) == ("no-such-rule", {"rule": "SEL-NONE"})
    assert refused(lambda: load().versions("sel-cond-07")).code == "no-such-rule"


# Local rules run only where the organization has switched them on.


def test_local_rules_stay_off_by_themselves() -> None:
    on = date(2025, 9, 15)
    running = {one.id for one in load().running(on)}
    assert "YNG-THIRD" not in running
    assert "SEL-REC-16" in running
    assert len(load().rules(on)) - len(running) == 12


def test_local_rules_are_switched_on_one_by_one() -> None:
    on = date(2025, 9, 15)
    more = {one.id for one in load().running(on, ["YNG-THIRD", "YNG-3TO1"])}
    assert more - {one.id for one in load().running(on)} == {"YNG-THIRD", "YNG-3TO1"}


def test_an_unknown_rule_cannot_be_switched_on() -> None:
    assert refused(lambda: load().running(CHANGE, ["YNG-FOURTH"])).facts == {"rule": "YNG-FOURTH"}


# Selections and counts.


def test_families_are_the_first_word_of_the_id() -> None:
    assert [one.id for one in load().family("TRM")] == ["TRM-5", "TRM-STAB", "TRM-2", "TRM-15"]
    assert [one.id for one in load().family("SEL14")] == ["SEL14-EXCL-24-2"]
    assert load().family("SEL14", CHANGE) == ()
    assert load().family("NONE") == ()


def test_rules_by_check() -> None:
    assert len(load().by_check(Check.HUMAN)) == 31
    assert {one.check for one in load().by_check(Check.ASSISTED)} == {Check.ASSISTED}


def test_counts_of_a_day_leave_out_what_is_not_in_force() -> None:
    everything, before = load().counts(), load().counts(THE_DAY_BEFORE)
    assert sum(everything["check"].values()) == 247
    assert before["family"]["SEL14"] == 1
    assert before["instrument"].get("TJ2019") is None
    assert set(everything) == {
        "family",
        "instrument",
        "kind",
        "check",
        "state",
        "on_fail",
        "verified",
        "article_verified",
        "seen_version",
    }


def test_instruments_and_switches_are_found_by_name() -> None:
    assert load().instrument("PIPL").title.zh == "个人信息保护法"
    assert load().switch("SW-ROUND").default.value == "floor"
    with pytest.raises(KeyError):
        load().instrument("XYZ")
    with pytest.raises(KeyError):
        load().switch("SW-XYZ")


def test_a_parameter_that_is_missing_is_an_error_and_has_no_default() -> None:
    with pytest.raises(KeyError, match=r"SEL-REC-16\.months"):
        load().versions("SEL-REC-16")[0].parameter("months")


def test_the_rulebook_is_read_once() -> None:
    assert load() is load()


def test_the_shipped_folder_is_the_one_that_is_loaded() -> None:
    assert read_book(FOLDER).ids == load().ids


# What a rulebook may not hold.


def wrong(ask: Callable[[], object]) -> tuple[str, object, object, object]:
    with pytest.raises(CannotReadInstrument) as caught:
        ask()
    facts = caught.value.facts
    assert set(facts) == {"file", "line", "rule", "field", "what", "why"}
    return caught.value.code, facts["rule"], facts["field"], facts["what"]


@pytest.mark.parametrize(
    ("line", "field", "what"),
    [
        ("also: [B2018 45]", "also", "B2018"),
        ("see: [SEL-B, SEL-A]", "see", "SEL-B"),
        ("switches: [SW-B]", "switches", "SW-B"),
        ("waiver: SEL-EXC", "waiver", "SEL-EXC"),
        ("waiver: sometimes", "waiver", "sometimes"),
        ("replaces: SEL14-A", "replaces", "SEL14-A"),
    ],
)
def test_names_that_are_nowhere_are_refused(line: str, field: str, what: str) -> None:
    one = read_instrument(added(line), "A2019.yaml")
    assert wrong(lambda: book(one)) == ("unknown-name", "SEL-A", field, what)


def test_evidence_has_a_name() -> None:
    nameless = read_instrument(text().replace("[posts.level]", "[posts.level, posts.tier]"), "A2019.yaml")
    assert wrong(lambda: book(nameless)) == ("unknown-name", "SEL-A", "evidence", "posts.tier")


def test_a_parameter_is_cited_from_an_instrument_that_is_there() -> None:
    written = text().replace("unit: years, article", "unit: years, instrument: DZ2017, article")
    one = read_instrument(written, "A2019.yaml")
    assert wrong(lambda: book(one)) == ("unknown-name", "SEL-A", "parameters", "DZ2017")


def test_known_names_pass() -> None:
    switch = "switches: [{id: SW-B, owner: o, question: {zh: 问, en: q}, default: {value: a, words: {zh: 甲, en: a}}, "
    switch += "alternatives: [], since: 2026-11-20, why: {zh: 因, en: w}}]"
    one = read_instrument(added("switches: [SW-B]\nwaiver: never\nsee: [SEL-A]\nalso: [A2019]"), "A2019.yaml")
    made = build([one], read_switches(switch), {}, {"posts.level": "任职层次"})
    assert isinstance(made, Rulebook)
    assert made.switch("SW-B").values == ("a",)


def test_versions_in_two_instruments_may_not_overlap_either() -> None:
    former = instrument(rule(start="2014-01-14"), code="A2014", start="2014-01-14")
    assert wrong(lambda: book(former, instrument())) == ("versions-overlap", "SEL-A", "effective", "2019-03-03")
    ended = instrument(rule(start="2014-01-14", end="2019-03-03"), code="A2014", start="2014-01-14", end="2019-03-03")
    made = book(instrument(), ended)
    assert made.rule("SEL-A", THE_DAY_BEFORE).instrument == "A2014"
    assert made.rule("SEL-A", CHANGE).instrument == "A2019"


@pytest.mark.parametrize(("end", "is_refused"), [("2019-03-03", False), ("2019-03-04", True), ("null", True)])
def test_a_rule_begins_where_the_one_it_replaces_ends(end: str, is_refused: bool) -> None:
    former = instrument(rule("SEL14-A", "2014-01-14", end), code="A2014", start="2014-01-14", end=end)
    new = read_instrument(added("replaces: SEL14-A"), "A2019.yaml")
    if is_refused:
        assert wrong(lambda: book(former, new)) == ("versions-overlap", "SEL-A", "replaces", "SEL14-A")
    else:
        assert len(book(former, new).rules(CHANGE)) == 1


# The hook for the language.


def encoded() -> Rulebook:
    lines = "requires: reached(start)\nnumbers: {need: param.min_years}"
    written = added(lines).replace("state: not_yet_computed", "state: encoded")
    return book(read_instrument(written + rule("SEL-B"), "A2019.yaml"))


def test_encoded_rules_are_compiled_and_the_others_are_not() -> None:
    def names(one: RuleText) -> list[str]:
        return [name for name, _ in one.expressions()]

    made = compile_rules(encoded(), names)
    assert {one.id: found for one, found in made.items()} == {"SEL-A": ["requires", "numbers.need"]}


def test_errors_of_the_language_come_through() -> None:
    def broken(one: RuleText) -> None:
        raise ValueError(one.id)

    with pytest.raises(ValueError, match="SEL-A"):
        compile_rules(encoded(), broken)
