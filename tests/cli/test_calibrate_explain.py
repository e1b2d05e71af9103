"""One person's account: the sentences, what is merged, and that no ballot shows through."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration.calibrate import calibrate
from quanheng.calibration.ratings import Design, Model, Ratings
from quanheng.calibration.result import Calibration, Shifts, Status
from quanheng.cli.calibrate_cells import FEWEST_FOR_GRADES, Cell, cells_of, merged_groups
from quanheng.cli.calibrate_explain import explain
from tests.calibration.ballots import Row, event, ratings_of

DESIGN = Design(points=(0, 60, 80, 95), group_weights={"A": 0.35, "B": 0.35, "C": 0.3})
LAST = "校准分是分析参考，不代替票面得分；票面得分和原始票数是法定记录。对结果有疑问，可以申请复核。"


@pytest.fixture(scope="module")
def found() -> Calibration:
    """Twelve local ballots a unit, four linking ones: groups of 4, 6 and 6 on each person."""
    return calibrate(ratings_of(event(units=3, persons=6, ballots=12, links=4)), DESIGN)


def fixed(found: Calibration, **persons: float) -> Calibration:
    """With figures of the first person that do not hang on the estimators."""
    figures = {"raw": 72.04, "fair": 75.12, "lo90": 70.0, "hi90": 80.25, **persons}
    arrays: dict[str, Any] = {name: getattr(found.persons, name).copy() for name in figures}
    for name, value in figures.items():
        arrays[name][0] = value
    zero = np.zeros(18)
    first = np.zeros(18)
    first[0] = 1.0
    shifts = Shifts(ballots=first * -0.72, culture=first * 2.3, groups=zero, shrinkage=first * 1.5)
    ranks: dict[str, Any] = {"rank_lo": found.persons.rank_lo.copy(), "rank_hi": found.persons.rank_hi.copy()}
    ranks["rank_lo"][0], ranks["rank_hi"][0] = 3, 7
    band = np.arange(18) // 4 + 1
    opinion: dict[str, object] = {"more_than_one_band": []}
    summary = {**found.summary, "reliability": 0.834, "second_opinion": opinion}
    changed = replace(found.persons, **arrays, **ranks, band=band)
    return replace(found, persons=changed, shifts=shifts, summary=summary, second_opinion=zero + 74.44)


def test_the_whole_account(found: Calibration) -> None:
    lines = explain(fixed(found), "U1P1")
    assert lines[0] == "U1P1：共 16 张票、32 个评分；所在单位有 4 张联系票。"
    assert lines[1].startswith("A、B、C票合并 16 张：优秀 ")
    assert lines[2:] == [
        "票面加权得分 72.0（法定记录）。",
        "换成同样的评分人来打，估计得 75.1，90% 的把握在 70.0–80.2 之间；这次测评的信度 0.83。",
        "与票面得分相比上调 3.1：给您写票的人打分偏宽，下调 0.7；您所在单位打分普遍偏严，上调 2.3；"
        "票数有限，机遇成分向平均靠拢，上调 1.5。",
        "在可以比较的 18 人中，可能的名次在第 3–7 名之间，与其中 3 人难分先后。",
        "另一种算法（线性模型）得 74.4，结论一致。",
        LAST,
    ]


def test_a_second_opinion_outside_the_interval_is_not_called_the_same(found: Calibration) -> None:
    changed = replace(fixed(found), second_opinion=np.full(18, 83.0))
    assert "另一种算法（线性模型）得 83.0，不在上述区间内，但名次相差不超过一档。" in explain(changed, "U1P1")


def test_an_alarm_of_the_second_opinion_is_said(found: Calibration) -> None:
    opinion: Any = fixed(found).summary["second_opinion"]
    changed = fixed(found)
    changed = replace(
        changed, summary={**changed.summary, "second_opinion": {**opinion, "more_than_one_band": ["U1P1"]}}
    )
    assert "另一种算法（线性模型）得 74.4，名次相差一档以上，请复核，不要单凭这个名次作决定。" in explain(
        changed, "U1P1"
    )


def test_one_rank_and_no_shift(found: Calibration) -> None:
    changed = fixed(found, fair=72.06)
    none = np.zeros(18)
    persons = replace(changed.persons, rank_hi=changed.persons.rank_lo, band=np.arange(18))
    lines = explain(
        replace(changed, persons=persons, shifts=Shifts(none, none, none, none), second_opinion=None), "U1P1"
    )
    assert "校准分与票面得分基本一致。" in lines
    assert "在可以比较的 18 人中，可能的名次在第 3 名。" in lines


def test_low_reliability_gives_no_calibrated_score(found: Calibration) -> None:
    changed = replace(fixed(found), summary={**found.summary, "reliability": 0.41})
    lines = explain(changed, "U1P1")
    assert lines[3] == "这次测评区分人的信度0.41，低于 0.5，按规定不出校准分，请以票面得分为准。"
    assert lines[4:] == [LAST]
    unknown = explain(replace(changed, summary={**found.summary, "reliability": None}), "U1P1")
    assert unknown[3].startswith("这次测评区分人的信度算不出，")


def test_extreme_and_unconnected_persons_get_their_sentence(found: Calibration) -> None:
    changed = fixed(found)
    status = (Status.EXTREME, *changed.persons.status[1:])
    lines = explain(replace(changed, persons=replace(changed.persons, status=status)), "U1P1")
    assert "您的评分全是最高或全是最低，票里看不出还差多少，这个估计主要靠其余人的分布，所以区间较宽。" in lines
    apart = calibrate(ratings_of(event(units=2, persons=5, ballots=9, links=0)), Design())
    told = explain(replace(apart, summary={**apart.summary, "reliability": 0.8}), "U2P1")
    assert told[0] == "U2P1：共 9 张票、18 个评分；所在单位有 0 张联系票，偏少，与别的单位比较要谨慎。"
    assert (
        "没有任何一张票把您和多数人连起来，分数的高低可能只是打分宽严不同，所以不排名次。要能比较，还缺："
        "U2（5 人）：至少一张既评“U2”的人、又评“U1”的人的联系票。"
    ) in told
    assert not any("名次在" in line for line in told)


def test_few_ballots_give_no_figure_at_all() -> None:
    rows = event(units=2, persons=5, ballots=9, links=2)
    few = [row for row in rows if row[0] != "U1P1" or row[2] in ("L1", "U1B1", "U1B2", "U1B3")]
    lines = explain(calibrate(ratings_of(few), Design()), "U1P1")
    assert lines[0] == "U1P1：只有 4 张票，不足 5 张。"
    assert len(lines) == 2
    assert not any(character.isdigit() for character in lines[1])


def test_a_missing_group_is_marked() -> None:
    rows = [row for row in event(units=2, persons=5, ballots=12, links=3) if row[0] != "U1P1" or row[3] != "A"]
    lines = explain(calibrate(ratings_of(rows), DESIGN), "U1P1")
    assert lines[0] == "U1P1：共 12 张票、24 个评分；所在单位有 3 张联系票；缺A票，这部分只能按平均估计。"


def test_without_ballots_there_is_nobody_to_protect() -> None:
    scores = np.random.default_rng(3).integers(0, 3, (12, 6)).astype(np.float64)
    rows: list[Row] = [(f"p{p}", "U", "", "", f"i{i}", scores[p, i]) for p in range(12) for i in range(6)]
    ratings = ratings_of(rows, without=("rater", "group", "unit"))
    lines = explain(calibrate(ratings, Design(model=Model.JMLE)), "p1")
    assert lines[0] == "p1：共 6 个评分。"
    assert lines[1].startswith("全部：")


def test_nobody_else_hears_of_a_class(found: Calibration) -> None:
    from tests.calibration.ballots import facet

    changed = fixed(found)
    labels = ["正职" if place < 4 else "副职" for place in found.ratings.person.index]
    ratings = replace(found.ratings, comparison_class=facet(labels))
    assert "在可以比较的 4 人中，" in "".join(explain(replace(changed, ratings=ratings), "U1P1"))


# --- cells


def cells(rows: list[Row]) -> tuple[Cell, ...]:
    ratings = ratings_of(rows)
    return cells_of(ratings, np.flatnonzero(ratings.person.index == 0))


def ballots(sizes: dict[str, int], scores: Sequence[int]) -> list[Row]:
    names = [(group, number) for group, size in sizes.items() for number in range(size)]
    marks = [scores[place % len(scores)] for place in range(len(names))]
    return [("a", "U", f"{g}{n}", g, "德", float(mark)) for (g, n), mark in zip(names, marks, strict=True)]


def test_large_groups_stand_alone_and_small_ones_are_merged() -> None:
    rows = ballots({"A": 8, "B": 3, "C": 9}, [3, 2, 1, 0])
    assert [(cell.groups, cell.ballots) for cell in cells(rows)] == [(("A",), 8), (("B", "C"), 12)]
    rows = ballots({"A": 8, "B": 9, "C": 3}, [3, 2, 1, 0])
    assert [(cell.groups, cell.ballots) for cell in cells(rows)] == [(("A",), 8), (("B", "C"), 12)]
    assert cells(ballots({"A": 3, "B": 4}, [3, 2, 1])) == (Cell(("A", "B"), 7, None),)


def test_one_or_two_low_marks_are_told_with_the_next_grade() -> None:
    rows = ballots({"A": 12}, [3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 0])
    assert cells(rows)[0].counts == ((("优秀",), 6), (("称职", "基本称职", "不称职"), 6))
    rows = ballots({"A": 12}, [3, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2])
    assert cells(rows)[0].counts == ((("优秀", "称职"), 9), (("不称职",), 3))


def test_scores_have_no_grade_words() -> None:
    rows: list[Row] = [(p, u, b, g, i, s + 1) for p, u, b, g, i, s in ballots({"A": 12}, [3, 2, 1, 0])]
    counts = cells(rows)[0].counts
    assert counts is not None
    assert [grades for grades, _ in counts] == [("4 分",), ("3 分",), ("2 分",), ("1 分",)]
    many = [(*row[:5], float(place)) for place, row in enumerate(rows)]
    assert cells(many)[0].counts is None


SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(SIZES)
def test_no_told_group_nor_the_difference_of_two_is_small(sizes: list[int]) -> None:
    """Every ballot is in one told cell, so that sums and differences of cells are unions of cells."""
    merged = merged_groups(list(enumerate(sizes)))
    assert [group for groups, _ in merged for group in groups] == list(range(len(sizes)))
    assert sum(count for _, count in merged) == sum(sizes)
    if sum(sizes) >= FEWEST_FOR_GRADES:
        assert all(count >= FEWEST_FOR_GRADES for _, count in merged)
        for size in range(1, len(merged)):
            for chosen in combinations([count for _, count in merged], size):
                assert sum(sizes) - sum(chosen) >= FEWEST_FOR_GRADES


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=40).filter(lambda marks: len(set(marks)) > 2))
def test_no_told_count_is_one_or_two(marks: list[int]) -> None:
    counts = cells(ballots({"A": len(marks)}, marks))[0].counts
    assert counts is not None
    assert sum(count for _, count in counts) == len(marks)
    assert all(count not in (1, 2) for _, count in counts)
    told = [grade for grades, _ in counts for grade in grades]
    assert told == [g for g in ("优秀", "称职", "基本称职", "不称职") if g in told]


def test_a_weighted_score_loses_a_digit_where_groups_were_merged(found: Calibration) -> None:
    """On a scale of grades, two decimals would give the hidden group away (security.md §6)."""
    three = calibrate(ratings_of(event(units=2, persons=6, ballots=20, links=10)), Design())
    lines = explain(three, "U1P1")
    assert [line.split(" ")[0] for line in lines[1:4]] == ["A票", "B票", "C票"]
    assert len(lines[4].removeprefix("票面加权得分 ").split("（")[0]) == 4
    merged = calibrate(ratings_of(event(units=2, persons=6, ballots=20, links=5)), Design())
    assert len(explain(merged, "U1P1")[3].removeprefix("票面加权得分 ").split("（")[0]) == 3


def test_no_sentence_names_a_ballot(found: Calibration) -> None:
    ratings: Ratings = found.ratings
    assert ratings.rater is not None
    told = "".join(line for label in found.persons.labels for line in explain(found, label))
    assert not any(ballot in told for ballot in ratings.rater.labels)
