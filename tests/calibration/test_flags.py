"""Patterns in made-up residuals: each test finds what was put in, and nothing where nothing was."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control, poisson

from quanheng.calibration.flags import (
    Counted,
    Evidence,
    adjust,
    bimodality,
    counted,
    favour,
    find_flags,
    leave_out,
    straight_lining,
    suppression,
    two_means,
    two_means_p,
    unit_culture,
)
from quanheng.calibration.result import Flag

PERSONS, BALLOTS, UNITS = 60, 24, 6
NOTHING = Counted(np.zeros(UNITS), np.ones(UNITS))


def evidence(seed: int = 1) -> Evidence:
    """60 persons in 6 units, 24 ballots on each; residuals of an honest event, nobody near the ends of the scale."""
    rng = np.random.default_rng(seed)
    pairs = PERSONS * BALLOTS
    return Evidence(
        persons=tuple(f"p{n}" for n in range(PERSONS)),
        units=tuple(f"u{n}" for n in range(UNITS)),
        person_unit=np.repeat(np.arange(UNITS), PERSONS // UNITS),
        pair_person=np.repeat(np.arange(PERSONS), BALLOTS),
        residual=rng.normal(0, 1.2, pairs),
        grade=rng.uniform(1.0, 2.4, pairs),
        highest=3.0,
        weight=np.full(pairs, 1.5),
        phi=1.44,
        variance=np.full(PERSONS, 0.02),
        slope=np.full(PERSONS, 0.5),
        culture=rng.normal(0, 0.3, UNITS),
        culture_sd=0.5,
        identical=NOTHING,
        all_highest=NOTHING,
    )


def struck(made: Evidence, person: int, ballots: int, *, residual: float, grade: float) -> Evidence:
    """The first ballots on a person replaced."""
    where = np.flatnonzero(made.pair_person == person)[:ballots]
    residuals, grades = made.residual.copy(), made.grade.copy()
    residuals[where], grades[where] = residual, grade
    return replace(made, residual=residuals, grade=grades)


def subjects(flags: list[Flag]) -> list[str]:
    return [flag.subject for flag in flags]


# --- 压票 and 打招呼


def test_honest_events_have_hardly_a_flag() -> None:
    """Seven kinds at a rate of false discoveries of 5 %: a few events of twenty may have one."""
    flags = [flag for seed in range(20) for flag in find_flags(evidence(seed))]
    assert len(flags) <= 3
    assert {flag.kind for flag in flags} <= {"straight_lining"}


def test_suppression_is_found_with_count_and_expectation() -> None:
    (flag,) = suppression(struck(evidence(), 7, 5, residual=-5.0, grade=0.0))
    assert (flag.kind, flag.subject, flag.count) == ("suppression", "p7", 5.0)
    rate = 1 / (PERSONS * BALLOTS - BALLOTS + 1)  # nobody else was hit
    assert flag.expected == pytest.approx(BALLOTS * rate)
    assert flag.p_adjusted == pytest.approx(PERSONS * binom.sf(4, BALLOTS, rate))
    assert flag.effect > 0  # without those ballots the cadre stands higher


def test_one_lost_vote_is_no_suppression() -> None:
    assert suppression(struck(evidence(), 7, 1, residual=-5.0, grade=0.0)) == []


def test_low_but_expected_votes_are_no_suppression() -> None:
    assert suppression(struck(evidence(), 7, 20, residual=-2.0, grade=0.0)) == []


def test_harsh_votes_above_the_bottom_are_no_suppression() -> None:
    assert suppression(struck(evidence(), 7, 20, residual=-4.0, grade=0.6)) == []


def test_the_limits_of_a_low_ballot() -> None:
    assert suppression(struck(evidence(), 7, 5, residual=-2.5, grade=0.0)) == []
    assert subjects(suppression(struck(evidence(), 7, 5, residual=-2.51, grade=0.5))) == ["p7"]


def test_where_everybody_is_hit_alike_nobody_is_suppressed() -> None:
    made = evidence()
    for person in range(PERSONS):
        made = struck(made, person, 3, residual=-4.0, grade=0.0)
    assert suppression(made) == []


def test_favour_mirrors_suppression() -> None:
    low = struck(evidence(), 7, 5, residual=-5.0, grade=0.2)
    high = replace(low, residual=-low.residual, grade=3.0 - low.grade)
    (one,), (other,) = suppression(low), favour(high)
    assert (one.subject, one.count, one.expected, one.p_adjusted) == (
        other.subject,
        other.count,
        other.expected,
        other.p_adjusted,
    )
    assert other.effect == pytest.approx(-one.effect)
    assert suppression(high) == []
    assert favour(low) == []


@settings(max_examples=30)
@given(st.permutations(range(PERSONS)))
def test_order_and_names_of_persons_do_not_matter(order: list[int]) -> None:
    made = struck(evidence(), 7, 5, residual=-5.0, grade=0.0)
    place = np.argsort(order)
    moved = replace(
        made,
        persons=tuple(made.persons[n] for n in order),
        person_unit=made.person_unit[np.array(order)],
        pair_person=place[made.pair_person],
    )
    assert suppression(moved) == suppression(made)


def test_a_flag_has_nothing_of_a_ballot() -> None:
    flag = suppression(struck(evidence(), 7, 5, residual=-5.0, grade=0.0))[0]
    assert set(vars(flag)) == {"kind", "subject", "count", "expected", "p_adjusted", "effect"}


# --- the adjustment and the effect


@settings(max_examples=100)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjustment_is_that_of_benjamini_and_hochberg(p: list[float]) -> None:
    assert adjust(np.array(p)) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_adjustment_by_hand() -> None:
    assert adjust(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_leaving_out_is_one_newton_step() -> None:
    """One person, ballots of known weight: posterior mean of a normal model, which the step gives exactly."""
    weight, prior = np.array([2.0, 1.0, 1.5, 0.5]), 0.8
    seen = np.array([1.0, 0.4, -3.0, 0.2])
    precision = 1 / prior + weight.sum()
    fitted = (weight * seen).sum() / precision
    made = replace(
        evidence(),
        persons=("p0",),
        pair_person=np.zeros(4, dtype=np.int64),
        residual=(seen - fitted) * np.sqrt(weight * 1.44),  # Σr/√ΣV with ΣV = wφ and Σr = wφ·(y − θ)
        weight=weight,
        variance=np.array([1 / precision]),
        slope=np.array([0.5]),
    )
    without = (weight * seen)[[0, 1, 3]].sum() / (precision - 1.5)
    assert leave_out(made, np.array([False, False, True, False])) == pytest.approx([0.5 * (without - fitted)])


def test_leaving_out_nothing_changes_nothing() -> None:
    assert not leave_out(evidence(), np.zeros(PERSONS * BALLOTS, dtype=bool)).any()


def test_leaving_out_nearly_all_stays_finite() -> None:
    made = replace(evidence(), variance=np.full(PERSONS, 1 / (1.5 * BALLOTS)))
    assert np.isfinite(leave_out(made, made.pair_person == 3)).all()


# --- two camps


def test_two_means_of_known_shapes() -> None:
    rng = np.random.default_rng(0)
    assert two_means(rng.standard_normal(200_000)) == pytest.approx(1 - 2 / np.pi, abs=0.003)
    assert two_means(rng.uniform(size=200_000)) == pytest.approx(0.25, abs=0.003)
    assert two_means(np.array([0.0, 0.0, 1.0, 1.0, 1.0])) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=100)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12))
def test_two_means_against_every_split(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    around = ((ordered - ordered.mean()) ** 2).sum()
    within = min(
        sum(((part - part.mean()) ** 2).sum() for part in (ordered[:at], ordered[at:])) for at in range(1, len(ordered))
    )
    if around > 1e-6:
        assert two_means(ordered) == pytest.approx(within / around, abs=1e-9)


def test_two_means_of_many_at_once() -> None:
    drawn = np.random.default_rng(3).standard_normal((5, 20))
    assert two_means(drawn) == pytest.approx([float(two_means(row)) for row in drawn])


def test_p_of_normal_values_is_uniform_enough() -> None:
    rng = np.random.default_rng(5)
    p = np.array([two_means_p(rng.standard_normal(24)) for _ in range(200)])
    assert ((p < 0.05).mean() < 0.1, 0.4 < p.mean() < 0.6) == (True, True)


def test_camps_about_one_cadre_are_found() -> None:
    made = evidence()
    residual = made.residual.copy()
    own = made.pair_person == 11
    residual[own] = np.where(np.arange(BALLOTS) % 2, 2.4, -2.4) + residual[own] / 4
    (flag,) = bimodality(replace(made, residual=residual))
    assert (flag.kind, flag.subject, flag.expected) == ("bimodality", "p11", 1.0)
    assert flag.count > 2
    assert np.isnan(flag.effect)


def test_wide_but_single_opinions_are_no_camps() -> None:
    made = evidence()
    own = made.pair_person == 11
    wide = replace(made, residual=np.where(own, 2 * made.residual, made.residual))
    assert bimodality(wide) == []


def test_few_ballots_are_no_camps() -> None:
    made = evidence()
    kept = (made.pair_person != 11) | (np.cumsum(made.pair_person == 11) <= 6)
    residual = np.where(made.pair_person == 11, 6.0 * (np.arange(len(kept)) % 2) - 3, made.residual)
    camps = replace(
        made,
        pair_person=made.pair_person[kept],
        residual=residual[kept],
        grade=made.grade[kept],
        weight=made.weight[kept],
    )
    assert bimodality(camps) == []


# --- units


def test_culture_beyond_two_sigma() -> None:
    culture = np.array([0.0, 1.01, -1.02, 0.99, 0.5, -0.3])
    flags = unit_culture(replace(evidence(), culture=culture))
    assert subjects(flags) == ["u1", "u2"]
    assert [flag.count for flag in flags] == pytest.approx([2.02, -2.04])


def test_without_culture_in_the_data_no_unit_is_flagged() -> None:
    assert unit_culture(replace(evidence(), culture_sd=0.0)) == []


def test_straight_lining_compares_phi_of_units() -> None:
    made = evidence()
    own = made.person_unit[made.pair_person] == 4
    (flag,) = straight_lining(replace(made, residual=np.where(own, 1.5 * made.residual, made.residual)))
    assert (flag.kind, flag.subject) == ("straight_lining", "u4")
    assert flag.count == pytest.approx(float((1.5 * made.residual[own]).var()), rel=0.05)
    assert flag.expected == pytest.approx(float((made.residual[~own] ** 2).mean()))


def test_one_unit_alone_has_nothing_to_be_compared_with() -> None:
    made = evidence()
    alone = replace(
        made,
        units=("u0",),
        person_unit=np.zeros(PERSONS, dtype=np.int64),
        culture=np.zeros(1),
        identical=Counted(np.zeros(1), np.ones(1)),
        all_highest=Counted(np.zeros(1), np.ones(1)),
    )
    assert find_flags(alone) == ()


def test_counts_against_a_poisson_expectation() -> None:
    events = Counted(np.array([0, 6, 1, 0, 2, 0.0]), np.array([1, 0.5, 1, 1, 1, 0.0]))
    (flag,) = counted(evidence(), "identical_ballots", events)
    assert (flag.kind, flag.subject, flag.count, flag.expected) == ("identical_ballots", "u1", 6.0, 0.5)
    assert flag.p_adjusted == pytest.approx(UNITS * float(poisson.sf(5, 0.5)))


def test_one_or_two_ballots_all_of_the_highest_are_not_pointed_at() -> None:
    events = Counted(np.array([2.0, 3.0, 0, 0, 0, 0]), np.full(UNITS, 0.01))
    assert subjects(counted(evidence(), "all_highest", events)) == ["u0", "u1"]
    flags = find_flags(replace(evidence(), all_highest=events))
    assert subjects([flag for flag in flags if flag.kind == "all_highest"]) == ["u1"]


def test_all_kinds_come_together_in_a_fixed_order() -> None:
    made = struck(evidence(), 7, 5, residual=-5.0, grade=0.0)
    made = struck(made, 30, 5, residual=5.0, grade=3.0)
    odd = Counted(np.array([0, 0, 9, 0, 0, 0.0]), np.ones(UNITS))
    culture = np.array([0, 0, 0, 0, 0, 1.5])
    flags = find_flags(replace(made, identical=odd, all_highest=odd, culture=culture))
    assert [(flag.kind, flag.subject) for flag in flags] == [
        ("suppression", "p7"),
        ("favour", "p30"),
        ("unit_culture", "u5"),
        ("identical_ballots", "u2"),
        ("all_highest", "u2"),
    ]
