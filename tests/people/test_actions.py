"""Changes of one file: what is written, the exact entry of the ledger, and refusals that leave nothing behind."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from quanheng.formats import identity
from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import NotFound, NotPermitted, Refused
from quanheng.ledger.digests import PREFIX
from quanheng.ledger.models import Entry
from quanheng.people import actions
from quanheng.people.actions import CannotChange
from quanheng.people.choices import (
    AssessmentGrade,
    KinTieState,
    SourceKind,
    VerificationItem,
    VerificationResult,
)
from quanheng.people.models import AnnualGrade, Cadre, FamilyMember, FieldSource, KinTie, ResumeEntry, Verification
from tests.conftest import Cast, make_cadre
from tests.dossiers import NUMBER, fill

REASON = "按档案审核意见改正录入"
Step = Callable[..., object]


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


@pytest.fixture
def do(lin: Actor, chen_file: Cadre, at: datetime) -> Step:
    """A step by Lin on Chen's file, with a good reason unless another is given."""

    def step(action: Step, **values: object) -> object:
        return action(**{"actor": lin, "cadre": chen_file.pk, "reason": REASON, "at": at, **values})

    return step


def only_entry() -> tuple[Entry, dict[str, object]]:
    entry = Entry.objects.get()
    return entry, json.loads(entry.detail.detail)


def refusal(step: Step, *args: object, **values: object) -> str:
    with pytest.raises(Refused) as caught:
        step(*args, **values)
    assert Entry.objects.count() == 0
    return caught.value.code


def test_a_field_is_written_with_source_and_entry(do: Step, chen_file: Cadre, lin: Actor, at: datetime) -> None:
    do(actions.change_field, field="sex", raw="女")
    cadre = Cadre.objects.get(pk=chen_file.pk)
    assert (cadre.sex, cadre.revision) == ("female", 1)
    source = FieldSource.objects.get(cadre=cadre, field="sex")
    assert (source.raw, source.source, source.source_key, source.recorded_at) == ("女", SourceKind.OFFICER, lin.key, at)
    entry, detail = only_entry()
    assert (entry.action, entry.actor, entry.cadre, entry.at) == ("people.change_field", lin.key, chen_file.pk, at)
    assert (entry.object_key, entry.detail.reason) == (f"people.cadre:{chen_file.pk}", REASON)
    assert detail == {"field": "sex", "before": {"sex": "male"}, "after": {"sex": "female"}}


def test_the_earlier_source_stays_withdrawn(do: Step, chen_file: Cadre, lin: Actor, at: datetime) -> None:
    do(actions.change_field, field="birth", raw="1981年6月")
    old, new = FieldSource.objects.filter(cadre=chen_file, field="birth").order_by("recorded_at")
    assert (old.raw, old.withdrawn_at, old.withdrawn_by) == ("198005", at, lin.key)
    assert (new.raw, new.withdrawn_at) == ("1981年6月", None)


def test_a_name_brings_its_search_words(do: Step, chen_file: Cadre) -> None:
    do(actions.change_field, field="name", raw="单知行")
    cadre = Cadre.objects.get(pk=chen_file.pk)
    assert cadre.sort_name == "shanzhixing"
    assert {"danzhixing", "dzx", "szx"} <= set(cadre.search_text.split())


def test_sealed_values_are_digests_in_the_ledger(do: Step, chen_file: Cadre) -> None:
    number = identity.complete("00010119800501003")
    do(actions.change_field, field="identity_number", raw=number)
    _entry, detail = only_entry()
    before, after = detail["before"], detail["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert before["identity_number"].startswith(PREFIX)
    assert after["identity_number"].startswith(PREFIX)
    assert before != after
    assert number not in Entry.objects.get().detail.detail
    assert Cadre.objects.get(pk=chen_file.pk).identity_tail == number[-4:]


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("birth", "1981.13", "value-unreadable"),
        ("sex", "不详", "value-unreadable"),
        ("name", " ", "value-unreadable"),
        ("birth", "198005", "unchanged"),
    ],
)
def test_what_cannot_be_read_or_changes_nothing_is_refused(
    do: Step, chen_file: Cadre, field: str, raw: str, code: str
) -> None:
    assert refusal(do, actions.change_field, field=field, raw=raw) == code
    assert Cadre.objects.get(pk=chen_file.pk).revision == 0


