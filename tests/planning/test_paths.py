"""Whole chains as columns: every plan good enough is among them, and their relaxation is no weaker."""

import numpy as np
import pytest

from quanheng.planning import paths
from quanheng.planning.cuts import tighten
from quanheng.planning.linear import Linear, Relaxation
from quanheng.planning.neighbourhood import chains_of
from quanheng.planning.paths import Paths, paths_within, tighten_paths
from quanheng.planning.rows import Model, build, value_of, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import every_plan
from tests.planning.towns import town


def relaxed(model: Model) -> Linear | None:
    relaxation = Relaxation(model, np.zeros(len(model.upper)))
    first = relaxation.solve()
    return tighten(relaxation, first)[0] if first.feasible else None


def all_within(model: Model, linear: Linear, width: float) -> Paths:
    found = paths_within(model, linear, width)
    assert found is not None
    return found


@pytest.mark.parametrize("block", range(4))
def test_every_plan_within_the_width_is_one_of_chains_within_it(block: int) -> None:
    count = 0
    for seed in range(50 * block, 50 * block + 50):
        model = build(tiny(seed))
        linear = relaxed(model)
        for plan in every_plan(tiny(seed)) if linear else ():
            assert linear is not None
            x = vector_of(model, plan.pairs)
            found = all_within(model, linear, linear.bound - plan.value)
            own = found.within(x)
            assert (found.uses @ own == x).all(), seed
            assert value_of(found.program, own) == plan.value
            assert (found.program.matrix @ own <= found.program.upper + 1e-9).all()
            count += len(plan.pairs) > 1
    assert count > 50


def test_a_chain_is_one_column_with_all_its_moves() -> None:
    model = build(tiny(3))
    linear = relaxed(model)
    assert linear is not None
    found = all_within(model, linear, 1e9)
    for plan in every_plan(tiny(3)):
        x = vector_of(model, plan.pairs)
        moves = found.uses.shape[1] - len(model.shortfalls)
        used = np.flatnonzero(found.within(x)[:moves])
        chains = {tuple(sorted(chain.tolist())) for chain in chains_of(model, x)}
        assert {tuple(sorted(found.uses[:, [one]].indices.tolist())) for one in used} == chains


@pytest.mark.parametrize("seed", range(5))
def test_the_relaxation_over_chains_is_no_weaker_and_never_below_a_plan(seed: int) -> None:
    model = build(town(seed))
    relaxation = Relaxation(model)
    linear, cuts = tighten(relaxation, relaxation.solve())
    found = all_within(model, linear, 0.02 * abs(linear.bound))
    tight, more, work = tighten_paths(found, cuts)
    assert tight.bound <= linear.bound + 1e-6
    assert len(more) >= len(cuts)
    assert work > 0


def test_too_many_chains_are_said_and_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(town(1))
    linear = Relaxation(model).solve()
    assert paths_within(model, linear, 1e9, limit=10) is None
    monkeypatch.setattr(paths, "OPEN_LIMIT", 10)
    assert paths_within(model, linear, 1e9) is None
