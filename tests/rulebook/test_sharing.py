"""What is computed once: for a rule that says it several times, for items that share it, for everybody."""

from dataclasses import replace
from datetime import date

import pytest

from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.compute import Scope
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.sharing import Kept, for_items, once
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.tree import Call, Combine, walk
from quanheng.rulebook.values import ALWAYS, Value, exact

ON = date(2026, 11, 22)
RANK = Record("ranks[1]", {"start": date(2023, 5, 1)})


def rule(id: str) -> Rule:
    return next(each for text, each in load_rules().items() if text.id == id and text.in_force.contains(ON))


def of_kind(id: str, name: str) -> Combine:
    """The first combinator in that date of the rule."""
    return next(node for node in walk(rule(id).dates[name]) if isinstance(node, Combine))


SHARED, OF_ITEM = of_kind("RNK-Y-06", "since"), of_kind("EXC-10", "since")


@pytest.fixture
def scope() -> Scope:
    return Scope(Situation(ON, {"ranks": (RANK,)}), load_facts(), place="requires")


class Really:
    """Looks at one record, notes a step, and gives another number each time."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, node: Combine | Call, scope: Scope) -> Value:
        self.calls += 1
        scope.used("ranks", ("ranks[1]",))
        scope.steps.append((scope.place, f"step {self.calls}", ALWAYS))
        scope.provisional.append(ON)
        return exact(self.calls)


def test_what_stands_twice_is_computed_once_and_noted_for_both(scope: Scope) -> None:
    really = Really()
    assert once(really, SHARED, scope) == exact(1)
    scope.place = "person_decides"
    assert once(really, SHARED, scope) == exact(1)
    assert really.calls == 1
    assert [(place, text) for place, text, _held in scope.steps] == [
        ("requires", "step 1"),
        ("person_decides", "step 1"),
    ]


def test_only_its_own_steps_are_noted_again(scope: Scope) -> None:
    """Those before it belong to what stood there."""
    scope.steps.append(("applies", "before", ALWAYS))
    really = Really()
    once(really, SHARED, scope)
    once(really, SHARED, scope)
    assert [text for _place, text, _held in scope.steps] == ["before", "step 1", "step 1"]


def test_another_node_is_another_value(scope: Scope) -> None:
    really = Really()
    assert (once(really, SHARED, scope), once(really, OF_ITEM, scope)) == (exact(1), exact(2))


def test_of_a_record_that_is_looked_at_nothing_is_kept(scope: Scope) -> None:
    really = Really()
    at = scope.at(RANK)
    assert (once(really, SHARED, at), once(really, SHARED, at)) == (exact(1), exact(2))
    assert scope.made == {}


def items(scope: Scope) -> tuple[Scope, Scope]:
    """Two items of one rule: what they looked at is their own, what is shared is not."""
    one, two = (Record(f"posts[{number}]", {}) for number in (1, 2))
    return (
        replace(scope, item=one, uses={}, steps=[], provisional=[], made={}),
        replace(scope, item=two, uses={}, steps=[], provisional=[], made={}),
    )


def test_items_share_what_does_not_speak_of_them_and_note_it_each(scope: Scope) -> None:
    really = Really()
    first, second = items(scope)
    second.place = "applies"
    assert (once(really, SHARED, first), once(really, SHARED, second)) == (exact(1), exact(1))
    assert really.calls == 1
    for each, place in ((first, "requires"), (second, "applies")):
        assert each.uses == {"ranks": ((RANK,), {"ranks[1]"})}
        assert [(at, text) for at, text, _held in each.steps] == [(place, "step 1")]
        assert each.provisional == [ON]


def test_what_speaks_of_the_item_is_computed_for_each(scope: Scope) -> None:
    really = Really()
    first, second = items(scope)
    assert (for_items(really, OF_ITEM, first), for_items(really, OF_ITEM, second)) == (exact(1), exact(2))
    assert scope.shared == {}


def test_whether_a_node_speaks_of_the_item_is_kept_for_everybody() -> None:
    kept = Kept()
    for on in (ON, date(2020, 1, 1)):
        asked = Scope(Situation(on, {}), load_facts(), item=RANK, kept=kept)
        for_items(Really(), SHARED, asked)
        for_items(Really(), OF_ITEM, asked)
    assert kept.of_item == {id(SHARED): False, id(OF_ITEM): True}