def test_a_number_registered_for_somebody_else_is_refused(do: Step, cast: Cast, at: datetime) -> None:
    number = identity.complete("00010119780301001")
    make_cadre("方既白", cast.unit_b, at, identity_number=number)
    assert refusal(do, actions.change_field, field="identity_number", raw=number) == "duplicate"


@pytest.mark.parametrize("reason", ["", "   ", "改", "短短短短短短短短短 "])
def test_a_reason_is_required(do: Step, reason: str) -> None:
    assert refusal(do, actions.change_field, field="sex", raw="女", reason=reason) == "no-reason"


def test_a_file_changed_meanwhile_is_a_conflict(do: Step, chen_file: Cadre) -> None:
    with pytest.raises(CannotChange) as caught:
        do(actions.change_field, field="sex", raw="女", expected_revision=7)
    assert (caught.value.code, caught.value.facts) == ("conflict", {"expected": 7, "found": 0})
    do(actions.change_field, field="sex", raw="女", expected_revision=0)


def test_scope_role_and_recusal_come_first(
    do: Step, chen_file: Cadre, cast: Cast, wang: Actor, zhao: Actor, he: Actor
) -> None:
    values = {"field": "sex", "raw": "女"}
    for actor, kind in ((zhao, NotFound), (wang, NotPermitted), (he, NotPermitted)):
        with pytest.raises(kind):
            do(actions.change_field, actor=actor, **values)
    for file in (cast.zhou_file.pk, uuid4()):
        with pytest.raises(NotFound):
            do(actions.change_field, cadre=file, **values)
    assert Entry.objects.count() == 0


def test_a_record_is_added_with_where_it_comes_from(do: Step, chen_file: Cadre, lin: Actor, at: datetime) -> None:
    row = do(actions.add_record, kind="grade", values={"year": 2024, "grade": AssessmentGrade.COMPETENT})
    assert isinstance(row, AnnualGrade)
    assert (row.source, row.source_key, row.recorded_at, row.recorded_by) == ("officer", lin.key, at, lin.key)
    _entry, detail = only_entry()
    added = {"key": str(row.pk), "year": 2024, "grade": "competent"}
    assert detail == {"kind": "grade", "added": added}
    assert Cadre.objects.get(pk=chen_file.pk).revision == 1


def test_a_relative_appears_in_the_ledger_as_digests(do: Step) -> None:
    values = {"order": 2, "relation": "父亲", "relation_code": "10", "name": "陈安之", "birth": "195503"}
    do(actions.add_record, kind="family", values=values)
    entry, detail = only_entry()
    added = detail["added"]
    assert isinstance(added, dict)
    assert added["relation_code"] == "10"
    assert added["name"].startswith(PREFIX)
    assert "陈安之" not in entry.detail.detail


def test_a_replaced_record_stays_withdrawn_and_unnamed_values_are_kept(
    do: Step, chen_file: Cadre, lin: Actor, at: datetime
) -> None:
    town = ResumeEntry.objects.get(cadre=chen_file, text="示范市甲镇科员")
    new = do(actions.replace_record, kind="resume", record=town.pk, values={"text": "示范市甲镇干事"})
    assert isinstance(new, ResumeEntry)
    town.refresh_from_db()
    assert (town.withdrawn_at, town.withdrawn_by, town.text) == (at, lin.key, "示范市甲镇科员")
    assert (new.text, new.setting, new.valid_from, new.order) == ("示范市甲镇干事", town.setting, town.valid_from, 1)
    assert new.verified_on is None  # nobody has checked the new one
    assert ResumeEntry.objects.get(text="示范市乙局跟班学习").inside_id == new.pk
    _entry, detail = only_entry()
    assert set(detail) == {"kind", "withdrawn", "added"}


def test_a_withdrawn_record_is_gone_from_the_file_and_kept(do: Step, chen_file: Cadre, at: datetime) -> None:
    member = FamilyMember.objects.get(cadre=chen_file)
    do(actions.withdraw_record, kind="family", record=member.pk)
    member.refresh_from_db()
    assert member.withdrawn_at == at
    assert only_entry()[0].action == "people.withdraw_record"
    with pytest.raises(NotFound):
        do(actions.withdraw_record, kind="family", record=member.pk)


