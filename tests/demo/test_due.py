"""Every kind of due item occurs in the demo city, for somebody to act on; and goes once it is acted on."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from quanheng.accounts.models import Account
from quanheng.accounts.queries import actor_of
from quanheng.census.house import folder, recipe_on
from quanheng.census.snapshot import refresh
from quanheng.demo.load import load_city
from quanheng.demo.sign_offs import AWAITING, UNSIGNED
from quanheng.insight.due import Due, DueKind
from quanheng.insight.due_groups import Choice, rows
from quanheng.insight.due_queries import due_items
from quanheng.instruments import actions as instruments
from quanheng.instruments.local import rulebook_in_force
from quanheng.instruments.models import SignOff
from quanheng.kernel import clock
from quanheng.kernel.actor import Actor
from quanheng.people import actions, placement_actions
from quanheng.people.choices import CadreStatus
from quanheng.people.models import Cadre, PostHolding, RankHolding, Sanction
from quanheng.web.desk.today_live import quota_lines, sign_off_lines
from tests.web.desk.units import TextOf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REASON = "到期事项办结，按决定文件登记"


@pytest.fixture
def lin(tmp_path: Path, settings: Settings) -> Actor:
    """The city as `make demo` has it, with its first snapshot."""
    settings.CENSUS_FOLDER = tmp_path / "census"
    load_city(at=clock.now())
    refresh(folder(), recipe_on(clock.today()), at=clock.now(), on=clock.today())
    return actor("lin")


def actor(username: str) -> Actor:
    return actor_of(Account.objects.get(username=username), at=clock.now())


def due(who: Actor, kind: DueKind) -> list[Due]:
    with due_items(who, rulebook_in_force(clock.today())) as items:
        return rows(items, clock.today(), Choice(kind=kind), limit=2_000)


# --- what is done about each


def change(who: Actor, kind: str, record: Any, **values: Any) -> None:
    actions.replace_record(
        actor=who, cadre=record.cadre_id, kind=kind, record=record.pk, values=values, reason=REASON, at=clock.now()
    )


def add(who: Actor, item: Due, record_kind: str, **values: Any) -> None:
    actions.add_record(actor=who, cadre=item.subject, kind=record_kind, values=values, reason=REASON, at=clock.now())


def holding(item: Due) -> PostHolding:
    return PostHolding.objects.get(pk=item.item.partition("[")[2].removesuffix("]"))


def retire(who: Actor, item: Due) -> None:
    placement_actions.place_cadres(
        actor=who, cadres=[item.subject], unit=None, category="", status=CadreStatus.RETIRED, reason=REASON,
        at=clock.now(),
    )  # fmt: skip


def confirm(who: Actor, item: Due) -> None:
    change(who, "post", holding(item), confirmed_on=item.on)


def elect_again(who: Actor, item: Due) -> None:
    post, on = holding(item), clock.today()
    change(who, "post", post, valid_to=on)
    names = ("position", "unit", "unit_name", "title", "tier", "kind", "is_primary", "order")
    add(who, item, "post", **{name: getattr(post, name) for name in names}, valid_from=on, term_from=on)


def move_elsewhere(who: Actor, item: Due) -> None:
    change(who, "post", holding(item), valid_to=clock.today())


def promote(who: Actor, item: Due) -> None:
    held = RankHolding.objects.get(cadre=item.subject, valid_to=None, withdrawn_at=None)
    change(who, "rank", held, valid_to=clock.today())
    add(who, item, "rank", rank=item.item.partition(":")[2], valid_from=clock.today())


def lift(who: Actor, item: Due) -> None:
    for each in Sanction.objects.filter(cadre=item.subject, withdrawn_at=None):
        actions.withdraw_record(
            actor=who, cadre=item.subject, kind="sanction", record=each.pk, reason=REASON, at=clock.now()
        )


def train(who: Actor, item: Due) -> None:
    add(who, item, "training", name="干部网络学院", hours=400, valid_from=clock.today(), valid_to=clock.today())


ACTS: Mapping[DueKind, Callable[[Actor, Due], None]] = {
    DueKind.RETIREMENT: retire,
    DueKind.PROBATION: confirm,
    DueKind.RANK: promote,
    DueKind.TERM: elect_again,
    DueKind.EXCHANGE: move_elsewhere,
    DueKind.SANCTION: lift,
    DueKind.TRAINING: train,
}


def test_each_kind_occurs_is_acted_on_and_gone(lin: Actor, client: Client) -> None:
    """Told by the page, and without a new snapshot: whoever has changed is asked anew."""
    assert set(ACTS) == set(DueKind)
    client.force_login(Account.objects.get(username="lin"))
    for kind, act in ACTS.items():
        found = due(lin, kind)
        assert found, kind
        item = found[0]
        name = Cadre.objects.get(pk=item.subject).name
        url = reverse("desk:today-items", args=[kind.value])
        assert name in client.get(url).content.decode(), kind
        act(lin, item)
        left = due(lin, kind)
        assert (item not in left, len(left)) == (True, len(found) - 1), kind
        assert set(left) == set(found) - {item}


def test_what_is_to_come_and_what_is_late(lin: Actor) -> None:
    """Both sides of the day, where somebody had to act; of ten years one who comes to them soon."""
    on = clock.today()
    for kind in (DueKind.PROBATION, DueKind.TERM, DueKind.EXCHANGE, DueKind.RETIREMENT, DueKind.RANK):
        days = [item.on for item in due(lin, kind)]
        assert min(days) < on <= max(days), kind
    (soon,) = [item for item in due(lin, DueKind.EXCHANGE) if item.on >= on]
    assert (holding(soon).unit_name, holding(soon).title, soon.on) == ("云栈县", "副县长", date(2027, 4, 1))
    assert soon.on - on < timedelta(days=180)


def test_quotas_and_sign_offs_wait_and_go(lin: Actor, client: Client) -> None:
    client.force_login(Account.objects.get(username="lin"))
    page = str(TextOf(client.get(reverse("desk:today")).content.decode()))
    for word in ("退休", "试用期", "职级年限", "任期", "任同一职务", "影响期", "学时", "超配", "缺配", "规则未签认"):
        assert word in page, word
    on, wang = clock.today(), actor("wang")
    assert any("超配" in line.what and "缺配" in line.what for line in quota_lines(lin, on))
    (first,), (second,) = list(sign_off_lines(lin, on)), list(sign_off_lines(wang, on))
    assert first.step.url.endswith(f"/{UNSIGNED}/")
    assert second.step.url.endswith(f"/{AWAITING}/")
    row = SignOff.objects.get(rule=AWAITING)
    instruments.countersign_rule(actor=wang, sign_off=row.pk, at=clock.now())
    assert list(sign_off_lines(wang, on)) == []
    instruments.sign_rule(
        actor=lin, rule=UNSIGNED, document="演示文号（不是正式文件）", paper=None, used_from=on, at=clock.now()
    )
    assert list(sign_off_lines(lin, on)) == []
