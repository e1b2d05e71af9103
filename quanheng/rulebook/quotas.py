"""Ceilings in whole persons. Exact arithmetic: int and Fraction, never a float.

Shares are Fractions (`fields.ratio` reads them from a parameter). The texts give shares and no rounding, which is
switch SW-ROUND (default floor).
"""

from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import assert_never


class Rounding(StrEnum):
    FLOOR = "floor"
    HALF_UP = "half_up"
    CEIL = "ceil"


def round_to(value: Fraction, rounding: Rounding) -> int:
    """A whole number: down, up, or to the nearer (a half goes up)."""
    match rounding:
        case Rounding.FLOOR:
            return floor(value)
        case Rounding.CEIL:
            return ceil(value)
        case Rounding.HALF_UP:
            return floor(value + Fraction(1, 2))
        case _:
            assert_never(rounding)


def ceiling(base: int, part: Fraction, rounding: Rounding = Rounding.FLOOR) -> int:
    """The most persons that `part` of `base` allows (RNK-Q-*: ZJ2019 on numbers; APP-EXC-20, APP-LDR-Q; SW-ROUND)."""
    if base < 0:
        raise ValueError(f"a number of persons below zero: {base}")
    return round_to(base * part, rounding)