def test_a_stretch_with_inner_lines_is_not_withdrawn(do: Step, chen_file: Cadre) -> None:
    town = ResumeEntry.objects.get(cadre=chen_file, text="示范市甲镇科员")
    assert refusal(do, actions.withdraw_record, kind="resume", record=town.pk) == "has-inner-lines"


def test_records_of_other_files_and_kinds_are_not_found(do: Step, cast: Cast, chen_file: Cadre, at: datetime) -> None:
    foreign = AnnualGrade.objects.create(
        cadre=cast.zhou_file,
        year=2025,
        grade=AssessmentGrade.EXCELLENT,
        source=SourceKind.REGISTER,
        recorded_at=at,
        recorded_by=uuid4(),
    )
    own = AnnualGrade.objects.get(cadre=chen_file, year=2025)
    wrong: list[tuple[str, UUID]] = [("grade", foreign.pk), ("rank", own.pk), ("nonsense", own.pk)]
    for kind, key in wrong:
        assert refusal(do, actions.withdraw_record, kind=kind, record=key) == "not-found"


def test_a_second_grade_of_a_year_is_a_duplicate(do: Step) -> None:
    values = {"year": 2025, "grade": AssessmentGrade.COMPETENT}
    assert refusal(do, actions.add_record, kind="grade", values=values) == "duplicate"


def test_the_latest_verification_counts(lin: Actor, chen_file: Cadre, at: datetime) -> None:
    for minute, result in enumerate((VerificationResult.MISSING, VerificationResult.VERIFIED)):
        actions.verify_item(
            actor=lin,
            cadre=chen_file.pk,
            item=VerificationItem.BIRTH,
            result=result,
            materials=" 出生证明 ",
            on=date(2026, 11, 20),
            at=at + timedelta(minutes=minute),
        )
    current = Verification.objects.get(cadre=chen_file, withdrawn_at=None)
    assert (current.result, current.materials, current.verified_by_name) == ("verified", "出生证明", "林疏桐")
    assert Verification.objects.count() == 2
    last = json.loads(Entry.objects.order_by("-pk")[0].detail.detail)
    assert last == {"item": "birth", "result": "verified", "materials": "出生证明"}


def test_a_verification_names_its_materials(lin: Actor, chen_file: Cadre, at: datetime) -> None:
    values = {"item": VerificationItem.BIRTH, "result": VerificationResult.VERIFIED, "materials": "  "}
    step: Step = actions.verify_item
    assert refusal(step, actor=lin, cadre=chen_file.pk, on=at.date(), at=at, **values) == "no-materials"


def test_a_confirmed_tie_is_in_the_ledger_by_keys(do: Step, chen_file: Cadre, cast: Cast, at: datetime) -> None:
    wife = make_cadre("云之遥", cast.unit_a, at)
    tie = KinTie.objects.create(cadre=chen_file, kin=wife, relation="13", proposed_at=at)
    do(actions.decide_kin_tie, tie=tie.pk, state=KinTieState.CONFIRMED)
    entry, detail = only_entry()
    assert entry.action == "people.decide_kin_tie"
    assert detail == {"tie": str(tie.pk), "kin": str(wife.pk), "relation": "13", "state": "confirmed"}
    with pytest.raises(NotFound):
        do(actions.decide_kin_tie, tie=uuid4(), state=KinTieState.CONFIRMED)


def test_an_export_is_an_entry_for_each_person(lin: Actor, cast: Cast, chen_file: Cadre, at: datetime) -> None:
    both = [chen_file.pk, cast.zhou_file.pk]
    actions.record_export(actor=lin, cadres=both, kind="pdf", at=at, purpose=Purpose.SELECTION)
    actions.record_export(actor=lin, cadres=both[:1], kind="lrmx", at=at)
    rows = Entry.objects.order_by("pk").values_list("action", "cadre", "purpose")
    assert list(rows) == [
        ("people.print_form", chen_file.pk, "selection"),
        ("people.print_form", cast.zhou_file.pk, "selection"),
        ("people.export", chen_file.pk, "management"),
    ]
    assert NUMBER not in "".join(row.detail.detail for row in Entry.objects.all())
