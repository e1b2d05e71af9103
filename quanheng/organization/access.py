"""Who may see and reorganize which unit. Decides on the kernel's Actor alone.

A unit is visible when a grant covers it; the units above a grant are shown as the way to it (name
only, no figures). Figures about posts are facts of the organization: whoever may see the unit may
see them, whatever categories of cadres the grant names. Names of persons are people's to give.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from quanheng.kernel.actor import READERS, SYSTEM, Actor, Purpose, Role
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.organization.models import LeadingGroup, Position, Unit

SEGMENT = 5  # four digits and a dot


def granted_paths(actor: Actor, purpose: Purpose | None = None) -> tuple[str, ...]:
    """Paths of the subtrees that the actor's grants cover, none inside another."""
    if not actor.has_role(*READERS):
        return ()
    paths = sorted({grant.unit_path for grant in actor.grants if purpose is None or purpose in grant.purposes})
    return tuple(path for path in paths if not any(path != top and path.startswith(top) for top in paths))


def is_covered(path: str, granted: Sequence[str]) -> bool:
    return path.startswith(tuple(granted)) if granted else False


def prefixes(path: str) -> tuple[str, ...]:
    """Paths of the units above, from the top."""
    return tuple(path[:end] for end in range(SEGMENT, len(path), SEGMENT))


def visible_units(actor: Actor) -> QuerySet[Unit]:
    """Units of which lists and counts may speak to this actor; abolished ones are among them."""
    condition = Q(pk__in=[])
    for path in granted_paths(actor):
        condition |= Q(path__startswith=path)
    return Unit.objects.filter(condition)


def assignable_units(actor: Actor) -> QuerySet[Unit]:
    """Units that a grant may name. The security administrator picks from the whole tree, by name only."""
    units = Unit.objects.filter(abolished_on=None)
    return units if actor.has_role(Role.SECURITY_ADMIN) else units.none()


def may_reorganize(actor: Actor) -> bool:
    return actor.has_role(Role.CADRE_OFFICER)


def unit_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> Unit:
    """The unit, or NotFound out of scope; `for_update` is for reorganizing and locks the row."""
    if actor == SYSTEM:
        return _existing(pk, for_update=for_update)
    unit = visible_units(actor).filter(pk=pk).first()
    if unit is None:
        raise NotFound
    if not for_update:
        return unit
    require_reorganizer(actor, unit)
    return _existing(pk, for_update=True)


def unit_by_code(actor: Actor, code: str) -> Unit:
    """For the command line; out of scope is answered like a code that no unit has."""
    unit = visible_units(actor).filter(code=code).first()
    if unit is None:
        raise NotFound
    return unit


def require_reorganizer(actor: Actor, unit: Unit) -> None:
    """The unit is in scope; reorganizing asks for the role and for a grant that serves management."""
    if not may_reorganize(actor):
        raise NotPermitted("role-may-not-reorganize")
    if not is_covered(unit.path, granted_paths(actor, Purpose.MANAGEMENT)):
        raise NotPermitted("purpose-not-granted", purpose=Purpose.MANAGEMENT.value)


def position_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> Position:
    position = Position.objects.select_related("unit").filter(pk=pk).first()
    if position is None:
        raise NotFound
    unit_for(actor, position.unit_id, for_update=for_update)
    return position


def leading_group_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> LeadingGroup:
    group = LeadingGroup.objects.filter(pk=pk).first()
    if group is None:
        raise NotFound
    unit_for(actor, group.unit_id, for_update=for_update)
    return group


def lock_tree() -> None:
    """One reorganization at a time: places in the tree depend on each other."""
    list(Unit.objects.select_for_update().filter(parent=None).order_by("pk"))


def _existing(pk: UUID, *, for_update: bool) -> Unit:
    units = Unit.objects.select_for_update() if for_update else Unit.objects.all()
    unit = units.filter(pk=pk).first()
    if unit is None:
        raise NotFound
    return unit
