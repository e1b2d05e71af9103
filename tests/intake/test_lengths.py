"""Texts longer than their columns and years that are none: kept as written, on both databases alike."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from quanheng.intake import actions as imports
from quanheng.intake.choices import ImportDecision
from quanheng.kernel.actor import Actor
from quanheng.people import actions
from quanheng.people.actions import CannotChange
from quanheng.people.choices import AssessmentGrade
from quanheng.people.fields import BY_KEY
from quanheng.people.form import form_of, grades_in
from quanheng.people.models import Cadre
from quanheng.people.queries import dossier_on
from tests.conftest import Cast
from tests.intake.test_import import FORM, Import, import_files, only_item, run_apply

__all__ = ["import_files"]
LONG: dict[str, Any] = {
    "native_place": "霁" * 61,
    "birth_place": "霁" * 300,
    "ethnicity": "霁" * 41,
    "party_joining": "霁" * 41,
    "specialties": "霁" * 241,
}


@pytest.mark.parametrize("key", sorted(LONG))
def test_a_text_beyond_its_column_is_flagged_and_left_out(key: str) -> None:
    columns, is_flagged = BY_KEY[key].parse(LONG[key])
    assert is_flagged
    assert {value for value in columns.values() if value} == set()


def test_a_name_beyond_its_column_is_cut_and_flagged() -> None:
    assert BY_KEY["name"].parse("霁" * 61) == ({"name": "霁" * 60}, True)
    assert BY_KEY["name"].parse("霁" * 60) == ({"name": "霁" * 60}, False)


def test_an_import_of_long_texts_is_written_and_printed_as_it_was(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(replace(FORM, **LONG), is_applied=False)
    imports.decide_items(actor=lin, batch=batch.pk, items=[only_item(batch).pk], decision=ImportDecision.ACCEPT, at=at)
    run_apply(lin, batch, at, today)
    cadre = Cadre.objects.get(name=FORM.name)
    assert (cadre.native_place, cadre.ethnicity, cadre.specialties) == ("", "", "")
    form = form_of(dossier_on(cadre, today))
    assert {key: getattr(form, key) for key in LONG} == LONG


def test_a_year_that_is_none_is_no_grade_and_the_file_still_opens(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    said = "0000年、2025年考核优秀，9999年称职"
    assert grades_in(said) == [(2025, AssessmentGrade.EXCELLENT)]
    import_files(replace(FORM, annual_grades=said))
    dossier = dossier_on(Cadre.objects.get(name=FORM.name), today)
    assert [grade.year for grade in dossier.grades] == [2025]
    assert form_of(dossier).annual_grades == said


def test_an_officer_is_told(cast: Cast, lin: Actor, at: datetime) -> None:
    with pytest.raises(CannotChange) as refusal:
        actions.change_field(
            actor=lin, cadre=cast.chen_file.pk, field="name", raw="霁" * 61, reason="与身份证原件核对后更正", at=at
        )
    assert refusal.value.code == "value-unreadable"
