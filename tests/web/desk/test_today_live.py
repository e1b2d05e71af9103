"""What 今日 asks of the database at the moment: rules to sign off, posts over and under quota."""

from datetime import date, datetime

import pytest

from quanheng.instruments.actions import countersign_rule, sign_rule
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.queries import standings, waiting
from quanheng.kernel.actor import Actor
from quanheng.web.desk.today_live import quota_lines, sign_off_lines
from quanheng.web.desk.today_parts import DueLine
from tests.conftest import Cast
from tests.deciders import BLOCKING, PDF, second, signer
from tests.web.desk.units import make_bureau

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
