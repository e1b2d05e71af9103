"""The import as a whole: files kept, read, decided, applied at once, undone."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from quanheng.formats import archives, identity, lrmx
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.intake import actions, apply_actions, queries, reading_actions, undo_actions, upload_actions
from quanheng.intake.access import batch_for
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.refusals import CannotImport, CannotUndo
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.kernel.flow import StepRefused
from quanheng.ledger.models import Entry
from quanheng.people import actions as people
from quanheng.people.form import form_of
from quanheng.people.models import Cadre, FamilyMember, FieldSource, KinTie, ResumeEntry
from quanheng.people.queries import dossier_on
from tests.conftest import Cast

NUMBER = identity.complete("00010119850312002")
FORM = AppointmentForm(
    name="沈砚秋",
    sex="女",
    birth="198503",
    ethnicity="汉族",
    native_place="霁州松涧",
    party_joining="200612",
    work_start="200707",
    health="健康",
    full_time_education="大学",
    full_time_degree="经济学学士",
    full_time_education_school="霁州师范学院经济学专业",
    current_post="松涧县发展和改革局党组书记、局长",
    resume="2003.09--2007.07  霁州师范学院经济学专业学习\n"
    "2007.07--2010.10  松涧县青萍镇科员\n"
    "2010.10--         松涧县发展和改革局局长",
    annual_grades="2025年、2024年考核优秀，2023年考核称职",
    family=(
        FamilyItem(
            relation="丈夫", name="黎暮云", birth="198401", political_affiliation="中共党员", work="霁州一中教师"
        ),
    ),
    identity_number=NUMBER,
    version="3.2.1.16",
    unknown=(("BeiZhu", "<BeiZhu>备</BeiZhu>"),),
)
Import = Callable[..., ImportBatch]


@pytest.fixture
def import_files(cast: Cast, lin: Actor, at: datetime, today: date) -> Import:
    """Upload and read forms (or raw bytes); applied too unless told otherwise."""

    def run(*forms: AppointmentForm | bytes, is_applied: bool = True, sender: str = "") -> ImportBatch:
        files = [(f"{n}.lrmx", io.BytesIO(f if isinstance(f, bytes) else lrmx.write(f))) for n, f in enumerate(forms)]
        batch = upload_actions.upload(
            actor=lin, files=files, unit=cast.unit_a, category="city", sender=sender, at=at, on=today
        )
        batch = reading_actions.start_reading(actor=lin, batch=batch.pk, at=at)
        reading_actions.read_items(actor=lin, batch=batch, clock=lambda: at, on=today)
        return run_apply(lin, batch, at, today) if is_applied else ImportBatch.objects.get(pk=batch.pk)

    return run


def run_apply(actor: Actor, batch: ImportBatch, at: datetime, on: date) -> ImportBatch:
    started = apply_actions.start_applying(actor=actor, batch=batch.pk, reason="按年度集中采集的要求更新", at=at)
    return apply_actions.apply_items(actor=actor, batch=started, clock=lambda: at, on=on)


def only_item(batch: ImportBatch) -> ImportItem:
    return batch.items.get()


def test_a_new_person_is_written_whole_and_prints_as_it_came(import_files: Import, lin: Actor, today: date) -> None:
    batch = import_files(FORM)
    assert (batch.state, batch.done, batch.skipped) == (ImportState.APPLIED, 1, 0)
    cadre = Cadre.objects.get(name="沈砚秋")
    assert cadre.birth_month == date(1985, 3, 1)
    assert cadre.ethnicity == "01"
    assert cadre.identity_number == NUMBER
    assert form_of(dossier_on(cadre, today)) == FORM
    actions_of_cadre = Entry.objects.filter(cadre=cadre.pk).values_list("action", flat=True)
    assert list(actions_of_cadre) == ["intake.import_cadre"]


def test_nothing_of_a_dossier_is_written_before_the_last_step(import_files: Import) -> None:
    before = Cadre.objects.count()
    batch = import_files(FORM, is_applied=False)
    assert batch.state == ImportState.REVIEW
    assert (Cadre.objects.count(), ResumeEntry.objects.count()) == (before, 0)


def test_every_record_names_its_file_and_field(import_files: Import) -> None:
    batch = import_files(FORM)
    entry = ResumeEntry.objects.get(text="松涧县青萍镇科员")
    assert (entry.source, entry.source_key, entry.source_field) == ("import", only_item(batch).pk, "JianLi/2")
    birth = FieldSource.objects.get(field="birth", withdrawn_at=None)
    assert (birth.raw, birth.source_field, birth.is_flagged) == ("198503", "ChuShengNianYue", False)


def test_the_same_file_again_changes_nothing(import_files: Import) -> None:
    import_files(FORM)
    again = import_files(FORM, is_applied=False)
    item = only_item(again)
    assert (item.match, item.decision) == (ImportMatch.UNCHANGED, ImportDecision.SKIP)


def test_only_what_differs_is_shown_and_a_blank_erases_nothing(import_files: Import, today: date) -> None:
    import_files(FORM)
    again = import_files(replace(FORM, native_place="霁州栖梧", health=""), is_applied=False)
    comparison = queries.compare_item(only_item(again), on=today)
    assert [(c.group, c.before, c.after) for c in comparison.changes] == [("native_place", "霁州松涧", "霁州栖梧")]


def test_a_group_left_out_stays_as_the_register_has_it(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(FORM)
    batch = import_files(replace(FORM, native_place="霁州栖梧", specialties="经济运行"), is_applied=False)
    actions.choose_groups(actor=lin, batch=batch.pk, item=only_item(batch).pk, rejected=["native_place"], at=at)
    run_apply(lin, batch, at, today)
    cadre = Cadre.objects.get(name="沈砚秋")
    assert (cadre.native_place, cadre.specialties) == ("霁州松涧", "经济运行")


def test_an_unknown_code_and_a_bad_date_are_kept_and_flagged(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(replace(FORM, ethnicity="火星族", birth="198513", identity_number=""), is_applied=False)
    item = only_item(batch)
    assert item.decision == ImportDecision.PENDING
    places = {finding.place for finding in queries.corrected(item)[1]}
    assert {"MinZu", "ChuShengNianYue"} <= places
    actions.decide_items(actor=lin, batch=batch.pk, items=[item.pk], decision=ImportDecision.ACCEPT, at=at)
    run_apply(lin, batch, at, today)
    cadre = Cadre.objects.get(name="沈砚秋")
    assert (cadre.ethnicity, cadre.birth_month) == ("火星族", None)
    flagged = FieldSource.objects.filter(cadre=cadre, is_flagged=True).order_by("field")
    assert [(row.field, row.raw) for row in flagged] == [("birth", "198513"), ("ethnicity", "火星族")]
    assert form_of(dossier_on(cadre, today)).birth == "198513"


def test_a_correction_is_read_again_and_clears_its_finding(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(replace(FORM, birth="198513"), is_applied=False)
    item = actions.correct_item(
        actor=lin,
        batch=batch.pk,
        item=only_item(batch).pk,
        values={"birth": "198503"},
        remember=False,
        at=at,
        on=today,
    )
    assert (item.finding_count, item.decision) == (0, ImportDecision.ACCEPT)
    run_apply(lin, batch, at, today)
    assert Cadre.objects.get(name="沈砚秋").birth_month == date(1985, 3, 1)


def test_a_reading_is_remembered_for_its_sender_only(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    batch = import_files(replace(FORM, ethnicity="汉"), is_applied=False, sender="松涧县")
    actions.correct_item(
        actor=lin,
        batch=batch.pk,
        item=only_item(batch).pk,
        values={"ethnicity": "汉族"},
        remember=True,
        at=at,
        on=today,
    )
    other = replace(FORM, name="林晚", ethnicity="汉", identity_number="")
    same = only_item(import_files(other, is_applied=False, sender="松涧县"))
    assert queries.corrected(same)[0].ethnicity == "汉族"
    strange = only_item(import_files(other, is_applied=False, sender="望岚区"))
    assert queries.corrected(strange)[0].ethnicity == "汉"


def test_one_bad_file_never_blocks_the_rest(import_files: Import) -> None:
    batch = import_files(b"no file of ours", FORM, lrmx.write(FORM)[:300])
    assert (batch.state, batch.done, batch.skipped) == (ImportState.APPLIED, 1, 2)
    bad = batch.items.exclude(error="").order_by("order")
    assert [item.match for item in bad] == [ImportMatch.UNREADABLE] * 2


def test_the_second_file_of_one_person_is_skipped(import_files: Import) -> None:
    batch = import_files(FORM, replace(FORM, native_place="霁州"))
    assert Cadre.objects.filter(name="沈砚秋").count() == 1
    assert batch.items.get(order=2).error == "twice-in-import"


def test_a_namesake_waits_for_a_person_and_may_be_either(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(replace(FORM, identity_number=""))
    known = Cadre.objects.get(name="沈砚秋")
    batch = import_files(FORM, is_applied=False)
    item = only_item(batch)
    assert (item.match, item.cadre, item.decision) == (ImportMatch.DUPLICATE, known, ImportDecision.PENDING)
    actions.resolve_duplicate(actor=lin, batch=batch.pk, item=item.pk, cadre=known.pk, at=at, on=today)
    run_apply(lin, batch, at, today)
    assert Cadre.objects.get(name="沈砚秋").identity_number == NUMBER


def test_a_person_of_another_scope_is_neither_changed_nor_told(
    import_files: Import, cast: Cast, zhao: Actor, at: datetime, today: date
) -> None:
    import_files(FORM)
    files = [("1.lrmx", io.BytesIO(lrmx.write(replace(FORM, native_place="乙局"))))]
    batch = upload_actions.upload(
        actor=zhao, files=files, unit=cast.unit_b, category="city", sender="", at=at, on=today
    )
    batch = reading_actions.start_reading(actor=zhao, batch=batch.pk, at=at)
    reading_actions.read_items(actor=zhao, batch=batch, clock=lambda: at, on=today)
    item = only_item(batch)
    assert (item.match, item.cadre, item.decision) == (ImportMatch.OUT_OF_SCOPE, None, ImportDecision.SKIP)
    assert actions.decide_items(actor=zhao, batch=batch.pk, items=[item.pk], decision=ImportDecision.ACCEPT, at=at) == 0
    assert Cadre.objects.get(name="沈砚秋").native_place == "霁州松涧"


def test_new_persons_can_only_be_put_where_the_grant_reaches(cast: Cast, lin: Actor, at: datetime, today: date) -> None:
    files = [("1.lrmx", io.BytesIO(lrmx.write(FORM)))]
    with pytest.raises(CannotImport) as refusal:
        upload_actions.upload(actor=lin, files=files, unit=cast.unit_b, category="city", sender="", at=at, on=today)
    assert refusal.value.code == "no-place"
    assert ImportBatch.objects.count() == 0


def test_an_import_belongs_to_its_officer(import_files: Import, zhao: Actor) -> None:
    batch = import_files(FORM, is_applied=False)
    with pytest.raises(NotFound):
        batch_for(zhao, batch.pk)


def test_applying_twice_is_refused(import_files: Import, lin: Actor, at: datetime, today: date) -> None:
    batch = import_files(FORM)
    with pytest.raises(StepRefused):
        run_apply(lin, batch, at, today)
    assert Cadre.objects.filter(name="沈砚秋").count() == 1


def test_undoing_takes_back_new_persons_and_restores_changed_ones(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(FORM)
    cadre = Cadre.objects.get(name="沈砚秋")
    changed = replace(FORM, native_place="霁州栖梧", resume=FORM.resume.replace("局长", "副局长"), family=())
    batch = import_files(changed, replace(FORM, name="林晚", identity_number=""))
    undone = undo_actions.undo_import(actor=lin, batch=batch.pk, reason="来源文件有误，退回重报", at=at)
    assert (undone.undone, undone.refused) == (2, ())
    assert not Cadre.objects.filter(name="林晚", withdrawn_at=None).exists()
    cadre.refresh_from_db()
    assert form_of(dossier_on(cadre, today)) == FORM


def test_persons_edited_since_are_refused_and_named(import_files: Import, lin: Actor, at: datetime) -> None:
    batch = import_files(FORM, replace(FORM, name="林晚", identity_number=""))
    edited = Cadre.objects.get(name="林晚")
    people.change_field(
        actor=lin, cadre=edited.pk, field="native_place", raw="霁州望岚", reason="本人来函更正，附证件复印件", at=at
    )
    undone = undo_actions.undo_import(actor=lin, batch=batch.pk, reason="来源文件有误，退回重报", at=at)
    assert (undone.undone, [item.cadre for item in undone.refused]) == (1, [edited])
    assert Cadre.objects.get(name="林晚").native_place == "霁州望岚"


def test_undoing_is_refused_when_it_is_too_late(import_files: Import, lin: Actor, at: datetime) -> None:
    batch = import_files(FORM)
    with pytest.raises(CannotUndo) as refusal:
        undo_actions.undo_import(actor=lin, batch=batch.pk, reason="来源文件有误，退回重报", at=at + timedelta(days=8))
    assert refusal.value.code == "too-late"
    assert Cadre.objects.filter(name="沈砚秋", withdrawn_at=None).exists()


def test_somebody_who_edited_meanwhile_is_not_overwritten(
    import_files: Import, lin: Actor, at: datetime, today: date
) -> None:
    import_files(FORM)
    batch = import_files(replace(FORM, native_place="霁州栖梧"), is_applied=False)
    started = apply_actions.start_applying(actor=lin, batch=batch.pk, reason="按年度集中采集的要求更新", at=at)
    item = queries.items_of(started).get()
    prepared = apply_actions._prepare_item(lin, started, item, at, today)
    cadre = Cadre.objects.get(name="沈砚秋")
    people.change_field(
        actor=lin, cadre=cadre.pk, field="specialties", raw="财政", reason="本人来函更正，附证件复印件", at=at
    )
    done = apply_actions._write(lin, started.pk, [prepared], at)
    assert (done.done, done.skipped) == (0, 1)
    assert ImportItem.objects.get(pk=item.pk).error == "changed-meanwhile"
    assert Cadre.objects.get(pk=cadre.pk).native_place == "霁州松涧"


def test_relatives_who_are_registered_are_proposed_as_kin(import_files: Import, cast: Cast) -> None:
    chen = cast.chen_file
    husband = FamilyItem(relation="丈夫", name=chen.name, birth="198005")
    import_files(replace(FORM, family=(husband,)))
    tie = KinTie.objects.get()
    assert (tie.cadre.name, tie.kin, tie.relation, tie.state) == ("沈砚秋", chen, "12", "proposed")
    assert FamilyMember.objects.get().name == chen.name


def test_a_zip_is_taken_apart_and_a_bad_one_leaves_nothing(cast: Cast, lin: Actor, at: datetime, today: date) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲/1.lrmx", lrmx.write(FORM))
        archive.writestr("../2.lrmx", lrmx.write(FORM))
    with pytest.raises(archives.CannotUnpack):
        upload_actions.upload(
            actor=lin, files=[("a.zip", packed)], unit=cast.unit_a, category="city", sender="", at=at, on=today
        )
    assert ImportBatch.objects.count() == 0
