"""口径 and 本地规定: readings from a day on; local numbers only where they are stricter."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from quanheng.instruments import queries
from quanheng.instruments.actions import CannotSign
from quanheng.instruments.local import rulebook_in_force
from quanheng.instruments.models import LocalRule, SwitchValue
from quanheng.instruments.setting_actions import add_local_rule, end_local_rule, set_switch
from quanheng.instruments.strictness import Direction, declared, direction, is_stricter, read_number, settable
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.ledger.models import Entry
from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.situation import FactValue, Record, Situation

TODAY = date(2026, 11, 20)
WHY = "市委组织部部务会议定"
DOCUMENT = "示组发〔2026〕12号"
Number = int | Fraction | None


def refused(code: str) -> "pytest.RaisesExc[CannotSign]":
    return pytest.raises(CannotSign, match=f"^{code}$")


def turn(
    actor: Actor, at: datetime, value: str = "half_up", day: date = TODAY, switch: str = "SW-ROUND"
) -> SwitchValue:
    return set_switch(actor=actor, switch=switch, value=value, valid_from=day, document=DOCUMENT, reason=WHY, at=at)


def add(actor: Actor, at: datetime, rule: str, parameter: str, value: str, day: date = TODAY) -> LocalRule:
    return add_local_rule(
        actor=actor,
        rule=rule,
        parameter=parameter,
        value=value,
        document=DOCUMENT,
        valid_from=day,
        reason=WHY,
        at=at,
    )


def test_switches_stand_on_their_defaults(db: None) -> None:
    assert queries.switch_values(TODAY) == {switch.id: switch.default.value for switch in load().switches}


def test_a_reading_holds_from_its_day(signer: Actor, at: datetime) -> None:
    turn(signer, at, day=TODAY + timedelta(days=10))
    assert [queries.switch_values(TODAY + timedelta(days=days))["SW-ROUND"] for days in (9, 10)] == ["floor", "half_up"]
    entry = Entry.objects.get(stream="instruments")
    assert (entry.action, entry.object_key) == ("instruments.set_switch", "rulebook.switch:SW-ROUND")
    assert json.loads(entry.detail.detail)["before"] == {"value": "floor"}
    assert entry.detail.reason == WHY


def test_the_later_of_one_day_holds(signer: Actor, at: datetime) -> None:
    turn(signer, at)
    turn(signer, at + timedelta(hours=1), "ceil")
    assert queries.switch_values(TODAY)["SW-ROUND"] == "ceil"
    assert [row.value for row in queries.values_of(load().switch("SW-ROUND"))] == ["ceil", "half_up"]


@pytest.mark.parametrize(
    ("value", "day", "code"),
    [
        ("nearest", TODAY, "unknown-reading"),
        ("floor", TODAY, "reading-unchanged"),
        ("ceil", TODAY - timedelta(days=1), "reading-in-the-past"),
    ],
)
def test_a_reading_that_cannot_be_set(signer: Actor, at: datetime, value: str, day: date, code: str) -> None:
    with refused(code):
        turn(signer, at, value, day)
    assert (SwitchValue.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_reading_that_the_software_forgot_is_the_default(signer: Actor, at: datetime) -> None:
    row = turn(signer, at)
    SwitchValue.objects.filter(pk=row.pk).update(value="of-another-version")
    assert queries.switch_values(TODAY)["SW-ROUND"] == "floor"
    assert queries.switches_since(TODAY) == {}


def test_only_who_is_granted_it_sets_anything(lin: Actor, wang: Actor, chen: Actor, at: datetime) -> None:
    for actor, error in ((lin, NotPermitted), (wang, NotPermitted), (chen, NotFound)):
        with pytest.raises(error):
            turn(actor, at)
        with pytest.raises(error):
            add(actor, at, "SEL-PUB-41", "min_workdays", "7")
    assert (SwitchValue.objects.count(), LocalRule.objects.count()) == (0, 0)


def test_no_such_switch(signer: Actor, at: datetime) -> None:
    with pytest.raises(NotFound):
        turn(signer, at, switch="SW-NONE")


@pytest.mark.parametrize(("rule", "parameter"), declared())
def test_each_direction_is_of_a_number_of_a_rule(rule: str, parameter: str) -> None:
    held = load().versions(rule)[-1].parameter(parameter).value
    assert isinstance(held, int | Fraction)
    assert not isinstance(held, bool)
    assert held > 0


@pytest.mark.parametrize(("rule", "parameter"), declared())
def test_the_central_number_itself_is_not_stricter(rule: str, parameter: str) -> None:
    of_rule = load().versions(rule)[-1].parameter(parameter)
    held = of_rule.value
    assert isinstance(held, int | Fraction)
    more = direction(rule, parameter) is Direction.HIGHER
    assert not is_stricter(rule, of_rule, held)
    assert is_stricter(rule, of_rule, held + 1) is more
    assert is_stricter(rule, of_rule, held - Fraction(1, 100)) is not more


@pytest.mark.parametrize("rule", ["SAN-ADM-W", "SAN-PTY-S", "SAN-ADMON", "APL-95a", "SAN-REV", "RNK-APPR"])
def test_to_the_cost_of_a_person_nothing_is_set(rule: str) -> None:
    assert settable(load().versions(rule)[-1]) == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("3", 3), (" 36 ", 36), ("1/4", Fraction(1, 4)), ("25%", Fraction(1, 4)), ("25％", Fraction(1, 4))),
        *(("0.2", Fraction(1, 5)), ("100%", 1), ("0", None), ("-3", None), ("三", None), ("1/0", None), ("", None)),
        *(("1e9999999", None), ("nan", None), ("9" * 13, None)),
    ],
)
def test_numbers_as_they_are_typed(text: str, number: Number) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("rule", "parameter", "value", "code"),
    [
        ("SEL-PUB-41", "min_workdays", "5", "not-stricter-higher"),
        ("SEL-PUB-41", "min_workdays", "3", "not-stricter-higher"),
        ("APP-EXC-20", "max", "1/5", "not-stricter-lower"),
        ("APP-EXC-20", "max", "25%", "not-stricter-lower"),
        ("SEL-PUB-41", "min_workdays", "7.5", "no-number"),
        ("SEL-DEC-37a", "quorum", "3", "no-number"),
        ("SEL-PUB-41", "min_workdays", "很多", "no-number"),
        ("SEL-PUB-41", "no_such", "7", "not-settable"),
        ("SAN-ADM-W", "months", "12", "not-settable"),
        ("SEL-PUB-41", "", "", "not-a-local-rule"),
    ],
)
def test_what_may_not_be_set_here(
    signer: Actor, at: datetime, rule: str, parameter: str, value: str, code: str
) -> None:
    with refused(code):
        add(signer, at, rule, parameter, value)
    assert (LocalRule.objects.count(), Entry.objects.count()) == (0, 0)


def findings(on: date) -> Finding:
    """任县处级正职 since 1 November 2023, asks for 一级调研员: three years by the centre."""
    house = rulebook_in_force(on)
    text = next(each for each in house.running if each.id == "RNK-Y-03")
    post = Record("posts[0]", {"level": "县处级正职", "start": date(2023, 11, 1), "end": None})
    facts: dict[str, FactValue] = {
        "target.kind": "rank",
        "target.rank": "一级调研员",
        "posts": (post,),
        "ranks": (),
        "grades": (),
    }
    situation = Situation(on, facts, switches=house.switches, signed=house.signed)
    (found,) = evaluate(house.rules[text], situation, load_facts())
    return found


def test_a_stricter_number_is_used_with_its_document(signer: Actor, at: datetime) -> None:
    assert findings(TODAY).outcome is Outcome.MET
    row = add(signer, at, "RNK-Y-03", "min_years", "4")
    found = findings(TODAY)
    assert (found.outcome, found.consequence) == (Outcome.NOT_MET, OnFail.WARN)  # nobody has signed it
    house = rulebook_in_force(TODAY)
    parameter = house.book.rule("RNK-Y-03", TODAY).parameter("min_years")
    assert (parameter.value, str(parameter.citation)) == (4, f"ZJ2019 18(3)；{DOCUMENT}")
    assert load().rule("RNK-Y-03", TODAY).parameter("min_years").value == 3
    end_local_rule(actor=signer, local_rule=row.pk, valid_to=TODAY + timedelta(days=5), reason=WHY, at=at)
    assert [findings(TODAY + timedelta(days=days)).outcome for days in (4, 5)] == [Outcome.NOT_MET, Outcome.MET]
    assert [entry.action for entry in Entry.objects.filter(stream="instruments").order_by("seq")] == [
        "instruments.add_local_rule",
        "instruments.end_local_rule",
    ]


def test_a_local_number_leaves_the_sign_off_alone(signer: Actor, second: Actor, at: datetime) -> None:
    from quanheng.instruments.actions import countersign_rule, sign_rule

    row = sign_rule(actor=signer, rule="RNK-Y-03", document="文", paper=None, used_from=TODAY, at=at)
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    add(signer, at, "RNK-Y-03", "min_years", "4")
    assert findings(TODAY).consequence is OnFail.BLOCK


def test_without_local_numbers_nothing_is_compiled_again(db: None) -> None:
    house = rulebook_in_force(TODAY)
    assert house.rules is load_rules()
    assert {text.id for text in house.running if text.is_local} == set()
    assert len(house.compiled()) == len([text for text in house.running if text in load_rules()])


def test_when_the_centre_became_as_strict_its_own_number_stands(signer: Actor, at: datetime) -> None:
    row = add(signer, at, "RNK-Y-03", "min_years", "4")
    LocalRule.objects.filter(pk=row.pk).update(value="2")
    assert rulebook_in_force(TODAY).book.rule("RNK-Y-03", TODAY).parameter("min_years").value == 3


def test_where_the_centre_gives_no_number_the_office_sets_one(signer: Actor, at: datetime) -> None:
    add(signer, at, "YNG-MIN", "ratio", "1/5")
    assert rulebook_in_force(TODAY).book.rule("YNG-MIN", TODAY).parameter("ratio").value == Fraction(1, 5)


def test_a_local_rule_runs_once_it_is_taken_up(signer: Actor, at: datetime) -> None:
    def runs(on: date) -> bool:
        return "YNG-3TO1" in {text.id for text in rulebook_in_force(on).running}

    assert not runs(TODAY)
    add(signer, at, "YNG-3TO1", "", "", TODAY + timedelta(days=1))
    assert [runs(TODAY), runs(TODAY + timedelta(days=1))] == [False, True]


def test_a_number_is_set_once_at_a_time(signer: Actor, at: datetime) -> None:
    row = add(signer, at, "SEL-PUB-41", "min_workdays", "7")
    with refused("local-already-set"):
        add(signer, at, "SEL-PUB-41", "min_workdays", "8")
    end_local_rule(actor=signer, local_rule=row.pk, valid_to=TODAY, reason=WHY, at=at)
    with refused("local-already-ended"):
        end_local_rule(actor=signer, local_rule=row.pk, valid_to=TODAY, reason=WHY, at=at)
    add(signer, at, "SEL-PUB-41", "min_workdays", "8")
    assert [each.value for each in queries.local_rules_on(TODAY)] == ["8"]


def test_one_that_ends_later_leaves_no_room_before_its_end(signer: Actor, at: datetime) -> None:
    row = add(signer, at, "SEL-PUB-41", "min_workdays", "7")
    end = TODAY + timedelta(days=9)
    end_local_rule(actor=signer, local_rule=row.pk, valid_to=end, reason=WHY, at=at)
    with refused("local-already-set"):
        add(signer, at, "SEL-PUB-41", "min_workdays", "8", end - timedelta(days=1))
    add(signer, at, "SEL-PUB-41", "min_workdays", "8", end)
    days = (end - timedelta(days=1), end)
    assert [[each.value for each in queries.local_rules_on(day)] for day in days] == [["7"], ["8"]]


def test_one_that_never_held_leaves_all_the_room(signer: Actor, at: datetime) -> None:
    day = TODAY + timedelta(days=9)
    row = add(signer, at, "SEL-PUB-41", "min_workdays", "7", day)
    end_local_rule(actor=signer, local_rule=row.pk, valid_to=day, reason=WHY, at=at)
    add(signer, at, "SEL-PUB-41", "min_workdays", "8")
    assert [each.value for each in queries.local_rules_on(day)] == ["8"]


def test_it_ends_neither_before_it_began_nor_in_the_past(signer: Actor, at: datetime) -> None:
    row = add(signer, at, "SEL-PUB-41", "min_workdays", "7", TODAY + timedelta(days=9))
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=8)):
        with refused("local-ends-too-early"):
            end_local_rule(actor=signer, local_rule=row.pk, valid_to=day, reason=WHY, at=at)


def local(**values: object) -> Callable[[Actor, datetime], object]:
    def make(actor: Actor, at: datetime) -> object:
        given = {"rule": "R", "parameter": "p", "value": "3", "document": DOCUMENT, "reason": WHY, "valid_from": TODAY}
        return LocalRule.objects.create(added_by=actor.key, added_at=at, **{**given, **values})

    return make


@pytest.mark.parametrize(
    "make",
    [local(document=""), local(value=""), local(parameter=""), local(valid_to=TODAY - timedelta(days=1))],
)
def test_the_table_takes_no_local_rule_that_says_nothing(
    signer: Actor, at: datetime, make: Callable[[Actor, datetime], object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(signer, at)
