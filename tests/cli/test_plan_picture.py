"""The chains as SVG: well formed, one rail a chain, readable without colours."""

import re
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from quanheng.cli.plan_account import account_of
from quanheng.cli.plan_picture import BODY, cut, plan_picture, width
from quanheng.planning.problem import Problem
from tests.cli.planning import CITY, PLAN, result_of
from tests.planning.instances import pair, person, post

NAME = "{http://www.w3.org/2000/svg}"


def drawn(problem: Problem = CITY, pairs: tuple[tuple[str, str], ...] = PLAN) -> ElementTree.Element:
    picture = plan_picture(account_of(problem, result_of(problem, pairs)), "冬季")
    return ElementTree.fromstring(picture)  # noqa: S314  our own


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(part for part in text.itertext()) for text in root.iter(f"{NAME}text")]


def test_marks_are_of_the_kind_of_their_post() -> None:
    kinds = [circle.get("class") for circle in drawn().iter(f"{NAME}circle")]
    assert kinds == ["vacant", "opened", "opened", "merged", "opened", "opened", "vacant", "empty"]


def test_one_rail_a_chain_and_a_bow_for_an_exchange() -> None:
    root = drawn()
    rails = [line for line in root.iter(f"{NAME}line") if line.get("stroke-width") == "2"]
    assert [float(line.get("y2") or 0) - float(line.get("y1") or 0) for line in rails] == [144, 48]
    assert len(list(root.iter(f"{NAME}path"))) == 1


def test_words_stand_in_the_order_of_the_plan() -> None:
    said = texts(drawn())
    assert said[0] == "干部调配建议方案 · 冬季"
    assert said[3] == "已证明：按现行规则没有更好的方案"
    headings = [words for words in said if re.match("链|轮岗 |单步|未填", words)]
    assert headings == [
        "链 1 · 3 步 · 跨单位 2 人 · 全案因此多 113",
        "轮岗 3 · 2 人 · 全案因此多 9",
        "单步 · 1 个岗位",
        "未填 1 个",
    ]
    people = [one.person for chain in account_of(CITY, result_of(CITY, PLAN)).chains for one in chain.steps]
    assert set(people) <= set(said)


def test_kinds_of_marks_differ_without_colour() -> None:
    pens = {}
    for circle in drawn().iter(f"{NAME}circle"):
        pens[circle.get("class")] = (circle.get("fill") == "#FFFFFF", circle.get("stroke-dasharray"))
    assert pens["vacant"] == (False, None)
    assert pens["opened"] == (True, None)
    assert pens["empty"] == (True, "2.5 2")
    assert pens["merged"] == (True, None)  # and a cross


def test_nothing_lies_outside() -> None:
    root = drawn()
    wide, high = float(root.get("width") or 0), float(root.get("height") or 0)
    for text in root.iter(f"{NAME}text"):
        assert 0 <= float(text.get("x") or 0) <= wide
        assert 0 <= float(text.get("y") or 0) <= high


def test_a_long_name_is_cut_and_stands_whole_in_its_title() -> None:
    long = "某某市某某县某某街道某某社区综合行政执法和公共安全服务中心办公室主任"
    problem = Problem((post(long, vacant=True),), (person("甲"),), (pair("甲", long),))
    root = drawn(problem, (("甲", long),))
    (found,) = [text for text in root.iter(f"{NAME}text") if (text.find(f"{NAME}title")) is not None]
    title = found.find(f"{NAME}title")
    assert title is not None
    assert (title.text, (title.tail or "")[-1]) == (long, "…")


def test_odd_characters_do_no_harm() -> None:
    odd = "<b>&\"'\ufffe\U0001f600"
    problem = Problem((post(odd, vacant=True, unit=odd),), (person("<script>", unit=odd),), (pair("<script>", odd),))
    said = texts(drawn(problem, (("<script>", odd),)))
    assert "<b>&\"'�\U0001f600" in said
    assert "<script>" in said


def test_a_plan_that_moves_nobody_is_drawn_too() -> None:
    problem = replace(CITY, pins=())
    kinds = [circle.get("class") for circle in drawn(problem, ()).iter(f"{NAME}circle")]
    assert kinds == ["empty"] * 3


@given(st.text(), st.floats(30, 400))
def test_what_is_cut_fits(words: str, room: float) -> None:
    shown = cut(words, room, BODY)
    assert width(shown, BODY) <= room
    assert shown == words or words.startswith(shown[:-1])
