"""Taking back one change: what comes back, what the ledger keeps, and when it is refused with nothing changed."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from quanheng.formats import identity
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted, Refused
from quanheng.ledger.actions import erase_detail
from quanheng.ledger.models import Entry
from quanheng.people import actions, undo
from quanheng.people.choices import AssessmentGrade, VerificationItem, VerificationResult
from quanheng.people.models import AnnualGrade, Cadre, FieldSource, PostHolding, ResumeEntry
from tests.conftest import Cast
from tests.dossiers import NUMBER, fill

REASON = "录入时看错了材料，现在改过来"
BACK = "核对材料以后，退回到原来的值"
OTHER = identity.complete("00010119800501003")


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


@pytest.fixture
def change(lin: Actor, chen_file: Cadre, at: datetime) -> Callable[..., int]:
    """Do one change now and give the key of its entry."""

    def do(step: Callable[..., object], **values: object) -> int:
        step(actor=lin, cadre=chen_file.pk, reason=REASON, **{"at": at, **values})
        return Entry.objects.filter(cadre=chen_file.pk).order_by("-pk")[0].pk

    return do


@pytest.fixture
def take_back(lin: Actor, chen_file: Cadre, at: datetime) -> Callable[..., Cadre]:
    def do(entry: int, *, after: timedelta = timedelta(hours=1)) -> Cadre:
        return undo.undo_change(actor=lin, cadre=chen_file.pk, entry=entry, reason=BACK, at=at + after)

    return do


def refused(step: Callable[..., object], entry: int, **values: timedelta) -> str:
    """The code of the refusal; no entry was written by it."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as refusal:
        step(entry, **values)
    assert Entry.objects.count() == before
    return refusal.value.code


def detail(entry: Entry) -> dict[str, object]:
    found: dict[str, object] = json.loads(entry.detail.detail)
    return found


def live(cadre: Cadre) -> list[tuple[int, str]]:
    rows = AnnualGrade.objects.filter(cadre=cadre, withdrawn_at=None).order_by("-year")
    return [(row.year, row.grade) for row in rows]


def test_a_changed_field_comes_back_with_its_source(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], lin: Actor, at: datetime
) -> None:
    entry = change(actions.change_field, field="birth", raw="1981.06")
    cadre = take_back(entry)
    cadre.refresh_from_db()
    assert (cadre.birth_month, cadre.revision) == (date(1980, 5, 1), 2)
    sources = FieldSource.objects.filter(cadre=chen_file, field="birth").order_by("recorded_at")
    assert [(row.raw, row.withdrawn_at) for row in sources] == [("198005", None), ("1981.06", at)]
    last = Entry.objects.order_by("-pk")[0]
    undone = Entry.objects.get(pk=entry)
    assert (last.action, last.cadre, last.actor) == ("people.undo_change", chen_file.pk, lin.key)
    assert last.object_key == f"people.cadre:{chen_file.pk}"
    assert detail(last) == {"undone": "people.change_field", "seq": undone.seq, "field": "birth"}
    assert last.detail.reason == BACK


