"""Whose due items an actor sees: by grants and records of this moment, however old the snapshot."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from quanheng.accounts.models import Grant
from quanheng.accounts.queries import actor_of
from quanheng.census.failures import NoSnapshot
from quanheng.census.house import folder, recipe_on
from quanheng.census.snapshot import refresh
from quanheng.insight import due_sql
from quanheng.insight.due import Due, DueKind, watches
from quanheng.insight.due_groups import Choice, count, rows
from quanheng.insight.due_queries import due_items
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import ChangeMark
from quanheng.ledger.transactions import current_transaction
from quanheng.people import actions
from quanheng.people.models import Cadre, Sanction
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
REASON = "按处分决定书登记内容更正"


@pytest.fixture(autouse=True)
def register(cast: Cast, lin: Actor, tmp_path: Path, settings: Settings) -> None:
    """Chen's and Zhou's warnings of last December end their effect in twelve days; the snapshot has read both."""
    settings.CENSUS_FOLDER = tmp_path
    fill(cast.chen_file, AT)
    for cadre in (cast.chen_file, cast.zhou_file):
        day = date(2025, 12, 2)
        Sanction.objects.create(
            cadre=cadre, kind="party_warning", decided_on=day, valid_from=day, recorded_at=AT, recorded_by=lin.key
        )
    refresh(folder(), recipe_on(ON), at=AT, on=ON)


def seen(actor: Actor, kind: DueKind = DueKind.SANCTION) -> list[Due]:
    with due_items(actor, rulebook_in_force(ON)) as items:
        found = rows(items, ON, Choice(kind), limit=50)
        assert count(items, ON, Choice(kind)) == len(found)
        return found


def test_everybody_sees_the_own_scope(cast: Cast, lin: Actor, zhao: Actor, wang: Actor) -> None:
    chen, zhou = (
        Due(date(2026, 12, 2), DueKind.SANCTION, "SAN-PTY-W", "", each.pk) for each in (cast.chen_file, cast.zhou_file)
    )
    assert (seen(lin), seen(zhao)) == ([chen], [zhou])
    assert seen(wang) == sorted([chen, zhou])


def test_an_item_is_gone_when_its_cause_is(cast: Cast, lin: Actor, wang: Actor) -> None:
    sanction = Sanction.objects.get(cadre=cast.chen_file)
    actions.withdraw_record(
        actor=lin, cadre=cast.chen_file.pk, kind="sanction", record=sanction.pk, reason=REASON, at=AT
    )
    assert seen(lin) == []
    assert [each.subject for each in seen(wang)] == [cast.zhou_file.pk]


def test_a_new_cause_is_seen_before_the_next_snapshot(cast: Cast, lin: Actor) -> None:
    values = {"kind": "warning", "decided_on": date(2026, 6, 1), "valid_from": date(2026, 6, 1)}
    actions.add_record(actor=lin, cadre=cast.chen_file.pk, kind="sanction", values=values, reason=REASON, at=AT)
    assert [(each.on, each.rule) for each in seen(lin)] == [
        (date(2026, 12, 1), "SAN-ADM-W"),
        (date(2026, 12, 2), "SAN-PTY-W"),
    ]


def test_a_grant_that_was_withdrawn_a_second_ago_shows_nothing(cast: Cast) -> None:
    Grant.objects.filter(account=cast.accounts["lin"]).update(revoked_at=AT)
    assert seen(actor_of(cast.accounts["lin"], at=AT)) == []


def test_the_own_file_is_not_shown(cast: Cast, lin: Actor) -> None:
    assert seen(replace(lin, recused=frozenset({cast.chen_file.pk}))) == []


def test_pages_follow_each_other(wang: Actor) -> None:
    with due_items(wang, rulebook_in_force(ON)) as items:
        choice = Choice(DueKind.SANCTION)
        (first,), (second,), none = (rows(items, ON, choice, limit=1, start=start) for start in range(3))
    assert none == []
    assert first < second


def test_counts_of_days(wang: Actor) -> None:
    with due_items(wang, rulebook_in_force(ON)) as items:
        assert items.by_day(date(2026, 12, 1), date(2026, 12, 3)) == {date(2026, 12, 2): 2}
        assert count(items, ON, Choice(DueKind.SANCTION, first=date(2026, 12, 3))) == 0
        assert count(items, ON, Choice(DueKind.SANCTION, last=date(2026, 12, 2))) == 2


def test_without_a_snapshot_it_is_said(lin: Actor, tmp_path: Path, settings: Settings) -> None:
    settings.CENSUS_FOLDER = tmp_path / "elsewhere"
    with pytest.raises(NoSnapshot):
        seen(lin)


def test_who_is_gone_from_the_register_is_gone_here(cast: Cast, wang: Actor) -> None:
    with transaction.atomic():
        Cadre.objects.filter(pk=cast.zhou_file.pk).update(withdrawn_at=AT)
        ChangeMark.objects.create(cadre=cast.zhou_file.pk, transaction=current_transaction(connection))
    assert [each.subject for each in seen(wang)] == [cast.chen_file.pk]


def test_where_no_watched_rule_has_items(
    cast: Cast, lin: Actor, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CENSUS_FOLDER = tmp_path / "other"
    plain = tuple(watch for watch in watches() if watch.rule == "SAN-PTY-W")
    monkeypatch.setattr(due_sql, "watches", lambda: plain)
    refresh(folder(), recipe_on(ON), at=AT, on=ON)
    assert [(each.rule, each.subject) for each in seen(lin)] == [("SAN-PTY-W", cast.chen_file.pk)]
