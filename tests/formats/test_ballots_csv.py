"""Ratings as text: encodings, separators, what is refused and where."""

import codecs
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.formats import ballots_csv
from quanheng.formats.ballots_csv import read_csv, read_pairs
from quanheng.formats.ballots_table import (
    BallotFinding,
    BallotFindings,
    BallotTable,
    CannotReadBallots,
    Coder,
    ordered,
    score_of,
)

TEXT = "人,票,分\n沈砚秋,b1,优秀\n黎暮云,b1,2\n沈砚秋,b2,不称职\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ratings.csv"


def read(path: Path, content: str | bytes, *columns: str) -> BallotTable:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, "分", columns or ("人", "票"))


def cells(table: BallotTable, name: str) -> list[str]:
    column = table.columns[name]
    return [column.labels[place] if place >= 0 else "" for place in column.index]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode("gb18030"),
        TEXT.replace("\n", "\n\n").encode(),
        TEXT.replace("沈砚秋", " 沈砚秋 ").replace("人,", '"人",').encode(),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16", "tab", "crlf", "blank lines", "quotes and spaces"],
)
def test_the_same_ratings_in_whatever_way_they_are_written(path: Path, content: bytes) -> None:
    table = read(path, content)
    assert cells(table, "人") == ["沈砚秋", "黎暮云", "沈砚秋"]
    assert cells(table, "票") == ["b1", "b1", "b2"]
    assert table.score.tolist() == [3, 2, 0]


def test_labels_stand_in_the_order_of_numbers_or_of_characters(path: Path) -> None:
    table = read(path, "人,票,分\n10,b,1\n9,a,2\n100,c,3\n")
    assert table.columns["人"].labels == ("9", "10", "100")
    assert table.columns["票"].labels == ("a", "b", "c")
    assert ordered(["10", "9", "x"]) == ["10", "9", "x"]


def test_empty_cells_are_told_and_not_guessed(path: Path) -> None:
    table = read(path, "人,票,分\na,,1\nb,x,\nc,x,NA\n")
    assert table.columns["票"].index.tolist() == [-1, 0, 0]
    assert [math.isnan(score) for score in table.score] == [False, True, True]


def test_a_row_is_found_again_by_its_line(path: Path) -> None:
    table = read(path, "人,票,分\n\na,x,1\n,,\nb,x,2\n")
    assert table.score.tolist() == [1, 2]
    assert [table.place_of(1), table.place_of(2)] == ["第 3 行", "第 5 行"]


def test_no_rows_below_the_header(path: Path) -> None:
    table = read(path, "人,票,分\n")
    assert table.score.size == 0
    assert table.columns["人"].labels == ()


def refused(path: Path, content: str | bytes) -> tuple[str, dict[str, object]]:
    with pytest.raises(CannotReadBallots) as caught:
        read(path, content)
    return caught.value.code, dict(caught.value.facts)


def test_files_that_cannot_be_used(path: Path) -> None:
    assert refused(path, "") == ("no-header", {})
    assert refused(path, "人,分\na,1\n") == ("missing-column", {"column": "票", "known": ["人", "分"]})
    assert refused(path, "人,票,分,人\na,b,1,c\n") == ("repeated-column", {"column": "人"})
    assert refused(path, b"\xff\x00\xff\x81") == ("not-text", {})
    assert refused(path, b"a\0b,c\n") == ("not-text", {})
    assert refused(path, "人,票,分\n" + "a" * 200_000 + ",b,1\n") == ("not-text", {})


def found(path: Path, content: str) -> tuple[object, object]:
    with pytest.raises(BallotFindings) as caught:
        read(path, content)
    assert caught.value.code == "findings"
    return caught.value.facts["findings"], caught.value.facts["count"]


def test_a_score_that_is_neither_grade_nor_number(path: Path) -> None:
    expected = [BallotFinding("第 3 行", "分", "甲", "no-score"), BallotFinding("第 5 行", "分", "甲", "no-score")]
    assert found(path, "人,票,分\na,x,1\nb,x,甲\n\nc,x,甲\n") == (expected, 2)


def test_a_row_that_is_too_short(path: Path) -> None:
    assert found(path, "人,票,分\na,x,1\nb,x\n") == ([BallotFinding("第 3 行", "", "b,x", "short")], 1)


def test_rows_may_be_longer_than_the_header(path: Path) -> None:
    assert read(path, "人,票,分\na,x,1,多余\nb,x,2\n").score.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "score"),
    [("优秀", 3), ("基本称职", 1), ("不称职", 0), ("较好", 2), ("87.5", 87.5), ("-1", -1), ("一塌糊涂", None)],
)
def test_grade_words_and_numbers(text: str, score: float | None) -> None:
    assert score_of(text) == score


def test_what_rates_nothing() -> None:
    assert all(math.isnan(score_of(text) or 0) for text in ("", "弃权", "不了解", "NA"))
    assert score_of("inf") is None


def test_portions_are_one_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballots_csv, "PORTION", 2)
    told: list[int] = []
    path.write_text("人,票,分\n" + "".join(f"p{k % 3},b{k % 2},{k % 4}\n" for k in range(7)) + "\n")
    table = read_csv(path, "分", ["人", "票"], told.append)
    assert cells(table, "人") == [f"p{k % 3}" for k in range(7)]
    assert table.score.tolist() == [k % 4 for k in range(7)]
    assert told == [2, 4, 6, 8]


def test_columns_may_be_used_for_two_things(path: Path) -> None:
    table = read(path, TEXT, "人", "人")
    assert list(table.columns) == ["人"]


@settings(max_examples=50)
@given(st.lists(st.text(alphabet=" abé中\t", max_size=4), max_size=30))
def test_coded_cells_are_the_cells_stripped(texts: list[str]) -> None:
    coder = Coder()
    coder.add(tuple(texts[:7]))
    coder.add(tuple(texts[7:]))
    column = coder.column()
    assert [column.labels[k] if k >= 0 else "" for k in column.index] == [text.strip() for text in texts]


def test_pairs(path: Path) -> None:
    path.write_text("b,备注,a\n乙,x,甲\n\n丙,y, 甲 \n")
    assert read_pairs(path) == (("甲", "乙"), ("甲", "丙"))
    path.write_text("a,c\n甲,乙\n")
    with pytest.raises(CannotReadBallots, match="missing-column"):
        read_pairs(path)
    path.write_text("a,b\n甲\n")
    with pytest.raises(CannotReadBallots, match="missing-column"):
        read_pairs(path)
