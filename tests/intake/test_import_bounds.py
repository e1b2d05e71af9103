"""An import at the bounds of its columns, of its unit, and of the worker that carries it out."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from quanheng.intake import actions
from quanheng.intake.choices import ImportDecision, ImportState
from quanheng.intake.models import ImportBatch, RememberedReading
from quanheng.kernel.actor import Actor
from quanheng.organization.models import Unit
from quanheng.people.models import Cadre, Education
from tests.conftest import Cast
from tests.intake.test_import import FORM, Import, import_files, only_item, run_apply

__all__ = ["import_files"]


@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("full_time_education_school", 121),
        ("professional_title", 91),
        ("full_time_education", 61),
        ("full_time_degree", 61),
    ],
)
def test_a_text_beyond_its_column_does_not_stop_the_import(
    import_files: Import, lin: Actor, at: datetime, today: date, field: str, length: int
) -> None:
    changes: dict[str, object] = {field: "霁" * length}
    batch = import_files(replace(FORM, **changes), is_applied=False)  # type: ignore[arg-type]
    actions.decide_items(actor=lin, batch=batch.pk, items=[only_item(batch).pk], decision=ImportDecision.ACCEPT, at=at)
    assert run_apply(lin, batch, at, today).done == 1
    if field == "full_time_education_school":
        assert Education.objects.get().school == "霁" * 120


def test_nobody_new_is_put_into_a_unit_that_ended_since(
    import_files: Import, cast: Cast, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(FORM, is_applied=False)
    Unit.objects.filter(pk=cast.unit_a.pk).update(abolished_on=date(2026, 11, 1))
    done = run_apply(lin, batch, at, today)
    assert (done.done, only_item(batch).error) == (0, "no-place")
    assert not Cadre.objects.filter(name=FORM.name).exists()


def test_a_late_worker_that_fails_does_not_undo_what_another_has_finished(import_files: Import) -> None:
    batch = import_files(FORM)
    actions.fail(batch=batch.pk, code="unexpected")
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.APPLIED


@pytest.mark.parametrize(("raw", "value"), [("汉" * 121, "汉族"), ("汉人", "汉" * 121)])
def test_what_is_too_long_is_corrected_and_not_remembered(
    import_files: Import, lin: Actor, at: datetime, today: date, raw: str, value: str
) -> None:
    batch = import_files(replace(FORM, ethnicity=raw), is_applied=False, sender="甲局")
    item, values = only_item(batch), {"ethnicity": value}
    actions.correct_item(actor=lin, batch=batch.pk, item=item.pk, values=values, remember=True, at=at, on=today)
    assert not RememberedReading.objects.exists()
