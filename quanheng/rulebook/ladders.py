"""The orders that the instruments speak of: levels of posts, ranks, education. Words are those of the law.

`organization.choices` and `formats.codes` store codes for the same things; `level`, `rank` and `education` read them,
and a test holds both to the same words and order. Unknown words give None, never the lowest step.
"""

from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """领导职务层次 (GWYF2018 18), lowest first; `科员及以下` is no leading post but the ground the ladder stands on."""

    STAFF = "科员及以下"
    TOWNSHIP_DEPUTY = "乡科级副职"
    TOWNSHIP_PRINCIPAL = "乡科级正职"
    COUNTY_DEPUTY = "县处级副职"
    COUNTY_PRINCIPAL = "县处级正职"
    DEPARTMENT_DEPUTY = "厅局级副职"
    DEPARTMENT_PRINCIPAL = "厅局级正职"
    PROVINCE_DEPUTY = "省部级副职"
    PROVINCE_PRINCIPAL = "省部级正职"


class Rank(StrEnum):
    """职级 of the general management class (GWYF2018 19), lowest first."""

    STAFF_2 = "二级科员"
    STAFF_1 = "一级科员"
    SENIOR_STAFF_4 = "四级主任科员"
    SENIOR_STAFF_3 = "三级主任科员"
    SENIOR_STAFF_2 = "二级主任科员"
    SENIOR_STAFF_1 = "一级主任科员"
    COUNSEL_4 = "四级调研员"
    COUNSEL_3 = "三级调研员"
    COUNSEL_2 = "二级调研员"
    COUNSEL_1 = "一级调研员"
    INSPECTOR_2 = "二级巡视员"
    INSPECTOR_1 = "一级巡视员"


class Education(StrEnum):
    """学历, lowest first; 高中 stands for 中专 and 中技 too, and 研究生 without a known degree is a master's."""

    PRIMARY = "小学"
    JUNIOR_MIDDLE = "初中"
    SENIOR_MIDDLE = "高中"
    JUNIOR_COLLEGE = "大学专科"
    BACHELOR = "大学本科"
    MASTER = "硕士研究生"
    DOCTOR = "博士研究生"


LEVELS, RANKS, EDUCATIONS = tuple(Level), tuple(Rank), tuple(Education)
LEVEL_OF_CODE = MappingProxyType({level.name.lower(): level for level in Level})  # organization.choices.PostTier
RANK_OF_CODE = MappingProxyType({rank.name.lower(): rank for rank in Rank})  # organization.choices.Rank


def level(word: str) -> Level | None:
    """The level of its word or of the stored code (`county_deputy`); None for any other."""
    return LEVEL_OF_CODE.get(word) or next((one for one in Level if one.value == word), None)


def rank(word: str) -> Rank | None:
    """The rank of its word or of the stored code (`counsel_3`); None for any other."""
    return RANK_OF_CODE.get(word) or next((one for one in Rank if one.value == word), None)


# --- levels ----------------------------------------------------------------------------------------------------------


def level_index(one: Level) -> int:
    """Place on the ladder, 0 the lowest."""
    return LEVELS.index(one)


def levels_up(old: Level, new: Level) -> int:
    """Steps from `old` up to `new`: 1 is the next level, 0 the same, negative is down (TJ2019 9, GWYF2018 45)."""
    return level_index(new) - level_index(old)


def is_promotion(old: Level, new: Level) -> bool:
    return levels_up(old, new) > 0


def is_skipping(old: Level, new: Level) -> bool:
    """Does the promotion leave out a level (越级)? Step by step is the norm (TJ2019 9; SEL-STEP-09)."""
    return levels_up(old, new) > 1


def levels_skipped(old: Level, new: Level) -> int:
    """Levels left out by a promotion; two are never allowed (SEL-EXC-09a: at most one)."""
    return max(0, levels_up(old, new) - 1)


def level_above(one: Level) -> Level | None:
    """The next level up; None above the highest."""
    return _neighbour(one, 1)


def level_below(one: Level) -> Level | None:
    """The level below, of which two posts are asked for (TJ2019 8(2)); None below the lowest."""
    return _neighbour(one, -1)


def _neighbour(one: Level, step: int) -> Level | None:
    place = level_index(one) + step
    return LEVELS[place] if 0 <= place < len(LEVELS) else None


def is_chief(one: Level) -> bool:
    """正职?"""
    return one.value.endswith("正职")


def is_deputy(one: Level) -> bool:
    """副职?"""
    return one.value.endswith("副职")


def tier_of(one: Level) -> str:
    """The level without chief and deputy: 县处级. 科员及以下 is itself."""
    return one.value.removesuffix("正职").removesuffix("副职")


