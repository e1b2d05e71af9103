"""What only large sizes need, shown on small ones: close bounds, fixings that rule out, counted work, pins first."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.planning.budget import Budget, Meter, find_work, linear_work, run_work, search_work, sweep_work
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.columns import Ints
from quanheng.planning.core import core_of
from quanheng.planning.cuts import _identity, _packed, find_cuts, no_cuts
from quanheng.planning.dive import dive
from quanheng.planning.greedy import greedy
from quanheng.planning.improve import KEPT, _pull, improve
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.lagrangian import find_duals, repaired
from quanheng.planning.linear import CLOSE, Linear, Relaxation
from quanheng.planning.proof import search_core
from quanheng.planning.rows import Model, build, plan_of, value_of, vector_of
from quanheng.planning.solve import solve
from tests.planning.instances import tiny
from tests.planning.oracle import best_plan, every_plan
from tests.planning.towns import town

SEEDS = range(91_000, 91_040)


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.planning.linear.LARGE", 0)


def reduced(model: Model, duals: np.ndarray) -> np.ndarray:
    return np.asarray(model.weight - model.matrix.T @ duals)


@pytest.mark.parametrize("seed", SEEDS)
def test_repaired_duals_leave_no_chain_column_to_gain(seed: int) -> None:
    model = build(tiny(seed))
    rough = np.abs(np.random.default_rng(seed).normal(0, 20, len(model.upper)))
    duals = repaired(model, rough, model.matrix, np.ones(len(model.weight), dtype=bool))
    assert (duals[: model.first_seat_row] >= 0).all()
    assert duals[model.first_seat_row :].tolist() == rough[model.first_seat_row :].tolist()
    assert reduced(model, duals)[: model.columns.chains].max(initial=0) <= 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_exact_duals_are_bound_no_worse_when_repaired(seed: int) -> None:
    model = build(town(seed))
    relaxation = Relaxation(model)
    exact = relaxation.solve()
    duals = repaired(model, exact.duals, model.matrix, np.ones(len(model.weight), dtype=bool))
    bound = relaxation.bound_of(duals, relaxation.reduced_costs(duals))
    assert bound == pytest.approx(exact.bound, abs=1e-5)


def test_duals_of_the_lagrangian_are_repaired_already() -> None:
    model = build(town(2))
    duals = find_duals(model, sweeps=40).duals
    again = repaired(model, duals, model.matrix, np.ones(len(model.weight), dtype=bool))
    assert again == pytest.approx(duals, abs=1e-9)


def test_a_column_that_may_not_be_used_is_no_reason_for_a_dual() -> None:
    model = build(town(1))
    nothing = repaired(model, np.zeros(len(model.upper)), model.matrix, np.zeros(len(model.weight), dtype=bool))
    assert not nothing.any()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("all_large")
def test_a_large_program_is_left_when_it_is_close(seed: int) -> None:
    model = build(town(seed))
    close = Relaxation(model).solve()
    assert close.is_close
    assert close.feasible
    assert close.bound - close.value <= CLOSE * max(1.0, abs(close.value))


@pytest.mark.parametrize("seed", range(6))
def test_what_was_not_solved_is_not_close_but_has_a_bound(seed: int) -> None:
    model = build(town(seed))
    exact, start = Relaxation(model).solve(), Relaxation(model).solve(rounds=0)
    assert (start.exact, start.is_close) == (False, False)
    assert start.bound >= exact.bound - 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_with_fixed_columns_holds(seed: int) -> None:
    """Of a plan with its first column fixed: no plan that uses the column is worth more than the bound."""
    best = best_plan(tiny(seed))
    if best is None or not best.pairs:
        return
    model = build(tiny(seed))
    one = int(np.flatnonzero(vector_of(model, best.pairs))[0])
    relaxation = Relaxation(model)
    relaxation.fix([one], 1)
    linear = relaxation.solve()
    assert linear.feasible
    values = [plan.value for plan in every_plan(tiny(seed)) if vector_of(model, plan.pairs)[one]]
    assert max(values) <= linear.bound + 1e-6
    assert linear.bound == pytest.approx(linear.value, abs=1e-5)


def test_what_a_fixing_rules_out_never_joins() -> None:
    model = build(town(3))
    relaxation = Relaxation(model)
    start = relaxation.solve()
    one = int(start.support[0])
    before = set(relaxation.program.inside.tolist())
    relaxation.fix([one], 1)
    relaxation.solve()
    new = np.array(sorted(set(relaxation.program.inside.tolist()) - before - {one}), dtype=np.int64)
    columns = model.columns
    chains = new[new < columns.chains]
    assert not (columns.person[chains] == columns.person[one]).any()
    assert not (columns.post[chains] == columns.post[one]).any()
    relaxation.free([one])
    assert relaxation.solve().value == pytest.approx(start.value)


@pytest.mark.parametrize("rotation", [0, 3])
def test_sharing_is_a_person_or_a_post_in_common(rotation: int) -> None:
    model = build(town(1, vacancies=2, rotation=rotation))
    moves = len(model.weight) - len(model.shortfalls)
    chosen = np.random.default_rng(1).choice(moves, 3, replace=False)
    people, posts = zip(*(parts(model, int(column)) for column in chosen), strict=True)
    flags = model.columns.sharing(chosen, len(model.weight))
    for column in range(moves):
        own = parts(model, column)
        expected = bool(own[0] & set().union(*people)) or bool(own[1] & set().union(*posts))
        assert flags[column] == expected
    assert not flags[moves:].any()


def parts(model: Model, column: int) -> tuple[set[int], set[int]]:
    _, seat = model.columns.seats_of(np.array([column]))
    return set(model.columns.seats.person[seat].tolist()), set(model.columns.seats.post[seat].tolist())


def test_seats_of_columns_come_with_their_place() -> None:
    columns = build(town(1, vacancies=2, rotation=3)).columns
    last = columns.chains + len(columns.exchanges) - 1
    index, seat = columns.seats_of(np.array([last, 0]))
    size = int(columns.exchanges.start[-1] - columns.exchanges.start[-2])
    assert sorted(index.tolist()) == [0] * size + [1]
    assert seat[index == 1].tolist() == [columns.seat[0]]
    assert seat[index == 0].tolist() == columns.exchanges.seat[-size:].tolist()


def test_pins_are_taken_first_by_the_greedy_plan() -> None:
    """Whoever is pinned to a vacant post is worth least there, so that without the pin nobody would choose so."""
    kept = 0
    for seed in range(92_000, 92_120):
        problem = tiny(seed)
        model = build(problem)
        vacant = {post.id for post in problem.posts if post.vacant}
        pins = {pin for pin in problem.pins if pin[1] in vacant}
        x = greedy(model)
        if x is not None:
            pairs = plan_of(model, x)
            assert pins <= set(pairs)
            assert check_plan(problem, moves_of(problem, pairs)).broken == ()
            kept += bool(pins)
    assert kept > 0


def test_work_of_runs_grows_with_what_was_done() -> None:
    nothing = run_work(1_000, interior=0, primal=0, dual=0)
    assert nothing == pytest.approx(0.0025)
    assert run_work(1_000, interior=0, primal=100, dual=0) == pytest.approx(nothing + 0.0035)
    assert run_work(1_000, interior=0, primal=0, dual=100) == pytest.approx(nothing + 0.01)
    assert run_work(1_000, interior=10, primal=0, dual=0) == pytest.approx(nothing + 0.018)
    assert run_work(20_000, interior=10, primal=0, dual=0) > 50 * run_work(1_000, interior=10, primal=0, dual=0)
    assert sweep_work(1_000_000) == pytest.approx(0.02)
    assert linear_work(120_000) == pytest.approx(1.2)


def test_a_relaxation_hands_its_work_over_once() -> None:
    relaxation = Relaxation(build(town(1)))
    relaxation.solve()
    first = relaxation.take_work()
    assert first > 0
    assert relaxation.take_work() == 0


def test_a_dive_spends_its_work_and_ends_with_the_budget() -> None:
    model = build(town(4, vacancies=8))
    relaxation = Relaxation(model)
    start = relaxation.solve()
    meter = Meter(Budget(100.0, wall=600.0))
    found = dive(relaxation, start, meter, stop=0.0)
    assert (found.solves > 0) == (meter.spent > 0)
    spent = Meter(Budget(0.0, wall=600.0))
    nothing = dive(relaxation, start, spent, stop=0.0)
    assert (nothing.solves, len(nothing.stages), spent.spent) == (0, 1, 0.0)


def first_plan(model: Model) -> Incumbent:
    search = Incumbent(model, Meter(Budget(20.0, wall=600.0)))
    moves: Ints = np.arange(len(model.weight) - len(model.shortfalls))
    search_core(search, core_of(model, moves), 0.02)
    return search


def test_neighbourhoods_go_on_where_they_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator and the size are kept: a second call draws other neighbourhoods than the first."""
    monkeypatch.setattr("quanheng.planning.improve.FEW_MOVES", 0)
    model = build(town(5, vacancies=6))
    linear = Relaxation(model).solve()
    search, twin = first_plan(model), first_plan(model)
    assert search.value is not None
    improve(search, linear, 0.01)
    assert search.random.bit_generator.state != twin.random.bit_generator.state
    improve(twin, linear, 0.01)
    assert search.random.bit_generator.state == twin.random.bit_generator.state
    assert (search.value, search.free_chains) == (twin.value, twin.free_chains)


