"""Gains, coverages, refusals and flags on events whose truth is known; margins leave room for the few replicates."""

from functools import lru_cache

import pytest

from quanheng.calibration.result import Flag
from tests.calibration.scenarios import (
    Caught,
    Measured,
    Summary,
    caught,
    gain_wanted,
    measure,
    missed,
    summary,
    together,
)
from tests.calibration.simulate import BASE, COLLUSION, SCENARIOS, simulate

SEEDS = range(40, 44)
GAIN = {"A": 0.02, "B": 0.01, "C": 0.03, "D": 0.02, "E": 0.03, "F": 0.01, "G": 0.06, "I": 0.03, "well-specified": 0.02}


@lru_cache
def events(name: str) -> tuple[Measured, ...]:
    return tuple(measure(SCENARIOS[name], seed) for seed in SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_fair_scores_come_nearer_to_the_truth_than_plain_means(name: str) -> None:
    found = summary(name, list(events(name)))
    assert found.gain > GAIN[name]
    assert found.fair > 0.85


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_intervals_hold_within_and_across_units(name: str) -> None:
    found = summary(name, list(events(name)))
    assert 0.80 < found.covered_within < 0.96
    assert 0.76 < found.covered_across < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("name", ["B", "F"])
def test_what_nothing_connects_is_never_ranked_together(name: str) -> None:
    assert all(event.components > 1 and event.refused for event in events(name))


@pytest.mark.slow
def test_without_links_every_unit_is_a_component() -> None:
    assert {event.components for event in events("F")} == {SCENARIOS["F"].units}


@pytest.mark.slow
def test_links_are_worth_most_between_units() -> None:
    """G: strong cultures, many links."""
    found = summary("G", list(events("G")))
    assert found.units > 0.85
    assert found.top > found.top_plain


@pytest.mark.slow
def test_suppression_is_caught_and_honest_cadres_are_not() -> None:
    found = together([measure(COLLUSION[2], seed).suppression for seed in range(4)])
    assert found.targets == 32
    assert found.caught / found.targets > 0.3
    assert found.false / found.honest < 0.02


@pytest.mark.slow
def test_without_collusion_nobody_is_said_to_be_suppressed() -> None:
    assert together([event.suppression for event in events("A")]).false <= 2


# --- the yardstick of the targets


def whole(**changed: object) -> Summary:
    known: dict[str, object] = {
        "scenario": "A",
        "plain": 0.9,
        "fair": 0.94,
        "within": 0.9,
        "units": 0.85,
        "top": 0.8,
        "top_plain": 0.7,
        "covered_within": 0.88,
        "covered_across": 0.88,
        "disconnected": 2,
        "refused": 2,
        "gain": 0.04,
        "gain_se": 0.0,
        "within_se": 0.0,
        "across_se": 0.0,
        "units_plain": 0.7,
        "width_within": 10.0,
        "width_across": 14.0,
    }
    return Summary(**{**known, **changed})  # type: ignore[arg-type]


def test_all_targets_met() -> None:
    assert missed(whole()) == []
    assert missed(whole(scenario="well-specified", gain=0.001)) == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"gain": 0.029}, "gain 0.029 < 0.03"),
        ({"scenario": "B", "gain": 0.039}, "gain 0.039 < 0.04"),
        ({"covered_within": 0.849}, "coverage within 0.849 not in (0.85, 1.0)"),
        ({"covered_across": 0.829}, "coverage across 0.829 not in (0.83, 1.0)"),
        ({"scenario": "well-specified", "covered_within": 0.931}, "coverage within 0.931 not in (0.87, 0.93)"),
        ({"refused": 1}, "refused 1 of 2"),
    ],
)
def test_each_target_that_is_missed_is_named(changed: dict[str, object], text: str) -> None:
    assert missed(whole(**changed)) == [text]


def test_chance_of_few_events_is_forgiven_and_no_more() -> None:
    assert missed(whole(gain=0.0236, gain_se=0.004)) == []
    assert missed(whole(gain=0.0234, gain_se=0.004)) == ["gain 0.023 < 0.03"]
    assert missed(whole(covered_across=0.814, across_se=0.01)) == []
    assert missed(whole(covered_within=0.833, within_se=0.01)) == ["coverage within 0.833 not in (0.85, 1.0)"]


def test_gains_wanted_are_those_of_the_design() -> None:
    assert {name: gain_wanted(name) for name in SCENARIOS} == {
        **dict.fromkeys("ADEF", 0.03),
        **dict.fromkeys("BCGI", 0.04),
        "well-specified": 0.0,
    }
    with pytest.raises(KeyError):
        gain_wanted("H")


def test_caught_counts_targets_and_others() -> None:
    world = simulate(SCENARIOS["D"], 3)
    target = [label for label, hit in zip(world.ratings.person.labels, world.target, strict=True) if hit]
    other = [label for label, hit in zip(world.ratings.person.labels, world.target, strict=True) if not hit]
    named = [(target[0], "suppression"), (target[1], "favour"), (other[0], "suppression"), (other[1], "suppression")]
    flags = tuple(Flag(kind, subject, 3, 0.1, 0.01, 0.1) for subject, kind in named)
    assert caught(world, flags, "suppression") == Caught(8, 1, len(other), 2)


def test_catches_add_up() -> None:
    assert together([Caught(8, 3, 100, 1), Caught(8, 5, 90, 0)]) == Caught(16, 8, 190, 1)


def test_one_small_event_from_end_to_end() -> None:
    """The fast suite's look at the whole path; figures are the slow tests' matter."""
    found = measure(BASE, 40)
    assert found.refused
    assert found.gain > 0
    assert found.coverage.within > 0.7
