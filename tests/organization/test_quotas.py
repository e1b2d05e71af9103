"""领导职数配备表: every cell by hand, and the identity that ties them."""

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.kernel.actor import Actor
from quanheng.organization import actions
from quanheng.organization.actions import Quotas
from quanheng.organization.choices import GroupRole, PostTier, UnitKind
from quanheng.organization.models import LeadingGroup, Position, Unit
from quanheng.organization.queries import visible_subtree
from quanheng.organization.quotas import Figures, _sum, figures, filled_by_role, post_quota_table
from tests.organization.conftest import Establish, basis

TODAY = date(2026, 11, 20)
SINCE = date(2024, 1, 1)
ANN, BO, CAI = uuid4(), uuid4(), uuid4()


def position(unit: Unit, role: GroupRole, valid_to: date | None = None) -> Position:
    group, _ = LeadingGroup.objects.get_or_create(unit=unit, name="班子", valid_from=SINCE)
    tier = PostTier.TOWNSHIP_PRINCIPAL
    return Position.objects.create(
        unit=unit, leading_group=group, title="职务", tier=tier, group_role=role, valid_from=SINCE, valid_to=valid_to
    )


@pytest.mark.parametrize(
    ("authorized", "filled", "expected"),
    [
        (2, 2, Figures(2, 2, 0, 0)),
        (2, 3, Figures(2, 3, 1, 0)),
        (2, 0, Figures(2, 0, 0, 2)),
        (0, 1, Figures(0, 1, 1, 0)),
        (None, 3, Figures(None, 3, None, None, unknown=1)),
    ],
)
def test_over_and_short(authorized: int | None, filled: int, expected: Figures) -> None:
    assert figures(authorized, filled) == expected


def test_persons_are_counted_once_and_as_principal_first(establish: Establish) -> None:
    unit = establish("A1", "局")
    secretary, director = position(unit, GroupRole.PRINCIPAL), position(unit, GroupRole.PRINCIPAL)
    deputy = position(unit, GroupRole.DEPUTY)
    holders = {secretary.pk: frozenset({ANN}), director.pk: frozenset({ANN}), deputy.pk: frozenset({ANN, BO})}
    assert filled_by_role([secretary, director, deputy], holders) == (frozenset({ANN}), frozenset({BO}))


def test_a_subtree_adds_up_without_netting(establish: Establish, lin: Actor) -> None:
    top = establish("A1", "局", principal_quota=1, deputy_quota=2)
    below = establish("A2", "中心", top, principal_quota=1, deputy_quota=0)
    unknown = establish("A3", "所", top)
    holders: dict[UUID, frozenset[UUID]] = {
        position(top, GroupRole.PRINCIPAL).pk: frozenset({ANN}),
        position(below, GroupRole.DEPUTY).pk: frozenset({BO}),
        position(unknown, GroupRole.PRINCIPAL).pk: frozenset({CAI}),
        position(top, GroupRole.DEPUTY, valid_to=TODAY).pk: frozenset({CAI}),  # ended: not in force on the day
    }
    table = post_quota_table(visible_subtree(lin, top, TODAY, below=True), TODAY, holders)
    assert [row.unit.name for row in table.rows] == ["局", "中心", "所"]
    assert table.rows[0].deputy == Figures(2, 0, 0, 2)
    assert table.rows[1].total == Figures(1, 1, 1, 1)  # one deputy too many, the principal missing
    assert table.rows[2].total == Figures(None, 1, None, None, unknown=1)
    assert table.principal == Figures(2, 2, 0, 1, unknown=1)
    assert table.deputy == Figures(2, 1, 1, 2, unknown=1)
    assert table.total == Figures(4, 3, 1, 3, unknown=1)
    alone = post_quota_table(visible_subtree(lin, top, TODAY, below=False), TODAY, holders)
    assert [row.unit.name for row in alone.rows] == ["局"]
    assert alone.total == Figures(3, 1, 0, 2)


def test_the_quota_of_the_day_counts(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "局", principal_quota=1, deputy_quota=1)
    day = date(2025, 3, 1)
    actions.set_quota(actor=lin, unit=unit.pk, quotas=Quotas(1, 4), basis=basis(day), at=at)
    authorized = [
        post_quota_table(visible_subtree(lin, unit, on, below=False), on, {}).deputy.authorized
        for on in (date(2025, 2, 28), day, TODAY)
    ]
    assert authorized == [1, 4, 4]
    early = date(2023, 1, 1)
    before = post_quota_table(visible_subtree(lin, unit, early, below=True), early, {})
    assert (before.rows, before.total) == ((), Figures(None, 0, None, None))


def test_what_only_groups_units_has_no_row(establish: Establish, lin: Actor) -> None:
    top = establish("A1", "局", principal_quota=1, deputy_quota=1)
    grouping = establish("A2", "直属单位", top)
    grouping.versions.update(kind=UnitKind.GROUPING)
    table = post_quota_table(visible_subtree(lin, top, TODAY, below=True), TODAY, {})
    assert [row.unit.name for row in table.rows] == ["局"]


counts = st.integers(min_value=0, max_value=9)


@given(st.lists(st.tuples(counts | st.none(), counts), max_size=12))
def test_known_sums_balance(units: list[tuple[int | None, int]]) -> None:
    parts = [figures(authorized, filled) for authorized, filled in units]
    total = _sum(parts)
    compared = sum(filled for authorized, filled in units if authorized is not None)
    assert total.unknown == sum(authorized is None for authorized, _ in units)
    assert total.filled == sum(filled for _, filled in units)
    if total.authorized is None:
        assert all(authorized is None for authorized, _ in units)
    else:
        assert total.over is not None
        assert total.short is not None
        assert total.authorized + total.over - total.short == compared
