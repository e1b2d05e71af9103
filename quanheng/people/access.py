"""Who may see and change which dossier. Decides on the kernel's Actor alone.

A file is in scope when a grant covers its home unit and its management category. Out of scope
answers as if it did not exist; in scope but not for this purpose or role is NotPermitted. Nobody
opens or changes the own file or a confirmed relative's through an officer role.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from quanheng.accounts.choices import ManagementCategory
from quanheng.kernel.actor import EDITORS, READERS, Actor, Grant, Purpose, Role
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.organization.models import Unit
from quanheng.people.models import Cadre

ALL_CATEGORIES = frozenset(ManagementCategory.values)


def units_below(path: str) -> Q:
    """Files of a unit and all below it. The few units are found first, the files by their index."""
    return Q(home_unit__in=Unit.objects.filter(path__startswith=path))


def _covers(path: str, categories: frozenset[str]) -> Q:
    if categories >= ALL_CATEGORIES:
        return units_below(path)
    return units_below(path) & Q(management_category__in=sorted(categories))


def _categories_by_path(grants: Iterable[Grant]) -> dict[str, frozenset[str]]:
    """Grants over the same units are one condition."""
    found: dict[str, frozenset[str]] = {}
    for grant in grants:
        found[grant.unit_path] = found.get(grant.unit_path, frozenset()) | grant.categories
    return found


def scope(actor: Actor, purpose: Purpose | None) -> Q:
    """The condition on Cadre of what the actor's grants cover; purpose None asks for any."""
    condition = Q(pk__in=[])
    if not actor.has_role(*READERS):
        return condition
    serving = [grant for grant in actor.grants if purpose is None or purpose in grant.purposes]
    for path, categories in _categories_by_path(serving).items():
        condition |= _covers(path, categories)
    return condition


def covered_homes(actor: Actor, purpose: Purpose, within: str = "") -> dict[frozenset[str], list[UUID]]:
    """What `scope` says, for people told of elsewhere: home units by the categories that are covered there, those
    below the path `within` alone. The own file and kin's are not taken out of it, nor who was withdrawn."""
    categories = _categories_by_path(grant for grant in actor.grants if purpose in grant.purposes)
    found: dict[frozenset[str], list[UUID]] = {}
    if not categories or not actor.has_role(*READERS):
        return found
    condition = Q(pk__in=[])
    for path in categories:
        condition |= Q(path__startswith=path)
    units = Unit.objects.filter(condition, path__startswith=within).order_by("path", "pk")
    for key, path in units.values_list("pk", "path"):
        covering = [held for top, held in categories.items() if path.startswith(top)]
        found.setdefault(frozenset().union(*covering), []).append(key)
    return found


def default_purpose(actor: Actor) -> Purpose:
    """What a list is looked at for when nobody says: management, else the first purpose granted."""
    held = {purpose for grant in actor.grants for purpose in grant.purposes}
    return next((purpose for purpose in Purpose if purpose in held), Purpose.MANAGEMENT)


def visible_cadres(actor: Actor, *, purpose: Purpose | None = None) -> QuerySet[Cadre]:
    """Every file that lists, counts, filters and exports may hold for this actor.

    Without a purpose it is the actor's default one; steps that change files name MANAGEMENT.
    """
    wanted = scope(actor, purpose or default_purpose(actor))
    cadres = Cadre.objects.filter(wanted, withdrawn_at=None)
    return cadres.exclude(pk__in=actor.recused) if actor.recused else cadres


def dossier_for(actor: Actor, pk: UUID, *, purpose: Purpose, for_update: bool = False) -> Cadre:
    """The file, or NotFound out of scope, or NotPermitted in scope with the reason as code."""
    if purpose is Purpose.SUBJECT_ACCESS:
        return _own_file(actor, pk)
    cadre = _in_scope(actor, pk)
    if cadre is None:
        raise NotFound
    if pk in actor.recused or pk == actor.cadre:
        raise NotPermitted("recused")
    granted = purposes_of(actor, cadre)
    if purpose not in granted:
        raise NotPermitted("purpose-not-granted", purpose=purpose.value, granted=sorted(granted))
    return _locked(actor, pk, purpose) if for_update else cadre


def purposes_of(actor: Actor, cadre: Cadre) -> frozenset[Purpose]:
    """What the actor's grants let this file be opened for; `cadre` comes with its home unit."""
    covering = [
        grant
        for grant in actor.grants
        if cadre.home_unit.path.startswith(grant.unit_path) and cadre.management_category in grant.categories
    ]
    return frozenset(purpose for grant in covering for purpose in grant.purposes)


def may_edit(actor: Actor) -> bool:
    return actor.has_role(*EDITORS)


def _in_scope(actor: Actor, pk: UUID) -> Cadre | None:
    in_scope = Cadre.objects.filter(scope(actor, None), pk=pk, withdrawn_at=None)
    return in_scope.select_related("home_unit").first()


def _own_file(actor: Actor, pk: UUID) -> Cadre:
    if actor.cadre != pk or not actor.has_role(Role.CADRE):
        raise NotFound
    cadre = Cadre.objects.filter(pk=pk, withdrawn_at=None).select_related("home_unit").first()
    if cadre is None:
        raise NotFound
    return cadre


def _locked(actor: Actor, pk: UUID, purpose: Purpose) -> Cadre:
    """Asked again of the locked row: while we waited for it the file may have been moved out of scope or withdrawn."""
    if not may_edit(actor):
        raise NotPermitted("role-may-not-edit")
    cadres = visible_cadres(actor, purpose=purpose).select_for_update(of=("self",))
    cadre = cadres.select_related("home_unit").filter(pk=pk).first()
    if cadre is None:
        raise NotFound
    return cadre


def may_place(actor: Actor, unit: Unit, category: str) -> bool:
    """Whether a file may be put into this unit under this category by this actor."""
    return may_edit(actor) and any(
        Purpose.MANAGEMENT in grant.purposes and category in grant.categories and unit.path.startswith(grant.unit_path)
        for grant in actor.grants
    )
