"""Levels: their order, and the codes that the register stores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.organization import choices
from quanheng.rulebook.ladders import LEVELS, Level, level, levels_up


def test_levels_are_those_of_the_register_in_its_order() -> None:
    stored = list(choices.PostTier)  # highest first
    assert [level(tier.value) for tier in stored] == list(reversed(LEVELS))
    assert [str(tier.label) for tier in stored] == [one.value for one in reversed(LEVELS)]


def test_words_and_codes_are_read_and_others_are_not_known() -> None:
    assert level("县处级副职") is level("county_deputy") is Level.COUNTY_DEPUTY
    assert level("县处级") is level("") is level("一级调研员") is None


@pytest.mark.parametrize(
    ("old", "new", "up"),
    [
        ("乡科级正职", "县处级副职", 1),  # case C01
        ("乡科级副职", "县处级副职", 2),
        ("乡科级副职", "县处级正职", 3),
        ("县处级副职", "县处级副职", 0),
        ("县处级正职", "县处级副职", -1),
        ("科员及以下", "乡科级副职", 1),
    ],
)
def test_steps_between_levels(old: str, new: str, up: int) -> None:
    assert levels_up(Level(old), Level(new)) == up


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_steps_up_and_down_cancel(one: Level, other: Level) -> None:
    assert levels_up(one, other) == -levels_up(other, one)
