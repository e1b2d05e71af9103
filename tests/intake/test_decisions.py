"""What an officer decides in the wizard is told: one entry for one step, none where nothing changed."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from quanheng.formats import identity
from quanheng.intake import actions
from quanheng.intake.choices import ImportDecision
from quanheng.intake.models import ImportBatch
from quanheng.kernel.actor import Actor
from quanheng.kernel.flow import StepRefused
from quanheng.ledger.models import Entry
from tests.intake.test_import import FORM, Import, import_files, only_item, run_apply

__all__ = ["import_files"]
OTHERS = [
    replace(FORM, name=name, identity_number=identity.complete(f"0001011985031200{tail}"), family=())
    for name, tail in (("林晚", 4), ("顾南乔", 6), ("闻人舟", 8))
]


def told(action: str) -> list[tuple[str, Any]]:
    """Object and detail of each entry of the action."""
    entries = Entry.objects.filter(action=action).select_related("detail").order_by("seq")
    return [(entry.object_key, json.loads(entry.detail.detail)) for entry in entries]


def decided(batch: ImportBatch) -> list[str]:
    return list(batch.items.order_by("order").values_list("decision", flat=True))


def test_a_decision_names_its_files_in_ranges(import_files: Import, lin: Actor, at: datetime) -> None:
    batch = import_files(FORM, *OTHERS, is_applied=False)
    first, second, _third, fourth = batch.items.order_by("order").values_list("pk", flat=True)
    skip = ImportDecision.SKIP
    assert actions.decide_items(actor=lin, batch=batch.pk, items=[fourth, first, second], decision=skip, at=at) == 3
    assert decided(batch) == ["skip", "skip", "accept", "skip"]
    (entry,) = told("intake.decide_items")
    assert entry == (
        f"intake.importbatch:{batch.pk}",
        {"decision": "skip", "items": ["1-2", "4"], "batch": batch.number},
    )
    row = Entry.objects.get(action="intake.decide_items")
    assert (row.stream, row.actor, row.at, row.cadre) == ("intake", lin.key, at, None)


def test_only_what_changes_is_told(import_files: Import, lin: Actor, at: datetime) -> None:
    batch = import_files(FORM, *OTHERS, b"no file of ours", is_applied=False)
    keys = list(batch.items.order_by("order").values_list("pk", flat=True))
    accept, skip = ImportDecision.ACCEPT, ImportDecision.SKIP
    assert actions.decide_items(actor=lin, batch=batch.pk, items=keys, decision=accept, at=at) == 0
    assert actions.decide_items(actor=lin, batch=batch.pk, items=keys[:1], decision=skip, at=at) == 1
    assert actions.decide_items(actor=lin, batch=batch.pk, items=keys[:1], decision=skip, at=at) == 0
    assert actions.decide_items(actor=lin, batch=batch.pk, items=keys, decision=accept, at=at) == 1
    assert decided(batch) == ["accept", "accept", "accept", "accept", "skip"]  # what cannot be read is never taken
    assert [detail["items"] for _key, detail in told("intake.decide_items")] == [["1"], ["1"]]


def test_parts_left_out_are_told(import_files: Import, lin: Actor, at: datetime) -> None:
    import_files(FORM)
    batch = import_files(replace(FORM, native_place="霁州栖梧", specialties="经济运行"), is_applied=False)
    item = only_item(batch)
    for rejected in (["specialties", "native_place", "nothing"], ["native_place", "specialties"], []):
        actions.choose_groups(actor=lin, batch=batch.pk, item=item.pk, rejected=rejected, at=at)
    key = f"intake.importitem:{item.pk}"
    assert told("intake.choose_groups") == [
        (key, {"rejected": ["native_place", "specialties"], "batch": batch.number}),
        (key, {"rejected": [], "batch": batch.number}),
    ]


def test_what_is_refused_leaves_no_entry(import_files: Import, lin: Actor, at: datetime, today: date) -> None:
    batch = import_files(FORM, is_applied=False)
    item = only_item(batch)
    run_apply(lin, batch, at, today)
    with pytest.raises(StepRefused):
        actions.decide_items(actor=lin, batch=batch.pk, items=[item.pk], decision=ImportDecision.SKIP, at=at)
    with pytest.raises(StepRefused):
        actions.choose_groups(actor=lin, batch=batch.pk, item=item.pk, rejected=["native_place"], at=at)
    assert told("intake.decide_items") + told("intake.choose_groups") == []


@pytest.mark.parametrize(
    ("orders", "ranges"),
    [([], []), ([3], ["3"]), ([1, 2, 3], ["1-3"]), ([1, 3, 4, 7, 9, 10], ["1", "3-4", "7", "9-10"])],
)
def test_ranges_hold_every_number_once(orders: list[int], ranges: list[str]) -> None:
    assert actions.in_ranges(orders) == ranges
