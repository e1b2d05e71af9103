"""The levels of posts, in their order. Words are those of the law.

`organization.choices` stores codes for the same things; `level` reads either, and a test holds both to the same words
and order. Unknown words give None, never the lowest step.
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


LEVELS = tuple(Level)
LEVEL_OF_CODE = MappingProxyType({level.name.lower(): level for level in Level})  # organization.choices.PostTier


def level(word: str) -> Level | None:
    """The level of its word or of the stored code (`county_deputy`); None for any other."""
    return LEVEL_OF_CODE.get(word) or next((one for one in Level if one.value == word), None)


def level_index(one: Level) -> int:
    """Place on the ladder, 0 the lowest."""
    return LEVELS.index(one)


def levels_up(old: Level, new: Level) -> int:
    """Steps from `old` up to `new`: 1 is the next level, 0 the same, negative is down (TJ2019 9, GWYF2018 45)."""
    return level_index(new) - level_index(old)
