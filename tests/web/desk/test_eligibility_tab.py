"""资格 in a dossier: which targets are told without being asked, how somebody stands to them, and to others."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from quanheng.insight.outlook import next_ranks, next_tiers
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import Actor
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position, Unit
from quanheng.people.choices import HoldingKind
from quanheng.people.models import Cadre, PostHolding, RankHolding
from quanheng.people.queries_posts import vacant_positions
from tests.conftest import Cast, ClientOf
from tests.dossiers import add, fill, words

ON = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def deputy(cast: Cast, at: datetime) -> Cadre:
    """陈知行: third-level counsel, deputy since 2025-06-01."""
    cadre = fill(cast.chen_file, at - timedelta(days=100))
    PostHolding.objects.filter(cadre=cadre, title="局长").delete()
    PostHolding.objects.filter(cadre=cadre).update(valid_from=date(2025, 6, 1), valid_to=None)
    return cadre


def slot(unit: Unit, title: str = "局长", quota: int = 1) -> Position:
    tier = PostTier.COUNTY_PRINCIPAL
    return Position.objects.create(unit=unit, title=title, tier=tier, quota=quota, valid_from=date(2010, 1, 1))


def url(cadre: Cadre, query: str = "") -> str:
    made = reverse("desk:dossier", args=[cadre.pk]) + "?tab=eligibility"
    return f"{made}&{query}" if query else made


class TestWhatLiesNext:
    @pytest.mark.parametrize(
        ("rank", "tier", "expected"),
        [
            (Rank.COUNSEL_4, None, [Rank.COUNSEL_3, Rank.COUNSEL_2]),
            (Rank.INSPECTOR_2, None, [Rank.INSPECTOR_1]),
            (Rank.INSPECTOR_1, None, []),
            (None, PostTier.COUNTY_DEPUTY, [Rank.COUNSEL_3, Rank.COUNSEL_2]),
            (None, PostTier.TOWNSHIP_PRINCIPAL, [Rank.SENIOR_STAFF_1, Rank.COUNSEL_4]),
            (None, PostTier.STAFF, []),
            (None, None, []),
        ],
    )
    @pytest.mark.django_db
    def test_ranks(self, rank: Rank | None, tier: PostTier | None, expected: list[Rank]) -> None:
        assert list(next_ranks(rank, tier, rulebook_in_force(ON))) == expected

    @pytest.mark.parametrize(
        ("tier", "expected"),
        [
            (PostTier.STAFF, [PostTier.TOWNSHIP_DEPUTY, PostTier.TOWNSHIP_PRINCIPAL]),
            (PostTier.PROVINCE_DEPUTY, [PostTier.PROVINCE_PRINCIPAL]),
            (PostTier.PROVINCE_PRINCIPAL, []),
            (None, []),
        ],
    )
    def test_tiers(self, tier: PostTier | None, expected: list[PostTier]) -> None:
        assert list(next_tiers(tier)) == expected


class TestVacantPosts:
    def test_room_is_what_nobody_holds(self, cast: Cast, deputy: Cadre, lin: Actor, at: datetime) -> None:
        full, half = slot(cast.unit_a), slot(cast.unit_a, "书记", quota=2)
        slot(cast.unit_b)  # out of sight
        for position in (full, half):
            given = {"title": position.title, "unit_name": "示范市甲局", "valid_from": date(2020, 1, 1)}
            add(PostHolding, deputy, at, position=position, tier=PostTier.COUNTY_PRINCIPAL, **given)
        assert list(vacant_positions(lin, [PostTier.COUNTY_PRINCIPAL], ON)) == [half]
        PostHolding.objects.filter(position=full).update(kind=HoldingKind.SECONDMENT)
        assert set(vacant_positions(lin, [PostTier.COUNTY_PRINCIPAL], ON)) == {full, half}

    def test_they_are_listed_by_name(self, cast: Cast, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        slot(cast.unit_a)
        slot(cast.unit_b, "党组书记")
        text = words(client_of(lin), url(deputy))
        assert "空缺岗位 目标 结论 不符合 缺材料 提醒 示范市甲局局长 不符合 2027-06-01 起符合" in text
        assert "示范市乙局" not in text


class TestTheTab:
    def test_next_ranks_tiers_and_the_pool(self, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        html = client_of(lin).get(url(deputy)).content.decode()
        titles = re.findall(r'<th scope="row" class="c-target">([^<]+)', html)
        assert titles == ["二级调研员", "一级调研员", "县处级正职", "厅局级副职", "优秀年轻干部库"]
        assert html.count("再上一级，供展望") == 2

    def test_a_line_says_what_fails_and_from_when(self, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        text = words(client_of(lin), url(deputy))
        assert "县处级正职 不符合 2027-06-01 起符合 副职提任正职 差 7 个月，2027-06-01 起符合 未签认，只提示" in text
        assert "资格是门槛，不是排名" in text
        assert "规则还没有人签认" in text

    def test_each_verdict_leads_to_its_evidence(self, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        client = client_of(lin)
        html = client.get(url(deputy)).content.decode()
        links = {
            each.replace("&amp;", "&") for each in re.findall(r'class="ev" href="(/desk/evidence/rule/[^"]+)"', html)
        }
        assert len(links) > 5
        assert all(client.get(each).status_code == 200 for each in sorted(links)[:6])

    def test_a_chosen_target_opens_with_all_columns(self, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        text = words(client_of(lin), url(deputy, "target=post:county_deputy"))
        assert "选定的目标" in text
        assert "基本条件 待认定" in text
        assert "等人认定或查明的条件" in text

    def test_posts_are_found_by_unit_and_title(
        self, cast: Cast, deputy: Cadre, lin: Actor, client_of: ClientOf
    ) -> None:
        position = slot(cast.unit_a)
        slot(cast.unit_b)
        html = client_of(lin).get(url(deputy, "find=局长")).content.decode()
        assert f"target=post%3A{position.pk}" in html
        assert "示范市乙局" not in html
        assert "没有找到这样的岗位" in words(client_of(lin), url(deputy, "find=无此岗位"))

    def test_where_more_posts_are_found_than_listed_it_says_so(
        self, cast: Cast, deputy: Cadre, lin: Actor, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slot(cast.unit_a)
        assert "还有更多岗位没有列出" not in words(client_of(lin), url(deputy, "find=局长"))
        monkeypatch.setattr("quanheng.web.desk.dossier_eligibility.FOUND", 1)
        slot(cast.unit_a)
        assert "还有更多岗位没有列出" in words(client_of(lin), url(deputy, "find=局长"))

    def test_an_earlier_day_is_told_by_what_was_held_then(self, deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
        html = client_of(lin).get(url(deputy, "on=2022-06-30")).content.decode()
        assert re.findall(r'<th scope="row" class="c-target">([^<]+)', html)[:2] == ["三级调研员", "二级调研员"]
        assert "on=2022-06-30&amp;target=" in html

    def test_a_day_to_come_is_judged_as_the_screening_judges_it_and_is_said(
        self, deputy: Cadre, lin: Actor, client_of: ClientOf
    ) -> None:
        client = client_of(lin)
        before, since = (words(client, url(deputy, f"on={day}")) for day in ("2027-05-31", "2027-06-01"))
        assert "这里按拟任日 2027-06-01 判断：用现在的记录和那天施行的条款；其余页签仍是今天的。 回到今天" in since
        assert "县处级正职 不符合 2027-06-01 起符合" in before
        assert "2027-06-01 起符合" not in since
        html = client.get(url(deputy, "on=2027-06-01&target=pool:young")).content.decode()
        assert 'name="on" value="2027-06-01"' in html
        assert 'name="target" value="pool:young"' in html
        assert "on=2027-06-01&amp;target=" in html
        assert "这里按拟任日" not in words(client, url(deputy))

    @pytest.mark.parametrize(
        ("query", "is_said"), [("on=2100-01-01", True), ("on=x", True), ("on=1980-01-01", False), ("on=", False)]
    )
    def test_a_day_that_cannot_be_asked_is_said(
        self, deputy: Cadre, lin: Actor, client_of: ClientOf, query: str, is_said: bool
    ) -> None:
        assert ("不能作拟任日：要写 1990 至 2099 年间的一天" in words(client_of(lin), url(deputy, query))) == is_said

    def test_a_target_that_cannot_be_read_or_seen_is_said_alike(
        self, cast: Cast, deputy: Cadre, lin: Actor, client_of: ClientOf
    ) -> None:
        lost = "没有找到这个目标，或它不在本账号的管理范围内。请从下面另选一个。"
        client, far = client_of(lin), slot(cast.unit_b)
        for target in ("pool:zzz", "x", f"post:{far.pk}"):
            assert lost in words(client, url(deputy, f"target={target}"))
        assert lost not in words(client, url(deputy, "target=pool:young"))
        assert lost not in words(client, url(deputy))

    def test_that_older_articles_are_not_all_there_is_said_on_a_past_day(
        self, deputy: Cadre, lin: Actor, client_of: ClientOf
    ) -> None:
        client = client_of(lin)
        told = re.search(
            r"现在的 (\d+) 条资格条件，有 (\d+) 条在 2019-03-02 还没有施行", words(client, url(deputy, "on=2019-03-02"))
        )
        assert told
        assert 0 < int(told[2]) <= int(told[1])
        for day in ("", "on=2026-11-19", "on=2027-06-01"):
            assert "条资格条件，有" not in words(client, url(deputy, day))

    def test_who_holds_nothing_is_told_so(self, cast: Cast, lin: Actor, client_of: ClientOf) -> None:
        text = words(client_of(lin), url(cast.chen_file))
        assert "职级序列里没有更高的一级。" in text
        assert "没有在任职务的层次" in text

    def test_the_number_of_queries_does_not_grow_with_the_posts(
        self,
        cast: Cast,
        deputy: Cadre,
        lin: Actor,
        client_of: ClientOf,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """Session and opening 9, marks and records 6, the rulebook 3, posts 3, of the person one a source."""
        for number in range(6):
            slot(cast.unit_a, f"岗位{number}")
        client = client_of(lin)
        client.get(url(deputy))
        with django_assert_max_num_queries(34):
            client.get(url(deputy))


def test_a_corrected_record_changes_the_verdict(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    assert "县处级正职 不符合 2027-06-01 起符合" in words(client, url(deputy))
    RankHolding.objects.filter(cadre=deputy).delete()
    PostHolding.objects.filter(cadre=deputy).update(valid_from=date(2024, 6, 1))
    assert "县处级正职 不符合 2027-06-01 起符合" not in words(client, url(deputy))
