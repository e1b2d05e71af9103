"""The tree of a day, the version in force, search by name. Today's tree reads units, an earlier one their versions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import F, Q, QuerySet
from pypinyin import Style, lazy_pinyin

from quanheng.kernel.actor import Actor
from quanheng.organization.access import SEGMENT, granted_paths, is_covered, prefixes, visible_units
from quanheng.organization.models import LeadingGroup, Position, Unit, UnitVersion


@dataclass(frozen=True, slots=True)
class TreeUnit:
    """A unit in the tree of one day. `place` is its path in that tree; `path`, today's, decides the scope."""

    id: UUID
    parent: UUID | None
    name: str
    path: str
    place: str
    is_granted: bool = True  # False: shown only as the way to a granted unit

    @property
    def depth(self) -> int:
        return len(self.place) // SEGMENT


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def unit_tree(on: date | None = None) -> list[TreeUnit]:
    """Every unit in the official order (规范顺序), parents before children; `on` None is today."""
    if on is None:
        rows = Unit.objects.filter(abolished_on=None).order_by("path").values_list("id", "parent_id", "name", "path")
        return [TreeUnit(key, parent, name, path, path) for key, parent, name, path in rows]
    versions = UnitVersion.objects.filter(in_force(on)).order_by("unit__path")
    then = versions.values_list("unit_id", "parent_id", "name", "unit__path")
    return _placed([TreeUnit(key, parent, name, path, "") for key, parent, name, path in then])


def visible_tree(actor: Actor, on: date | None = None) -> list[TreeUnit]:
    """The granted units and, without figures, those above them on that day."""
    tree, granted = unit_tree(on), granted_paths(actor)
    covered = {unit.id for unit in tree if is_covered(unit.path, granted)}
    above = {prefix for unit in tree if unit.id in covered for prefix in prefixes(unit.place)}
    return [
        TreeUnit(unit.id, unit.parent, unit.name, unit.path, unit.place, unit.id in covered)
        for unit in tree
        if unit.id in covered or unit.place in above
    ]


def _placed(units: Sequence[TreeUnit]) -> list[TreeUnit]:
    """The tree of an earlier day: siblings keep today's order among themselves.

    A unit whose parent of that day is not in the register stands at the top rather than being lost.
    """
    known = {unit.id for unit in units}
    children: Mapping[UUID | None, list[TreeUnit]] = defaultdict(list)
    for unit in units:
        children[unit.parent if unit.parent in known else None].append(unit)
    found: list[TreeUnit] = []
    _place_below(None, "", children, found)
    return found


def _place_below(
    parent: UUID | None, prefix: str, children: Mapping[UUID | None, list[TreeUnit]], found: list[TreeUnit]
) -> None:
    for number, unit in enumerate(children.get(parent, ()), start=1):
        place = f"{prefix}{number:04d}."
        found.append(TreeUnit(unit.id, unit.parent, unit.name, unit.path, place))
        _place_below(unit.id, place, children, found)


def subtree(unit: Unit, tree: Sequence[TreeUnit]) -> list[TreeUnit]:
    """The unit and what stands below it in that tree; empty where the unit is not in it."""
    place = next((found.place for found in tree if found.id == unit.pk), None)
    return [] if place is None else [found for found in tree if found.place.startswith(place)]


def visible_subtree(actor: Actor, unit: Unit, on: date | None, *, below: bool) -> list[TreeUnit]:
    """The unit alone or with what stood below it on that day, as far as the grants cover it today."""
    units = [found for found in subtree(unit, visible_tree(actor, on)) if found.is_granted]
    return units if below else [found for found in units if found.id == unit.pk]


def subtree_ids(unit: Unit, on: date | None = None) -> list[UUID]:
    return [found.id for found in subtree(unit, unit_tree(on))]


def ancestors(unit: Unit, on: date | None = None) -> list[TreeUnit]:
    """From the top down, without the unit itself."""
    if on is None:
        rows = Unit.objects.filter(path__in=prefixes(unit.path)).order_by("path")
        return [TreeUnit(above.pk, above.parent_id, above.name, above.path, above.path) for above in rows]
    tree = unit_tree(on)
    above = {prefix for found in tree if found.id == unit.pk for prefix in prefixes(found.place)}
    return [found for found in tree if found.place in above]


def units_below(unit: Unit) -> QuerySet[Unit]:
    """Directly below, in the official order."""
    return Unit.objects.filter(parent=unit, abolished_on=None).order_by("path")


def unit_on(unit: Unit, on: date) -> UnitVersion | None:
    """The version in force, None before the unit was established and after it ended."""
    versions = unit.versions.filter(in_force(on)).select_related("parent", "reorganization", "successor")
    return versions.order_by("valid_from").first()


def last_version(unit: Unit) -> UnitVersion:
    """The current version, or the last one of a unit that has ended."""
    return unit.versions.select_related("parent", "successor", "ended_by").order_by("-valid_from")[0]


def versions_on(units: Iterable[UUID], on: date) -> dict[UUID, UnitVersion]:
    rows = UnitVersion.objects.filter(in_force(on), unit__in=list(units)).order_by("valid_from")
    return {row.unit_id: row for row in rows}


def positions_on(unit: Unit, on: date) -> QuerySet[Position]:
    positions = Position.objects.filter(in_force(on), unit=unit)
    in_groups_first = F("leading_group__valid_from").asc(nulls_last=True)
    return positions.select_related("leading_group").order_by(in_groups_first, "order", "pk")


def leading_groups_on(unit: Unit, on: date) -> QuerySet[LeadingGroup]:
    return LeadingGroup.objects.filter(in_force(on), unit=unit).order_by("valid_from", "pk")


@lru_cache(maxsize=20_000)
def search_words(name: str) -> str:
    """Initials and full pinyin of a name, as the filter box and the search match them."""
    syllables = lazy_pinyin(name, errors="ignore")
    return f"{''.join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors='ignore'))} {''.join(syllables)}"


def units_matching(actor: Actor, text: str, *, limit: int = 8) -> list[Unit]:
    """Visible units by name, short name, initials or full pinyin; a name that begins with the text comes first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    units = visible_units(actor).filter(abolished_on=None).order_by("path")
    short = dict(
        UnitVersion.objects.filter(unit__in=units, valid_to=None)
        .exclude(short_name="")
        .values_list("unit_id", "short_name")
    )
    found = [unit for unit in units if _matches(wanted, unit.name, short.get(unit.pk, ""))]
    found.sort(key=lambda unit: not unit.name.lower().startswith(wanted))
    return found[:limit]


def named_unit(actor: Actor, text: str) -> Unit | None:
    """The one visible unit in force that the text names, by code or by its whole name; None if none or several."""
    units = visible_units(actor).filter(Q(code=text.strip()) | Q(name=text.strip()), abolished_on=None)
    found = list(units.order_by("path")[:2])
    return found[0] if len(found) == 1 else None


def _matches(wanted: str, *names: str) -> bool:
    return any(
        wanted in name.lower() or any(wanted in word for word in search_words(name).split()) for name in names if name
    )
