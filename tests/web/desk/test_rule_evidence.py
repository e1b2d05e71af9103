"""凭什么 of a verdict: value against limit, records, the article, how it is computed, what can be done."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from quanheng.kernel.actor import Actor
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.people.choices import SanctionKind
from quanheng.people.models import Cadre, PostHolding, Sanction
from tests.conftest import Cast, ClientOf
from tests.dossiers import add, fill, words

CHIEF, TENURE = "post:county_principal", "SEL-QUAL-08-3a"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


@pytest.fixture
def deputy(chen_file: Cadre) -> Cadre:
    """Deputy since 2025-06-01: half a year short of two years on 2026-11-20."""
    PostHolding.objects.filter(cadre=chen_file, title="局长").delete()
    PostHolding.objects.filter(cadre=chen_file).update(valid_from=date(2025, 6, 1), valid_to=None)
    return chen_file


def url(cadre: Cadre, rule: str, target: str, query: str = "") -> str:
    made = reverse("desk:rule-evidence", args=[cadre.pk, rule]) + f"?target={target}"
    return f"{made}&{query}" if query else made


def test_a_failed_condition_says_value_limit_and_day(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url(deputy, TENURE, CHIEF))
    assert re.search(r"陈知行 县处级正职 第 \d+ 条件，共 \d+ 条", text)
    assert "副职提任正职 不符合 差 7 个月，2027-06-01 起符合 1 年 5 个月 须达到 2 年" in text


def test_the_records_lead_to_the_line_and_its_correction(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    html = client_of(lin).get(url(deputy, TENURE, CHIEF)).content.decode()
    (holding,) = PostHolding.objects.filter(cadre=deputy)
    assert f'<a href="/desk/evidence/record-post/{deputy.pk}/?record={holding.pk}">示范市甲局副局长</a>' in html
    assert f'href="/desk/people/{deputy.pk}/records/post/{holding.pk}/"' in html


def test_the_article_leads_to_the_rule(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    html = client_of(lin).get(url(deputy, TENURE, CHIEF)).content.decode()
    assert '<a href="/desk/rules/SEL-QUAL-08-3a/">党政领导干部选拔任用工作条例（2019修订）第八条第（三）项</a>' in html
    assert "未签认，只提示" in html


def test_what_can_be_done_names_the_day_and_who_may_break_it(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url(deputy, TENURE, CHIEF))
    assert "等到 2027-06-01：按现有记录那天起符合" in text
    assert "SEL-EXC-RPT" in text
    assert "更正这条记录" in text


def test_a_sanction_is_told_with_the_day_it_ends(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    given = {"kind": SanctionKind.PARTY_WARNING, "decided_on": date(2026, 3, 10), "valid_from": date(2026, 3, 10)}
    add(Sanction, chen_file, at, **given)
    text = words(client_of(lin), url(chen_file, "SAN-PTY-W", CHIEF))
    assert "党纪影响期：警告 不符合 2027-03-10 起符合" in text


def test_no_sanction_is_said_as_none(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url(chen_file, "SAN-PTY-W", CHIEF))
    assert "党纪影响期：警告 符合 用到的记录 档案里没有“处分、组织处理和诫勉”的记录。" in text


def test_what_no_room_keeps_waits_for_a_person(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url(chen_file, "PMR-KEY", CHIEF))
    assert "重点抽查 待认定 系统没有这类记录，须另行查明" in text


def test_a_rule_of_people_lists_what_to_look_at(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    assert "这一条由人判断，不按记录计算。" in words(client_of(lin), url(chen_file, "SEL-COND-07", CHIEF))


def test_the_drawer_is_the_article_alone(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    html = client_of(lin).get(url(chen_file, TENURE, CHIEF), headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<article class="evidence"')


def test_the_walk_leads_from_condition_to_condition(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    client, here, seen = client_of(lin), url(chen_file, "SEL-COND-07", CHIEF), []
    while here:
        html = client.get(here, headers={"HX-Request": "true"}).content.decode()
        seen.append(here)
        found = re.search(r'data-next href="([^"]+)"', html)
        here = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) > 10


def test_an_earlier_day_is_asked_by_its_rules(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), url(chen_file, TENURE, CHIEF, "on=2021-06-30"))
    assert "以 2021-06-30 为准" in text
    assert "这是过去某日的状态，只读。回到今天再更正。" in text


def test_read_for_selection_a_record_is_still_corrected_from_the_drawer(
    deputy: Cadre, lin: Actor, client_of: ClientOf
) -> None:
    """The officer who screens is the one who finds the error; only who may not correct is told who may."""
    html = client_of(lin).get(url(deputy, TENURE, CHIEF, "purpose=selection")).content.decode()
    (holding,) = PostHolding.objects.filter(cadre=deputy)
    assert f'href="/desk/people/{deputy.pk}/records/post/{holding.pk}/"' in html


def test_who_only_reads_is_told_who_corrects(deputy: Cadre, wang: Actor, client_of: ClientOf) -> None:
    text = words(client_of(wang), url(deputy, TENURE, CHIEF))
    assert "更正由有这个单位“日常管理”授权的工作人员办理。" in text
    assert "更正这条记录" not in text


def test_the_number_of_a_condition_follows_the_columns(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    """As the list of a screening: basic conditions, working years, grass-roots years, two positions."""
    numbers = []
    for rule in ("SEL-COND-07", "SEL-QUAL-08-1a", "SEL-QUAL-08-1b", "SEL-QUAL-08-2"):
        found = re.search(r"第 (\d+) 条件", words(client_of(lin), url(chen_file, rule, CHIEF)))
        numbers.append(found and found[1])
    assert numbers == ["1", "2", "3", "4"]


def test_opening_is_logged_once(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    client.get(url(chen_file, TENURE, CHIEF))
    client.get(url(chen_file, "AVO-KIN", CHIEF))
    assert Entry.objects.filter(cadre=chen_file.pk, action=OPEN_DOSSIER).count() == 1


def test_a_record_says_in_which_number_it_counts_or_what_keeps_it_out(
    deputy: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    chief = {"unit_name": "示范市甲局", "title": "科长", "tier": "township_principal", "document": "示任〔2015〕1号"}
    add(PostHolding, deputy, at, **chief, valid_from=date(2015, 1, 1), valid_to=date(2025, 6, 1))
    html = client_of(lin).get(url(deputy, TENURE, CHIEF)).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "计入“起算之日”；职务层次：县处级副职" in text
    left_out = "不符合所看的条件：职务层次（挂职期间为原职务层次）为拟任职务层次的下一级；职务层次：乡科级正职"
    assert left_out in text
    assert "不在这一条所看的范围内" not in text


def test_of_a_rule_about_each_post_those_that_it_does_not_ask_about_say_why(
    chen_file: Cadre, lin: Actor, client_of: ClientOf
) -> None:
    """Ten years in the same post: of the two that he has held, one has ended."""
    html = client_of(lin).get(reverse("desk:rule-evidence", args=[chen_file.pk, "EXC-10"])).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert text.count("不符合所看的条件：") == 1
    assert "不符合所看的条件：还没有到该条的免职时间" in text
    assert "不在这一条所看的范围内" not in text
