"""Random reorganizations: versions stay half-open, gapless, one current; the tree stays a tree, on every day."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quanheng.kernel.actor import Actor
from quanheng.organization import actions
from quanheng.organization.actions import CannotReorganize, Occupancy, Quotas, UnitFacts
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import Unit, UnitVersion
from quanheng.organization.queries import unit_tree
from tests.conftest import Cast
from tests.organization.conftest import basis

AT = datetime(2026, 11, 20, tzinfo=UTC)
FIRST = date(2026, 11, 1)
EMPTY = Occupancy(0, 0)

steps = st.tuples(
    st.sampled_from(["establish", "move", "move", "move", "rename", "merge", "abolish", "quota", "reorder"]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 19),
)


def carry_out(actor: Actor, top: Unit, step: tuple[str, int, int, int], number: int) -> None:
    verb, one, other, days = step
    keys = list(Unit.objects.filter(path__startswith=top.path).order_by("code").values_list("pk", flat=True))
    unit, target = keys[one % len(keys)], keys[other % len(keys)]
    on = basis(FIRST + timedelta(days=days))
    match verb:
        case "establish":
            facts = UnitFacts(name=f"新设{number}", category=UnitCategory.GOVERNMENT)
            actions.establish_unit(
                actor=actor, parent=target, code=f"N{number:03}", facts=facts, quotas=Quotas(), basis=on, at=AT
            )
        case "rename":
            actions.rename_unit(actor=actor, unit=unit, name=f"更名{number}", short_name="", basis=on, at=AT)
        case "move":
            actions.move_unit(actor=actor, unit=unit, parent=target, basis=on, at=AT)
        case "merge":
            actions.merge_unit(actor=actor, unit=unit, successor=target, occupancy=EMPTY, basis=on, at=AT)
        case "abolish":
            actions.abolish_unit(actor=actor, unit=unit, occupancy=EMPTY, basis=on, at=AT)
        case "quota":
            actions.set_quota(actor=actor, unit=unit, quotas=Quotas(number, number), basis=on, at=AT)
        case "reorder":
            order = Unit.objects.filter(parent=target, abolished_on=None).order_by("-path")
            keys = list(order.values_list("pk", flat=True))
            actions.reorder_siblings(actor=actor, parent=target, order=keys, reason="倒过来排", at=AT)


def check_versions() -> None:
    for unit in Unit.objects.all():
        versions = list(unit.versions.order_by("valid_from"))
        for earlier, later in zip(versions, versions[1:], strict=False):
            assert earlier.valid_to == later.valid_from  # no gap, no overlap
        last = versions[-1]
        assert last.valid_to == unit.abolished_on
        assert (last.name, last.parent_id) == (unit.name, unit.parent_id)


def check_tree_of_today() -> None:
    paths = dict(Unit.objects.values_list("pk", "path"))
    assert len(set(paths.values())) == len(paths)
    for unit in Unit.objects.exclude(parent=None):
        assert unit.parent_id is not None
        assert unit.path[:-5] == paths[unit.parent_id]
        assert unit.path[-5:-1].isdigit()


def check_tree_of(day: date) -> None:
    """Every unit in force stands in the tree once, below the parent of its version: so there is no cycle."""
    rows = UnitVersion.objects.filter(valid_from__lte=day).values_list("unit_id", "parent_id", "valid_to")
    parents: dict[UUID, UUID | None] = {unit: parent for unit, parent, end in rows if end is None or end > day}
    tree = unit_tree(day)
    assert sorted(unit.id for unit in tree) == sorted(parents)
    places = {unit.place: unit.id for unit in tree}
    assert len(places) == len(tree)
    assert {unit.id: places.get(unit.place[:-5]) for unit in tree} == parents


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=14))
def test_any_sequence_leaves_a_sound_history(cast: Cast, lin: Actor, plan: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        for number, step in enumerate([("establish", 0, 0, 0), ("establish", 0, 1, 0), ("establish", 0, 2, 0), *plan]):
            with suppress(CannotReorganize):
                carry_out(lin, cast.unit_a, step, number)
        check_versions()
        check_tree_of_today()
        for days in range(20):
            check_tree_of(FIRST + timedelta(days=days))
        transaction.set_rollback(True)  # the database is one for all examples
