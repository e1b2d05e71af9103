"""Contrasts: Var = a'Ca against the matrix written out, probabilities, refusals."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from quanheng.calibration import contrasts
from quanheng.calibration.contrasts import UnknownPerson
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Fit, Persons, Status, Uncertainty


@dataclass(frozen=True)
class Stub:
    persons: Persons
    uncertainty: Uncertainty


def persons_of(fair: Floats, component: Ints) -> Persons:
    count = len(fair)
    nothing, none = np.zeros(count), np.zeros(count, dtype=np.int64)
    return Persons(
        labels=tuple(f"p{n}" for n in range(count)),
        raw=fair,
        fair=fair,
        se=nothing,
        lo90=nothing,
        hi90=nothing,
        measure=nothing,
        fit=Fit(nothing, nothing, nothing, nothing),
        n=none,
        component=component,
        status=(Status.ESTIMATED,) * count,
        rank_lo=none,
        rank_hi=none,
        band=none,
        missing_groups=np.zeros((count, 1), dtype=np.bool_),
    )


def random_uncertainty(seed: int, sizes: tuple[int, ...] = (3, 1, 4), border: int = 2) -> Uncertainty:
    rng = np.random.default_rng(seed)
    roots = [rng.normal(0, 0.3, (size, size + 1)) for size in sizes]
    block = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    return Uncertainty(block, place, tuple(r @ r.T for r in roots), rng.normal(0, 0.2, (len(block), border)))


def matrix_of(uncertainty: Uncertainty) -> Floats:
    """(persons, persons), by the definition of the class."""
    own = np.zeros((len(uncertainty.block),) * 2)
    for block, local in enumerate(uncertainty.local):
        members = np.flatnonzero(uncertainty.block == block)
        places = uncertainty.place[members]
        own[np.ix_(members, members)] = local[np.ix_(places, places)]
    return np.asarray(own + uncertainty.reach @ uncertainty.reach.T)


def stub(seed: int = 3) -> Stub:
    fair = np.random.default_rng(seed).normal(2.4, 0.5, 8)
    return Stub(persons_of(fair, np.array([1, 1, 1, 1, 1, 1, 2, 2])), random_uncertainty(seed))


def test_the_variance_is_that_of_the_difference_vector() -> None:
    given_stub = stub()
    covariance = matrix_of(given_stub.uncertainty)
    for a in range(6):
        for b in range(6):
            found = contrasts.contrast(given_stub, f"p{a}", f"p{b}")
            vector = np.zeros(8)
            vector[a] += 1
            vector[b] -= 1
            assert found.se == pytest.approx(np.sqrt(abs(float(vector @ covariance @ vector))), abs=1e-7)


def test_interval_and_probability_follow_from_difference_and_error() -> None:
    given_stub = stub()
    found = contrasts.contrast(given_stub, "p1", "p4")
    assert found.difference == given_stub.persons.fair[1] - given_stub.persons.fair[4]
    assert found.se is not None
    assert found.difference is not None
    assert found.lo90 == pytest.approx(found.difference + norm.ppf(0.05) * found.se, abs=1e-12)
    assert found.hi90 == pytest.approx(found.difference + norm.ppf(0.95) * found.se, abs=1e-12)
    assert found.p_above == pytest.approx(norm.cdf(found.difference / found.se), abs=1e-12)


@given(st.integers(0, 10**6))
def test_turned_round_it_is_the_mirror(seed: int) -> None:
    given_stub = stub(seed)
    one, other = contrasts.contrasts(given_stub, [("p0", "p3"), ("p3", "p0")])
    assert (one.difference, one.se) == (-(other.difference or 0.0), other.se)
    assert (one.p_above or 0.0) + (other.p_above or 0.0) == pytest.approx(1.0, abs=1e-12)


@given(st.integers(0, 10**6), st.floats(-100, 100))
def test_an_error_common_to_all_cancels(seed: int, common: float) -> None:
    given_stub = stub(seed)
    plain = given_stub.uncertainty
    reach = np.column_stack([plain.reach, np.full(8, common)])
    wide = Stub(given_stub.persons, Uncertainty(plain.block, plain.place, plain.local, reach))
    assert contrasts.contrast(wide, "p0", "p5") == contrasts.contrast(given_stub, "p0", "p5")


def test_nothing_is_said_across_components() -> None:
    found = contrasts.contrast(stub(), "p0", "p7")
    assert (found.a, found.b) == ("p0", "p7")
    assert [found.difference, found.se, found.lo90, found.hi90, found.p_above] == [None] * 5
    assert contrasts.contrast(stub(), "p6", "p7").difference is not None


def test_a_person_is_not_above_himself() -> None:
    found = contrasts.contrast(stub(), "p2", "p2")
    assert (found.difference, found.se, found.lo90, found.hi90, found.p_above) == (0.0, 0.0, 0.0, 0.0, 0.5)


def test_without_error_the_sign_decides() -> None:
    found = contrasts.probability_above(np.array([1.0, -1.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.0, 1.0]))
    np.testing.assert_allclose(found, [1.0, 0.0, 0.5, norm.cdf(1)], atol=1e-15)


def test_an_unknown_person_is_named() -> None:
    with pytest.raises(UnknownPerson) as refusal:
        contrasts.contrast(stub(), "p0", "p99")
    assert refusal.value.facts == {"label": "p99"}


def test_no_pairs_no_contrasts() -> None:
    assert contrasts.contrasts(stub(), []) == []
