"""Changing a file from its page: what is written, what is refused and kept, the conflict, the way back."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from typing import cast as typed

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from quanheng.formats import codes, identity
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.organization.choices import PostTier
from quanheng.organization.models import Position
from quanheng.people import actions
from quanheng.people.choices import KinTieState, SourceKind
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    FamilyMember,
    FieldSource,
    KinTie,
    PostHolding,
    ResumeEntry,
    Verification,
)
from quanheng.people.queries import RECORD_MODELS
from quanheng.web.desk.dossier_forms import read_day
from quanheng.web.desk.dossier_record_forms import FORMS
from tests.conftest import Cast, ClientOf, make_cadre
from tests.dossiers import TextOf, fill, words
from tests.record_values import VALUES

REASON = "按档案审核意见改正录入"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


@pytest.fixture
def browser(lin: Actor, client_of: ClientOf) -> Client:
    return client_of(lin)


def send(client: Client, name: str, /, *args: object, revision: Any = 0, **values: Any) -> HttpResponse:
    given = {"reason": REASON, "expected_revision": str(revision), **values}
    return typed(HttpResponse, client.post(reverse(f"desk:dossier-{name}", args=args), given))


def text_of(response: HttpResponse) -> str:
    return str(TextOf(response.content.decode()))


def written() -> list[tuple[str, bool]]:
    """Changes and refused ones in the ledger, without openings."""
    rows = Entry.objects.exclude(action="ledger.open_dossier").order_by("pk")
    return [(row.action, row.is_refused) for row in rows]


def detail() -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads(Entry.objects.order_by("-pk")[0].detail.detail)
    return found


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2022.04", date(2022, 4, 1)),
        ("202204", date(2022, 4, 1)),
        ("2022-04", date(2022, 4, 1)),
        ("2022-04-15", date(2022, 4, 15)),
        ("2022.04.15", date(2022, 4, 15)),
        ("20220415", date(2022, 4, 15)),
        ("2022年4月", date(2022, 4, 1)),
        ("2022.13", None),
        ("四月", None),
        ("", None),
    ],
)
def test_days_and_months_as_people_write_them(raw: str, day: date | None) -> None:
    assert read_day(raw) == day


def test_a_field_is_corrected_and_the_way_back_is_offered(chen_file: Cadre, lin: Actor, browser: Client) -> None:
    response = send(browser, "field", chen_file.pk, "birth", raw="1981.06")
    assert response["Location"] == reverse("desk:dossier", args=[chen_file.pk]) + "?tab=overview"
    cadre = Cadre.objects.get(pk=chen_file.pk)
    assert (cadre.birth_month, cadre.revision) == (date(1981, 6, 1), 1)
    current = FieldSource.objects.get(cadre=cadre, field="birth", withdrawn_at=None)
    assert (current.raw, current.source, current.source_key) == ("1981.06", SourceKind.OFFICER, lin.key)
    assert written() == [("people.change_field", False)]
    before, after = {"birth_month": "1980-05-01"}, {"birth_month": "1981-06-01"}
    assert detail() == {"field": "birth", "before": before, "after": after}
    text = words(browser, response["Location"])
    assert "已办：更正出生年月。 撤销（可用至 11-27 08:00）" in text
    entry = Entry.objects.get(action="people.change_field")
    page = browser.get(response["Location"]).content.decode()
    assert reverse("desk:dossier-undo", args=[chen_file.pk, entry.pk]) not in page  # said once


def test_undo_from_the_page(chen_file: Cadre, browser: Client) -> None:
    send(browser, "field", chen_file.pk, "birth", raw="1981.06")
    entry = Entry.objects.get(action="people.change_field")
    readings = browser.get(reverse("desk:dossier", args=[chen_file.pk]) + "?tab=readings").content.decode()
    url = reverse("desk:dossier-undo", args=[chen_file.pk, entry.pk])
    assert url in readings
    assert "撤销 林疏桐 · 干部一科 2026-11-20 08:00 的“更正 出生年月”，恢复到那以前。" in words(browser, url)
    send(browser, "undo", chen_file.pk, entry.pk, revision=1)
    assert Cadre.objects.get(pk=chen_file.pk).birth_month == date(1980, 5, 1)
    again = send(browser, "undo", chen_file.pk, entry.pk, revision=2)
    assert "这一处后来又改过，或已经撤销过，不能再退回。" in text_of(again)
    assert written() == [("people.change_field", False), ("people.undo_change", False), ("people.undo_change", True)]


@pytest.mark.parametrize(
    ("key", "raw", "sentence"),
    [
        ("birth", "1981.13", "这个写法识别不出来，没有保存。"),
        ("ethnicity", "汗族", "这个写法识别不出来，没有保存。"),
        ("birth", "1980.05", "与现在的完全一样，没有要改的。"),
        ("identity-number", "123", "这个写法识别不出来，没有保存。"),
    ],
)
def test_a_refused_value_stays_in_the_form_and_the_refusal_in_the_ledger(
    chen_file: Cadre, browser: Client, key: str, raw: str, sentence: str
) -> None:
    response = send(browser, "field", chen_file.pk, key, raw=raw)
    assert (response.status_code, sentence in text_of(response)) == (200, True)
    assert f'value="{raw}"' in response.content.decode()
    assert written() == [("people.change_field", True)]
    assert Cadre.objects.get(pk=chen_file.pk).revision == 0
    assert raw not in "".join(row.detail.detail for row in Entry.objects.exclude(detail=None))


def test_an_identity_number_of_somebody_else_is_refused(
    chen_file: Cadre, cast: Cast, browser: Client, at: datetime
) -> None:
    number = identity.complete("00010119780301001")
    make_cadre("方既白", cast.unit_b, at, identity_number=number)
    response = send(browser, "field", chen_file.pk, "identity-number", raw=number)
    assert "公民身份号码在全库只能有一个" in text_of(response)
    assert "方既白" not in text_of(response)
    assert written() == [("people.change_field", True)]


def test_a_short_reason_writes_nothing(chen_file: Cadre, browser: Client) -> None:
    response = send(browser, "field", chen_file.pk, "birth", raw="1981.06", reason="改")
    assert "还没有保存。请改正下面几处，已填的内容都还在。" in text_of(response)
    assert written() == []


def test_a_conflict_shows_both_versions_and_lets_the_officer_decide(
    chen_file: Cadre, cast: Cast, lin: Actor, browser: Client, at: datetime
) -> None:
    actions.change_field(
        actor=lin, cadre=chen_file.pk, field="native_place", raw="示范甲地", reason=REASON, at=at - timedelta(minutes=3)
    )
    response = send(browser, "field", chen_file.pk, "native-place", revision=0, raw="示范乙地")
    text = text_of(response)
    assert response.status_code == 409
    assert "林疏桐 · 干部一科 3 分钟前改过这份档案（更正 籍贯）。看两处差别，再决定保留哪一处。" in text
    assert "项目 现在的 您没有保存的 籍贯 示范 甲 地 示范 乙 地" in text
    assert 'name="expected_revision" value="1"' in response.content.decode()
    assert Cadre.objects.get(pk=chen_file.pk).native_place == "示范甲地"
    send(browser, "field", chen_file.pk, "native-place", revision=1, raw="示范乙地")
    assert Cadre.objects.get(pk=chen_file.pk).native_place == "示范乙地"
    assert written() == [
        ("people.change_field", False),
        ("people.change_field", True),
        ("people.change_field", False),
    ]


def test_a_record_replaced_meanwhile_leads_to_what_stands_now(
    chen_file: Cadre, lin: Actor, browser: Client, at: datetime
) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2023)
    new = actions.replace_record(
        actor=lin, cadre=chen_file.pk, kind="grade", record=grade.pk, values={"note": "补"}, reason=REASON, at=at
    )
    values = {"year": "2023", "grade": "excellent", "note": "", "source_field": ""}
    response = send(browser, "record-change", chen_file.pk, "grade", grade.pk, revision=0, **values)
    assert response["Location"] == reverse("desk:dossier-record-change", args=[chen_file.pk, "grade", new.pk])
    assert "改过这份档案（更正 年度考核）" in words(browser, response["Location"])
    assert AnnualGrade.objects.get(pk=new.pk).grade == "competent"


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_every_kind_is_added_changed_and_withdrawn(chen_file: Cadre, browser: Client, kind: str) -> None:
    model = RECORD_MODELS[kind]
    known = set(model._default_manager.filter(cadre=chen_file).values_list("pk", flat=True))
    values = {**VALUES[kind], "source_field": "干部登记表"}
    assert browser.get(reverse("desk:dossier-record-add", args=[chen_file.pk, kind])).status_code == 200
    response = send(browser, "record-add", chen_file.pk, kind, **values)
    assert response.status_code == 302, text_of(response)
    record = model._default_manager.exclude(pk__in=known).get(cadre=chen_file)
    assert (record.source, record.source_field) == (SourceKind.OFFICER, "干部登记表")
    page = browser.get(reverse("desk:dossier-record-change", args=[chen_file.pk, kind, record.pk]))
    assert page.status_code == 200
    same = send(browser, "record-change", chen_file.pk, kind, record.pk, revision=1, **values)
    assert "与原来的完全一样，没有要改的。" in text_of(same)
    changed = {**values, "source_field": "任免文件"}
    assert send(browser, "record-change", chen_file.pk, kind, record.pk, revision=1, **changed).status_code == 302
    new = model._default_manager.get(cadre=chen_file, recorded_at=record.recorded_at, source_field="任免文件")
    assert send(browser, "record-withdraw", chen_file.pk, kind, new.pk, revision=2).status_code == 302
    assert set(model._default_manager.filter(cadre=chen_file, withdrawn_at=None).values_list("pk", flat=True)) == known
    steps = ["people.add_record", "people.replace_record", "people.withdraw_record"]
    assert written() == [(step, False) for step in steps]


def test_codes_are_read_from_names_and_numbers(chen_file: Cadre, browser: Client) -> None:
    send(browser, "record-add", chen_file.pk, "education", **VALUES["education"], source_field="")
    study = chen_file.education_set.get(school="示范党校")
    assert (study.level_code, study.level_name) == ("11", codes.table("education_levels").names["11"])
    send(browser, "record-add", chen_file.pk, "family", revision=1, **VALUES["family"], source_field="")
    father = FamilyMember.objects.get(cadre=chen_file, order=2)
    assert father.name == "陈安之"
    assert father.relation_code == codes.table("family_relations").code_of("父亲")
    assert "陈安之" not in json.dumps(detail(), ensure_ascii=False)


def test_a_position_is_chosen_within_the_unit_and_no_other(
    chen_file: Cadre, cast: Cast, browser: Client, at: datetime
) -> None:
    made = {"tier": PostTier.COUNTY_PRINCIPAL, "valid_from": date(2020, 1, 1)}
    own = Position.objects.create(unit=cast.unit_a, title="局长", **made)
    foreign = Position.objects.create(unit=cast.unit_b, title="乙局局长", **made)
    values = {**VALUES["post"], "source_field": ""}
    offered = send(browser, "record-add", chen_file.pk, "post", **{**values, "choose": "1"})
    assert f'value="{own.pk}"' in offered.content.decode()
    assert str(foreign.pk) not in offered.content.decode()
    assert written() == []
    refused = send(browser, "record-add", chen_file.pk, "post", **{**values, "position": str(foreign.pk)})
    assert refused.status_code == 200
    outside = send(browser, "record-add", chen_file.pk, "post", **{**values, "unit": "QH02"})
    assert "没有找到这个单位，或它不在本账号的管理范围内。" in text_of(outside)
    assert written() == []
    send(browser, "record-add", chen_file.pk, "post", **{**values, "position": str(own.pk)})
    holding = PostHolding.objects.get(cadre=chen_file, title="党组书记")
    assert (holding.position, holding.unit_name, holding.is_primary) == (own, "示范市甲局", False)


def test_a_period_that_ends_before_it_begins_is_said_at_its_field(chen_file: Cadre, browser: Client) -> None:
    values = {**VALUES["rank"], "valid_to": "2020.01", "source_field": ""}
    assert "止于早于起于。" in text_of(send(browser, "record-add", chen_file.pk, "rank", **values))
    assert written() == []


@pytest.mark.parametrize(
    ("kind", "field", "still_to_come", "begun"),
    [
        ("rank", "valid_from", "2026-11-21", "2026-11-20"),
        ("sanction", "decided_on", "2026-11-21", "2026-11-20"),
        ("grade", "year", "2026", "2016"),
    ],
)
def test_a_record_that_has_yet_to_begin_would_be_lost_to_the_file_and_is_refused(
    chen_file: Cadre, browser: Client, kind: str, field: str, still_to_come: str, begun: str
) -> None:
    values = {**VALUES[kind], "source_field": "", field: still_to_come}
    said = text_of(send(browser, "record-add", chen_file.pk, kind, **values))
    assert ("在今天以后。到了那天再录入" in said) or ("这一年还没有过完" in said)
    assert written() == []
    assert send(browser, "record-add", chen_file.pk, kind, **{**values, field: begun}).status_code == 302


@pytest.mark.parametrize(("began", "confirmed"), [("", "2024.01"), ("2024.02", "2024.01")])
def test_a_post_is_confirmed_after_its_probation_alone(
    chen_file: Cadre, browser: Client, began: str, confirmed: str
) -> None:
    values = {**VALUES["post"], "source_field": "", "probation_from": began, "confirmed_on": confirmed}
    told = text_of(send(browser, "record-add", chen_file.pk, "post", **values))
    assert "正式任职时间不能早于试用期起。" in told
    assert written() == []


def test_who_is_elected_again_holds_the_post_anew(chen_file: Cadre, browser: Client) -> None:
    values = {**VALUES["post"], "source_field": "", "term_from": "2099.01"}
    told = send(browser, "record-add", chen_file.pk, "post", **values).content.decode()
    assert "本届任期不能晚于任职时间。" in told


def test_probation_and_term_are_recorded_and_told_with_the_post(chen_file: Cadre, browser: Client) -> None:
    values = {**VALUES["post"], "source_field": "", "probation_from": "2023.01", "term_from": "2021.12"}
    send(browser, "record-add", chen_file.pk, "post", **values)
    holding = PostHolding.objects.get(cadre=chen_file, title="党组书记")
    assert (holding.probation_from, holding.term_from) == (date(2023, 1, 1), date(2021, 12, 1))
    page = words(browser, reverse("desk:dossier", args=[chen_file.pk]) + "?tab=posts")
    assert "兼职，2023-01-01 起试用，本届任期 2021-12-01 起" in page
    send(browser, "record-change", chen_file.pk, "post", holding.pk, revision=1, **values, confirmed_on="2024.01")
    page = words(browser, reverse("desk:dossier", args=[chen_file.pk]) + "?tab=posts")
    assert "兼职，2024-01-01 试用期满任职，本届任期 2021-12-01 起" in page


def test_a_second_grade_of_a_year_is_refused(chen_file: Cadre, browser: Client) -> None:
    values = {"year": "2025", "grade": "competent", "note": "", "source_field": ""}
    assert "年度考核一年只能有一条" in text_of(send(browser, "record-add", chen_file.pk, "grade", **values))
    assert written() == [("people.add_record", True)]


def test_an_inner_line_is_put_into_its_stretch(chen_file: Cadre, browser: Client) -> None:
    town = ResumeEntry.objects.get(cadre=chen_file, text="示范市甲镇科员")
    values = {**VALUES["resume"], "inside": str(town.pk), "source_field": ""}
    send(browser, "record-add", chen_file.pk, "resume", **values)
    assert ResumeEntry.objects.get(text="示范市丁局").inside_id == town.pk
    response = send(browser, "record-withdraw", chen_file.pk, "resume", town.pk, revision=1)
    assert "这一段下面还有“其间”的记录。" in text_of(response)


def test_an_item_is_verified_against_materials(chen_file: Cadre, lin: Actor, browser: Client) -> None:
    url_args = (chen_file.pk, "party-joining")
    assert "核对入党时间" in words(browser, reverse("desk:dossier-verify", args=url_args))
    empty = send(browser, "verify", *url_args, result="", materials="")
    assert (empty.status_code, written()) == (200, [])
    send(browser, "verify", *url_args, result="verified", materials="入党志愿书")
    row = Verification.objects.get(cadre=chen_file)
    assert (row.item, row.result, row.verified_by_name) == ("party_joining", "verified", "林疏桐")
    assert (row.verified_on, row.materials) == (date(2026, 11, 20), "入党志愿书")
    assert written() == [("people.verify_item", False)]


def test_kin_is_decided_with_a_reason_and_closes_the_files(
    chen_file: Cadre, cast: Cast, lin: Actor, browser: Client, at: datetime
) -> None:
    wife = make_cadre("云之遥", cast.unit_a, at)
    tie = KinTie.objects.create(cadre=chen_file, kin=wife, relation="13", proposed_at=at)
    hidden = KinTie.objects.create(cadre=chen_file, kin=cast.zhou_file, relation="30", proposed_at=at)
    assert browser.get(reverse("desk:dossier-kin", args=[chen_file.pk, hidden.pk])).status_code == 404
    assert "云之遥（示范市甲局）是不是档案里写的那位亲属" in words(
        browser, reverse("desk:dossier-kin", args=[chen_file.pk, tie.pk])
    )
    assert send(browser, "kin", chen_file.pk, tie.pk, state="proposed").status_code == 200  # not a decision
    send(browser, "kin", chen_file.pk, tie.pk, state="confirmed")
    tie.refresh_from_db()
    assert (tie.state, tie.decided_by) == (KinTieState.CONFIRMED, lin.key)
    assert written() == [("people.decide_kin_tie", False)]
    assert Entry.objects.get(action="people.decide_kin_tie").detail.reason == REASON


def test_nobody_but_an_editor_of_the_file_changes_it(
    chen_file: Cadre, cast: Cast, wang: Actor, he: Actor, zhao: Actor, client_of: ClientOf
) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2025)
    pages: list[tuple[str, tuple[object, ...]]] = [
        ("field", (chen_file.pk, "birth")),
        ("record-add", (chen_file.pk, "grade")),
        ("record-change", (chen_file.pk, "grade", grade.pk)),
        ("record-withdraw", (chen_file.pk, "grade", grade.pk)),
        ("verify", (chen_file.pk, "birth")),
    ]
    values = {"raw": "198106", "year": "2024", "grade": "excellent", "result": "verified", "materials": "材料"}
    for name, args in pages:
        assert send(client_of(wang), name, *args, **values).status_code == 403
        assert send(client_of(he), name, *args, **values).status_code == 403
        assert send(client_of(zhao), name, *args, **values).status_code == 404
    assert written() == []
    assert Cadre.objects.get(pk=chen_file.pk).revision == 0


def test_an_earlier_day_is_read_only(chen_file: Cadre, browser: Client) -> None:
    url = reverse("desk:dossier-field", args=[chen_file.pk, "birth"]) + "?on=2021-06-30"
    values = {"raw": "198106", "reason": REASON, "expected_revision": "0"}
    assert "历史日期的状态只读。回到今天再改。" in str(TextOf(browser.post(url, values).content.decode()))
    assert browser.post(url, values).status_code == 403
    assert written() == []


def test_what_does_not_exist_is_not_there(chen_file: Cadre, cast: Cast, browser: Client) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2025)
    wrong: list[tuple[str, tuple[object, ...]]] = [
        ("field", (chen_file.pk, "nonsense")),
        ("record-add", (chen_file.pk, "photo")),
        ("record-change", (chen_file.pk, "rank", grade.pk)),
        ("record-withdraw", (chen_file.pk, "form", grade.pk)),
        ("verify", (chen_file.pk, "nonsense")),
        ("undo", (chen_file.pk, 999_999)),
    ]
    for name, args in wrong:
        assert browser.get(reverse(f"desk:dossier-{name}", args=args)).status_code == 404
