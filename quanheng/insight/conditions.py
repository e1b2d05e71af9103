"""Which rules are conditions of a target: what a person has to fulfil, or what bars the person, before any procedure.

A rule about a person is one if it speaks of the target and is about eligibility, avoidance or the effect of a sanction
or grade. Those that bar every promotion speak of no target; `BARS` names them. What asks for facts of a case (votes,
notices) belongs to the case.
"""

from collections.abc import Iterable, Iterator

from quanheng.insight.targets import POOL, Target
from quanheng.instruments.local import HouseRules
from quanheng.rulebook.compute import Scope, truth
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import RuleKind
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Situation
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
    return tuple(rule for rule in _of_persons(house.compiled()) if _bears_on(rule, target, house))


def _of_persons(rules: Iterable[Rule]) -> Iterator[Rule]:
    yield from (rule for rule in rules if rule.about is Whose.PERSON)


def _bears_on(rule: Rule, target: Target, house: HouseRules) -> bool:
    if rule.id in OF_A_CASE:
        return False
    if rule.id in BARS:
        return target.kind != POOL or rule.id.startswith("SAN-")
    scopes = {load_facts().lookup(name).scope for name in rule.facts}
    is_condition = rule.text.kind in KINDS and Whose.CASE not in scopes
    if not (rule.id in CHECKS or is_condition) or Whose.TARGET not in scopes:
        return False
    bare = Situation(house.on, target.facts, switches=house.switches, calendar=standard())
    return truth(rule.applies, Scope(bare, load_facts(), rule.parameters)).state is not State.NOT_MET
