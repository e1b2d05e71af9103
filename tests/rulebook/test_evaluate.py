"""A rule over a situation: outcome, consequence, numbers, dates, what is missing and the trace."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import compiled, seen
from quanheng.rulebook.compute import NoSwitchError
from quanheng.rulebook.evaluate import consequence, evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.functions import NoCalendarError
from quanheng.rulebook.instrument import Check, Expression, OnFail, RuleText, State, Unit
from quanheng.rulebook.parse import CannotParse
from quanheng.rulebook.rule import Rule, compile_rule
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.values import State as Held
from quanheng.rulebook.values import day, exact
from quanheng.rulebook.vocabulary import Scope
from quanheng.rulebook.workdays import standard
from tests.rulebook.language import ON, facts, parameter

BOOK = load()
SWITCHES = {switch.id: switch for switch in BOOK.switches}
DEFAULTS = {switch.id: switch.default.value for switch in BOOK.switches}
CHIEF = [{"start": "2023-01-15", "level": "乡科级正职"}]
TEXT = BOOK.versions("SEL-QUAL-08-6")[-1]


NO_EXPRESSIONS: dict[str, Any] = {
    "applies": None,
    "each": None,
    "requires": None,
    "person_decides": None,
    "numbers": {},
    "dates": {},
    "when_none": "",
    "on_fail": OnFail.BLOCK,
}


def text(**expressions: Any) -> RuleText:
    """A rule of our own: expressions by field, all else from a shipped one."""
    written = {name: _written(each) for name, each in expressions.items()}
    own = {"id": "TEST-1", "check": Check.COMPUTED, "waiver": "", "state": State.ENCODED, "parameters": ()}
    return replace(TEXT, **(NO_EXPRESSIONS | own | written))


def _written(given: Any) -> Any:
    if type(given) is str:
        return Expression(given, "test.yaml", 1)
    return {name: _written(each) for name, each in given.items()} if isinstance(given, dict) else given


def rule(**expressions: Any) -> Rule:
    return compile_rule(text(**expressions), load_facts(), SWITCHES)


def situation(given: Mapping[str, Any], on: date = ON, **more: Any) -> Situation:
    return Situation(on, given, switches=DEFAULTS, **more)


def find(made: Rule, given: Mapping[str, Any], on: date = ON, **more: Any) -> Finding:
    (finding,) = evaluate(made, situation(given, on, **more), load_facts())
    return finding


YEARS = {"requires": 'reached(held_since(posts, level == "乡科级正职") + years(3))'}


def test_a_rule_that_does_not_apply() -> None:
    finding = find(rule(applies='target.kind == "rank"', **YEARS), facts(posts=CHIEF, target__kind="post"))
    assert (finding.outcome, finding.numbers, finding.dates) == (Outcome.NOT_APPLICABLE, {}, {})


def test_whether_it_applies_is_not_known() -> None:
    finding = find(rule(applies='target.kind == "rank"', **YEARS), facts(posts=CHIEF))
    assert (finding.outcome, finding.missing) == (Outcome.UNKNOWN, ("target.kind",))


def test_it_is_not_met_and_from_when_it_will_be() -> None:
    finding = find(rule(**YEARS), facts(posts=CHIEF), date(2026, 1, 14))
    assert (finding.outcome, finding.earliest) == (Outcome.NOT_MET, date(2026, 1, 15))
    assert finding.dates == {"earliest": day(date(2026, 1, 15))}
    assert (finding.lo, finding.hi) == (date(2026, 1, 15), date.max)


def test_it_is_met_from_that_day() -> None:
    finding = find(rule(**YEARS), facts(posts=CHIEF), date(2026, 1, 15))
    assert (finding.outcome, finding.earliest) == (Outcome.MET, None)
    assert finding.dates["earliest"] == day(date(2026, 1, 15))


def test_evidence_is_missing() -> None:
    finding = find(rule(**YEARS), {})
    assert (finding.outcome, finding.missing, finding.earliest) == (Outcome.UNKNOWN, ("posts",), None)


def test_own_numbers_and_dates_stand_for_each_other() -> None:
    made = rule(
        requires="reached(dates.reached)",
        dates={"since": 'held_since(posts, level == "乡科级正职")', "reached": "dates.since + months(numbers.need)"},
        numbers={"need": "6 * 6", "short": "max(numbers.need - months_between(dates.since, on), 0)"},
    )
    finding = find(made, facts(posts=CHIEF))
    assert finding.numbers == {"need": exact(36), "short": exact(8)}
    assert finding.dates["reached"] == day(date(2026, 1, 15))


def test_a_number_cannot_be_a_part_of_itself() -> None:
    with pytest.raises(CannotParse) as refused:
        rule(requires="numbers.a > 1", numbers={"a": "numbers.b", "b": "numbers.a"})
    assert refused.value.code == "unknown-name"


def test_parameters_are_told_and_a_local_one_that_is_not_set_is_missing() -> None:
    months, other = parameter("months", None), parameter("other", 3)
    made = rule(requires="reached(person.birth + months(param.months))", parameters=(months, other))
    finding = find(made, facts(person__birth="1980-01-01"))
    assert (finding.outcome, finding.missing) == (Outcome.UNKNOWN, ("param.months",))
    assert finding.parameters == (months,)


def test_parameters_of_a_rule_that_is_seen() -> None:
    lender = replace(text(), id="TEST-2", parameters=(parameter("months", 36),))
    made = compile_rule(
        text(requires="reached(person.birth + months(param.TEST_2.months))"), load_facts(), SWITCHES, [lender]
    )
    assert [each.name for each in find(made, facts(person__birth="1980-01-01")).parameters] == ["months"]


def test_the_version_that_is_seen() -> None:
    (borrower,) = BOOK.versions("RNK-Y-08")
    assert [each.id for each in seen(borrower, BOOK)] == ["RNK-APPR"]


def test_a_list_of_codes_and_a_truth_as_parameters() -> None:
    codes = parameter("levels", ("县处级副职",), Unit.CODES)
    on = parameter("on_duty", True, Unit.TRUTH)
    made = rule(requires="target.level in param.levels and param.on_duty", parameters=(codes, on))
    assert find(made, facts(target__level="县处级副职")).outcome is Outcome.MET
    assert find(made, facts(target__level="县处级正职")).outcome is Outcome.NOT_MET


# items


RECOMMENDED = {
    "each": "recommendations",
    "requires": "before(date + months(12))",
    "dates": {"until": "item.date + months(12)"},
}
TWO = [
    {"post": "岗A", "date": "2024-09-20"},
    {"post": "岗B", "date": "2024-09-10"},
    {"post": "岗C", "date": "2025-09-16"},
]


def test_each_item_has_a_finding_of_its_own() -> None:
    made = evaluate(rule(**RECOMMENDED), situation(facts(recommendations=TWO), date(2025, 9, 15)), load_facts())
    assert [(each.item, each.outcome) for each in made] == [("岗A", Outcome.MET), ("岗B", Outcome.NOT_MET)]
    assert [each.dates["until"] for each in made] == [day(date(2025, 9, 20)), day(date(2025, 9, 10))]
    assert [use.keys for each in made for use in each.trace.uses] == [("recommendations[0]",), ("recommendations[1]",)]
    assert made[1].earliest is None


def test_an_item_without_a_label_goes_by_its_key() -> None:
    (finding,) = evaluate(rule(**RECOMMENDED), situation(facts(recommendations=[{"date": "2025-05-01"}])), load_facts())
    assert finding.item == "recommendations[0]"


@pytest.mark.parametrize("outcome", ["not_applicable", "not_met", "met"])
def test_no_item(outcome: str) -> None:
    made = rule(**RECOMMENDED)
    finding = find(replace(made, when_none=Outcome(outcome)), facts(recommendations=[]))
    assert (finding.outcome, finding.item) == (Outcome(outcome), None)


def test_items_that_are_not_known() -> None:
    finding = find(rule(**RECOMMENDED), {})
    assert (finding.outcome, finding.missing) == (Outcome.UNKNOWN, ("recommendations",))
    rank = find(rule(applies='target.kind == "post"', **RECOMMENDED), facts(target__kind="rank"))
    assert rank.outcome is Outcome.NOT_APPLICABLE


# people decide


@pytest.mark.parametrize(
    ("check", "person", "given", "outcome", "prepared"),
    [
        (Check.HUMAN, None, {}, Outcome.NEEDS_PERSON, Held.UNKNOWN),
        (Check.ASSISTED, None, {}, Outcome.NEEDS_PERSON, Held.UNKNOWN),
        (Check.ASSISTED, None, facts(posts=CHIEF), Outcome.NEEDS_PERSON, Held.NOT_MET),
        (Check.ASSISTED, "unless_failed", facts(posts=CHIEF), Outcome.NOT_MET, None),
        (Check.ASSISTED, "unless_failed", {}, Outcome.NEEDS_PERSON, Held.UNKNOWN),
        (Check.COMPUTED, "always", facts(posts=CHIEF), Outcome.NEEDS_PERSON, Held.NOT_MET),
        (Check.COMPUTED, None, {}, Outcome.UNKNOWN, None),
    ],
)
def test_what_is_left_to_people(
    check: Check, person: str | None, given: dict[str, Any], outcome: Outcome, prepared: Held | None
) -> None:
    finding = find(rule(check=check, person_decides=person, **YEARS), given)
    assert (finding.outcome, finding.prepared) == (outcome, prepared)


def test_a_person_decides_where_the_condition_says_so() -> None:
    """SEL-EXCL-24-6: free while there is none, barred while it runs, and after that a question for people."""
    made = rule(
        requires='reached(last_date(sanctions, effective + months(12), system == "党纪"))',
        person_decides="exists(sanctions)",
    )
    given = facts(sanctions=[{"system": "党纪", "kind": "警告", "effective": "2024-09-10"}])
    assert find(made, given, date(2025, 9, 9)).outcome is Outcome.NOT_MET
    assert find(made, given, date(2025, 9, 10)).outcome is Outcome.NEEDS_PERSON
    assert find(made, facts(sanctions=[])).outcome is Outcome.MET
    assert find(made, {}).outcome is Outcome.UNKNOWN


def test_a_checklist_item_needs_no_expression() -> None:
    finding = find(rule(check=Check.HUMAN), {})
    assert (finding.outcome, finding.missing, finding.prepared) == (Outcome.NEEDS_PERSON, (), Held.MET)


# consequence


@pytest.mark.parametrize(
    ("on_fail", "is_signed", "made"),
    [
        (OnFail.BLOCK, True, OnFail.BLOCK),
        (OnFail.BLOCK, False, OnFail.WARN),
        (OnFail.WARN, False, OnFail.WARN),
        (OnFail.DEADLINE, False, OnFail.DEADLINE),
        (OnFail.INFORM, False, OnFail.INFORM),
    ],
)
def test_nothing_blocks_that_nobody_signed(on_fail: OnFail, is_signed: bool, made: OnFail) -> None:
    assert consequence(on_fail, is_signed) is made
    signed = frozenset({"TEST-1"}) if is_signed else frozenset[str]()
    finding = find(rule(on_fail=on_fail, **YEARS), facts(posts=CHIEF), signed=signed)
    assert (finding.outcome, finding.consequence, finding.is_signed) == (Outcome.NOT_MET, made, is_signed)


WAIVED = [{"rule": "TEST-1", "granted": "2025-06-01"}]


def waivable(waiver: str) -> Rule:
    return replace(rule(**YEARS), text=replace(text(**YEARS), waiver=waiver))


def test_a_waiver_lifts_the_consequence_and_not_the_outcome() -> None:
    finding = find(waivable("SEL-EXC-RPT"), facts(posts=CHIEF, waivers=WAIVED))
    assert (finding.outcome, finding.consequence, finding.waived_by) == (Outcome.NOT_MET, None, "waivers[0]")


def test_a_waiver_that_does_not_count() -> None:
    for waiver in ("", "never"):
        assert find(waivable(waiver), facts(posts=CHIEF, waivers=WAIVED)).consequence is OnFail.BLOCK
    later = [{"rule": "TEST-1", "granted": "2025-06-02"}]
    other = [{"rule": "TEST-2", "granted": "2025-05-01"}]
    undated = [{"rule": "TEST-1"}]
    for waivers in (later, other, undated, []):
        assert find(waivable("SEL-EXC-RPT"), facts(posts=CHIEF, waivers=waivers)).consequence is OnFail.BLOCK


# trace, calendar, scope


def test_the_trace_names_facts_values_records_and_conditions() -> None:
    given = facts(
        posts=[*CHIEF, {"start": "2020-01-01", "end": "2023-01-15", "level": "乡科级副职"}], target__kind="post"
    )
    finding = find(rule(applies='target.kind == "post"', **YEARS), given)
    assert {use.fact: use.keys for use in finding.trace.uses} == {"target.kind": (), "posts": ("posts[0]",)}
    assert [(step.place, step.state) for step in finding.trace.steps] == [
        ("applies", Held.MET),
        ("requires", Held.NOT_MET),
    ]
    assert finding.trace.steps[1].text.startswith("reached(held_since(posts")


def test_working_days_need_a_calendar_and_may_be_provisional() -> None:
    made = rule(requires="before(dates.deadline)", dates={"deadline": "person.last_promotion + workdays(15)"})
    given = facts(person__last_promotion="2025-09-25")
    finding = find(made, given, date(2025, 10, 1), calendar=standard())
    assert finding.dates["deadline"] == day(date(2025, 10, 22))
    assert not finding.is_provisional
    far = find(made, facts(person__last_promotion="2040-01-02"), date(2040, 1, 3), calendar=standard())
    assert far.is_provisional
    with pytest.raises(NoCalendarError):
        find(made, given)


def test_a_date_on_announced_days_is_not_provisional_beside_one_that_is() -> None:
    dates = {"far": 'next_workday(date("2040-01-02"))', "near": "next_workday(person.last_promotion)"}
    finding = find(rule(dates=dates), facts(person__last_promotion="2025-10-01"), calendar=standard())
    assert finding.dates["near"] == day(date(2025, 10, 9))
    assert finding.dates["far"].is_provisional
    assert finding.is_provisional


def test_counting_working_days() -> None:
    made = rule(
        requires="numbers.days >= 5",
        numbers={"days": "workdays_between(person.birth, on)"},
        dates={"next": "next_workday(person.birth)"},
    )
    finding = find(made, facts(person__birth="2025-10-01"), date(2025, 10, 15), calendar=standard())
    assert finding.numbers == {"days": exact(6)}
    assert finding.dates["next"] == day(date(2025, 10, 9))


def test_a_switch_without_a_value_is_an_error() -> None:
    made = rule(requires='switch.SW_ROUND == "floor"')
    with pytest.raises(NoSwitchError):
        evaluate(made, Situation(ON, {}), load_facts())


def test_a_rule_about_people_and_what_it_uses() -> None:
    assert rule(**YEARS).about is Scope.PERSON
    assert rule(**YEARS).facts == {"posts"}


def test_every_encoded_rule_compiles() -> None:
    made = compiled(BOOK, load_facts())
    assert {text.id for text in made} >= {"SEL-QUAL-08-1a", "SEL-REC-16", "SAN-PTY-W", "RNK-Y-08"}