def source_level(new: Level) -> Level | None:
    """The level in which years are asked for before `new` (TJ2019 8(3)); None where it asks for none.

    For a chief the deputy of the same level (two years, SEL-QUAL-08-3a), for a deputy the chief of the level below
    (three years, SEL-QUAL-08-3b). No leading level lies below 乡科级副职.
    """
    below = level_below(new)
    return None if below in (None, Level.STAFF) else below


def is_at_least(one: Level, floor: Level) -> bool:
    """`县处级及以上` is `is_at_least(one, Level.COUNTY_DEPUTY)`."""
    return level_index(one) >= level_index(floor)


# --- ranks -----------------------------------------------------------------------------------------------------------

# ZJ2019 18 puts a level beside the rank from which the same years lead to the next rank (RNK-Y-01, 03, 05, 07, 09).
_PEERS = {
    Level.DEPARTMENT_DEPUTY: Rank.INSPECTOR_2,
    Level.COUNTY_PRINCIPAL: Rank.COUNSEL_2,
    Level.COUNTY_DEPUTY: Rank.COUNSEL_4,
    Level.TOWNSHIP_PRINCIPAL: Rank.SENIOR_STAFF_2,
    Level.TOWNSHIP_DEPUTY: Rank.SENIOR_STAFF_4,
}
RANK_OF_LEVEL = MappingProxyType(_PEERS)
LEVEL_OF_RANK = MappingProxyType({rank: level for level, rank in _PEERS.items()})


def rank_index(one: Rank) -> int:
    """Place among the twelve, 0 the lowest (GWYF2018 19)."""
    return RANKS.index(one)


def ranks_up(old: Rank, new: Rank) -> int:
    """Steps from `old` up to `new`; a promotion is one step (ZJ2019 18)."""
    return rank_index(new) - rank_index(old)


def rank_below(one: Rank) -> Rank | None:
    """The rank from which one is promoted to this; None for 二级科员."""
    return RANKS[rank_index(one) - 1] if rank_index(one) else None


def rank_above(one: Rank) -> Rank | None:
    """The next rank; None above 一级巡视员."""
    return RANKS[rank_index(one) + 1] if one is not RANKS[-1] else None


def rank_sources(new: Rank) -> tuple[Level | Rank, ...]:
    """What years may be served in before `new`: the rank below, and the level beside it if any (RNK-Y-01 to 11).

    Empty for 二级科员. The levels of ZJ2019 18 were partly seen in secondary sources only (RNK-Y-05, 07, 09).
    """
    below = rank_below(new)
    if below is None:
        return ()
    beside = LEVEL_OF_RANK.get(below)
    return (below,) if beside is None else (beside, below)


# --- education -------------------------------------------------------------------------------------------------------

_EDUCATION_WORDS = {
    Education.PRIMARY: ("小学",),
    Education.JUNIOR_MIDDLE: ("初中",),
    Education.SENIOR_MIDDLE: ("高中", "中专", "中技", "中等专科", "职高", "技校"),
    Education.JUNIOR_COLLEGE: (
        "大专",
        "专科",
        "大学专科",
        "专科教育",
        "大学普通班",
        "中央党校大专",
        "省（区、市）委党校大专",
    ),
    Education.BACHELOR: ("大学", "本科", "大学本科", "本科教育", "学士", "中央党校大学", "省（区、市）委党校大学"),
    Education.MASTER: (
        *("研究生", "硕士", "硕士研究生", "研究生教育", "研究生班"),
        *("中央党校研究生", "省（区、市）委党校研究生"),
    ),
    Education.DOCTOR: ("博士", "博士研究生"),
}
_EDUCATION_OF_WORD = {word: one for one, words in _EDUCATION_WORDS.items() for word in words}


def education(word: str) -> Education | None:
    """The level of a word: of ZB64 (`formats.codes`), of the law, or as officers write it. None for any other."""
    return _EDUCATION_OF_WORD.get(word.strip())


def education_index(one: Education) -> int:
    """Place in the order, 0 the lowest."""
    return EDUCATIONS.index(one)


def is_education_at_least(one: Education, floor: Education) -> bool:
    """TJ2019 8(4): 大学专科 in general, 大学本科 for 厅局级 and above. 中专 is below 大学专科."""
    return education_index(one) >= education_index(floor)


def education_floor(target: Level) -> Education:
    """What TJ2019 8(4) generally asks for this level (SEL-QUAL-08-4)."""
    return Education.BACHELOR if is_at_least(target, Level.DEPARTMENT_DEPUTY) else Education.JUNIOR_COLLEGE
