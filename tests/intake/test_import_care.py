"""An import among others: two files about one person, a late worker, what cannot be read, what is remembered."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from PIL import Image

from quanheng.formats import identity, lrmx
from quanheng.intake import actions, apply_actions, queries, reading_actions, undo_actions, upload_actions
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.refusals import CannotImport
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.people.models import Cadre, ResumeEntry
from quanheng.web.shared import tasks
from tests.conftest import Cast, make_cadre
from tests.intake.test_import import FORM, NUMBER, Import, import_files, only_item, run_apply

__all__ = ["import_files"]
NAMESAKE = replace(FORM, identity_number="")


def resolve(actor: Actor, item: ImportItem, cadre: Cadre | None, at: datetime, on: date) -> ImportItem:
    return actions.resolve_duplicate(
        actor=actor, batch=item.batch_id, item=item.pk, cadre=cadre.pk if cadre else None, at=at, on=on
    )


def test_two_files_that_turn_out_to_be_one_person_are_written_once(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(NAMESAKE)
    known = Cadre.objects.get(name="沈砚秋")
    batch = import_files(
        replace(NAMESAKE, native_place="霁州栖梧"), replace(NAMESAKE, native_place="霁州望岚"), is_applied=False
    )
    for item in batch.items.order_by("order"):
        resolve(lin, item, known, at, today)
    done = run_apply(lin, batch, at, today)
    assert (done.done, done.skipped) == (1, 1)
    assert batch.items.get(order=2).error == "twice-in-import"
    assert Cadre.objects.get(pk=known.pk).native_place == "霁州栖梧"
    assert ResumeEntry.objects.filter(cadre=known, withdrawn_at=None).count() == 3


def test_a_number_taken_since_leaves_only_that_person_out(
    import_files: Import, cast: Cast, lin: Actor, at: datetime, today: date
) -> None:
    import_files(NAMESAKE)
    known = Cadre.objects.get(name="沈砚秋")
    batch = import_files(FORM, is_applied=False)
    resolve(lin, only_item(batch), known, at, today)
    make_cadre("路人", cast.unit_b, at, identity_number=NUMBER)
    done = run_apply(lin, batch, at, today)
    assert (done.state, done.done, done.skipped) == (ImportState.APPLIED, 0, 1)
    assert only_item(batch).error == "already-registered"


def test_what_was_said_of_a_namesake_holds_through_a_correction_and_may_be_said_anew(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(NAMESAKE)
    known = Cadre.objects.get(name="沈砚秋")
    batch = import_files(replace(NAMESAKE, work_start="200713"), is_applied=False)
    item = resolve(lin, only_item(batch), known, at, today)
    assert (item.match, item.cadre, item.decision) == (ImportMatch.CHANGED, known, ImportDecision.ACCEPT)
    item = actions.correct_item(
        actor=lin, batch=batch.pk, item=item.pk, values={"work_start": "200807"}, remember=False, at=at, on=today
    )
    assert (item.match, item.cadre) == (ImportMatch.CHANGED, known)
    item = resolve(lin, item, None, at, today)
    assert (item.match, item.cadre) == (ImportMatch.NEW, None)


def test_only_a_namesake_can_be_the_same_person(
    import_files: Import, cast: Cast, lin: Actor, at: datetime, today: date
) -> None:
    import_files(NAMESAKE)
    item = only_item(import_files(NAMESAKE, is_applied=False))
    for other in (cast.chen_file, cast.zhou_file):
        with pytest.raises(NotFound):
            resolve(lin, item, other, at, today)
    assert only_item(ImportBatch.objects.get(pk=item.batch_id)).match == ImportMatch.DUPLICATE


def test_a_worker_that_comes_back_late_writes_over_nothing(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(FORM, is_applied=False)
    item = only_item(batch)
    actions.decide_items(actor=lin, batch=batch.pk, items=[item.pk], decision=ImportDecision.SKIP, at=at)
    item.decision = ImportDecision.ACCEPT
    assert reading_actions._read_chunk(lin, batch, [item], {}, at, today) is False
    reading_actions._finish_reading(batch)
    assert only_item(batch).decision == ImportDecision.SKIP


def test_a_failed_reading_is_taken_up_again(import_files: Import, lin: Actor, at: datetime, today: date) -> None:
    batch = import_files(FORM, is_applied=False)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.READING)
    actions.fail(batch=batch.pk, code="unexpected")
    again = reading_actions.start_reading(actor=lin, batch=batch.pk, at=at)
    reading_actions.read_items(actor=lin, batch=again, clock=lambda: at, on=today)
    again.refresh_from_db()
    assert (again.state, again.failure) == (ImportState.REVIEW, "")


def test_a_file_that_cannot_be_read_keeps_the_facts_of_why(import_files: Import) -> None:
    item = only_item(import_files(lrmx.write(FORM)[:300], is_applied=False))
    assert (item.match, item.error, queries.has_form(item)) == (ImportMatch.UNREADABLE, "truncated", False)
    assert set((item.reading or {})["facts"]) == {"line", "column"}


def photo_of(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_photo_that_breaks_off_is_a_finding_in_words(import_files: Import) -> None:
    item = only_item(import_files(replace(FORM, photo=photo_of((200, 300))[:2000]), is_applied=False))
    finding = queries.corrected(item)[1][-1]
    assert (finding.place, finding.code) == ("ZhaoPian", "photo-damaged")
    assert finding.reason == "照片已损坏，解不出画面，没有读入照片。请在原系统重新导出，或另附照片。"
    assert item.photo is None


def test_a_photo_beyond_the_limit_is_not_said_to_be_made_smaller(import_files: Import) -> None:
    picture = photo_of((200, 300))
    item = only_item(import_files(replace(FORM, photo=picture + b"\0" * 11 * 2**20), is_applied=False))
    codes = [finding.code for finding in queries.corrected(item)[1]]
    assert codes == ["photo-over-limit"]


def test_one_file_has_a_size_that_it_may_not_exceed(cast: Cast, lin: Actor, at: datetime, today: date) -> None:
    files = [("大.lrmx", io.BytesIO(b"\0" * (16 * 2**20 + 1)))]
    with pytest.raises(CannotImport) as refusal:
        upload_actions.upload(actor=lin, files=files, unit=cast.unit_a, category="city", sender="", at=at, on=today)
    assert (refusal.value.code, refusal.value.facts) == ("file-too-large", {"name": "大.lrmx", "size": 17, "limit": 16})
    assert ImportBatch.objects.count() == 0


def test_every_item_is_in_exactly_one_list(import_files: Import) -> None:
    import_files(FORM)
    other = replace(FORM, name="林晚", identity_number=identity.complete("00010119850312006"))
    batch = import_files(
        replace(FORM, native_place="霁州栖梧"),
        other,
        replace(other, name="林早", identity_number="", birth="198513"),
        b"no file",
        is_applied=False,
    )
    assert queries.count_lists(batch) == {"look": 1, "new": 1, "changed": 1, "out": 1}
    names = {name: [item.order for item in queries.listed(batch, name)] for name in queries.LISTS}
    assert names == {"look": [3], "new": [2], "changed": [1], "out": [4]}


def test_a_cadre_who_left_the_scope_is_not_compared(import_files: Import, cast: Cast, lin: Actor, today: date) -> None:
    import_files(FORM)
    batch = import_files(replace(FORM, native_place="霁州栖梧"), is_applied=False)
    items = list(queries.items_of(batch))
    assert set(queries.compare_items(lin, items, today)) == {items[0].pk}
    Cadre.objects.filter(name="沈砚秋").update(home_unit=cast.unit_b)
    assert queries.compare_items(lin, items, today) == {}


def test_persons_refused_by_an_undo_stay_named(import_files: Import, lin: Actor, at: datetime) -> None:
    batch = import_files(FORM, replace(FORM, name="林晚", identity_number=""))
    Cadre.objects.filter(name="林晚").update(revision=9)
    undo_actions.undo_import(actor=lin, batch=batch.pk, reason="来源文件有误，退回重报", at=at)
    assert [item.error for item in queries.items_of(batch)] == ["", "edited-since"]


def test_a_silent_task_is_put_in_once(import_files: Import, lin: Actor, cast: Cast, at: datetime) -> None:
    batch = import_files(FORM, is_applied=False)
    apply_actions.start_applying(actor=lin, batch=batch.pk, reason="按年度集中采集的要求更新", at=at)
    with time_machine.travel(at + timedelta(seconds=30), tick=False):
        assert tasks.resume_interrupted() == 0
    with time_machine.travel(at + timedelta(seconds=61), tick=False):
        assert tasks.resume_interrupted() == 1
        assert tasks.resume_interrupted() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (ImportState.APPLIED, 1)


def test_a_form_that_was_only_filled_anew_changes_nothing(import_files: Import) -> None:
    import_files(FORM)
    filled = replace(FORM, filled_on="20261120", filled_by="何静", rewards_and_sanctions="无", reporting_unit="甲局")
    assert only_item(import_files(filled, is_applied=False)).match == ImportMatch.UNCHANGED
    moved = replace(filled, native_place="霁州栖梧")
    batch = import_files(moved)
    assert sorted(only_item(batch).undo or {}) == ["native_place"]
    assert Cadre.objects.get(name="沈砚秋").native_place == "霁州栖梧"


def test_whoever_was_not_decided_is_left_out_and_told_so(import_files: Import) -> None:
    batch = import_files(replace(FORM, birth="198513", identity_number=""))
    item = only_item(batch)
    assert (batch.done, item.decision, item.error) == (0, ImportDecision.SKIP, "undecided")


def test_a_file_that_says_nothing_new_does_not_stand_in_the_way_of_the_next(import_files: Import) -> None:
    import_files(FORM)
    batch = import_files(FORM, replace(FORM, native_place="霁州栖梧"))
    assert [(item.match, item.error) for item in queries.items_of(batch)] == [("unchanged", ""), ("changed", "")]
    assert Cadre.objects.get(name="沈砚秋").native_place == "霁州栖梧"


def test_a_resume_written_with_other_dashes_is_the_same(import_files: Import) -> None:
    written = FORM.resume.replace("2003.09--2007.07  ", "2003.09—2007.07 ")
    assert written != FORM.resume
    import_files(replace(FORM, resume=written))
    assert only_item(import_files(replace(FORM, resume=written), is_applied=False)).match == ImportMatch.UNCHANGED
    assert only_item(import_files(FORM, is_applied=False)).match == ImportMatch.UNCHANGED


def test_a_new_photo_alone_is_a_change_and_the_same_one_is_none(import_files: Import, today: date) -> None:
    picture = photo_of((200, 300))
    import_files(replace(FORM, photo=picture))
    item = only_item(import_files(replace(FORM, photo=photo_of((220, 300))), is_applied=False))
    assert [change.group for change in queries.compare_item(item, on=today).changes] == ["photo"]
    assert item.match == ImportMatch.CHANGED
    same = only_item(import_files(replace(FORM, photo=picture), is_applied=False))
    assert same.match == ImportMatch.UNCHANGED
