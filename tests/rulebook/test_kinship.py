"""Who is what to whom: words, chains of words, both directions, and what nobody can know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.codes import table
from quanheng.rulebook import kin_words
from quanheng.rulebook.kinship import (
    KinClass,
    Path,
    Step,
    inverse,
    is_business_kin,
    is_same,
    kin_class,
    kin_path,
    kinship,
    kinship_of_path,
)

SPOUSE, LINEAL, COLLATERAL = KinClass.SPOUSE, KinClass.LINEAL, KinClass.COLLATERAL
AFFINITY, NONE, UNKNOWN = KinClass.AFFINITY, KinClass.NONE, KinClass.UNKNOWN

# a word, what the one who says it is to that person, the class of both, the degree
PAIRS = [
    ("丈夫", "妻子", SPOUSE, 0),
    ("爱人", "配偶", SPOUSE, 0),
    ("父亲", "儿子", LINEAL, 1),
    ("母亲", "女儿", LINEAL, 1),
    ("养父", "养女", LINEAL, 1),
    ("继母", "继子", LINEAL, 1),
    ("祖父", "孙女", LINEAL, 2),
    ("外祖母", "外孙子", LINEAL, 2),
    ("曾祖父", "曾孙", LINEAL, 3),
    ("高祖父", "玄孙", LINEAL, 4),
    ("哥哥", "妹妹", COLLATERAL, 2),
    ("同父异母弟", "姐姐", COLLATERAL, 2),
    ("伯父", "侄子", COLLATERAL, 3),
    ("叔父", "侄女", COLLATERAL, 3),
    ("姑母", "侄子", COLLATERAL, 3),
    ("舅父", "外甥", COLLATERAL, 3),
    ("姨母", "外甥女", COLLATERAL, 3),
    ("堂兄", "堂妹", COLLATERAL, 4),
    ("表姐", "表弟", COLLATERAL, 4),
    ("岳父", "女婿", AFFINITY, 1),
    ("婆婆", "儿媳", AFFINITY, 1),
    ("妻兄", "妹夫", AFFINITY, 2),
    ("小姨子", "姐夫", AFFINITY, 2),
    ("小叔子", "嫂子", AFFINITY, 2),
    ("连襟", "连襟", AFFINITY, 2),
    ("妯娌", "妯娌", AFFINITY, 2),
    ("妻嫂", "夫妹夫", AFFINITY, 2),
    ("亲家公", "亲家母", AFFINITY, 2),
    ("伯母", "夫侄", AFFINITY, 3),
    ("姑父", "妻侄", AFFINITY, 3),
    ("舅母", "夫外甥", AFFINITY, 3),
    ("姑夫", "妻侄", AFFINITY, 3),
    ("大娘", "夫侄", AFFINITY, 3),
    ("婶子", "夫侄女", AFFINITY, 3),
    ("岳丈", "女婿", AFFINITY, 1),
    ("大伯哥", "弟媳", AFFINITY, 2),
    ("老伴", "老伴", SPOUSE, 0),
    ("姨父", "内侄女", AFFINITY, 3),  # wrong as a pair of words for sisters, right as steps
    ("侄媳", "夫叔", AFFINITY, 3),
    ("外甥女婿", "妻舅父", AFFINITY, 3),
    ("堂嫂", "夫堂弟", AFFINITY, 4),
    ("表姐夫", "妻表弟", AFFINITY, 4),
    ("孙媳", "夫祖母", NONE, 2),
    ("妻祖父", "孙女婿", NONE, 2),
    ("侄孙", "叔祖父", NONE, 4),
    ("堂侄", "堂叔", NONE, 5),
    ("表侄女", "表舅", NONE, 5),
]


@pytest.mark.parametrize(("word", "back", "found", "degree"), PAIRS)
def test_words_both_ways(word: str, back: str, found: KinClass, degree: int) -> None:
    there, here = kin_path(word), kin_path(back)
    assert there is not None
    assert here is not None
    assert inverse(there) == here
    for one in (word, back):
        assert (kinship(one).kin_class, kinship(one).degree) == (found, degree)


def test_every_word_has_the_same_class_from_the_other_end() -> None:
    for word in kin_words.words():
        path = kin_path(word)
        assert path is not None, word
        there, back = kinship_of_path(path), kinship_of_path(inverse(path))
        assert (there.kin_class, there.degree, there.generations) == (back.kin_class, back.degree, back.generations)
        assert there.kin_class is not UNKNOWN, word


def test_every_word_of_a_row_is_listed_once() -> None:
    written = [word for row in kin_words._STEPS.values() for word in row.split()]
    assert sorted(written) == sorted(set(written))


def test_every_relation_of_the_code_table_is_known() -> None:
    """GB/T 4761, by which the register stores relations."""
    found = {name: kin_class(name) for name in table("family_relations").names.values()}
    assert len(found) >= 70
    assert {name for name, one in found.items() if one in (UNKNOWN, NONE)} == set()
    assert {name for name, one in found.items() if one is SPOUSE} == {"丈夫", "妻子"}
    assert found["二儿媳"] is found["五女婿"] is found["公公"] is found["姑父"] is AFFINITY


@pytest.mark.parametrize(
    ("chain", "same_as"),
    [
        ("配偶之兄之配偶", "妻嫂"),
        ("妻兄之妻", "妻嫂"),
        ("妻之兄的妻子", "妻嫂"),  # case C21
        ("妻之姐之夫", "连襟"),
        ("儿媳之父", "亲家"),
        ("女婿的母亲", "亲家"),
        ("子之妻", "儿媳"),
        ("子之配偶之父", "亲家"),
        ("父之父", "祖父"),
        ("母之弟", "舅父"),
        ("母之弟之子", "表弟"),
        ("父之兄之妻", "伯母"),
        ("父之父之兄", "伯祖父"),
        ("兄之子", "侄子"),
        ("兄之妻之子", "侄子"),
        ("姐之女之夫", "外甥女婿"),
        ("配偶的父亲", "岳父"),
        ("配偶之兄之父", "岳父"),
        ("表弟 的 妻子", "表弟媳"),
        ("兄之父", "父"),
        ("子之姐", "女"),
        ("父之子", "兄"),
        ("兄之弟", "弟"),
        ("妻之侄", "内侄"),
        ("妻之母之夫", "岳父"),
    ],
)
def test_chains_lead_where_the_word_does(chain: str, same_as: str) -> None:
    there, word = kin_path(chain), kin_path(same_as)
    assert there is not None
    assert word is not None
    assert is_same(there, word)
    assert kin_class(chain) is kinship_of_path(word).kin_class


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("长子", LINEAL),
        ("次女", LINEAL),
        ("大孙子", LINEAL),
        ("二姐", COLLATERAL),
        ("三叔", COLLATERAL),
        ("小舅", COLLATERAL),
        ("五婶", AFFINITY),
        ("二姐夫", AFFINITY),
        ("三儿媳", AFFINITY),
        # a birth order that makes another relation, or no relation
        ("大夫", UNKNOWN),
        ("小妈", UNKNOWN),
        ("老子", UNKNOWN),
        ("四爷爷", UNKNOWN),
    ],
)
def test_birth_order_is_left_out_where_it_only_counts(word: str, found: KinClass) -> None:
    assert kin_class(word) is found


@pytest.mark.parametrize(
    "word",
    [
        "",
        "之",
        "某人",
        "甲之妻",
        "干爹",
        "义父",
        "前妻",
        "未婚妻",
        "媳妇",
        "妻之",
        "之父",
        "表弟之义子",
        "父亲母亲",
        "子之母",
        "妻之夫",
    ],
)
def test_what_nobody_knows_is_unknown_and_never_none(word: str) -> None:
    assert kin_class(word) is UNKNOWN
    assert is_business_kin(word) is None


@pytest.mark.parametrize("word", ["同学", "同 事", "战友", "无", "无亲属关系"])
def test_words_that_say_no_kin(word: str) -> None:
    assert kin_class(word) is NONE
    assert is_business_kin(word) is False


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        # the fourth generation ends the collateral line, on both sides
        ("堂兄之子", NONE),
        ("祖父之弟", NONE),
        ("祖父之弟之子", NONE),
        ("侄子之子", NONE),
        ("侄子之妻", AFFINITY),
        ("侄孙之妻", NONE),
        ("堂兄之妻", AFFINITY),
        ("堂侄之妻", NONE),
        # who is a relative's relative only
        ("嫂之父", NONE),
        ("嫂之弟", NONE),
        ("姐夫之兄", NONE),
        ("儿媳之兄", NONE),
        ("妻之祖父", NONE),
        ("孙之妻", NONE),
        ("妻兄之妻之父", NONE),
        ("妻之表弟之妻", NONE),
    ],
)
def test_where_the_classes_end(chain: str, found: KinClass) -> None:
    assert kin_class(chain) is found


def test_people_of_case_c21() -> None:
    assert [kin_class(word) for word in ("妻", "表弟", "妻之兄的妻子", "同学")] == [SPOUSE, COLLATERAL, AFFINITY, NONE]


@pytest.mark.parametrize(
    ("word", "is_kin"),
    [
        ("妻", True),
        ("儿子", True),
        ("养女", True),
        ("长女婿", True),
        ("子之妻", True),
        ("配偶之子", True),
        ("父", False),
        ("兄", False),
        ("孙子", False),
        ("亲家", False),
        ("侄媳", False),
    ],
)
def test_whose_business_bars_a_post(word: str, is_kin: bool) -> None:
    assert is_business_kin(word) is is_kin


@pytest.mark.parametrize(
    ("word", "is_step"),
    [
        ("继父", True),
        ("父之妻", True),
        ("妻之子", True),
        ("继子之妻", True),
        ("父", False),
        ("养父", False),
        ("岳父", False),
    ],
)
def test_stepparents_and_stepchildren_are_marked(word: str, is_step: bool) -> None:
    assert kinship(word).is_step is is_step


def test_generations_count_both_ends() -> None:
    words = {"父": 2, "祖父": 3, "兄": 2, "叔父": 3, "侄子": 3, "表弟": 3, "堂侄": 4, "岳父": None, "妻": None}
    assert {word: kinship(word).generations for word in words} == words


STEPS: list[Step] = ["P", "C", "S", "M"]
PATHS = st.lists(st.sampled_from(STEPS), max_size=7).map(tuple)


@given(PATHS)
def test_the_other_end_sees_the_same_class(path: Path) -> None:
    assert inverse(inverse(path)) == path
    there, back = kinship_of_path(path).kin_class, kinship_of_path(inverse(path)).kin_class
    # a path that is uncertain from one end only (弟之子 is 侄; 父之兄 from him) is left to people
    assert there is back or UNKNOWN in (there, back)


@given(st.integers(0, 5), st.integers(0, 5))
def test_blood_is_kin_within_three_generations(up: int, down: int) -> None:
    ups: list[Step] = ["P"] * up
    downs: list[Step] = ["C"] * down
    path: Path = (*ups, "S", *downs)
    found = kinship_of_path(path)
    assert found.kin_class is (COLLATERAL if max(up, down) <= 1 else NONE)
    assert (found.degree, found.generations) == (up + down + 2, max(up, down) + 2)


@given(PATHS)
def test_a_path_gone_back_and_forth_is_never_one_of_nobody(path: Path) -> None:
    assert kinship_of_path(path + inverse(path)).kin_class is not SPOUSE
