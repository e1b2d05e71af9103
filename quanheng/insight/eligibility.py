"""How somebody stands to a target: each condition with its findings, all of them together, and from when.

A verdict is of person, target and day. It says nothing about the person alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from uuid import UUID

from quanheng.insight.conditions import conditions
from quanheng.insight.situations import Facts, derived, recorded_facts, situation
from quanheng.insight.targets import Target
from quanheng.instruments.local import HouseRules
from quanheng.people.rule_facts import SOURCES, sourced
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue
from quanheng.rulebook.vocabulary import Scope

# Worst first: what is not met stays so whatever is found out; what is not known has to be known before people decide.
ORDER = (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NEEDS_PERSON, Outcome.MET, Outcome.NOT_APPLICABLE)
# Follows from what a dossier gives (`quanheng.rulebook.derived`): where it is missing, the dossier lacks something.
DERIVED = frozenset(
    {
        *("person.retirement_date", "person.is_retired", "target.levels_up"),
        *("relatives.kin_class", "relatives.class_by_word", "relatives.is_business_kin"),
        *("sanctions.system", "sanctions.effect_end", "sanctions.least_effect_end", "sanctions.is_inside_another"),
        *("person.is_on_probation", "person.is_leading_member", "terms.consecutive"),
    }
)


@dataclass(frozen=True)
class Condition:
    """A rule asked about one person and target. Of a rule with items there is a finding for each of them."""

    rule: Rule
    findings: tuple[Finding, ...]

    @cached_property
    def outcome(self) -> Outcome:
        return worst(each.outcome for each in self.findings if not each.waived_by)

    @cached_property
    def is_outside(self) -> bool:
        """Unknown only for want of records that no room keeps yet: somebody has to look them up elsewhere."""
        return self.outcome is Outcome.UNKNOWN and not any(has_source(name) for name in self.missing)

    @property
    def is_waived(self) -> bool:
        """Would it fail but for a waiver that was granted?"""
        return self.outcome is not Outcome.NOT_MET and any(each.waived_by for each in self.findings)

    @property
    def is_binding(self) -> bool:
        """Does failing it stand in the way? Others only warn, by their text; an unsigned one warns until it is signed,
        and is counted here all the same."""
        return self.rule.text.on_fail is OnFail.BLOCK

    @property
    def earliest(self) -> date | None:
        """From which day it holds by today's facts; None where no day alone will mend it."""
        days = [each.earliest for each in self.findings if each.outcome is Outcome.NOT_MET and not each.waived_by]
        return max((day for day in days if day), default=None) if all(days) else None

    @cached_property
    def missing(self) -> tuple[str, ...]:
        return tuple(
            sorted({name for each in self.findings if each.outcome is Outcome.UNKNOWN for name in each.missing})
        )


@dataclass(frozen=True)
class Eligibility:
    cadre: UUID
    target: Target
    on: date
    conditions: tuple[Condition, ...]

    @cached_property
    def outcome(self) -> Outcome:
        """Of the binding conditions together. What no room keeps waits for a person, not for the file."""
        return worst(
            Outcome.NEEDS_PERSON if each.is_outside else each.outcome for each in self.conditions if each.is_binding
        )

    @property
    def outside(self) -> tuple[Condition, ...]:
        return tuple(each for each in self.conditions if each.is_outside)

    @cached_property
    def _binding(self) -> Mapping[Outcome, tuple[Condition, ...]]:
        found: dict[Outcome, tuple[Condition, ...]] = {}
        for each in self.conditions:
            if each.is_binding:
                found[each.outcome] = (*found.get(each.outcome, ()), each)
        return found

    def having(self, outcome: Outcome) -> tuple[Condition, ...]:
        return self._binding.get(outcome, ())

    @property
    def warnings(self) -> tuple[Condition, ...]:
        return tuple(each for each in self.conditions if not each.is_binding and each.outcome is Outcome.NOT_MET)

    @property
    def earliest(self) -> date | None:
        """From when no binding condition fails, if time alone will do."""
        days = [each.earliest for each in self.having(Outcome.NOT_MET)]
        return max((day for day in days if day), default=None) if all(days) else None


@cache
def _sourced() -> frozenset[str]:
    return frozenset(
        {*sourced(), *(f"{source.fact}.{name}" for source in SOURCES for name in source.columns), *DERIVED}
    )


def has_source(missing: str) -> bool:
    """Does any room keep this fact, or this field of one (`posts.setting`)?"""
    return missing in _sourced()


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    return min(outcomes, key=ORDER.index, default=Outcome.NOT_APPLICABLE)


def eligibility(cadre: UUID, recorded: Facts, target: Target, house: HouseRules, rules: Iterable[Rule]) -> Eligibility:
    """One person, whose records were read before; `rules`: the conditions of the target. Pure."""
    return standing(cadre, recorded, [(target, tuple(rules))], house)[0]


Asked = tuple[Target, tuple[Rule, ...]]


def standing(cadre: UUID, recorded: Facts, asked: Iterable[Asked], house: HouseRules) -> tuple[Eligibility, ...]:
    """One person by several targets. A rule is asked anew only where the targets differ in what it looks at."""
    kept: dict[tuple[str, tuple[FactValue, ...]], tuple[Finding, ...]] = {}
    made, known, names = [], derived(recorded, house), dict[str, tuple[str, ...]]()
    for target, rules in asked:
        told, found = situation(cadre, known, target, house), []
        for rule in rules:
            if rule.id not in names:
                names[rule.id] = _of_target(rule)
            key = (rule.id, tuple(map(told.facts.get, names[rule.id])))
            if key not in kept:
                kept[key] = evaluate(rule, told, load_facts())
            found.append(Condition(rule, kept[key]))
        made.append(Eligibility(cadre, target, house.on, tuple(found)))
    return tuple(made)


def _of_target(rule: Rule) -> tuple[str, ...]:
    return tuple(sorted(name for name in rule.facts if load_facts().lookup(name).scope is Scope.TARGET))


def eligibilities(
    cadres: Iterable[UUID], targets: Sequence[Target], house: HouseRules
) -> Mapping[UUID, tuple[Eligibility, ...]]:
    """Each person by each target, from the database. Who is not in the register is not in the answer."""
    asked = [(target, conditions(house, target)) for target in targets]
    return {cadre: standing(cadre, facts, asked, house) for cadre, facts in recorded_facts(cadres).items()}
