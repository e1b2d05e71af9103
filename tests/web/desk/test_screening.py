"""资格筛查 on the desk: choose a target, read conditions and people, narrow, add conditions, save, export."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from openpyxl import load_workbook
from pytest_django import Settings

from quanheng.accounts.models import Grant
from quanheng.census import house as census
from quanheng.census import publish
from quanheng.census.snapshot import refresh
from quanheng.kernel.actor import Actor
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.organization.models import Position
from quanheng.people.models import SavedQuery
from quanheng.web.desk import screening_export
from tests.conftest import Cast, ClientOf
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/desk/screening/"
YOUNG = f"{PAGE}?target=pool:young"


@pytest.fixture
def officer(cast: Cast, lin: Actor, client_of: ClientOf, settings: Settings, tmp_path: Path) -> Client:
    settings.CENSUS_FOLDER = tmp_path
    fill(cast.chen_file, datetime(2026, 11, 20, tzinfo=UTC))
    return client_of(lin)


@pytest.fixture
def screened(officer: Client) -> Client:
    on = localdate(now())
    refresh(census.folder(), census.recipe_on(on), at=now(), on=on)
    return officer


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestTheStart:
    def test_it_offers_tiers_ranks_and_pools(self, officer: Client) -> None:
        page = officer.get(PAGE).content.decode()
        for target in ("post%3Acounty_deputy", "rank%3Acounsel_4", "pool%3Ayoung"):
            assert f"?target={target}" in page
        assert "资格是门槛，不是排名" in page

    def test_a_post_is_found_by_unit_and_title_and_only_in_scope(self, officer: Client, cast: Cast) -> None:
        for unit in (cast.unit_a, cast.unit_b):
            Position.objects.create(
                unit=unit, title="副局长", tier="county_deputy", is_leading=True, quota=2, valid_from=date(2020, 1, 1)
            )
        page = officer.get(PAGE, {"find": "局 副局长"}).content.decode()
        assert "示范市甲局副局长" in page
        assert "示范市乙局副局长" not in page
        assert '副局长</a> <span class="caption">县处级副职</span>' in page
        far = Position.objects.get(unit=cast.unit_b)
        assert officer.get(PAGE, {"target": f"post:{far.pk}"}).status_code == 404

    def test_where_more_posts_are_found_than_listed_it_says_so(
        self, officer: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("quanheng.web.desk.screening_page.FOUND", 1)
        for title, is_told in (("副局长", False), ("总规划师", False), ("副", True)):
            Position.objects.create(
                unit=cast.unit_a, title=f"{title}甲", tier="county_deputy", valid_from=date(2020, 1, 1)
            )
            page = officer.get(PAGE, {"find": f"局 {title}"}).content.decode()
            assert ("还有更多岗位没有列出" in page) is is_told

    def test_what_is_no_target_says_so(self, officer: Client) -> None:
        response = officer.get(PAGE, {"target": "rank:<script>"})
        assert response.status_code == 400
        assert "读不懂要筛查的目标" in response.content.decode()
        assert "<script>" not in response.content.decode()

    def test_before_the_first_snapshot_it_says_who_can_help(self, officer: Client) -> None:
        response = officer.get(YOUNG)
        assert response.status_code == 503
        assert "全体人员的数据还没有汇总好" in response.content.decode()

    def test_a_snapshot_that_cannot_be_read_says_so_and_since_when(self, screened: Client) -> None:
        (file,) = publish.published(census.folder())
        file.write_bytes(b"garbage")
        response = screened.get(YOUNG)
        assert response.status_code == 503
        assert "全体人员的数据现在读不出，不能筛查。全员快照的文件读写出错" in response.content.decode()
        assert screened.get(f"{YOUNG}&on=2027-03-01").status_code == 503


class TestWithoutThePurpose:
    def test_it_says_which_grant_is_missing_and_what_is_open_instead(
        self, screened: Client, lin: Actor, client_of: ClientOf
    ) -> None:
        Grant.objects.filter(account_id=lin.key).update(purposes=["management"])
        text = text_of(screened.get(YOUNG))
        assert "本账号的授权不含“选拔任用”用途" in text
        assert "人人相同的几列收起了" not in text
        assert "选任" not in text_of(screened.get("/desk/today/"))


class TestTheMatrix:
    def test_it_shows_people_conditions_and_the_time_it_took(self, screened: Client, cast: Cast) -> None:
        text = text_of(screened.get(YOUNG))
        assert "优秀年轻干部库" in text
        assert "陈知行" in text
        assert "周望舒" not in text  # of another scope
        assert re.search(r"全部 1 ", text)
        assert re.search(r"用时 \d+\.\d\d 秒", text)
        assert "资格是门槛，不是排名" in text

    def test_a_cell_opens_the_evidence_for_this_purpose(self, screened: Client, cast: Cast) -> None:
        page = screened.get(f"{YOUNG}&cols=all").content.decode()
        cells = re.findall(r'class="ev" href="(/desk/evidence/rule/[^"]+)"', page)
        assert cells
        first = cells[0].replace("&amp;", "&")
        assert "purpose=selection" in first
        assert screened.get(first).status_code == 200

    def test_without_a_sign_off_it_says_once_that_nothing_is_in_the_way(self, screened: Client) -> None:
        page = screened.get(YOUNG).content.decode()
        rules = re.findall(r'name="keep" value="([\w-]+)"', page)
        assert f"{len(rules)} 个条件没有签认：照样检查并说明，只提示，不拦阻。" in text_of(screened.get(YOUNG))
        assert 'href="/desk/rules/?state=unsigned&amp;state=void"' in page

    def test_the_paper_lists_the_conditions_with_their_articles(self, screened: Client) -> None:
        page = screened.get(f"{YOUNG}&off=PMR-KEY").content.decode()
        printed = page[page.index("printed-conditions") :]
        assert printed.count("<li>") == page.count('name="keep"') - 1
        assert "<li><b>党纪影响期：警告</b> 中国共产党纪律处分条例（2023修订）第十条 · 未签认，只提示</li>" in printed

    def test_of_a_position_it_says_the_tier(self, screened: Client, cast: Cast) -> None:
        given = {"title": "副局长", "tier": "county_deputy", "is_leading": True, "quota": 2}
        position = Position.objects.create(unit=cast.unit_a, valid_from=date(2020, 1, 1), **given)
        text = text_of(screened.get(f"{PAGE}?target=post:{position.pk}"))
        assert re.search(r"示范市甲局副局长 县处级副职 拟任日", text)
        assert "县处级副职 拟任日" not in text_of(screened.get(YOUNG))

    def test_columns_in_which_all_wait_are_folded_and_named(self, screened: Client) -> None:
        folded, whole = (text_of(screened.get(url)) for url in (YOUNG, f"{YOUNG}&cols=all"))
        assert "人人相同的几列收起了" in folded
        assert "人人相同的几列收起了" not in whole

    def test_unticking_narrows_this_screening_and_is_said_in_the_title(self, screened: Client) -> None:
        page = screened.get(YOUNG).content.decode()
        rules = re.findall(r'name="keep" value="([\w-]+)"', page)
        kept = [rule for rule in rules if rule != "PMR-KEY"]
        response = screened.get(YOUNG, {"target": "pool:young", "shown": "1", "keep": kept})
        assert response.status_code == 302
        assert parse_qs(urlsplit(response["Location"]).query) == {"target": ["pool:young"], "off": ["PMR-KEY"]}
        assert "去掉了 1 个条件" in text_of(screened.get(response["Location"]))

    def test_the_paper_says_scope_day_and_what_was_left_out(self, screened: Client) -> None:
        day = localdate(now()).isoformat()
        whole, without = (screened.get(address).content.decode() for address in (YOUNG, f"{YOUNG}&off=PMR-KEY"))
        said = f"筛查范围：管理范围内 · 现职干部 1 人；按 {day} 施行的条款"
        assert f'<p class="only-print">{said}</p>' in whole
        assert re.search(rf'<p class="only-print">{said}；去掉的条件：[^；<]+</p>', without)

    def test_with_htmx_only_the_work_is_swapped_and_the_address_follows(self, screened: Client) -> None:
        data = {"target": "pool:young", "shown": "1", "keep": ["PMR-KEY"]}
        response = screened.get(PAGE, data, headers={"HX-Request": "true", "HX-Target": "screening"})
        assert response.status_code == 200
        assert "<html" not in response.content.decode()
        assert response["HX-Push-Url"].startswith("/desk/screening/?target=pool%3Ayoung&off=")

    def test_a_unit_is_named_in_full_or_by_its_code(self, screened: Client, cast: Cast) -> None:
        page = text_of(screened.get(f"{YOUNG}&unit_named=QH01"))
        assert "示范市甲局" in page
        assert "陈知行" in page
        far = text_of(screened.get(f"{YOUNG}&unit={cast.unit_b.pk}"))
        assert far.count("示范市乙局") == 0

    @pytest.mark.parametrize("named", ["没有的局", "示范市乙局", "QH02"])
    def test_a_unit_that_is_not_found_changes_nothing_and_is_said(self, screened: Client, named: str) -> None:
        lost = f"没有找到单位“{named}”，或它不在本账号的管理范围内。现在的范围仍是："
        assert f"{lost}管理范围内 · 现职干部。" in text_of(
            screened.get(f"{YOUNG}&shown=1&keep=PMR-KEY&unit_named={named}")
        )
        assert "没有找到单位" not in text_of(screened.get(f"{YOUNG}&unit_named="))
        assert "没有找到单位" not in text_of(screened.get(f"{YOUNG}&unit_named=QH01"))

    @pytest.mark.parametrize("day", ["1989-12-31", "2100-01-01", "2026-02-30", "明天"])
    def test_a_day_that_cannot_be_planned_is_said(self, screened: Client, day: str) -> None:
        page = text_of(screened.get(f"{YOUNG}&on={day}"))
        assert f"“{day}”不能作拟任日：要写 1990 至 2099 年间的一天。现在按今天看。" in page
        assert "不能作拟任日" not in text_of(screened.get(f"{YOUNG}&on={localdate(now())}"))

    def test_an_unknown_group_or_page_shows_all(self, screened: Client) -> None:
        for more in (
            "group=best",
            "group=not_applicable",
            "page=0",
            "page=x",
            "page=99999999",
            "on=1500-01-01",
            "tier=x",
        ):
            assert "陈知行" in text_of(screened.get(f"{YOUNG}&{more}"))
        assert "这一组没有人" in text_of(screened.get(f"{YOUNG}&group=not_met"))

    def test_no_name_in_the_address(self, screened: Client) -> None:
        page = screened.get(YOUNG).content.decode()
        assert not [url for url in re.findall(r'href="([^"]+)"', page) if "陈" in url or "%E9%99%88" in url]


class TestFurtherConditions:
    def test_a_row_becomes_a_column_with_its_counts(self, screened: Client) -> None:
        url = f"{YOUNG}&field=person.is_party_member&operator=is&value="
        page = text_of(screened.get(url))
        assert "附加 1" in page
        assert "另加 1 个条件" in page

    @pytest.mark.parametrize(
        ("field", "operator", "value", "said"),
        [
            ("person.birth", "least", "去年", "要填：一个日期"),
            ("training_years.ever.hours", "least", "many", "要填：一个整数"),
            ("posts.now.level", "is", "县处", "县处级正职"),
            ("person.birth", "is", "1970-01-01", "“出生日期”不能这样比。可以选：不少于（不早于）、不多于（不晚于）。"),
            ("posts.now.level", "least", "县处级正职", "不能这样比。可以选：是、不是。"),
            ("person.secret", "is", "", "没有“person.secret”这一项"),
            ("expression", "is", "person.birth >", "读不懂"),
            ("expression", "is", "person.brith", "person.birth"),
            ("posts.count", "least", "9" * 20, f"读不懂 {'9' * 20}"),
            ("expression", "is", 'exists(posts, post == "局长")', "快照里只有 posts.post 的摘要"),
        ],
    )
    def test_a_wrong_one_says_what_and_where(
        self, screened: Client, field: str, operator: str, value: str, said: str
    ) -> None:
        sent = {"target": "pool:young", "field": field, "operator": operator, "value": value}
        assert said in text_of(screened.get(PAGE, sent))
        assert said in text_of(screened.get(f"{PAGE}count/", sent))
        assert "陈知行" in text_of(screened.get(PAGE, sent))  # the rest is answered all the same

    def test_it_is_counted_while_it_is_typed(self, screened: Client) -> None:
        sent = {"target": "pool:young", "field": "person.birth", "operator": "least", "value": "1970-01-01"}
        assert "符合这个条件的 1 人" in text_of(screened.get(f"{PAGE}count/", sent))

    def test_working_days_cannot_be_asked_of_everybody(self, screened: Client) -> None:
        sent = {"target": "pool:young", "field": "expression", "value": "workdays_between(person.birth, on) > 3"}
        assert "按工作日计算的条件只能逐人看" in text_of(screened.get(PAGE, sent))


class TestSavedAndExported:
    def test_a_screening_is_kept_by_name_apart_from_the_lists(self, screened: Client) -> None:
        screened.post(f"{PAGE}queries/?target=pool:young&off=PMR-KEY", {"name": "年轻干部"})
        (saved,) = SavedQuery.objects.all()
        assert saved.query == "target=pool%3Ayoung&off=PMR-KEY"
        assert "年轻干部" in text_of(screened.get(PAGE))
        assert "年轻干部" not in text_of(screened.get("/desk/people/"))
        screened.post(f"{PAGE}queries/{saved.pk}/delete/")
        assert not SavedQuery.objects.exists()

    def test_a_name_that_a_list_has_is_not_taken_from_it(self, officer: Client) -> None:
        officer.post("/desk/people/queries/?also=female", {"name": "女干部"})
        assert "<b>优秀年轻干部库</b>" in officer.get(f"{PAGE}queries/?target=pool:young").content.decode()
        answer = officer.post(f"{PAGE}queries/?target=pool:young", {"name": "女干部"})
        assert "名册里已有一个叫“女干部”的常用查询，没有覆盖它" in answer.content.decode()
        assert 'value="女干部"' in answer.content.decode()
        assert SavedQuery.objects.get().query == "also=female"
        assert "请写一个名称" in officer.post(f"{PAGE}queries/?target=pool:young", {"name": " "}).content.decode()

    def test_the_workbook_holds_the_people_of_the_page_and_is_in_the_ledger(self, screened: Client, cast: Cast) -> None:
        before = Entry.objects.filter(action="people.export").count()
        response = screened.post(f"{PAGE}export/?target=pool:young")
        assert response.status_code == 200
        with ZipFile(io.BytesIO(response.content)) as book:
            strings = book.read("xl/sharedStrings.xml").decode()
        assert "陈知行" in strings
        assert "周望舒" not in strings
        assert "待认定" in strings
        made = Entry.objects.filter(action="people.export").order_by("-pk")
        assert made.count() == before + 1
        assert str(cast.chen_file.pk) in made[0].object_key

    def test_the_workbook_says_what_each_column_stands_for(self, screened: Client) -> None:
        book = load_workbook(io.BytesIO(screened.post(f"{PAGE}export/?target=pool:young&off=PMR-KEY").content))
        assert book.sheetnames == ["资格筛查", "条件和条款"]
        people, asked = (list(sheet.values) for sheet in book)
        assert asked[0] == ("列", "条件", "条款", "不符时", "人数")
        said = ("影响期", "党纪影响期：警告", "中国共产党纪律处分条例（2023修订）第十条", "未签认，只提示")
        assert said in [row[:4] for row in asked]
        assert {row[0] for row in asked[1:]} == set(people[1][4:])
        assert "重点抽查" not in [row[1] for row in asked]

    def test_too_many_are_refused_and_none_is_left_out_in_silence(
        self, screened: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(screening_export, "MOST", 0)
        response = screened.post(f"{PAGE}export/?target=pool:young")
        assert (response.status_code, "一次最多导出 0 人" in response.content.decode()) == (400, True)
        assert not Entry.objects.filter(action="people.export").exists()

    def test_nobody_is_not_exported(self, screened: Client) -> None:
        assert screened.post(f"{PAGE}export/?target=pool:young&group=not_met").status_code == 400
        assert not Entry.objects.filter(action="people.export").exists()


class TestPostsForAPerson:
    def test_a_person_is_found_and_asked_about(self, officer: Client, cast: Cast) -> None:
        found = officer.get(f"{PAGE}posts/", {"find": "陈知行"}).content.decode()
        assert f"?cadre={cast.chen_file.pk}" in found
        page = text_of(officer.get(f"{PAGE}posts/", {"cadre": str(cast.chen_file.pk)}))
        assert "依人找岗：陈知行" in page
        assert "空缺岗位" in page
        assert Entry.objects.filter(action=OPEN_DOSSIER, cadre=cast.chen_file.pk).exists()

    def test_somebody_of_another_scope_is_nobody(self, officer: Client, cast: Cast) -> None:
        for key in (cast.zhou_file.pk, "01890000-0000-7000-8000-000000000000", "x"):
            assert officer.get(f"{PAGE}posts/", {"cadre": str(key)}).status_code == 404


def test_who_is_ruled_out_without_a_day_is_told_by_what(screened: Client, cast: Cast) -> None:
    """Beside the verdict stand the columns that keep the person there; of many the first two and how many."""
    sent = {"target": "post:department_principal"}
    row = re.search(r"<tr data-row>.*?</tr>", screened.get(PAGE, sent).content.decode(), re.DOTALL)
    assert row is not None
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row[0]))
    assert "陈知行" in said
    assert said.endswith("不符合 任职年限、逐级 ")
