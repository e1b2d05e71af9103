"""A rule under one answer to an open question asks what it asks with the switch so set, and speaks of it no more."""

from dataclasses import replace

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.rule_examples import examples_of
from quanheng.rulebook.tree import FALSE, TRUE, And, Choose, Compare, Literal, Node, Not, Operator, Or, SwitchName, walk
from quanheng.rulebook.types import CODE, TRUTH
from quanheng.rulebook.under_reading import node_under, rule_under

NAMES = SwitchName("SW-X", CODE)
FACT: Node = Compare(Operator.EQ, SwitchName("SW-OTHER", CODE), Literal("b", CODE))
PAIRS = [
    (rule, switch.id, value)
    for rule in load_rules().values()
    for switch in load().switches
    for value in switch.values
    if any(isinstance(node, SwitchName) and node.id == switch.id for each in rule.nodes for node in walk(each))
]


def asked(operator: Operator, value: str) -> Compare:
    return Compare(operator, NAMES, Literal(value, CODE))


@pytest.mark.parametrize(
    ("node", "under"),
    [
        *((asked(Operator.EQ, "a"), TRUE), (asked(Operator.EQ, "b"), FALSE)),
        *((asked(Operator.NE, "a"), FALSE), (asked(Operator.NE, "b"), TRUE)),
        *((Not(asked(Operator.EQ, "a")), FALSE), (Not(FACT), Not(FACT)), (FACT, FACT)),
        *((And((asked(Operator.EQ, "a"), FACT)), FACT), (And((asked(Operator.EQ, "b"), FACT)), FALSE)),
        *((Or((asked(Operator.EQ, "a"), FACT)), TRUE), (Or((asked(Operator.EQ, "b"), FACT)), FACT)),
        (And((asked(Operator.EQ, "a"), FACT, FACT)), And((FACT, FACT))),
        *((And((asked(Operator.EQ, "a"),)), TRUE), (Or((asked(Operator.EQ, "b"),)), FALSE)),
        (Choose(asked(Operator.EQ, "a"), FACT, TRUE, TRUTH), FACT),
        (Choose(asked(Operator.EQ, "b"), TRUE, FACT, TRUTH), FACT),
        (Choose(FACT, asked(Operator.EQ, "a"), FACT, TRUTH), Choose(FACT, TRUE, FACT, TRUTH)),
    ],
)
def test_branches_of_other_answers_fall_away(node: Node, under: Node) -> None:
    assert node_under(node, "SW-X", "a") == under


@pytest.mark.parametrize(("rule", "switch", "value"), PAIRS, ids=[f"{r.id}-{s}-{v}" for r, s, v in PAIRS])
def test_it_says_the_same_of_every_example(rule: Rule, switch: str, value: Scalar) -> None:
    under = rule_under(rule, switch, value)
    assert all(node != SwitchName(switch, CODE) for each in (under.applies, under.requires) for node in walk(each))
    for example in examples_of(rule.id):
        for situation in example.situations(rule.about):
            there = replace(situation, switches={**situation.switches, switch: value})
            mine, theirs = evaluate(under, there, load_facts()), evaluate(rule, there, load_facts())
            assert [(each.outcome, each.item, each.numbers, each.dates) for each in mine] == [
                (each.outcome, each.item, each.numbers, each.dates) for each in theirs
            ]
