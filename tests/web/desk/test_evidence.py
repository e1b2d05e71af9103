"""凭什么: each figure's drawer says the page's own value, names records counted and not, and where they come from."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from quanheng.intake.choices import ImportMatch
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.papers.actions import build_file
from quanheng.people import facts
from quanheng.people.choices import SourceKind, VerificationItem, VerificationResult
from quanheng.people.facts import FactKind
from quanheng.people.models import AnnualGrade, Cadre, FieldSource, PostHolding, ResumeEntry, Verification
from quanheng.web.shared.dossier_words import FACT_LABELS, MISSING, WHY
from tests.conftest import Cast, ClientOf
from tests.dossiers import NUMBER, REGISTRAR, add, fill, give_source, words


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


def url(kind: str, cadre: Cadre, query: str = "") -> str:
    return reverse("desk:evidence", args=[kind, cadre.pk]) + (f"?{query}" if query else "")


def test_every_reason_and_every_gap_has_its_words() -> None:
    """A code that the facts give without words would be a drawer that does not answer."""
    source = Path(facts.__file__).read_text()
    bodies = re.findall(r"def _why_\w+\(.*?(?=\n\ndef |\n\n_|\nTIER|\Z)", source, re.DOTALL)
    reasons = {code for body in bodies for code in re.findall(r'"([a-z]+(?:-[a-z]+)+|unmarked)"', body)}
    assert reasons == set(WHY)
    gaps = {code for found in re.findall(r"missing=\(\"([a-z_]+)\"", source) for code in [found]} | {"resume_setting"}
    assert gaps == set(MISSING)
    assert set(FACT_LABELS) == set(FactKind)


@pytest.mark.parametrize("on", ["", "on=2021-06-30", "on=2003-06-30"])
def test_the_drawer_says_the_value_of_the_page(chen_file: Cadre, lin: Actor, client_of: ClientOf, on: str) -> None:
    client = client_of(lin)
    html = client.get(reverse("desk:dossier", args=[chen_file.pk]) + f"?{on}").content.decode()
    strip = html[html.index('class="fact-strip"') : html.index("</dl>", html.index('class="fact-strip"'))]
    pairs = re.findall(r"<dd>(.*?)</dd>", strip)
    assert len(pairs) == len(FactKind)
    for cell in pairs:
        found = re.search(r'href="([^"]+)"', cell)
        assert found
        value = " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        drawer = client.get(found[1].replace("&amp;", "&")).content.decode()
        claim = re.search(r'<p class="claim-value"><b>(.*?)</b>', drawer)
        assert claim
        assert claim[1] == value


def test_age_rests_on_the_birth_month_with_source_and_check(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    Verification.objects.create(
        cadre=chen_file,
        item=VerificationItem.BIRTH,
        result=VerificationResult.VERIFIED,
        materials="出生证明",
        verified_on=date(2026, 5, 9),
        verified_by=REGISTRAR,
        verified_by_name="何静",
    )
    text = words(client_of(lin), url("age", chen_file))
    assert (
        "年龄 46 岁 6 个月 1980.05 起 用到的记录 出生年月 1980.05 计入 出生证明 已核 出生证明 · 何静 2026-05-09" in text
    )
    assert "条款 这是按记录算出的值，不是对某一条款的判断；哪些规则用到它，见规则库。" in text
    assert "从出生年月到 2026-11-20 的足月数，满 12 个月为 1 岁。" in text
    assert "录入 系统 2026-08-12 08:00" in text
    assert "本次查阅用途 日常管理" in text
    assert "更正这条记录" in text


def test_tier_names_what_it_did_not_count_and_why(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url("tier", chen_file))
    assert "职务层次 县处级正职 4 年 7 个月 2022.04 起" in text
    assert "示范市甲局局长 2022.04– 计入 示任〔2022〕8号 · 原登记系统" in text
    assert "示范市甲局副局长 2010.03–2022.04 不计入 不是这一层次（职级） 示任〔2010〕3号 · 原登记系统" in text


def test_grassroots_gives_the_months_of_each_stretch(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    text = words(client_of(lin), url("grassroots", chen_file))
    assert "示范市甲镇科员 2003.07–2010.03 计入 6 年 8 个月 录用审批表 已核 何静 2026-05-09" in text
    assert "示范市乙局跟班学习 2008.01–2008.07 不计入 “其间”一段，时间已含在所属的一段里" in text
    assert "示范市甲局副局长、局长 2010.03– 不计入 不是基层单位" in text
    add(ResumeEntry, chen_file, at, order=3, text="某处", valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
    text = words(client_of(lin), url("grassroots", chen_file))
    assert "基层经历 至少 6 年 8 个月" in text
    assert "有的简历段未标注单位类型" in text
    assert "某处 2020.01–2021.01 不计入 未标注是否基层" in text


def test_missing_evidence_is_said_with_the_way_to_give_it(
    cast: Cast, lin: Actor, wang: Actor, client_of: ClientOf
) -> None:
    client = client_of(lin)
    text = words(client, url("rank", cast.chen_file))
    assert "职级 没有现职级记录" in text
    assert "没有可用的记录，因此不能得出数值。" in text
    assert "接下来可以 补录" in text
    assert (
        reverse("desk:dossier-record-add", args=[cast.chen_file.pk, "rank"])
        in client.get(url("rank", cast.chen_file)).content.decode()
    )
    assert "补录" not in words(client_of(wang), url("rank", cast.chen_file))


def test_grades_name_the_year_without_a_record(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url("grades", chen_file))
    assert "缺 2024 年考核 考核 2025–2023 优 — 称" in text
    assert "优秀 2025 计入" in text


def test_education_of_one_person_and_party_of_another(
    chen_file: Cadre, cast: Cast, lin: Actor, client_of: ClientOf
) -> None:
    text = words(client_of(lin), url("education", chen_file))
    assert "最高学历 大学 用到的记录 大学 1999.09–2003.07 计入" in text
    assert "入党 2006.12 用到的记录 入党时间 2006.12 计入" in words(client_of(lin), url("party", chen_file))


def test_the_history_of_a_value_keeps_what_was_taken_back(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    FieldSource.objects.filter(cadre=chen_file, field="birth").update(withdrawn_at=at - timedelta(days=1))
    give_source(chen_file, "birth", "198006", at - timedelta(days=1), source=SourceKind.OFFICER, source_key=lin.key)
    text = words(client_of(lin), url("field-birth", chen_file))
    assert "出生年月 1980.05 用到的记录 1980.06 2026-11-19 08:00 记入 计入 林疏桐录入" in text
    assert "1980.05 2026-08-12 08:00 记入 不计入 2026-11-19 08:00 改用后来的记载 出生证明" in text
    assert "更正出生年月" in text


def test_a_flagged_value_says_so(chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime) -> None:
    give_source(chen_file, "ethnicity", "汗族", at, is_flagged=True)
    assert "原文不能识别或不在代码表内，保留原文。" in words(client_of(lin), url("field-ethnicity", chen_file))


def test_the_identity_number_is_masked_in_its_history_too(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    give_source(chen_file, "identity_number", NUMBER, at)
    html = client_of(lin).get(url("field-identity-number", chen_file)).content.decode()
    assert NUMBER not in html
    assert html.count(f"{NUMBER[:4]}**********{NUMBER[-4:]}") >= 2


def test_a_record_names_the_imported_file_and_the_place_in_it(
    chen_file: Cadre, cast: Cast, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    batch = ImportBatch.objects.create(
        number="2026-11-20-01", account_key=lin.key, account_name=lin.name, unit=cast.unit_a, created_at=at
    )
    file = build_file(content=b"x", media_type="application/xml", name="", at=at)
    file.save()
    item = ImportItem.objects.create(
        batch=batch, order=1, file=file, file_name="陈知行.lrmx", match=ImportMatch.CHANGED, cadre=chen_file
    )
    entry = add(
        ResumeEntry,
        chen_file,
        at,
        order=3,
        text="示范市丁局",
        source=SourceKind.IMPORT,
        source_key=item.pk,
        source_field="JianLi/3",
    )
    text = words(client_of(lin), url("record-resume", chen_file, f"record={entry.pk}"))
    assert "简历 示范市丁局" in text
    assert "导入 陈知行.lrmx JianLi/3" in text
    assert "单位及职务 示范市丁局" in text
    assert "更正或撤回这条记录" in text


def test_a_withdrawn_record_is_still_shown_as_such(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    grade = AnnualGrade.objects.get(cadre=chen_file, year=2023)
    AnnualGrade.objects.filter(pk=grade.pk).update(withdrawn_at=at, withdrawn_by=lin.key)
    text = words(client_of(lin), url("record-grade", chen_file, f"record={grade.pk}"))
    assert "2026-11-20 08:00 已撤回或改过，不再采用。" in text
    assert "更正或撤回这条记录" not in text


def test_evidence_of_another_file_or_of_nothing_is_not_there(
    chen_file: Cadre, cast: Cast, lin: Actor, zhao: Actor, client_of: ClientOf, at: datetime
) -> None:
    foreign = add(PostHolding, cast.zhou_file, at, unit_name="乙局", title="局长", valid_from=date(2020, 1, 1))
    wrong = [
        url("age", cast.zhou_file),
        url("nonsense", chen_file),
        url("field-nonsense", chen_file),
        url("record-nonsense", chen_file),
        url("record-photo", chen_file, f"record={uuid4()}"),
        url("record-post", chen_file),
        url("record-post", chen_file, "record=nonsense"),
        url("record-post", chen_file, f"record={foreign.pk}"),
        url("record-resume", chen_file, f"record={PostHolding.objects.filter(cadre=chen_file)[0].pk}"),
    ]
    assert [client_of(lin).get(each).status_code for each in wrong] == [404] * len(wrong)
    assert client_of(zhao).get(url("age", chen_file)).status_code == 404
    assert Entry.objects.count() == 0


def test_the_drawer_is_the_page_without_its_frame(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    whole = client.get(url("age", chen_file)).content.decode()
    drawer = client.get(url("age", chen_file), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in drawer
    assert drawer.strip() in whole
    assert f'href="{reverse("desk:dossier", args=[chen_file.pk])}"' in drawer  # 关闭


def test_a_drawer_belongs_to_the_opening_before_it_for_half_an_hour(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(lin)
    client.get(reverse("desk:dossier", args=[chen_file.pk]))
    client.get(url("age", chen_file))
    client.get(url("tier", chen_file), headers={"HX-Request": "true"})
    assert Entry.objects.count() == 1
    with time_machine.travel(at + timedelta(minutes=31), tick=False):
        client_of(lin).get(url("age", chen_file), headers={"HX-Request": "true"})
    rows = list(Entry.objects.order_by("pk").values_list("action", "purpose", "cadre"))
    assert rows == [("ledger.open_dossier", "management", chen_file.pk)] * 2
