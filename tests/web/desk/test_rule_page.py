"""What stands on a rule's page beside its article: examples, where it is used, what changed; and a switch's effects."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine

from quanheng.insight import rule_uses
from quanheng.instruments.texts import central
from quanheng.kernel.actor import Actor
from quanheng.rulebook.instrument import NEVER
from quanheng.web.desk.rule_examples import example_lines
from quanheng.web.desk.rule_versions import changes
from quanheng.web.shared.diff import DiffRun
from quanheng.web.shared.parts import Shape
from tests.conftest import ClientOf
from tests.deciders import BLOCKING, second, signer
from tests.web.desk.units import TextOf, words

__all__ = ["second", "signer"]
GRASSROOTS, REPLACING = "SEL-QUAL-08-1b", "SEL-EXCL-24-3"


def page(rule: str) -> str:
    return f"/desk/rules/{rule}/"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


# --- examples


def test_examples_in_words(db: None) -> None:
    lines = example_lines(central().versions(GRASSROOTS)[-1])
    shapes = [line.verdict.shape for line in lines]
    order = [Shape.MET, Shape.NOT_MET, Shape.UNKNOWN, Shape.NEEDS_PERSON]
    assert shapes == sorted(shapes, key=order.index)
    assert set(shapes) == set(order)
    (before,) = (line for line in lines if line.on == date(2025, 6, 30))
    assert before.is_boundary
    assert (before.verdict.shape, before.verdict.remedy) == (Shape.NOT_MET, "2025-07-01 起符合")
    assert before.facts == (
        "任职经历：任职时间 2023-07-01，单位类型 基层",
        "拟任事项：领导职务",
        "拟任职务层次：县处级副职",
    )
    assert before.numbers == "月数：1 年 11 个月"
    missing = [line.verdict.remedy for line in lines if line.verdict.shape is Shape.UNKNOWN]
    assert missing == ["缺任职经历（单位类型）", "缺简历各段（单位类型）"]


def test_that_a_reply_to_a_waiver_cannot_be_recorded_is_said_where_one_can_be_asked_for(
    lin: Actor, client_of: ClientOf
) -> None:
    texts = central().texts
    waivable = next(text for text in texts if text.waiver in central().ids)
    never = next(text for text in texts if text.waiver == NEVER)
    silent = next(text for text in texts if not text.waiver)
    assert "批复现在没有地方登记" in words(client_of(lin), page(waivable.id))
    for text in (never, silent):
        assert "批复现在没有地方登记" not in words(client_of(lin), page(text.id))


def test_examples_stand_folded_on_the_page(lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), page(GRASSROOTS))
    assert "示例 10 例，按中央规定算 看在哪一天、登记了什么、得出什么" in text
    assert "2025-06-30 界限日前后" in text


def test_what_is_not_computed_has_none(lin: Actor, client_of: ClientOf) -> None:
    rule = next(text for text in central().texts if text.state == "not_yet_computed")
    assert example_lines(rule) == []
    assert "看在哪一天" not in words(client_of(lin), page(rule.id))


# --- where it is used


def test_where_a_rule_is_used(lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), page(BLOCKING))
    assert "用在哪 将影响在办事项 0 件" in text
    assert "作为晋升职级的一项条件" in text
    assert "到期以前提醒" in text


def test_a_rule_that_no_page_asks_says_so(lin: Actor, client_of: ClientOf) -> None:
    assert "现在没有页面自动用到它" in words(client_of(lin), page("SEL-DEC-34"))
    today, then = (words(client_of(lin), page("SEL14-EXCL-24-2") + day) for day in ("", "?on=2015-01-01"))
    assert "这一天没有页面用到它。要看哪些页面用到，把日期换到它施行的期间。" in today
    assert "干部档案的“资格”页 作为拟任职务的一项条件" in then


@pytest.mark.parametrize(
    ("rule", "is_unwritten"), [("APL-RE", True), ("ARC-E", True), ("SEL-COND-07", False), ("SEL-STEP-09", False)]
)
def test_what_is_not_written_yet_is_not_called_a_matter_of_judgement(
    lin: Actor, client_of: ClientOf, rule: str, is_unwritten: bool
) -> None:
    text = words(client_of(lin), page(rule))
    assert ("这条规则还没有编写成系统能用的式子" in text) == is_unwritten
    assert "这条规则由人判断" not in text


def test_open_matters_are_counted_before_signing(
    signer: Actor, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_uses, "ROOMS", {"selection": lambda rule, on: 6 if rule == BLOCKING else 0})
    text = words(client_of(signer), page(BLOCKING) + "sign/")
    assert text.count("将影响在办事项 6 件") == 2  # in the form, and beside the pages
    assert "将影响在办事项 0 件" in words(client_of(signer), page(GRASSROOTS))


# --- versions


def test_what_changed_since_the_rule_in_whose_place_it_stands(lin: Actor, client_of: ClientOf) -> None:
    (change,) = changes(central().versions(REPLACING))
    assert change.before.url == "/desk/rules/SEL14-EXCL-24-2/?on=2014-01-14"
    rows = {str(row.label): row for row in change.rows}
    assert rows["往前看几年"].before == (DiffRun("3", True), DiffRun(" 年"))
    assert rows["往前看几年"].after == (DiffRun("1", True), DiffRun(" 年"))
    text = words(client_of(lin), page(REPLACING))
    assert "版本之间改了什么 SEL14-EXCL-24-2（2014-01-14 起，2019-03-03 起不再适用）" in text


def test_one_version_has_no_changes(lin: Actor, client_of: ClientOf) -> None:
    assert changes(central().versions(BLOCKING)) == []
    assert "版本之间改了什么" not in words(client_of(lin), page(BLOCKING))


# --- switches


def test_what_another_reading_would_change(signer: Actor, client_of: ClientOf) -> None:
    text = words(client_of(signer), "/desk/rules/switches/SW-GRASS/")
    assert "换成它，影响规则 1 条，其中现在会拦阻的 0 条；在办事项 0 件" in text
    assert "SEL-QUAL-08-1b（提任县处级：基层经历）" in text
    assert "现在的算法 换了以后" in text
    assert "在本单位基层单位名单内" in text.partition("换了以后")[2].replace(" ", "")


def test_a_reading_that_works_on_facts_says_so(lin: Actor, client_of: ClientOf) -> None:
    assert "用到的事实（如处分影响期）按新的口径推算" in words(client_of(lin), "/desk/rules/switches/SW-SEQ/")


def test_pages_in_english(lin: Actor, client_of: ClientOf) -> None:
    """Words of the rulebook itself are in English at once."""
    response = client_of(lin).get(page(GRASSROOTS), headers={"Accept-Language": "en"})
    text = str(TextOf(response.content.decode()))
    assert "posts held: first day 2023-07-01, kind of unit grass roots" in text
