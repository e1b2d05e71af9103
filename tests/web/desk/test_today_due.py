"""Due items on 今日: each with day, article and next step, of the own people alone, gone with its cause."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from quanheng.accounts.models import Grant
from quanheng.census.house import folder, recipe_on
from quanheng.census.snapshot import refresh
from quanheng.insight import due_sql
from quanheng.insight.due import DueKind, watches
from quanheng.insight.due_groups import Lot, When
from quanheng.kernel.actor import Actor
from quanheng.people import actions
from quanheng.people.choices import SourceKind
from quanheng.people.models import Cadre, Sanction
from quanheng.web.desk.today_due import by_kind, chosen_span, spans, step_of_several
from tests.conftest import Cast, ClientOf, make_cadre
from tests.web.desk.units import TextOf

pytestmark = pytest.mark.django_db(transaction=True)
ON, ENDS = date(2026, 11, 20), date(2026, 12, 2)
REASON = "按处分决定书登记内容更正"
LIST = "desk:today-items"


def warn(cadre: Cadre, day: date, actor: Actor, at: datetime) -> Sanction:
    """A warning of that day; its effect ends a year later."""
    given = {"source": SourceKind.REGISTER, "recorded_at": at, "recorded_by": actor.key}
    return Sanction.objects.create(cadre=cadre, kind="party_warning", decided_on=day, valid_from=day, **given)


@pytest.fixture
def warned(
    cast: Cast, lin: Actor, at: datetime, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Cadre]:
    """Of the watches only those that somebody here meets: the others take seconds to write as SQL."""
    settings.CENSUS_FOLDER = tmp_path / "census"
    met = tuple(watch for watch in watches() if watch.rule in ("SAN-PTY-W", "SEL-PRO-42"))
    monkeypatch.setattr(due_sql, "watches", lambda: met)
    for cadre in (cast.chen_file, cast.zhou_file):
        warn(cadre, date(2025, 12, 2), lin, at)
    return {"chen": cast.chen_file, "zhou": cast.zhou_file}


@pytest.fixture
def told(warned: dict[str, Cadre], at: datetime) -> dict[str, Cadre]:
    """The snapshot has read both warnings."""
    refresh(folder(), recipe_on(ON), at=at, on=ON)
    return warned


Page = Callable[..., str]


@pytest.fixture
def shown(client_of: ClientOf, at: datetime) -> Page:
    def page(actor: Actor, url: str = "", *, after: timedelta = timedelta(), raw: bool = False) -> str:
        with time_machine.travel(at + after, tick=False):
            response = client_of(actor).get(url or reverse("desk:today"))
        assert response.status_code == 200
        text = response.content.decode()
        return text if raw else str(TextOf(text))

    return page


def due_part(words: str) -> str:
    """Without what the page says of the snapshot as a whole."""
    return words[words.index("期限 只列工作日") : words.index("最近变动")]


def test_an_item_has_its_day_article_evidence_and_step(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    page = shown(lin, raw=True)
    line = "以后 1 12-02 影响期将满：陈知行（示范市甲局） 中国共产党纪律处分条例第十条 看档案"
    assert line in str(TextOf(page))
    evidence = reverse("desk:rule-evidence", args=[told["chen"].pk, "SAN-PTY-W"])
    assert f'<a class="ev" href="{evidence}" data-note="">中国共产党纪律处分条例第十条</a>' in page
    assert f'href="{reverse("desk:dossier", args=[told["chen"].pk])}?tab=rewards" data-open>看档案' in page
    assert "党纪影响期：警告" in shown(lin, evidence)


def test_the_strip_counts_working_days(told: dict[str, Cadre], wang: Actor, shown: Page) -> None:
    words = shown(wang)
    strip = "已逾期 0 今天 11-20 0 周一 23 0 周二 24 0 周三 25 0 周四 26 0 周五 27 0 周一 30 0 周二 12-01 0"
    assert f"{strip} 周三 12-02 2 周四 12-03 0 周五 12-04 0" in words


def test_a_quiet_day_names_the_next_item(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    assert "今天没有到期的事。最近一件是 12-02 影响期将满：陈知行（示范市甲局）。" in shown(lin)
    later = shown(lin, after=timedelta(days=12))
    assert "今天没有到期的事。" not in later
    assert "今天 1 今天 影响期将满：陈知行（示范市甲局）" in later


def test_what_happened_is_not_overdue(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    words = shown(lin, after=timedelta(days=13))
    assert "已逾期 0" in words
    assert "没有期限，该看一眼 原因消除后自动消失 影响期 影响期已满，限制已解除：陈知行（示范市甲局）" in words
    assert "影响期" not in due_part(shown(lin, after=timedelta(days=12 + 31)))


def test_several_of_a_rule_are_one_line(told: dict[str, Cadre], wang: Actor, shown: Page) -> None:
    page = shown(wang, raw=True)
    assert "12-02 影响期将满：2 人" in str(TextOf(page))
    assert f'href="{reverse(LIST, args=["sanction"])}?rule=SAN-PTY-W&amp;when=later"' in page
    assert f'<a href="{reverse("desk:rule", args=["SAN-PTY-W"])}">中国共产党纪律处分条例第十条</a>' in page


def test_everybody_finds_the_own_people_alone(told: dict[str, Cadre], lin: Actor, zhao: Actor, shown: Page) -> None:
    for url in ("", reverse("desk:today") + "?day=2026-12-02", reverse(LIST, args=["all"])):
        of_lin, of_zhao = shown(lin, url), shown(zhao, url)
        assert ("陈知行" in of_lin, "周望舒" in of_lin) == (True, False)
        assert ("陈知行" in of_zhao, "周望舒" in of_zhao) == (False, True)


def test_somebody_outside_changes_neither_list_nor_count(
    told: dict[str, Cadre], cast: Cast, lin: Actor, zhao: Actor, at: datetime, shown: Page
) -> None:
    before = due_part(shown(lin))
    listed = shown(lin, reverse(LIST, args=["sanction"]))
    assert "共 1 件" in listed
    values = {"kind": "warning", "decided_on": date(2026, 6, 1), "valid_from": date(2026, 6, 1)}
    actions.add_record(actor=zhao, cadre=told["zhou"].pk, kind="sanction", values=values, reason=REASON, at=at)
    warn(make_cadre("又一人", cast.unit_b, at), date(2025, 12, 2), zhao, at)
    assert "影响期将满" in shown(zhao)
    assert due_part(shown(lin)) == before
    assert "共 1 件" in shown(lin, reverse(LIST, args=["sanction"]))


def test_an_item_goes_the_moment_its_cause_does(told: dict[str, Cadre], lin: Actor, at: datetime, shown: Page) -> None:
    assert "影响期将满" in shown(lin)
    sanction = Sanction.objects.get(cadre=told["chen"])
    actions.withdraw_record(actor=lin, cadre=told["chen"].pk, kind="sanction", record=sanction.pk, reason=REASON, at=at)
    assert "影响期将满" not in shown(lin)
    assert "现在没有这样的事。" in shown(lin, reverse(LIST, args=["sanction"]))


def test_a_grant_withdrawn_a_second_ago_shows_nothing(
    told: dict[str, Cadre], cast: Cast, lin: Actor, at: datetime, shown: Page
) -> None:
    Grant.objects.filter(account=cast.accounts["lin"]).update(revoked_at=at)
    words = shown(lin)
    assert "陈知行" not in words
    assert "12-02 1" not in words


def test_a_day_leaves_its_items_alone(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    page = shown(lin, reverse("desk:today") + "?day=2026-12-02", raw=True)
    words = str(TextOf(page))
    assert "看全部" in words
    assert "周三 12-02 1 12-02 影响期将满：陈知行（示范市甲局）" in words
    assert 'aria-current="true">周三 12-02 <b>1</b>' in page
    assert "没有期限" not in words
    other = shown(lin, reverse("desk:today") + "?day=2026-12-01")
    assert "这一天没有到期的事。 看全部" in other
    assert "陈知行" not in other


def test_a_day_that_cannot_be_read_is_no_filter(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    for value in ("", "tomorrow", "2026-13-01", quote("明天")):
        assert "看全部" not in shown(lin, reverse("desk:today") + f"?day={value}")


def test_without_a_snapshot_the_rest_is_shown(warned: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    words = shown(lin)
    assert "到期事项还没有算过" in words
    assert "今天没有等着办的事。" in words
    assert "到期事项还没有算过" in shown(lin, reverse(LIST, args=["all"]))


def test_the_page_says_as_of_when_and_that_the_worker_stands_still(
    told: dict[str, Cadre], lin: Actor, shown: Page
) -> None:
    assert "数据截至 2026-11-20 08:00" in shown(lin)
    assert "后台从 2026-11-20 08:00 起没有动静 重新计算" in shown(lin, after=timedelta(hours=1))


def test_the_list_says_how_long_before_and_why(told: dict[str, Cadre], lin: Actor, shown: Page) -> None:
    words = shown(lin, reverse(LIST, args=["sanction"]))
    assert "到期事项：影响期" in words
    assert "提前 60 天提示：期满前要看表现，期满后要告知本人。期满后再提示 30 天。" in words
    assert "12-02 陈知行 示范市甲局 影响期将满 中国共产党纪律处分条例第十条 看档案" in words
    retirement = shown(lin, reverse(LIST, args=["retirement"]))
    assert "提前 365 天提示：办手续、物色接替人选要一年。" in retirement
    assert "过了期限一直提示，到原因消除为止。" in retirement


def test_the_list_keeps_its_filters_from_page_to_page(
    warned: dict[str, Cadre], cast: Cast, lin: Actor, at: datetime, shown: Page
) -> None:
    for number in range(60):
        warn(make_cadre(f"人{number:02}", cast.unit_a, at), date(2025, 12, 3), lin, at)
    refresh(folder(), recipe_on(ON), at=at, on=ON)
    page = shown(lin, reverse(LIST, args=["sanction"]) + "?rule=SAN-PTY-W&day=2026-12-03", raw=True)
    words = str(TextOf(page))
    assert "共 60 件，本页 1–50" in words
    assert "?rule=SAN-PTY-W&amp;day=2026-12-03&amp;page=2" in page
    assert f'href="{reverse("desk:today")}?day=2026-12-03"' in page  # back to where the reader came from
    assert "陈知行" not in words
    second = shown(lin, reverse(LIST, args=["sanction"]) + "?rule=SAN-PTY-W&day=2026-12-03&page=2")
    assert "本页 51–60" in second
    assert "本页 51–60" in shown(lin, reverse(LIST, args=["sanction"]) + "?day=2026-12-03&page=99")


def test_an_unknown_list_is_not_found(client_of: ClientOf, lin: Actor) -> None:
    assert client_of(lin).get("/desk/today/items/everything/").status_code == 404


def test_queries_do_not_grow_with_the_items(
    warned: dict[str, Cadre], cast: Cast, lin: Actor, at: datetime, client_of: ClientOf
) -> None:
    client = client_of(lin)

    def asked() -> int:
        with time_machine.travel(at, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("desk:today")).status_code == 200
        return len(queries)

    refresh(folder(), recipe_on(ON), at=at, on=ON)
    asked()  # renews the session
    few = asked()
    for number in range(20):
        warn(make_cadre(f"人{number:02}", cast.unit_a, at), date(2025, 12, 3), lin, at)
    refresh(folder(), recipe_on(ON), at=at, on=ON, is_whole=True)
    assert asked() <= few
    assert few <= 45


def test_the_strip_joins_free_days_to_the_working_day_before() -> None:
    found = {span.value: (span.choice.first, span.choice.last) for span in spans(ON) if span.value != "overdue"}
    assert len(found) == 11
    assert found["2026-11-20"] == (ON, date(2026, 11, 22))
    assert found["2026-11-27"] == (date(2026, 11, 27), date(2026, 11, 29))
    assert found["2026-12-04"] == (date(2026, 12, 4), date(2026, 12, 6))


def test_the_strip_over_a_holiday_and_from_a_free_day() -> None:
    def days(on: date) -> list[str]:
        return [span.value for span in spans(on)][1:4]

    assert days(date(2026, 9, 30)) == ["2026-09-30", "2026-10-08", "2026-10-09"]
    assert days(date(2026, 11, 21)) == ["2026-11-21", "2026-11-23", "2026-11-24"]  # a Saturday


def test_a_day_beyond_the_strip_is_that_day_alone() -> None:
    span = chosen_span("2027-03-18", ON)
    assert span is not None
    assert (span.choice.first, span.choice.last) == (date(2027, 3, 18), date(2027, 3, 18))
    assert chosen_span("nonsense", ON) is None


@pytest.mark.parametrize(("may_screen", "label"), [(True, "去筛查"), (False, "看名单")])
def test_the_screening_of_a_rank_is_offered_to_whom_it_is_open(may_screen: bool, label: str) -> None:
    rule = next(watch.rule for watch in watches() if watch.rule.startswith("RNK-Y-"))
    lot = Lot(When.LATER, DueKind.RANK, rule, items=2, people=2, first=ENDS, last=ENDS, heads=())
    assert step_of_several(lot, "/list/", may_screen=may_screen).label == label


def test_lots_put_together_keep_all_their_rules() -> None:
    """Not only those of the first people: what the line is based on holds for everybody in it."""
    one, other = (
        Lot(When.LATER, DueKind.SANCTION, rule, items=1, people=1, first=ENDS, last=ENDS, heads=())
        for rule in ("SAN-PTY-W", "SAN-ADM-W")
    )
    (both,) = by_kind([one, other])
    assert (both.rule, both.items) == ("", 2)
    assert both.rules == {"SAN-PTY-W", "SAN-ADM-W"}
    assert one.rules == {"SAN-PTY-W"}