@pytest.mark.usefixtures("all_large")
def test_the_way_of_large_sizes_gives_checked_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.planning.solve.WHOLE", 0)
    monkeypatch.setattr("quanheng.planning.solve.CUTS_FIRST", 0)
    for seed in range(93_000, 93_020):
        best, result = best_plan(tiny(seed)), solve(tiny(seed), Budget(5.0, wall=600.0))
        assert (best is None) == (result.value is None)
        if best is not None and result.value is not None:
            assert result.value <= best.value
            assert result.bound is None or result.bound >= best.value


@pytest.mark.parametrize("seed", SEEDS)
def test_a_greedy_plan_by_duals_keeps_every_rule(seed: int) -> None:
    problem, model = tiny(seed), build(tiny(seed))
    x = greedy(model, find_duals(model, sweeps=50).duals)
    if x is not None:
        account = check_plan(problem, moves_of(problem, plan_of(model, x)))
        assert account.broken == ()
        best = best_plan(problem)
        assert best is not None
        assert account.value <= best.value


def test_duals_lead_the_greedy_plan() -> None:
    """Of twelve towns: never no plan where there was one, and much more worth in all."""
    plain, led = 0, 0
    for seed in range(12):
        model = build(town(seed, vacancies=6))
        first, second = greedy(model), greedy(model, find_duals(model, sweeps=100).duals)
        assert second is not None or first is None
        if first is not None and second is not None:
            plain, led = plain + value_of(model, first), led + value_of(model, second)
    assert led > plain


