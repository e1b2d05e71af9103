"""What is asked about somebody: the records of the dossier as they stand, the target, the house's rules on the day."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from quanheng.insight.targets import Target
from quanheng.instruments.local import HouseRules
from quanheng.people.rule_facts import facts_of
from quanheng.rulebook.derived import derive
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import FactValue, Situation
from quanheng.rulebook.workdays import standard

Facts = Mapping[str, FactValue]


def recorded_facts(cadres: Iterable[UUID]) -> Mapping[UUID, Facts]:
    """Of some people, from the database; one query a source, whatever their number. Asked once for many targets."""
    return facts_of(cadres, load_facts())


def derived(recorded: Facts, house: HouseRules) -> Facts:
    """With all that follows from the records alone, whatever is aimed at: made once for many targets."""
    return derive(recorded, load_facts(), on=house.on, switches=house.switches, book=house.book)


def situation(cadre: UUID, recorded: Facts, target: Target | None, house: HouseRules) -> Situation:
    """`house.on` is the day that is asked about. What follows from the records may be among them already."""
    facts = derived({**recorded, **(target.facts if target else {})}, house)
    return Situation(house.on, facts, str(cadre), house.switches, standard(), house.signed)
