"""A combinator that stands in a condition on records is computed once for all of them, and anew for each item."""

from dataclasses import replace
from functools import partial
from typing import Any, get_args

import pytest

from quanheng.rulebook import combine as module
from quanheng.rulebook import compute as computing
from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.compute import _COMPUTE, Scope
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.sharing import once
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.tree import Choose, Combine, Node
from quanheng.rulebook.values import Value, exact
from tests.rulebook.language import ON, facts, number_of
from tests.rulebook.test_evaluate import find, rule, situation

GRADES = [{"year": year, "grade": "优秀", "decided": f"{year + 1}-01-20"} for year in range(2015, 2025)]
RANKS = [{"start": "2020-06-01", "rank": "一级科员"}]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The records of each combinator that is computed."""
    found = list[str]()
    really = module._combined

    def listen(node: Combine, scope: Scope) -> Value:
        found.append(node.records.name)
        return really(node, scope)

    monkeypatch.setattr(module, "_combined", listen)
    return found


def test_one_inside_a_condition_is_computed_once(asked: list[str]) -> None:
    text = 'count(grades, year >= year(held_since(ranks, rank == "一级科员")))'
    assert number_of(text, facts(grades=GRADES, ranks=RANKS)).lo == 5
    assert sorted(asked) == ["grades", "ranks"]


def test_one_over_a_range_is_computed_for_each(asked: list[str]) -> None:
    text = "count(grades, count(training_years, over=(year, year)) > 0)"
    trained = [{"year": 2020, "hours": 90}, {"year": 2021, "hours": 90}]
    assert number_of(text, facts(grades=GRADES, training_years=trained)).lo == 2
    assert asked.count("training_years") == len(GRADES)


def test_items_have_values_of_their_own() -> None:
    rule = next(rule for text, rule in load_rules().items() if text.id == "YNG-TALK")
    given: dict[str, Any] = facts(
        mentor_links=[{"member": "甲", "since": "2024-01-01"}, {"member": "乙", "since": "2024-01-01"}],
        talks=[{"date": "2025-02-01", "member": "甲"}],
    )
    switches = {each.id: each.default.value for each in load().switches}
    found = {each.item: each for each in evaluate(rule, Situation(ON, given, switches=switches), load_facts())}
    assert {item: each.outcome for item, each in found.items()} == {"甲": Outcome.MET, "乙": Outcome.NOT_MET}
    assert {item: each.numbers["have"].lo for item, each in found.items()} == {"甲": 1, "乙": 0}


def test_every_kind_of_node_has_its_computation() -> None:
    assert set(_COMPUTE) == set(get_args(Node))


class TestWhatARuleNames:
    """`numbers.months` stands in the condition and beside the finding: computed once, with the steps of each place."""

    def rule(self) -> Rule:
        return rule(
            numbers={"months": '1 if target.level == "县处级正职" else 2'},
            requires="numbers.months > 0 and numbers.months < 2",
            person_decides="numbers.months == 1",
        )

    def test_it_is_computed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = list[str]()
        really = computing._choose

        def listen(node: Choose, scope: Scope) -> Value:
            found.append(scope.place)
            return really(node, scope)

        monkeypatch.setitem(computing._COMPUTE, Choose, partial(once, listen))
        finding = find(self.rule(), facts(target__level="县处级正职"))
        assert (finding.numbers["months"].lo, found) == (1, ["requires"])

    def test_each_place_has_its_steps(self) -> None:
        finding = find(self.rule(), facts(target__level="县处级正职"))
        asked = 'target.level == "县处级正职"'
        steps = [(each.place, each.text) for each in finding.trace.steps]
        assert steps.count(("requires", asked)) == 2
        assert steps.count(("person_decides", asked)) == 1

    def test_another_person_is_computed_anew(self) -> None:
        made = self.rule()
        found = [find(made, facts(target__level=level)).numbers["months"].lo for level in ("县处级正职", "县处级副职")]
        assert found == [1, 2]

    def test_texts_and_constants_are_kept_with_the_rule(self) -> None:
        made = self.rule()
        assert made.kept is made.kept
        find(made, facts())
        assert 'target.level == "县处级正职"' in made.kept.texts.values()
        assert exact(2) in made.kept.constants.values()
        assert replace(made).kept.texts == {}


class TestItems:
    """What does not speak of the item is computed with the first; each notes what was looked at, and its steps."""

    made = rule(
        each="grades",
        numbers={"held": '2 if exists(ranks, rank == "一级科员") and target.level == "县处级正职" else 1'},
        requires="numbers.held + year > 2000",
    )

    def test_the_same_as_each_alone(self) -> None:
        given = facts(grades=GRADES, ranks=RANKS, target__level="县处级正职")
        together = evaluate(self.made, situation(given), load_facts())
        for number, finding in enumerate(together):
            alone = {**given, "grades": given["grades"][number : number + 1]}
            (other,) = evaluate(self.made, situation(alone), load_facts())
            assert other.trace.steps == finding.trace.steps
            assert [(use.fact, use.keys) for use in other.trace.uses] == [
                (use.fact, use.keys) for use in finding.trace.uses
            ]
            assert (other.numbers, other.outcome, other.item) == (finding.numbers, finding.outcome, finding.item)
        assert {finding.numbers["held"].lo for finding in together} == {2}
        assert len(together) == len(GRADES)

    def test_computed_once(self, asked: list[str]) -> None:
        evaluate(self.made, situation(facts(grades=GRADES, ranks=RANKS, target__level="县处级正职")), load_facts())
        assert asked == ["ranks"]
