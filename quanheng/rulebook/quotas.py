"""Ceilings, targets, quorums and majorities in whole persons. Exact arithmetic: int and Fraction, never a float.

Shares are Fractions (`fields.ratio` reads them from a parameter). The texts give shares and no rounding,
which is switch SW-ROUND (ceilings, default floor) or SW-ROUND-YOUNG (the one-third target, default ceil).
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    return _of(base, part, rounding)


def nested_ceiling(base: int, parts: Sequence[Fraction], rounding: Rounding = Rounding.FLOOR) -> int:
    """A share of a share: 三级调研员 among 三四级调研员. Each step is rounded, and the next is a share of that ceiling.

    So of 137 posts, 10 % are 13, and 40 % of those 13 are 5 (not of 13.7, nor of the persons who hold them now).
    """
    cap = base
    for part in parts:
        cap = ceiling(cap, part, rounding)
    return cap


def target(base: int, part: Fraction, rounding: Rounding = Rounding.CEIL) -> int:
    """The fewest persons that reach `part` of `base` (YNG-THIRD: one third of a batch; SW-ROUND-YOUNG)."""
    return _of(base, part, rounding)


def _of(base: int, part: Fraction, rounding: Rounding) -> int:
    _check_count(base)
    return round_to(base * part, rounding)


def _check_count(*counts: int) -> None:
    if min(counts) < 0:
        raise ValueError(f"a number of persons below zero: {min(counts)}")


def short_of(need: int, have: int) -> int:
    """How many are missing from a target; 0 when it is reached."""
    return max(0, need - have)


def over(cap: int, have: int) -> int:
    """How many stand above a ceiling; 0 inside it."""
    return max(0, have - cap)


def room(cap: int, have: int) -> int:
    """How many more a ceiling allows; 0 when it is full or passed."""
    return max(0, cap - have)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling after a proposal: `held` now, `after` it, `over` and `room` counted after it."""

    cap: int
    held: int
    after: int
    over: int
    room: int


def after_proposal(cap: int, held: int, arriving: int = 0, leaving: int = 0) -> Ceiling:
    """A ceiling when `arriving` come in and `leaving` go out at once. ValueError when more leave than are there."""
    _check_count(cap, held, arriving, leaving)
    after = held + arriving - leaving
    if after < 0:
        raise ValueError(f"{leaving} leave of {held + arriving}")
    return Ceiling(cap, held, after, over(cap, after), room(cap, after))


# --- meetings --------------------------------------------------------------------------------------------------------

QUORUM = Fraction(2, 3)  # TJ2019, discussion and decision (SEL-DEC-37a): at least


def quorum(entitled: int, part: Fraction = QUORUM) -> int:
    """The fewest members who have to be present: at least two thirds of those entitled to attend (SEL-DEC-37a)."""
    return _of(entitled, part, Rounding.CEIL)


def has_quorum(present: int, entitled: int, part: Fraction = QUORUM) -> bool:
    """Are enough present? Nobody entitled is no meeting. Raises ValueError when more are present than entitled."""
    _check_part(present, entitled)
    return entitled > 0 and present >= quorum(entitled, part)


def majority(entitled: int) -> int:
    """The fewest votes that are more than half of those entitled, not of those present (SEL-DEC-37b, SEL-DEC-37d)."""
    _check_count(entitled)
    return entitled // 2 + 1


def has_majority(votes_for: int, entitled: int) -> bool:
    """More than half of those entitled? Exactly half is not. Raises ValueError when more vote than are entitled."""
    _check_part(votes_for, entitled)
    return votes_for >= majority(entitled)


def attendance(present: int, entitled: int) -> Fraction | None:
    """The share present, exactly; None when nobody is entitled."""
    _check_part(present, entitled)
    return Fraction(present, entitled) if entitled else None


def _check_part(part: int, whole: int) -> None:
    _check_count(part, whole)
    if part > whole:
        raise ValueError(f"{part} of {whole}")