def test_a_value_without_an_earlier_source_comes_back_from_the_entry(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    entry = change(actions.change_field, field="party_joining", raw="无党派")
    assert Cadre.objects.get(pk=chen_file.pk).party_joined_month is None
    cadre = take_back(entry)
    assert (cadre.party_joined_month, cadre.political_affiliation) == (date(2006, 12, 1), "01")
    assert not FieldSource.objects.filter(cadre=chen_file, field="party_joining", withdrawn_at=None).exists()


def test_a_name_comes_back_with_its_search_words(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    entry = change(actions.change_field, field="name", raw="陈之行")
    take_back(entry)
    cadre = Cadre.objects.get(pk=chen_file.pk)
    assert (cadre.name, cadre.sort_name) == ("陈知行", "chenzhixing")
    assert "czx" in cadre.search_text


def test_a_sealed_value_comes_back_only_from_its_source(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], at: datetime
) -> None:
    first = change(actions.change_field, field="identity_number", raw=OTHER)
    assert refused(take_back, first) == "no-earlier-value"  # the register gave no source of the number
    later = at + timedelta(minutes=5)
    second = change(actions.change_field, field="identity_number", raw=NUMBER, at=later)
    take_back(second)
    cadre = Cadre.objects.get(pk=chen_file.pk)
    assert cadre.identity_number == OTHER
    assert cadre.identity_tail == OTHER[-4:]
    assert NUMBER not in "".join(row.detail.detail for row in Entry.objects.select_related("detail"))


def test_an_added_record_is_taken_away(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    values = {"year": 2024, "grade": AssessmentGrade.COMPETENT}
    entry = change(actions.add_record, kind="grade", values=values)
    assert live(chen_file) == [(2025, "excellent"), (2024, "competent"), (2023, "competent")]
    take_back(entry)
    assert live(chen_file) == [(2025, "excellent"), (2023, "competent")]
    assert detail(Entry.objects.order_by("-pk")[0])["kind"] == "grade"


def test_a_withdrawn_record_comes_back_as_it_was(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2023)
    entry = change(actions.withdraw_record, kind="grade", record=grade.pk)
    assert live(chen_file) == [(2025, "excellent")]
    take_back(entry)
    grade.refresh_from_db()
    assert (grade.withdrawn_at, grade.withdrawn_by) == (None, None)


def test_a_replaced_stretch_comes_back_with_what_is_inside_it(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    town = ResumeEntry.objects.get(cadre=chen_file, text="示范市甲镇科员")
    inner = ResumeEntry.objects.get(cadre=chen_file, inside=town)
    entry = change(actions.replace_record, kind="resume", record=town.pk, values={"text": "示范市甲镇干事"})
    inner.refresh_from_db()
    assert inner.inside_id != town.pk
    take_back(entry)
    inner.refresh_from_db()
    assert inner.inside_id == town.pk
    texts = ResumeEntry.objects.filter(cadre=chen_file, withdrawn_at=None).values_list("text", flat=True)
    assert sorted(texts) == ["示范市乙局跟班学习", "示范市甲局副局长、局长", "示范市甲镇科员"]


def test_taken_back_once_it_cannot_be_again(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2023)
    entries = [
        change(actions.change_field, field="birth", raw="198106"),
        change(actions.add_record, kind="grade", values={"year": 2024, "grade": AssessmentGrade.COMPETENT}),
        change(actions.replace_record, kind="grade", record=grade.pk, values={"grade": AssessmentGrade.EXCELLENT}),
    ]
    for entry in entries:
        take_back(entry)
        assert refused(take_back, entry) == "changed-since"


def test_what_was_touched_since_stays(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], at: datetime
) -> None:
    later = at + timedelta(minutes=10)
    field = change(actions.change_field, field="birth", raw="198106")
    change(actions.change_field, field="birth", raw="198107", at=later)
    assert refused(take_back, field) == "changed-since"
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2023)
    withdrawn = change(actions.withdraw_record, kind="grade", record=grade.pk)
    change(actions.add_record, kind="grade", values={"year": 2023, "grade": AssessmentGrade.EXCELLENT}, at=later)
    assert refused(take_back, withdrawn) == "changed-since"  # the year is taken
    assert live(chen_file) == [(2025, "excellent"), (2023, "excellent")]


def test_an_unrelated_change_does_not_stand_in_the_way(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], at: datetime
) -> None:
    entry = change(actions.change_field, field="birth", raw="198106")
    change(actions.change_field, field="native_place", raw="别处", at=at + timedelta(minutes=1))
    cadre = take_back(entry)
    assert (cadre.birth_month, cadre.native_place) == (date(1980, 5, 1), "别处")


def test_a_line_inside_a_withdrawn_stretch_has_no_place_to_come_back_to(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], at: datetime
) -> None:
    town = ResumeEntry.objects.get(cadre=chen_file, text="示范市甲镇科员")
    inner = ResumeEntry.objects.get(cadre=chen_file, inside=town)
    entry = change(actions.withdraw_record, kind="resume", record=inner.pk)
    change(actions.withdraw_record, kind="resume", record=town.pk, at=at + timedelta(minutes=1))
    assert refused(take_back, entry) == "changed-since"


