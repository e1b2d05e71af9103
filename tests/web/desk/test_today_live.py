"""What 今日 asks of the database at the moment: rules to sign off, posts over and under quota."""

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from quanheng.instruments.actions import countersign_rule, sign_rule
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.queries import standings, waiting
from quanheng.kernel.actor import Actor
from quanheng.organization.access import visible_units
from quanheng.organization.models import Unit
from quanheng.organization.queries import visible_tree
from quanheng.organization.quotas import post_quota_table
from quanheng.people.queries_posts import QuotaGap, filled_positions, quota_gaps
from quanheng.web.desk.today_live import quota_lines, sign_off_lines
from quanheng.web.desk.today_parts import DueLine
from tests.conftest import Cast
from tests.deciders import BLOCKING, PDF, second, signer
from tests.web.desk.units import hold, make_bureau

__all__ = ["second", "signer"]
pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


def sign(actor: Actor, at: datetime) -> object:
    return sign_rule(actor=actor, rule=BLOCKING, document="中办发〔2019〕21号", paper=PDF, used_from=ON, at=at).pk


def texts(lines: list[DueLine]) -> list[str]:
    return [line.what for line in lines]


def lines_of(actor: Actor) -> list[DueLine]:
    return list(sign_off_lines(actor, ON))


def test_who_may_sign_is_told_how_many_wait(signer: Actor) -> None:
    (line,) = lines_of(signer)
    assert (line.label, line.what) == ("签认", f"规则未签认：{len(waiting(ON))} 条")
    assert (line.step.label, line.step.url) == ("去签认", "/desk/rules/?state=unsigned&state=void")


def test_who_may_not_sign_is_told_nothing(lin: Actor, zhao: Actor, wang: Actor, he: Actor) -> None:
    assert [lines_of(actor) for actor in (lin, zhao, wang, he)] == [[], [], [], []]


def test_the_second_signature_waits_for_another(signer: Actor, second: Actor, at: datetime) -> None:
    count = len(waiting(ON))
    row = sign(signer, at)
    assert standings(ON)[BLOCKING].state is SignOffState.AWAITING
    assert texts(lines_of(signer)) == [f"规则未签认：{count - 1} 条"]
    awaiting, first = lines_of(second)
    assert awaiting.what == "待第二人签认：晋升一级调研员年限"
    assert awaiting.step.url == f"/desk/rules/{BLOCKING}/"
    assert first.what == f"规则未签认：{count - 1} 条"
    countersign_rule(actor=second, sign_off=row, at=at)  # type: ignore[arg-type]
    assert texts(lines_of(second)) == [f"规则未签认：{count - 1} 条"]


def test_posts_under_quota_lead_to_the_table_of_the_unit(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    """One principal of 1 and, without the secondment, fewer than three deputies."""
    assert list(quota_lines(lin, ON)) == []
    make_bureau(cast, at)
    (line,) = quota_lines(lin, ON)
    assert (line.label, line.what) == ("职数", "缺配：示范市甲局")
    assert line.step.url == f"/desk/units/?unit={cast.unit_a.pk}&below=0"
    assert list(quota_lines(zhao, ON)) == []


def test_posts_over_quota(cast: Cast, wang: Actor, at: datetime) -> None:
    make_bureau(cast, at)
    cast.unit_a.versions.update(deputy_quota=1)
    assert texts(list(quota_lines(wang, ON))) == ["超配：示范市甲局"]
    cast.unit_a.versions.update(principal_quota=2)
    assert texts(list(quota_lines(wang, ON))) == ["超配：示范市甲局；缺配：示范市甲局"]
    cast.unit_a.versions.update(principal_quota=1, deputy_quota=2)
    assert list(quota_lines(wang, ON)) == []


def test_the_database_counts_as_the_table_does(cast: Cast, wang: Actor, at: datetime) -> None:
    """Who is principal and deputy at once is the principal; a unit without a quota is no gap."""
    bureau = make_bureau(cast, at)
    for quotas in ((1, 3), (1, 2), (0, 1), (2, 3), (None, 1), (1, None), (None, None)):
        cast.unit_a.versions.update(principal_quota=quotas[0], deputy_quota=quotas[1])
        assert quota_gaps(wang, ON) == by_table(wang), quotas
    cast.unit_a.versions.update(principal_quota=1, deputy_quota=3)
    hold(cast.chen_file, bureau.deputy, at)
    assert quota_gaps(wang, ON) == by_table(wang) == [QuotaGap(cast.unit_a.pk, "示范市甲局", False, True)]
    bureau.holdings[0].withdrawn_at = at
    bureau.holdings[0].save()
    cast.unit_a.versions.update(deputy_quota=2)
    assert quota_gaps(wang, ON) == by_table(wang) == [QuotaGap(cast.unit_a.pk, "示范市甲局", True, True)]


def by_table(actor: Actor) -> list[QuotaGap]:
    units = [unit for unit in visible_tree(actor, ON) if unit.is_granted]
    table = post_quota_table(units, ON, filled_positions([unit.id for unit in units], ON))
    gaps = [
        QuotaGap(
            row.unit.id,
            row.unit.name,
            bool(row.principal.over or row.deputy.over),
            bool(row.principal.short or row.deputy.short),
        )
        for row in table.rows
    ]
    return [gap for gap in gaps if gap.is_over or gap.is_short]


def test_two_queries_however_many_units(
    cast: Cast, wang: Actor, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_bureau(cast, at)
    for unit in (cast.unit_a, cast.unit_b):
        unit.versions.update(principal_quota=9, deputy_quota=9)
    with django_assert_num_queries(2):
        (line,) = quota_lines(wang, ON)
    assert line.what == "缺配：2 个单位"
    first = min((cast.unit_a, cast.unit_b), key=lambda unit: unit.path)
    top = visible_units(wang).order_by("path")[0]
    assert top.path <= first.path
    assert line.step.url == f"/desk/units/?unit={top.pk}"


def test_units_whose_end_is_ahead_still_have_a_table(cast: Cast, wang: Actor, at: datetime) -> None:
    make_bureau(cast, at)
    for unit in (cast.unit_a, cast.unit_b):
        unit.versions.update(principal_quota=9)
    top = visible_units(wang).order_by("path")[0]
    Unit.objects.update(abolished_on=ON + timedelta(days=1))
    (line,) = quota_lines(wang, ON)
    assert line.step.url == f"/desk/units/?unit={top.pk}"
    Unit.objects.filter(pk=top.pk).update(abolished_on=ON)
    (line,) = quota_lines(wang, ON)
    next_one = visible_units(wang).exclude(pk=top.pk).order_by("path")[0]
    assert line.step.url == f"/desk/units/?unit={next_one.pk}"


def test_without_a_unit_that_stands_the_first_gap_is_led_to(cast: Cast, wang: Actor, at: datetime) -> None:
    """A version can outlast what the register says of the unit."""
    make_bureau(cast, at)
    for unit in (cast.unit_a, cast.unit_b):
        unit.versions.update(principal_quota=9)
    Unit.objects.update(abolished_on=ON)
    (line,) = quota_lines(wang, ON)
    assert line.step.url == f"/desk/units/?unit={quota_gaps(wang, ON)[0].unit}"
