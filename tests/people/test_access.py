"""Who sees which file, for what, and what refuses an edit."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from quanheng.kernel.actor import SYSTEM, Actor, Grant, Purpose
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.people import access
from quanheng.people.choices import KinTieState
from quanheng.people.models import Cadre, KinTie
from quanheng.people.queries import recused_keys
from tests.conftest import Cast, make_cadre


def names(actor: Actor, purpose: Purpose | None = None) -> list[str]:
    return sorted(access.visible_cadres(actor, purpose=purpose).values_list("name", flat=True))


def test_each_sees_exactly_the_own_scope(cast: Cast, lin: Actor, zhao: Actor, wang: Actor, he: Actor) -> None:
    assert names(lin) == ["陈知行"]
    assert names(zhao) == ["周望舒"]
    assert names(wang) == ["周望舒", "陈知行"]
    assert names(he) == ["周望舒", "陈知行"]


@pytest.mark.parametrize("who", ["chen", "qian", "wu", "xu", "outsider"])
def test_without_an_officer_s_role_nobody_is_visible(request: pytest.FixtureRequest, who: str) -> None:
    assert names(request.getfixturevalue(who)) == []


def test_the_system_itself_sees_nobody_by_this_way(cast: Cast) -> None:
    assert names(SYSTEM) == []


def test_a_purpose_that_is_not_granted_shows_nobody(lin: Actor, he: Actor) -> None:
    assert names(lin, Purpose.SUPERVISION) == []
    assert names(he, Purpose.MANAGEMENT) == []


def test_a_grant_of_one_category_shows_that_category_only(cast: Cast, lin: Actor, at: datetime) -> None:
    make_cadre("林晚", cast.unit_a, at)
    Cadre.objects.filter(name="林晚").update(management_category="county")
    county = Grant(cast.unit_a.path, frozenset({"county"}), frozenset({Purpose.MANAGEMENT}))
    assert names(replace(lin, grants=(county,))) == ["林晚"]


def test_a_withdrawn_file_is_gone(cast: Cast, lin: Actor, at: datetime) -> None:
    Cadre.objects.filter(pk=cast.chen_file.pk).update(withdrawn_at=at)
    assert names(lin) == []
    with pytest.raises(NotFound):
        access.dossier_for(lin, cast.chen_file.pk, purpose=Purpose.MANAGEMENT)


def test_out_of_scope_answers_like_nothing(cast: Cast, zhao: Actor) -> None:
    for key in (cast.chen_file.pk, uuid4()):
        with pytest.raises(NotFound):
            access.dossier_for(zhao, key, purpose=Purpose.MANAGEMENT)


def test_in_scope_for_another_purpose_is_said(cast: Cast, he: Actor) -> None:
    with pytest.raises(NotPermitted) as refusal:
        access.dossier_for(he, cast.chen_file.pk, purpose=Purpose.MANAGEMENT)
    assert refusal.value.code == "purpose-not-granted"
    assert access.dossier_for(he, cast.chen_file.pk, purpose=Purpose.SUPERVISION) == cast.chen_file


@pytest.mark.parametrize("who", ["wang", "he"])
def test_who_reads_may_not_edit(request: pytest.FixtureRequest, cast: Cast, who: str) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        access.dossier_for(actor, cast.chen_file.pk, purpose=access.default_purpose(actor), for_update=True)


def test_nobody_opens_the_own_file_or_kin_s_as_an_officer(cast: Cast, lin: Actor, at: datetime) -> None:
    kin = make_cadre("林晚", cast.unit_a, at)
    tie = KinTie.objects.create(cadre=kin, kin=cast.chen_file, relation="13", proposed_at=at)
    assert recused_keys(cast.chen_file.pk) == {cast.chen_file.pk}
    KinTie.objects.filter(pk=tie.pk).update(state=KinTieState.CONFIRMED)
    officer = replace(lin, cadre=cast.chen_file.pk, recused=recused_keys(cast.chen_file.pk))
    assert officer.recused == {cast.chen_file.pk, kin.pk}
    assert names(officer) == []
    for key in officer.recused:
        with pytest.raises(NotPermitted) as refusal:
            access.dossier_for(officer, key, purpose=Purpose.MANAGEMENT)
        assert refusal.value.code == "recused"


def test_the_subject_opens_the_own_file_and_no_other(cast: Cast, chen: Actor) -> None:
    own = access.dossier_for(chen, cast.chen_file.pk, purpose=Purpose.SUBJECT_ACCESS)
    assert own == cast.chen_file
    with pytest.raises(NotFound):
        access.dossier_for(chen, cast.zhou_file.pk, purpose=Purpose.SUBJECT_ACCESS)


def test_files_are_put_only_where_the_grant_reaches(cast: Cast, lin: Actor, wang: Actor, he: Actor) -> None:
    assert access.may_place(lin, cast.unit_a, "city")
    assert not access.may_place(lin, cast.unit_b, "city")
    assert not access.may_place(wang, cast.unit_a, "city")
    selection = Grant(cast.unit_a.path, frozenset({"city"}), frozenset({Purpose.SELECTION}))
    assert not access.may_place(replace(lin, grants=(selection,)), cast.unit_a, "city")


def test_a_unit_whose_number_begins_alike_is_not_below(cast: Cast, lin: Actor, at: datetime) -> None:
    from quanheng.organization.choices import UnitCategory
    from tests.conftest import make_unit

    other = make_unit("QH11", "示范市丙局", "0001.0011.", cast.city, UnitCategory.GOVERNMENT)
    make_cadre("林晚", other, at, birth_month=date(1990, 1, 1))
    assert names(lin) == ["陈知行"]


@pytest.mark.parametrize("change", ["moved", "withdrawn"])
def test_the_file_is_asked_again_when_its_lock_is_there(
    cast: Cast, lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Another's change that ended while this one waited for the row."""
    seen = access._in_scope

    def change_meanwhile(actor: Actor, pk: UUID) -> Cadre | None:
        cadre = seen(actor, pk)
        values = {"home_unit": cast.unit_b} if change == "moved" else {"withdrawn_at": at}
        Cadre.objects.filter(pk=pk).update(**values)
        return cadre

    monkeypatch.setattr(access, "_in_scope", change_meanwhile)
    with pytest.raises(NotFound):
        access.dossier_for(lin, cast.chen_file.pk, purpose=Purpose.MANAGEMENT, for_update=True)
