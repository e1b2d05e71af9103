"""Who sits where: exactly so many seats as there are cadres, some leading posts vacant, a few over quota."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from quanheng.demo.cast import CAST, CastMember
from quanheng.demo.chance import dice
from quanheng.demo.facts import PositionFact, Slot, UnitFact
from quanheng.demo.units import NEWEST, Organization
from quanheng.organization.choices import GroupRole

Seating = tuple[UnitFact, PositionFact]


def fill(organization: Organization, seed: int, cadres: int) -> tuple[tuple[Slot, ...], dict[int, CastMember]]:
    """The slots in the order of the official list, and which of them the cast takes, by number from 0."""
    open_units = [unit for unit in organization.units if unit.positions and unit.founded_on != NEWEST]
    chosen = _chosen(organization, open_units, seed, cadres)
    slots = tuple(_ordered(chosen))
    return slots, _cast(slots)


def _chosen(organization: Organization, units: list[UnitFact], seed: int, cadres: int) -> Counter[Seating]:
    """Seats by their turn: the cast, principals, deputies, inner posts; staff take what is left."""
    chosen: Counter[Seating] = Counter()
    for seat in _by_turn(units, seed):
        if chosen.total() == cadres:
            return chosen
        chosen[seat] += 1
    _add_staff(chosen, units, organization.weights, cadres - chosen.total())
    return chosen


def _by_turn(units: list[UnitFact], seed: int) -> Iterator[Seating]:
    wanted = Counter(member.seat for member in CAST)
    seats = [seat for unit in units for seat in _filled(unit, dice(seed, "seats", unit.code), wanted)]
    yield from sorted(seats, key=lambda seat: _turn(seat[0], seat[1], wanted))


def _turn(unit: UnitFact, position: PositionFact, wanted: Counter[tuple[str, str]]) -> int:
    if wanted[unit.name, position.title]:
        return 0
    turns = {GroupRole.PRINCIPAL: 1, GroupRole.DEPUTY: 2, GroupRole.MEMBER: 3, None: 4}
    return turns[position.role]


def _filled(unit: UnitFact, chance: random.Random, wanted: Counter[tuple[str, str]]) -> Iterator[Seating]:
    over = chance.random() < 0.05
    for position in unit.positions:
        held = position.quota - sum(chance.random() < _vacancy(position) for _ in range(position.quota))
        if over and position.role == GroupRole.DEPUTY and position.quota > 1:
            held, over = position.quota + 1, False
        for _ in range(max(held, wanted[unit.name, position.title])):
            yield unit, position


def _vacancy(position: PositionFact) -> float:
    return 0.04 if position.role == GroupRole.PRINCIPAL else 0.1


def _add_staff(chosen: Counter[Seating], units: list[UnitFact], weights: dict[str, float], count: int) -> None:
    """By weight, the remainder one each to the first units."""
    staffed = [(unit, unit.positions[-1]) for unit in units if weights[unit.code]]
    total = sum(weights[unit.code] for unit, _ in staffed)
    for unit, position in staffed:
        chosen[unit, position] += int(count * weights[unit.code] / total)
    rest = count - sum(int(count * weights[unit.code] / total) for unit, _ in staffed)
    for seat in staffed[:rest]:
        chosen[seat] += 1


def _ordered(chosen: Counter[Seating]) -> Iterator[Slot]:
    order: Counter[str] = Counter()
    for unit, position in sorted(chosen, key=lambda seat: (seat[0].path, seat[1].order)):
        for _ in range(chosen[unit, position]):
            order[unit.code] += 1
            yield Slot(unit, position, order[unit.code])


def _cast(slots: Iterable[Slot]) -> dict[int, CastMember]:
    waiting = {member.seat: member for member in CAST}
    taken: dict[int, CastMember] = {}
    for number, slot in enumerate(slots):
        member = waiting.pop((slot.unit.name, slot.position.title), None)
        if member:
            taken[number] = member
    return taken
