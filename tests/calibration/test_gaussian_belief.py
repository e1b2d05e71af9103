"""The second opinion: its belief about unit and culture, and how near it comes to the truth."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration.calibrate import calibrate
from quanheng.calibration.composite import gaussian_composite, weights_of
from quanheng.calibration.gaussian_belief import Believing, apart
from quanheng.calibration.gaussian_fit import fit_gaussian
from quanheng.calibration.gaussian_twin import TwinPoint
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Criterion, Design, Floats
from tests.calibration.measures import agreement
from tests.calibration.scenarios import DESIGN
from tests.calibration.simulate import SCENARIOS, World, simulate
from tests.calibration.test_gaussian_twin import parameters, scores


def test_apart_is_of_unit_and_culture_only() -> None:
    assert apart(("person", "unit", "rater", "culture"), 5).tolist() == [0, 1, 0, -1, 0]
    assert apart(("person", "unit", "rater"), 4).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("criterion", list(Criterion))
def test_the_gradient_is_that_of_the_objective(criterion: Criterion) -> None:
    of = scores(5, criterion)
    at, tied = parameters(of, 5), apart(of.kinds, len(of.kinds) + of.places.groups - 1)

    def objective(where: Floats) -> float:
        return Believing(TwinPoint(of, where), where, tied).objective

    found = Believing(TwinPoint(of, at), at, tied)
    for place, value in enumerate(at):
        step = 1e-5 * value * np.eye(len(at))[place]
        slope = (objective(at + step) - objective(at - step)) / (2e-5 * value)
        assert found.gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-4)
    assert found.objective > TwinPoint(of, at).objective
    assert np.linalg.eigvalsh(found.information - TwinPoint(of, at).information).min() > -1e-9


def split(world: World, *, is_believed: bool) -> tuple[float, float]:
    layout = lay_out(world.ratings, DESIGN)
    fit = fit_gaussian(layout, world.ratings, Design(), is_split_believed=is_believed)
    return fit.variance["unit"], fit.variance["culture"]


def end_of_scale() -> World:
    """Weak links, and REML sees no quality of units, or no culture."""
    for seed in range(7100, 7140):
        world = simulate(SCENARIOS["B"], seed)
        if min(split(world, is_believed=False)) == 0:
            return world
    raise AssertionError


def test_neither_unit_nor_culture_is_ruled_out() -> None:
    world = end_of_scale()
    unit, culture = split(world, is_believed=True)
    assert 1 / 20 < unit / culture < 20
    assert unit + culture == pytest.approx(sum(split(world, is_believed=False)), rel=0.5)


def test_without_links_it_converges_too() -> None:
    unit, culture = split(simulate(SCENARIOS["F"], 7100), is_believed=True)
    assert unit == pytest.approx(culture, rel=0.1)


def test_it_comes_nearly_as_near_to_the_truth_as_the_reported_model() -> None:
    """§2, A: LMM with culture ρ .933, RMSE .126; ordinal .938, .123; plain means .893, .161."""
    events = [simulate(SCENARIOS["A"], seed) for seed in (7100, 7101, 7102)]
    rho, error = np.zeros((3, 2)), np.zeros((3, 2))
    for k, world in enumerate(events):
        found = calibrate(world.ratings, DESIGN)
        assert found.second_opinion is not None
        for column, score in enumerate((found.persons.fair, found.second_opinion)):
            rho[k, column] = agreement(world, score).overall
            error[k, column] = np.sqrt(np.mean((score - world.truth) ** 2))
    assert rho[:, 1].mean() > max(0.9, rho[:, 0].mean() - 0.015)
    assert error[:, 1].mean() < 1.1 * error[:, 0].mean()


def test_it_ends_where_the_scale_ends() -> None:
    """The best of a strict unit would be given more than the highest grade."""
    world = simulate(SCENARIOS["C"], 7100)
    strict = np.isin(world.unit, np.flatnonzero(world.unit_truth < np.median(world.unit_truth)))[
        world.ratings.person.index
    ]
    lowered = replace(world.ratings, score=np.maximum(world.ratings.score - strict, 0.0))
    layout = lay_out(lowered, DESIGN)
    assert lowered.group is not None
    weights = weights_of(layout, lowered.group.labels, DESIGN.group_weights)
    fit = fit_gaussian(layout, lowered, Design(), is_split_believed=True)
    linear = gaussian_composite(fit, weights, (0.0, 3.0)).fair
    found = calibrate(lowered, DESIGN).second_opinion
    assert found is not None
    assert linear.max() > 3
    np.testing.assert_allclose(found, np.clip(linear, 0, 3))
