"""The unit tree at the left of the people list and of the unit pages."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.organization.access import SEGMENT
from quanheng.organization.queries import TreeUnit, search_words, visible_tree
from quanheng.web.shared.parts import UnitNode

WHOLE = 200  # a tree of more units fetches closed branches when they are opened


@dataclass(frozen=True, slots=True)
class TreeLinks:
    """Where the nodes of one page's tree lead, and where a closed branch is fetched from."""

    page: Callable[[UUID], str]
    children: Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Branches:
    """What every node of one tree needs."""

    children: Mapping[str, Sequence[TreeUnit]]  # place -> units directly below
    sums: Mapping[str, int]  # place -> persons there and below
    open_places: frozenset[str]
    selected: UUID | None
    is_lazy: bool
    links: TreeLinks


def tree(
    actor: Actor,
    selected: UUID | None,
    counts: Mapping[UUID, int],
    links: TreeLinks,
    *,
    on: date | None = None,
) -> list[UnitNode]:
    """Roots with what is open below them. `counts`: unit -> persons there that the actor may see."""
    return tree_of(visible_tree(actor, on), selected, counts, links)


def tree_of(
    units: Sequence[TreeUnit], selected: UUID | None, counts: Mapping[UUID, int], links: TreeLinks
) -> list[UnitNode]:
    """The same of units already fetched by `visible_tree`."""
    branches = _branches(units, selected, counts, links)
    known = {unit.place for unit in units}
    return [_node(unit, branches) for unit in units if unit.place[:-SEGMENT] not in known]


def children(
    actor: Actor,
    parent: UUID,
    counts: Mapping[UUID, int],
    links: TreeLinks,
    *,
    on: date | None = None,
) -> tuple[list[UnitNode], int]:
    """The nodes of a branch that is being opened, and their depth."""
    units = visible_tree(actor, on)
    branches = _branches(units, None, counts, links)
    place = next((unit.place for unit in units if unit.id == parent), None)
    if place is None:
        raise NotFound  # not in the tree that this actor may see
    return [_node(unit, branches) for unit in branches.children.get(place, ())], len(place) // SEGMENT + 1


def _branches(
    units: Sequence[TreeUnit], selected: UUID | None, counts: Mapping[UUID, int], links: TreeLinks
) -> Branches:
    below: dict[str, list[TreeUnit]] = defaultdict(list)
    sums: dict[str, int] = defaultdict(int)
    for unit in reversed(units):  # children come after their parents
        sums[unit.place] += counts.get(unit.id, 0)
        sums[unit.place[:-SEGMENT]] += sums[unit.place]
        below[unit.place[:-SEGMENT]].insert(0, unit)
    return Branches(
        children=below,
        sums=sums,
        open_places=_open_places(units, selected),
        selected=selected,
        is_lazy=len(units) > WHOLE,
        links=links,
    )


def _open_places(units: Sequence[TreeUnit], selected: UUID | None) -> frozenset[str]:
    """The way to the selected unit, that unit, and what stands only on the way to a grant."""
    place = next((unit.place for unit in units if unit.id == selected), units[0].place if units else "")
    way = {place[:end] for end in range(SEGMENT, len(place) + 1, SEGMENT)}
    return frozenset(way | {unit.place for unit in units if not unit.is_granted})


def _node(unit: TreeUnit, branches: Branches) -> UnitNode:
    below = branches.children.get(unit.place, ())
    is_open = unit.place in branches.open_places
    is_fetched = bool(below) and branches.is_lazy and not is_open
    return UnitNode(
        key=str(unit.id),
        name=unit.name,
        url=branches.links.page(unit.id) if unit.is_granted else "",
        count=branches.sums[unit.place],
        words=search_words(unit.name),
        is_open=is_open,
        is_current=unit.id == branches.selected,
        children=() if is_fetched else tuple(_node(child, branches) for child in below),
        children_url=branches.links.children(unit.id) if is_fetched else "",
    )