def test_a_stretch_with_lines_inside_is_not_taken_away(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre], at: datetime
) -> None:
    values = {"order": 3, "text": "示范市丁局", "valid_from": date(2024, 1, 1)}
    entry = change(actions.add_record, kind="resume", values=values)
    added = ResumeEntry.objects.get(text="示范市丁局")
    inside = {"order": 1, "text": "其间学习", "inside": added}
    change(actions.add_record, kind="resume", values=inside, at=at + timedelta(minutes=1))
    assert refused(take_back, entry) == "has-inner-lines"


@pytest.mark.parametrize(("after", "code"), [(timedelta(days=7), ""), (timedelta(days=7, seconds=1), "undo-too-late")])
def test_the_way_back_is_open_for_a_week(
    change: Callable[..., int], take_back: Callable[..., Cadre], after: timedelta, code: str
) -> None:
    entry = change(actions.change_field, field="birth", raw="198106")
    if code:
        assert refused(take_back, entry, after=after) == code
    else:
        assert take_back(entry, after=after).birth_month == date(1980, 5, 1)


def test_an_erased_detail_gives_nothing_back(
    change: Callable[..., int], take_back: Callable[..., Cadre], qian: Actor, at: datetime
) -> None:
    entry = change(actions.change_field, field="birth", raw="198106")
    erase_detail(actor=qian, entry=Entry.objects.get(pk=entry), reason="当事人要求删除，已经批准", at=at)
    assert refused(take_back, entry) == "detail-erased"


def test_only_changes_of_this_file_can_be_taken_back(
    chen_file: Cadre, cast: Cast, change: Callable[..., int], take_back: Callable[..., Cadre], zhao: Actor, at: datetime
) -> None:
    actions.change_field(actor=zhao, cadre=cast.zhou_file.pk, field="birth", raw="197804", reason=REASON, at=at)
    foreign = Entry.objects.order_by("-pk")[0].pk
    assert refused(take_back, foreign) == "not-found"
    assert refused(take_back, 999_999) == "not-found"


def test_a_verification_is_answered_by_another(
    chen_file: Cadre, take_back: Callable[..., Cadre], lin: Actor, at: datetime
) -> None:
    actions.verify_item(
        actor=lin,
        cadre=chen_file.pk,
        item=VerificationItem.BIRTH,
        result=VerificationResult.VERIFIED,
        materials="出生证明",
        on=at.date(),
        at=at,
    )
    assert refused(take_back, Entry.objects.order_by("-pk")[0].pk) == "not-found"


def test_who_may_not_change_may_not_take_back(
    chen_file: Cadre, change: Callable[..., int], wang: Actor, zhao: Actor, at: datetime
) -> None:
    entry = change(actions.change_field, field="birth", raw="198106")
    for actor, refusal in ((wang, NotPermitted), (zhao, NotFound)):
        with pytest.raises(refusal):
            undo.undo_change(actor=actor, cadre=chen_file.pk, entry=entry, reason=BACK, at=at)
    assert Cadre.objects.get(pk=chen_file.pk).birth_month == date(1981, 6, 1)


def test_a_reason_is_asked_for(chen_file: Cadre, change: Callable[..., int], lin: Actor, at: datetime) -> None:
    entry = change(actions.change_field, field="birth", raw="198106")
    with pytest.raises(Refused) as refusal:
        undo.undo_change(actor=lin, cadre=chen_file.pk, entry=entry, reason="错", at=at)
    assert refusal.value.code == "no-reason"


def test_a_holding_of_a_post_comes_back(
    chen_file: Cadre, change: Callable[..., int], take_back: Callable[..., Cadre]
) -> None:
    holding = PostHolding.objects.get(cadre=chen_file, title="局长")
    entry = change(actions.replace_record, kind="post", record=holding.pk, values={"valid_to": date(2026, 1, 1)})
    take_back(entry)
    standing = PostHolding.objects.filter(cadre=chen_file, title="局长", withdrawn_at=None)
    assert [(row.pk, row.valid_to) for row in standing] == [(holding.pk, None)]


def test_the_list_of_what_can_be_taken_back_is_that_of_the_actions() -> None:
    assert {
        "people.change_field",
        "people.add_record",
        "people.replace_record",
        "people.withdraw_record",
    } == undo.UNDOABLE
