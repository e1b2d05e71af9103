"""What waits and what changed: exact persons for each of the cast, an import as one act, undone changes marked."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.actions import Draft, record_many, record_opening
from quanheng.ledger.models import Entry
from quanheng.people import actions
from quanheng.people.choices import KinTieState, SourceKind, VerificationItem, VerificationResult
from quanheng.people.models import Cadre, FieldSource, KinTie
from quanheng.people.queries_dossier import last_change
from quanheng.people.queries_due import (
    DueKind,
    cadres_named,
    due_cadres,
    names_of_cadres,
    recent_changes,
    recently_opened,
)
from quanheng.people.undo import undo_change
from quanheng.web.shared.ledger_words import FILE_CHANGES
from tests.conftest import Cast, make_cadre

REASON = "按原件核对以后更正的内容"


def verify(actor: Actor, cadre: Cadre, result: VerificationResult, at: datetime) -> None:
    actions.verify_item(
        actor=actor,
        cadre=cadre.pk,
        item=VerificationItem.BIRTH,
        result=result,
        materials="履历表",
        on=date(2026, 11, 1),
        at=at,
    )


def flag(cadre: Cadre, at: datetime, **values: object) -> FieldSource:
    return FieldSource.objects.create(
        cadre=cadre,
        field="birth",
        raw="198513",
        is_flagged=True,
        source=SourceKind.IMPORT,
        recorded_at=at,
        recorded_by=uuid4(),
        **values,
    )


def tie(cadre: Cadre, kin: Cadre, at: datetime, state: KinTieState = KinTieState.PROPOSED) -> KinTie:
    return KinTie.objects.create(cadre=cadre, kin=kin, relation="11", state=state, proposed_at=at)


def who(actor: Actor, kind: DueKind) -> list[str]:
    return [cadre.name for cadre in due_cadres(actor, kind, limit=10).cadres]


@pytest.fixture
def everything(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    """Each kind once in unit A and once in unit B."""
    for actor, cadre in ((lin, cast.chen_file), (zhao, cast.zhou_file)):
        verify(actor, cadre, VerificationResult.INCONSISTENT, at)
        flag(cadre, at)
        tie(cadre, make_cadre("某亲属", cadre.home_unit, at), at)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("kind", [DueKind.KIN, DueKind.INCONSISTENT, DueKind.FLAGGED])
def test_officers_see_those_of_their_unit(kind: DueKind, lin: Actor, zhao: Actor) -> None:
    assert who(lin, kind) == ["陈知行"]
    assert who(zhao, kind) == ["周望舒"]
    assert due_cadres(zhao, kind, limit=10).total == 1


@pytest.mark.usefixtures("everything")
def test_who_may_not_change_a_file_sees_only_what_was_checked(
    wang: Actor, he: Actor, chen: Actor, qian: Actor, outsider: Actor
) -> None:
    for actor in (wang, he):
        assert who(actor, DueKind.INCONSISTENT) == ["周望舒", "陈知行"]
        assert [who(actor, kind) for kind in (DueKind.KIN, DueKind.FLAGGED)] == [[], []]
    for actor in (chen, qian, outsider):
        assert [who(actor, kind) for kind in DueKind] == [[], [], [], []]


@pytest.mark.usefixtures("everything")
def test_a_cause_that_is_gone_leaves_the_list(cast: Cast, lin: Actor, at: datetime) -> None:
    verify(lin, cast.chen_file, VerificationResult.VERIFIED, at)
    KinTie.objects.filter(cadre=cast.chen_file).update(state=KinTieState.REJECTED)
    actions.change_field(actor=lin, cadre=cast.chen_file.pk, field="birth", raw="198006", reason=REASON, at=at)
    assert [who(lin, kind) for kind in DueKind] == [[], [], [], []]


def test_a_tie_to_somebody_out_of_scope_is_not_hinted_at(cast: Cast, lin: Actor, at: datetime) -> None:
    tie(cast.chen_file, cast.zhou_file, at)
    assert who(lin, DueKind.KIN) == []
    assert due_cadres(lin, DueKind.KIN, limit=10).total == 0


def test_the_total_counts_beyond_the_limit_and_names_what_it_is_about(cast: Cast, lin: Actor, at: datetime) -> None:
    others = [make_cadre(name, cast.unit_a, at) for name in ("甲", "乙", "丙")]
    for cadre in others:
        verify(lin, cadre, VerificationResult.MISSING, at)
    found = due_cadres(lin, DueKind.MISSING, limit=2)
    assert (found.total, len(found.cadres)) == (3, 2)
    assert {tuple(codes) for codes in found.about.values()} == {("birth",)}
    assert set(found.about) == {cadre.pk for cadre in found.cadres}


def test_a_recused_file_waits_for_somebody_else(cast: Cast, lin: Actor, at: datetime) -> None:
    flag(cast.chen_file, at)
    recused = Actor(lin.key, lin.name, lin.roles, lin.grants, None, frozenset({cast.chen_file.pk}))
    assert who(recused, DueKind.FLAGGED) == []


def test_changes_are_those_of_files_in_scope_newest_first(
    cast: Cast, lin: Actor, zhao: Actor, wang: Actor, at: datetime
) -> None:
    later = at + timedelta(minutes=5)
    actions.change_field(
        actor=lin, cadre=cast.chen_file.pk, field="native_place", raw="示范市甲区", reason=REASON, at=at
    )
    actions.change_field(
        actor=zhao, cadre=cast.zhou_file.pk, field="native_place", raw="示范市乙区", reason=REASON, at=later
    )
    record_opening(actor=lin, cadre=cast.chen_file.pk, purpose=Purpose.MANAGEMENT, at=later)
    assert [change.cadre.name for change in recent_changes(wang, later, limit=8)] == ["周望舒", "陈知行"]
    assert [change.cadre.name for change in recent_changes(zhao, later, limit=8)] == ["周望舒"]
    assert [(change.entry.actor, change.count) for change in recent_changes(lin, later, limit=8)] == [(lin.key, 1)]
    assert recent_changes(lin, later + timedelta(days=15), limit=8) == []


def test_an_act_on_many_is_one_change(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    others = [make_cadre(f"新{number}", cast.unit_a, at) for number in range(3)]
    files = [cast.chen_file, *others, cast.zhou_file]
    drafts = [Draft(action="people.place_cadre", object_key=f"people.cadre:{c.pk}", cadre=c.pk) for c in files]
    record_many(actor=lin, drafts=drafts, at=at)
    assert [change.count for change in recent_changes(lin, at, limit=8)] == [4]  # not Zhou, who is out of scope
    assert [(change.count, change.cadre.name) for change in recent_changes(zhao, at, limit=8)] == [(1, "周望舒")]


def test_a_change_taken_back_says_so(cast: Cast, lin: Actor, at: datetime) -> None:
    actions.change_field(actor=lin, cadre=cast.chen_file.pk, field="native_place", raw="甲区", reason=REASON, at=at)
    (change,) = recent_changes(lin, at, limit=8)
    assert change.is_undone is False
    later = at + timedelta(hours=1)
    undo_change(actor=lin, cadre=cast.chen_file.pk, entry=change.entry.pk, reason=REASON, at=later)
    found = recent_changes(lin, later, limit=8)
    assert [(each.entry.action, each.is_undone) for each in found] == [
        ("people.undo_change", False),
        ("people.change_field", True),
    ]


def test_a_number_of_another_stream_is_not_taken_for_a_change_taken_back(cast: Cast, lin: Actor, at: datetime) -> None:
    key, later = cast.chen_file.pk, at + timedelta(hours=1)
    actions.change_field(actor=lin, cadre=key, field="native_place", raw="甲区", reason=REASON, at=at)
    changed = Entry.objects.get(action="people.change_field")
    draft = Draft(action="intake.import_cadre", object_key=f"people.cadre:{key}", cadre=key)
    (imported,) = record_many(actor=lin, drafts=[draft], at=at)
    assert (changed.seq, imported.seq) == (1, 1)
    undo_change(actor=lin, cadre=key, entry=changed.pk, reason=REASON, at=later)
    found = recent_changes(lin, later, limit=8, actions=["people.change_field", "intake.import_cadre"])
    assert [(each.entry.action, each.is_undone) for each in found] == [
        ("intake.import_cadre", False),
        ("people.change_field", True),
    ]


def test_the_last_change_is_of_the_actions_asked_for(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    key = cast.chen_file.pk
    assert last_change(cast.chen_file) is None
    actions.change_field(actor=lin, cadre=key, field="native_place", raw="甲区", reason=REASON, at=at)
    actions.record_export(actor=lin, cadres=[key], kind="pdf", at=at)
    record_opening(actor=lin, cadre=key, purpose=Purpose.MANAGEMENT, at=at)
    draft = Draft(action="intake.import_cadre", object_key=f"people.cadre:{key}", cadre=key)
    record_many(actor=zhao, drafts=[draft], at=at)
    changed, imported = last_change(cast.chen_file), last_change(cast.chen_file, actions=FILE_CHANGES)
    assert changed is not None
    assert imported is not None
    assert (changed.action, imported.action) == ("people.change_field", "intake.import_cadre")
    assert last_change(cast.chen_file, lin.key, actions=FILE_CHANGES) == changed
    assert last_change(cast.chen_file, zhao.key) is None


def test_opened_files_come_back_once_and_only_in_scope(cast: Cast, lin: Actor, wang: Actor, at: datetime) -> None:
    for cadre in (cast.chen_file, cast.zhou_file, cast.chen_file):
        record_opening(actor=wang, cadre=cadre.pk, purpose=Purpose.MANAGEMENT, at=at)
        record_opening(actor=lin, cadre=cadre.pk, purpose=Purpose.MANAGEMENT, at=at)
    assert [cadre.name for cadre in recently_opened(wang, limit=8)] == ["陈知行", "周望舒"]
    assert [cadre.name for cadre in recently_opened(lin, limit=8)] == ["陈知行"]


def test_names_are_given_of_visible_files_only(cast: Cast, zhao: Actor) -> None:
    keys = [cast.chen_file.pk, cast.zhou_file.pk]
    assert names_of_cadres(zhao, keys) == {cast.zhou_file.pk: "周望舒"}
    assert (cadres_named(zhao, "陈知行"), cadres_named(zhao, "周望舒")) == ([], [cast.zhou_file.pk])


@pytest.mark.usefixtures("everything")
def test_queries_do_not_grow_with_the_persons(cast: Cast, lin: Actor, at: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for kind in DueKind:
                due_cadres(lin, kind, limit=10)
            recent_changes(lin, at, limit=8)
        return len(queries)

    before = count()
    for number in range(5):
        cadre = make_cadre(f"新{number}", cast.unit_a, at)
        flag(cadre, at)
        verify(lin, cadre, VerificationResult.INCONSISTENT, at)
    assert (before, count()) == (14, 14)