def test_sweeps_end_at_the_wall() -> None:
    model, calls = build(town(1)), iter([False, False, True])
    assert find_duals(model, sweeps=50, is_over=lambda: next(calls)).sweeps == 3


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 130])
def test_the_packed_identity_is_the_identity_packed(count: int) -> None:
    assert (_identity(count) == _packed(np.eye(count, dtype=bool))).all()


@pytest.mark.parametrize("seed", range(4))
def test_props_rest_once_nothing_is_fixed(seed: int) -> None:
    """Else every later interior run takes three times as long."""
    relaxation = Relaxation(build(town(seed)))
    free, program = relaxation.solve(), relaxation.program
    relaxation.fix([int(free.support[0])], 1)
    assert len(program._props) >= len(program.upper)
    relaxation.solve()
    relaxation.free([int(free.support[0])])
    limits = np.array(program._highs.getLp().col_upper_)
    open_rows = {row for (row, _), place in program._props.items() if limits[place] > 0}
    assert open_rows == set(np.flatnonzero((program.upper < 0) | program.equal).tolist())
    assert relaxation.solve().bound == pytest.approx(free.bound)


def test_props_stand_again_for_the_next_fixing() -> None:
    model = build(town(0))
    relaxation = Relaxation(model)
    same = np.flatnonzero(model.columns.person == model.columns.person[0])[:2]
    for _ in range(2):
        relaxation.fix(same, 1)
        assert not relaxation.solve().feasible
        relaxation.free(same)
        assert relaxation.solve().feasible


def test_blocks_do_not_change_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    relaxation = Relaxation(build(town(3)))
    linear = relaxation.solve()
    whole = find_cuts(relaxation, linear, no_cuts(relaxation).parents)
    monkeypatch.setattr("quanheng.planning.cuts.BLOCK", 3)
    parts = find_cuts(relaxation, linear, no_cuts(relaxation).parents)
    assert len(whole) > 0
    assert (whole.rows != parts.rows).nnz == 0
    assert whole.upper.tolist() == parts.upper.tolist()


def test_time_of_cp_sat_is_dearer_on_many_columns() -> None:
    assert search_work(1.0, 0) == pytest.approx(0.9)
    assert search_work(2.0, 125_000) == pytest.approx(2.7)
    assert search_work(1.0, 250_000) == search_work(1.0, 1_000_000) == pytest.approx(1.485)
    assert find_work(200_000) == pytest.approx(1.0)


def test_chains_that_the_linear_optimum_has_are_seldom_planned_anew() -> None:
    model = build(town(1))
    linear = Relaxation(model).solve()
    whole, half = linear.x.copy(), linear.x.copy()
    whole[[0, 1]], half[[0, 1]] = 1, (1, 0.5)
    chain = [np.array([0, 1])]
    assert _pull(replace(linear, x=whole), chain) == pytest.approx([KEPT])
    assert _pull(replace(linear, x=half), chain) == pytest.approx([KEPT + 0.5])


def test_many_columns_have_a_plan_before_the_cuts_and_keep_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, told = town(1), list[str]()
    usual = solve(problem, Budget(20))
    for name, value in (("CUTS_FIRST", 0), ("WHOLE", 0)):
        monkeypatch.setattr(f"quanheng.planning.solve.{name}", value)

    def cut(_search: Incumbent, _relaxation: Relaxation, linear: Linear) -> tuple[Linear, None]:
        told.append("cut")
        return linear, None

    monkeypatch.setattr("quanheng.planning.solve._cut", cut)
    monkeypatch.setattr("quanheng.planning.solve._dive", lambda *_: told.append("dive"))
    large = solve(problem, Budget(20))
    assert told == ["dive", "cut"]
    assert (large.status, large.value) == (usual.status, usual.value)
