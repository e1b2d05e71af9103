"""Relatives who are registered persons: who is proposed, and who may decide."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.people import actions
from quanheng.people.actions import CannotChange
from quanheng.people.choices import KinTieState
from quanheng.people.models import Cadre, KinTie
from quanheng.people.models.records import namesake
from quanheng.people.queries import recused_keys
from tests.conftest import Cast, make_cadre

REASON = "与户籍登记核对，系同一人"


@pytest.fixture
def sister(cast: Cast, at: datetime) -> Cadre:
    return make_cadre("陈知微", cast.unit_a, at, birth_month=date(1985, 3, 1))


def propose(cadre: Cadre, kin: Cadre, at: datetime) -> KinTie:
    return KinTie.objects.create(cadre=cadre, kin=kin, relation="", proposed_at=at)


def decide(actor: Actor, tie: KinTie, at: datetime, reason: str = REASON) -> KinTie:
    return actions.decide_kin_tie(
        actor=actor, cadre=tie.cadre_id, tie=tie.pk, state=KinTieState.REJECTED, reason=reason, at=at
    )


def relative(actor: Actor, cadre: Cadre, at: datetime, **values: object) -> None:
    given = {"order": 1, "relation": "妹妹", "name": "陈知微", "birth": "1985.03", **values}
    actions.add_record(actor=actor, cadre=cadre.pk, kind="family", values=given, reason=REASON, at=at)


def ties() -> list[tuple[str, str, str]]:
    return sorted(KinTie.objects.values_list("cadre__name", "kin__name", "state"))


def test_nobody_decides_on_a_tie_to_the_own_file(cast: Cast, lin: Actor, sister: Cadre, at: datetime) -> None:
    tie = propose(sister, cast.chen_file, at)
    officer = replace(lin, cadre=cast.chen_file.pk, recused=recused_keys(cast.chen_file.pk))
    with pytest.raises(NotFound):
        decide(officer, tie, at)
    assert ties() == [("陈知微", "陈知行", "proposed")]
    decide(lin, tie, at)
    assert ties() == [("陈知微", "陈知行", "rejected")]


def test_a_tie_to_somebody_out_of_scope_is_not_there(cast: Cast, lin: Actor, at: datetime) -> None:
    tie = propose(cast.chen_file, cast.zhou_file, at)
    with pytest.raises(NotFound):
        decide(lin, tie, at)
    assert ties() == [("陈知行", "周望舒", "proposed")]


def test_a_tie_is_decided_with_a_reason(cast: Cast, lin: Actor, sister: Cadre, at: datetime) -> None:
    tie = propose(cast.chen_file, sister, at)
    with pytest.raises(CannotChange) as refusal:
        decide(lin, tie, at, reason="是")
    assert refusal.value.code == "no-reason"


@pytest.mark.parametrize("birth", ["1985.03", "198503", "1985年3月", "1985.3", "１９８５．０３", "19850312"])
def test_a_relative_written_down_by_hand_is_proposed(
    cast: Cast, lin: Actor, sister: Cadre, at: datetime, birth: str
) -> None:
    relative(lin, cast.chen_file, at, birth=birth)
    assert ties() == [("陈知行", "陈知微", "proposed")]


def test_a_relative_with_another_month_is_not_proposed_until_it_is_put_right(
    cast: Cast, lin: Actor, sister: Cadre, at: datetime
) -> None:
    relative(lin, cast.chen_file, at, birth="1985.04")
    assert ties() == []
    row = cast.chen_file.familymember_set.get()
    actions.replace_record(
        actor=lin,
        cadre=cast.chen_file.pk,
        kind="family",
        record=row.pk,
        values={"birth": "198503"},
        reason=REASON,
        at=at,
    )
    assert ties() == [("陈知行", "陈知微", "proposed")]


def test_a_name_put_right_is_looked_for_among_the_relatives_of_others(
    cast: Cast, lin: Actor, sister: Cadre, at: datetime
) -> None:
    relative(lin, cast.chen_file, at, name="陈知薇")
    assert ties() == []
    actions.change_field(actor=lin, cadre=sister.pk, field="name", raw="陈知薇", reason=REASON, at=at)
    assert ties() == [("陈知行", "陈知薇", "proposed")]


@pytest.mark.parametrize("birth", ["", None, "1985", "198513", "不详"])
def test_without_a_month_there_is_no_namesake(birth: str | None) -> None:
    assert namesake("陈知微", birth) is None
