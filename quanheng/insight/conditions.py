"""Which rules are conditions of a target: what a person has to fulfil, or what bars the person, before any procedure.

A rule about a person is one if it speaks of the target and is about eligibility, avoidance or the effect of a sanction
or grade. Those that bar every promotion speak of no target; `BARS` names them. What asks for facts of a case (votes,
notices) belongs to the case.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from quanheng.insight.targets import POOL, Target
from quanheng.instruments.local import HouseRules
from quanheng.rulebook.compute import Scope, truth
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import RuleKind, RuleText, Scalar
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue, Situation
from quanheng.rulebook.tree import facts_of
from quanheng.rulebook.values import State
from quanheng.rulebook.vocabulary import Scope as Whose
from quanheng.rulebook.workdays import standard

KINDS = frozenset({RuleKind.ELIGIBILITY, RuleKind.AVOIDANCE, RuleKind.SANCTION_EFFECT})
BARS = frozenset(
    {
        *("SAN-PTY-W", "SAN-PTY-S", "SAN-PTY-R", "SAN-PTY-P", "SAN-PTY-X", "SAN-ADM-W", "SAN-ADM-D", "SAN-ADM-M"),
        *("SAN-ADM-L", "SAN-ADM-R", "SAN-MAX", "SAN-ADMON", "SAN-ORG-2", "SAN-ORG-4", "SAN-CASE"),
        *("APP-EFF-FAIL", "AVO-KIN", "AVO-BIZ"),
    }
)
OF_A_CASE = frozenset({"SEL-EXC-09a", "SEL-EXC-09b"})  # about a request to break a condition, which a case makes
CHECKS = frozenset(
    {"RNK-LADDER", "RNK-NOT-AUTO", "PMR-KEY"}
)  # of another kind, and said beside the target all the same


def conditions(house: HouseRules, target: Target) -> tuple[Rule, ...]:
    """In the order of the files; without those that can never apply to this target."""
    return _asker(_Rulebook(house.running, house.on, tuple(sorted(house.switches.items())), house))(target)


@dataclass(frozen=True)
class _Rulebook:
    """What tells one rulebook of a day from another; the rules are compared as the objects that they are."""

    running: tuple[RuleText, ...]
    on: date
    switches: tuple[tuple[str, Scalar], ...]
    house: HouseRules = field(compare=False)


@lru_cache(maxsize=32)
def _asker(book: _Rulebook) -> Callable[[Target], tuple[Rule, ...]]:
    """Asked for each of many posts, which differ in few facts: each rule is tried once for those that it looks at."""
    house = book.house
    rules = tuple((rule, _looked_at(rule)) for rule in house.compiled() if _may_be_asked(rule))

    @lru_cache(maxsize=20_000)
    def applies(place: int, facts: tuple[tuple[str, FactValue], ...]) -> bool:
        rule, _names = rules[place]
        bare = Situation(house.on, dict(facts), switches=house.switches, calendar=standard())
        return truth(rule.applies, Scope(bare, load_facts(), rule.parameters)).state is not State.NOT_MET

    def bears_on(place: int, target: Target) -> bool:
        rule, names = rules[place]
        if rule.id in BARS:
            return target.kind != POOL or rule.id.startswith("SAN-")
        return applies(place, tuple((name, target.facts[name]) for name in names if name in target.facts))

    return lambda target: tuple(rules[place][0] for place in range(len(rules)) if bears_on(place, target))


def _looked_at(rule: Rule) -> tuple[str, ...]:
    """The facts of the target that say whether the rule applies."""
    return tuple(sorted(name for name in facts_of(rule.applies) if _scope(name) is Whose.TARGET))


def _may_be_asked(rule: Rule) -> bool:
    if rule.about is not Whose.PERSON or rule.id in OF_A_CASE:
        return False
    scopes = {_scope(name) for name in rule.facts}
    is_condition = rule.text.kind in KINDS and Whose.CASE not in scopes
    return rule.id in BARS or (rule.id in CHECKS or is_condition) and Whose.TARGET in scopes


def _scope(fact: str) -> Whose:
    return load_facts().lookup(fact).scope
