"""What the variances ask of the factored system, against one ordinary solution a kind and against brute force."""

from dataclasses import fields, replace

import numpy as np
import pytest

from quanheng.calibration.blocks import Effects, System
from quanheng.calibration.blocks_prior import pulls
from quanheng.calibration.blocks_solve import Slopes, solve
from quanheng.calibration.ordinal import KINDS, _Search
from quanheng.calibration.ordinal_variance import average_information, members, moved_by, squares
from tests.calibration.designs import Shape, layout_from
from tests.calibration.test_ordinal_oracle import DESIGNS


def prepared(shape: Shape, seed: int = 0) -> tuple[System, Effects, tuple[str, ...]]:
    """The first system of a fit, and effects that are drawn."""
    search = _Search(layout_from(shape), bounded=True)
    system = search.system(search.moments())
    rng = np.random.default_rng(seed)
    drawn = {f.name: rng.normal(size=getattr(search.effects, f.name).shape) for f in fields(Effects)}
    return system, replace(search.effects, **drawn), search.kinds


def alone(system: System, effects: Effects, kind: str) -> Effects:
    """H⁻¹D⁻¹b of the effects of one kind, by the general solver."""
    none = Effects.zero(system.places, system.fixed - system.places.groups)
    return solve(system, None, replace(none, **{name: -getattr(effects, name) for name in members(kind)})).effects


@pytest.mark.parametrize("shape", DESIGNS.values(), ids=list(DESIGNS))
def test_is_the_general_solution_kind_by_kind(shape: Shape) -> None:
    system, effects, kinds = prepared(shape)
    for kind, found in zip(kinds, pulls(system, effects, kinds), strict=True):
        wanted = alone(system, effects, kind)
        for part in fields(Effects):
            np.testing.assert_allclose(getattr(found, part.name), getattr(wanted, part.name), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_asked_alone(kind: str) -> None:
    system, effects, kinds = prepared(DESIGNS["everything"])
    together = dict(zip(kinds, pulls(system, effects, kinds), strict=True))
    (by_itself,) = pulls(system, effects, (kind,))
    for part in fields(Effects):
        np.testing.assert_allclose(getattr(by_itself, part.name), getattr(together[kind], part.name), atol=1e-13)


def test_an_effect_without_variance_pulls_nothing() -> None:
    system, effects, _ = prepared(DESIGNS["everything"])
    search = _Search(layout_from(DESIGNS["everything"]), bounded=True)
    search.variances.x[search.kinds.index("rater")] = -np.inf
    system = search.system(search.moments())
    assert system.scales.rater == 0
    (found,) = pulls(system, effects, ("rater",))
    assert found.largest() == 0


def test_is_linear() -> None:
    system, effects, kinds = prepared(DESIGNS["incomplete"])
    once, twice = pulls(system, effects, kinds), pulls(system, effects.plus(effects), kinds)
    for one, two in zip(once, twice, strict=True):
        assert two.plus(one, -2.0).largest() < 1e-12 * two.largest()


def test_effects_follow_their_variances() -> None:
    """The Newton solution at σ²·e^ε is that at σ² moved by ε times the pull, to first order."""
    shape, small = DESIGNS["everything"], 1e-4
    search = _Search(layout_from(shape), bounded=True).run()
    system = search.system(search.moments())
    moved = pulls(system, search.effects, search.kinds)
    change = np.zeros(len(search.kinds))
    change[search.kinds.index("person")] = small
    guessed = moved_by(search.effects, moved, change)
    search.variances.x[search.kinds.index("person")] += small
    search.moved = np.inf
    for _ in range(6):
        moments = search.moments()
        step = solve(
            search.system(moments), Slopes(moments.residual / search.phi, moments.fixed / search.phi), search.effects
        )
        search.effects = search.effects.plus(step.effects)
    assert step.effects.largest() < 1e-12
    assert guessed.plus(search.effects, -1).largest() < 20 * small**2
    assert moved_by(guessed, moved, -change).plus(search.effects, -1).largest() > small / 100


def test_the_average_information_is_positive() -> None:
    """AI = ½ (D⁻¹b)'(D − H⁻¹)(D⁻¹b) of a covariance that has become smaller."""
    system, effects, kinds = prepared(DESIGNS["everything"])
    information = average_information(system, effects, kinds, pulls(system, effects, kinds))
    np.testing.assert_allclose(information, information.T, atol=1e-12)
    assert np.linalg.eigvalsh(information).min() > 0
    most = [squares(effects, kind) / getattr(system.scales, kind) ** 2 / 2 for kind in kinds]
    assert (np.diag(information) < most).all()
