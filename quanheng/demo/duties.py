"""What the rules watch in a post: its probation, the term of its leading group, ten years in it."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from quanheng.demo.chance import months
from quanheng.demo.facts import CadreFact, HoldingFact, Slot, UnitFact
from quanheng.demo.ladder import TODAY
from quanheng.organization.choices import GroupRole, UnitCategory
from quanheng.people.choices import HoldingKind

YEAR = 12
# Since when the leading groups have their term: one group after another comes to its end.
CITY_TERM = months(2022, 1)
COUNTY_TERMS = (months(2022, 4), months(2024, 3), months(2023, 9), months(2021, 10), months(2023, 3))
LONG_HELD, LONG_SINCE = ("云栈县", "副县长"), months(2017, 4)  # ten years soon
_ON_PROBATION = (UnitCategory.PARTY, UnitCategory.GOVERNMENT)  # deputies of these, and who leads their sections


def term_starts(units: tuple[UnitFact, ...]) -> Mapping[UUID, int]:
    """Of positions whose holders are elected for a term."""
    territories = [unit for unit in units if unit.category == UnitCategory.TERRITORY and unit.positions]
    counties = [unit.code for unit in territories if unit.area]
    found = dict[UUID, int]()
    for unit in territories:
        start = COUNTY_TERMS[counties.index(unit.code) % len(COUNTY_TERMS)] if unit.area else CITY_TERM
        found.update((each.key, start) for each in unit.positions if each.role)
    return found


def with_duties(fact: CadreFact, slot: Slot, terms: Mapping[UUID, int]) -> CadreFact:
    return replace(fact, holdings=tuple(_with(each, fact, slot, terms) for each in fact.holdings))


def _with(holding: HoldingFact, fact: CadreFact, slot: Slot, terms: Mapping[UUID, int]) -> HoldingFact:
    if holding.end is not None or holding.kind != HoldingKind.APPOINTMENT or holding.position != slot.position.key:
        return holding
    if slot.position.key in terms:
        began = terms[slot.position.key]  # of who was there before it nobody knows which term it is
        return replace(holding, term=began) if began <= holding.start else holding
    began = TODAY - holding.start
    if began > YEAR + 6 or not _begins_on_probation(slot):
        return holding
    is_forgotten = fact.index % 4 == 0  # its year is over, and nobody has recorded what came of it
    is_confirmed = began >= YEAR and not is_forgotten
    return replace(holding, probation=holding.start, confirmed=holding.start + YEAR if is_confirmed else None)


def _begins_on_probation(slot: Slot) -> bool:
    """Not the head of a unit, who is appointed otherwise."""
    position = slot.position
    is_listed = position.role == GroupRole.DEPUTY or position.role is None
    return slot.unit.category in _ON_PROBATION and position.is_leading and is_listed


def held_long(fact: CadreFact) -> CadreFact:
    """The last post earlier, and the one before it as much shorter. In a city of another size it may be somebody with
    too short a career for that."""
    begun = next(each.start for each in fact.holdings if each.end is None)
    starts = [each.start for each in fact.holdings] + [each.start for each in fact.resume]
    if any(LONG_SINCE <= each < begun for each in starts):
        return fact

    def start(month: int) -> int:
        return LONG_SINCE if month == begun else month

    def end(month: int | None) -> int | None:
        return LONG_SINCE if month == begun else month

    return replace(
        fact,
        holdings=tuple(replace(each, start=start(each.start), end=end(each.end)) for each in fact.holdings),
        resume=tuple(replace(each, start=start(each.start), end=end(each.end)) for each in fact.resume),
    )
