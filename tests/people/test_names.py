import pytest

from quanheng.people.names import search_text, sort_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("沈砚秋", "沈砚秋 shenyanqiu syq"),
        ("单雨", "单雨 shanyu sy danyu dy"),
        ("尉迟青", "尉迟青 yuchiqing ycq weichiqing wcq"),
        ("古丽·江", "古丽·江 古丽江 gulijiang glj"),
        ("", ""),
    ],
)
def test_a_name_is_found_by_characters_pinyin_and_initials(name: str, words: str) -> None:
    assert search_text(name) == words


def test_former_names_are_found_too() -> None:
    assert search_text("沈砚秋", "沈秋、沈小秋").split() == [
        "沈砚秋", "shenyanqiu", "syq", "沈秋", "shenqiu", "sq", "沈小秋", "shenxiaoqiu", "sxq",
    ]  # fmt: skip


def test_text_never_outgrows_its_column() -> None:
    assert len(search_text("单" * 300)) == 400


def test_names_sort_by_the_usual_reading_of_the_surname() -> None:
    assert sorted(["曾一", "安然", "单雨"], key=sort_name) == ["安然", "单雨", "曾一"]
