"""Plans made anew of whole chains: kept chains stay, nobody moves twice, and plans only get better."""

import numpy as np
import pytest

from quanheng.planning import regroup
from quanheng.planning.budget import Budget, Meter
from quanheng.planning.core import Effort, best_of_core
from quanheng.planning.cuts import Cuts, binding, tighten
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear, Relaxation
from quanheng.planning.paths import paths_within, tighten_paths
from quanheng.planning.regroup import Regroup
from quanheng.planning.rows import Model, build
from quanheng.planning.solve import solve
from tests.planning.towns import some_plan, town


def relaxed(model: Model) -> tuple[Linear, Cuts]:
    relaxation = Relaxation(model)
    return tighten(relaxation, relaxation.solve())


def regroup_of(seed: int, seconds: float = 20, vacancies: int = 4) -> Regroup:
    """Around some plan of a town."""
    model = build(town(seed, vacancies))
    search = Incumbent(model, Meter(Budget(seconds)))
    search.offer(some_plan(model))
    linear, cuts = relaxed(model)
    paths = paths_within(model, linear, 0.05 * abs(linear.bound))
    assert paths is not None
    tight, found, _ = tighten_paths(paths, cuts)
    return Regroup(search, paths, tight, binding(found, tight))


@pytest.mark.parametrize("seed", range(4))
def test_a_neighbourhood_has_no_chain_that_meets_a_kept_one(seed: int) -> None:
    group = regroup_of(seed, vacancies=8)
    group.run(5)
    assert group.search.x is not None
    group.share = 0.5
    own = group.paths.within(group.search.x)
    core = group.neighbourhood(own)
    moves = group.touching.shape[1]
    assert 0 < len(core.fixed) <= np.count_nonzero(own[:moves])
    assert (own[core.fixed] == 1).all()
    touching = group.touching.toarray()
    kept = touching[:, core.fixed].sum(axis=1)
    assert kept.max() == 1
    free = core.columns[core.columns < moves]
    assert not touching[kept > 0][:, free].any()
    fitting = np.flatnonzero(kept @ touching == 0)
    assert set(np.intersect1d(fitting, group.best)) <= set(free)


@pytest.mark.parametrize("seed", range(4))
def test_the_plan_can_be_found_again_in_its_neighbourhood(seed: int) -> None:
    group = regroup_of(seed, vacancies=8)
    group.run(5)
    assert group.search.x is not None
    own = group.paths.within(group.search.x)
    if not (group.paths.uses @ own == group.search.x).all():
        pytest.skip("the plan has a chain that the program has not")
    group.share = 0.5
    found = best_of_core(group.neighbourhood(own), Effort(5, 60))
    assert found.is_exact
    assert max(found.bound or 0, group.search.value or 0) == found.bound


@pytest.mark.parametrize("seed", range(4))
def test_with_all_chains_free_the_best_plan_is_found(seed: int) -> None:
    group = regroup_of(seed)
    group.share = 1.0
    group.run(10)
    assert group.search.value == solve(town(seed), Budget(10)).value


def test_plans_only_get_better_and_no_more_is_spent_than_said() -> None:
    group = regroup_of(1, vacancies=8)
    before, spent = group.search.value, group.search.meter.spent
    group.run(0.5)
    assert group.search.value is not None
    assert before is not None
    assert group.search.value >= before
    assert spent < group.search.meter.spent < spent + 1


def test_nothing_happens_without_a_plan_or_without_work() -> None:
    group = regroup_of(2)
    before, spent = group.search.value, group.search.meter.spent
    group.run(0)
    group.search.x = None
    group.run(5)
    assert (group.search.value, group.search.meter.spent) == (before, spent)


def test_it_ends_when_nothing_gets_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regroup, "MORE", 1.0)
    monkeypatch.setattr(regroup, "IDLE", 2)
    group = regroup_of(3, seconds=1000)
    group.share = 0.1  # too few are free for a better plan at last
    group.run(1000)
    assert group.search.meter.spent < 20


def test_the_same_seed_makes_the_same_plan() -> None:
    one, two = regroup_of(1, vacancies=6), regroup_of(1, vacancies=6)
    one.run(1)
    two.run(1)
    assert one.search.value == two.search.value
    assert one.search.x is not None
    assert two.search.x is not None
    assert (one.search.x == two.search.x).all()
