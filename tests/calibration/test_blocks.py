"""The three-level system by itself: batches, and a solution that does not depend on how blocks are batched."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration import blocks, blocks_plan
from quanheng.calibration.blocks import Effects, Information, Scales, System, check_sizes
from quanheng.calibration.blocks_plan import Batch, Places, gathered, plan
from quanheng.calibration.blocks_solve import Slopes, determined, solve
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.ordinal_places import seat
from quanheng.calibration.ratings import Floats
from tests.calibration.designs import Shape, layout_from

UNEVEN = Shape(units=9, persons=7, ballots=9, links=4, items=2, groups=3, missing=0.2, seed=8)
SCALES = Scales(person=1.0, unit=0.5, view=0.4, rater=0.7, culture=0.3)
FLAT = Scales(person=1e9, unit=1e9, view=1e9, rater=1e9, culture=1e9)
RNG = np.random.default_rng(2)


def places_of(shape: Shape) -> Places:
    return seat(layout_from(shape)).places


def information_of(places: Places, others: int = 2) -> Information:
    """Any information: positive weights, crossings smaller than they are."""
    rng = np.random.default_rng(7)
    weight = rng.uniform(0.5, 2.0, places.person.size)
    cross = rng.normal(0, 0.3, (places.person.size, others))
    return Information(weight, lambda pairs: np.asarray(cross[pairs]), 3.0 * places.person.size * np.eye(others))


def dense_of(places: Places, scales: Scales, information: Information) -> tuple[Floats, Floats]:
    """H and the derivatives of η by [person, view, unit, culture, scalar, link, groups, others]; D⁻¹ is in H."""
    pairs, others = places.person.size, information.core.shape[0]
    one = np.eye
    block = places.block[places.person]
    local = (places.scalar >= 0)[:, None]
    person = one(places.persons)[places.person]
    group = one(places.groups)[places.group]
    view = (person[:, :, None] * group[:, None]).reshape(pairs, -1) * (places.groups > 1)
    unit = one(places.blocks)[block]
    scalar = np.where(local, one(max(places.scalars, 1))[places.scalar], 0.0)[:, : places.scalars]
    link = np.where((places.link >= 0)[:, None], one(max(places.links, 1))[places.link], 0.0)[:, : places.links]
    x = np.concatenate([person, view, unit, unit * local, scalar, link, group], axis=1)
    sizes = (person.shape[1], view.shape[1], unit.shape[1], unit.shape[1], places.scalars, places.links)
    sigma = (scales.person, scales.view, scales.unit, scales.culture, scales.rater, scales.rater)
    prior = np.append(np.repeat(1 / np.square(sigma), sizes), np.zeros(places.groups + others))
    side = x.T @ information.cross(np.arange(pairs))
    h = np.block([[x.T @ (information.weight[:, None] * x), side], [side.T, information.core]]) + np.diag(prior)
    return h, x


def flat(effects: Effects) -> Floats:
    names = ("person", "view", "unit", "culture", "scalar", "link", "fixed")
    return np.concatenate([getattr(effects, name).ravel() for name in names])


SHAPES = {
    "units": UNEVEN,
    "one group": replace(UNEVEN, groups=1),
    "no links": replace(UNEVEN, links=0),
    "persons first": replace(UNEVEN, units=1, persons=20, ballots=3),
    "ballots first": replace(UNEVEN, units=1, persons=4, ballots=40, groups=1),
    "no raters": replace(UNEVEN, raters=False),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_step_is_that_of_the_dense_system(shape: Shape) -> None:
    places = places_of(shape)
    information = information_of(places)
    system = System(places, plan(places), SCALES, information)
    h, x = dense_of(places, SCALES, information)
    slopes = Slopes(RNG.normal(size=places.person.size), RNG.normal(size=2))
    now = Effects.zero(places, 2)
    step = solve(system, slopes, now)
    expected = np.linalg.solve(h, np.append(x.T @ slopes.eta, slopes.fixed))
    np.testing.assert_allclose(flat(step.effects), expected, atol=1e-10)
    assert step.residual > 0
    again = solve(system, None, step.effects)
    prior = np.diag(h) - np.diag(dense_of(places, FLAT, information)[0])  # without slopes only the priors pull
    np.testing.assert_allclose(flat(again.effects), np.linalg.solve(h, -prior * expected), atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_what_the_data_determine_is_the_trace(shape: Shape) -> None:
    places = places_of(shape)
    information = information_of(places)
    system = System(places, plan(places), SCALES, information)
    left = np.diag(np.linalg.inv(dense_of(places, SCALES, information)[0]))
    known = determined(system)
    sizes = (places.persons, places.persons * places.groups, places.blocks, places.blocks, places.scalars, places.links)
    ends = np.cumsum(sizes)
    parts = [left[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    person, view, unit, culture, scalar, link = parts
    assert known.person == pytest.approx((1 - person / SCALES.person**2).sum())
    assert known.unit == pytest.approx((1 - unit / SCALES.unit**2).sum())
    assert known.culture == pytest.approx((1 - culture / SCALES.culture**2).sum(), abs=1e-9)
    ballots = np.append(scalar, link)
    assert known.rater == pytest.approx((1 - ballots / SCALES.rater**2).sum(), abs=1e-9)
    if places.groups > 1:
        assert known.view == pytest.approx((1 - view / SCALES.view**2).sum())


def test_batches_of_any_size_solve_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    places = places_of(UNEVEN)
    information = information_of(places)
    slopes = Slopes(RNG.normal(size=places.person.size), RNG.normal(size=2))
    steps = []
    for cells in (1, 500, 10**9):
        monkeypatch.setattr(blocks_plan, "CELLS", cells)
        batches = plan(places)
        steps.append(solve(System(places, batches, SCALES, information), slopes, Effects.zero(places, 2)))
        assert sorted(np.concatenate([batch.block for batch in batches]).tolist()) == list(range(places.blocks))
    for other in steps[1:]:
        np.testing.assert_allclose(flat(other.effects), flat(steps[0].effects), atol=1e-11)


def cell_pairs(batch: Batch, places: Places) -> bool:
    """Each pair sits at its block, group, ballot and person."""
    u, g, n, m = batch.shape
    block, group, ballot, seat_ = np.unravel_index(batch.local_at, (u, g, n, m))
    right = batch.block[block] == places.block[places.person[batch.local]]
    right &= group == places.group[batch.local]
    right &= batch.scalar[block, group, ballot] == places.scalar[batch.local]
    return bool((right & (batch.person[block, seat_] == places.person[batch.local])).all())


def link_pairs(batch: Batch, places: Places) -> bool:
    t = batch.column.shape[1]
    block, group, seat_, column = np.unravel_index(batch.linked_at, (*batch.shape[:2], batch.shape[3], t))
    right = batch.column[block, column] == places.link[batch.linked]
    right &= group == places.group[batch.linked]
    return bool((right & (batch.person[block, seat_] == places.person[batch.linked])).all())


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_every_pair_has_its_place(shape: Shape) -> None:
    places = places_of(shape)
    batches = plan(places)
    assert all(cell_pairs(batch, places) and link_pairs(batch, places) for batch in batches)
    pairs = np.concatenate([np.concatenate([batch.local, batch.outer]) for batch in batches])
    assert sorted(pairs.tolist()) == list(range(places.person.size))
    members = np.concatenate([batch.person.ravel()[batch.member_at] - batch.member for batch in batches])
    assert not members.any()


def test_padding_is_bounded() -> None:
    places = places_of(replace(UNEVEN, units=60, persons=30, ballots=20, links=0, items=1, groups=1))
    for batch in plan(places):
        sizes = (batch.person >= 0).sum(axis=1)
        assert sizes.max() <= blocks_plan.SLACK * sizes.min() + 2 or batch.local.size < blocks_plan.SMALL


def test_gathered_gives_zero_where_it_is_padded() -> None:
    assert gathered(np.array([1.5, 2.5]), np.array([[0, -1], [1, -1]])).tolist() == [[1.5, 0.0], [2.5, 0.0]]


def test_crossings_of_an_earlier_system_serve_again() -> None:
    places = places_of(UNEVEN)
    batches, information = plan(places), information_of(places)
    first = System(places, batches, SCALES, information)
    second = System(places, batches, SCALES, information, first.crossings)
    assert second.border.tobytes() == first.border.tobytes()


def test_a_fixed_effect_that_nothing_determines_is_refused() -> None:
    places = places_of(UNEVEN)
    information = replace(information_of(places), core=np.zeros((2, 2)))
    with pytest.raises(CannotCalibrate) as refused:
        System(places, plan(places), SCALES, information)
    assert refused.value.code == "not-estimable"


def test_blocks_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    places = places_of(replace(UNEVEN, links=0))
    check_sizes(places)
    monkeypatch.setattr("quanheng.calibration.blocks.BORDER_LIMIT", 5)
    with pytest.raises(CannotCalibrate) as refused:
        check_sizes(places)
    assert refused.value.code == "border-too-large"
    assert refused.value.facts["limit"] == 5


def test_effects_add_up() -> None:
    places = places_of(UNEVEN)
    zero = Effects.zero(places, 2)
    one = Effects(*(np.ones_like(getattr(zero, name)) for name in vars(zero)))
    assert zero.largest() == 0.0
    assert zero.plus(one, 0.5).largest() == 0.5
    eta = one.eta(places)
    assert eta[places.scalar >= 0].tolist() == [6.0] * int((places.scalar >= 0).sum())  # θ, v, γ, β, s, c
    assert eta[places.link >= 0].tolist() == [5.0] * int((places.link >= 0).sum())  # no culture


@pytest.mark.parametrize("filled", [0.0, 2.0])
def test_a_table_of_pairs_is_the_same_read_or_written(monkeypatch: pytest.MonkeyPatch, filled: float) -> None:
    monkeypatch.setattr(blocks_plan, "FILLED", filled)
    places = places_of(UNEVEN)
    values = RNG.normal(size=places.person.size)
    for batch in plan(places):
        assert bool(batch.filled.size) == (filled == 0 and batch.local_at.size > 0)
        wanted = np.zeros(batch.shape)
        wanted.reshape(-1)[batch.local_at] = values[batch.local]
        np.testing.assert_array_equal(batch.table(values), wanted)


def test_phi_divides_information_and_slopes() -> None:
    places = places_of(UNEVEN)
    whole, eta = information_of(places), RNG.normal(size=places.person.size)
    fixed, phi = np.array([0.3, -0.2]), 1.7
    divided = Information(whole.weight / phi, lambda pairs: np.asarray(whole.cross(pairs) / phi), whole.core / phi)
    now = Effects.zero(places, 2)
    wanted = solve(System(places, plan(places), SCALES, divided), Slopes(eta / phi, fixed / phi), now)
    found = solve(System(places, plan(places), SCALES, replace(whole, phi=phi)), Slopes(eta, fixed, phi), now)
    np.testing.assert_allclose(flat(found.effects), flat(wanted.effects), atol=1e-12)
    assert found.residual == pytest.approx(wanted.residual, abs=1e-12)


def test_eta_is_summed_in_portions_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    places = places_of(UNEVEN)
    effects = Effects.zero(places, 0)
    for part in (effects.person, effects.view, effects.unit, effects.culture, effects.scalar, effects.link):
        part[...] = RNG.normal(size=part.shape)
    whole = effects.eta(places)
    monkeypatch.setattr(blocks, "CHUNK", 7)
    np.testing.assert_array_equal(effects.eta(places), whole)
    person, unit = effects.person[places.person], effects.unit[places.block[places.person]]
    own = person + unit + effects.view[places.person, places.group]
    local = np.append(effects.scalar + effects.culture[places.scalar_block], 0.0)[places.scalar]
    np.testing.assert_allclose(whole, own + local + np.append(effects.link, 0.0)[places.link], atol=1e-14)
    assert effects.typical() == pytest.approx(
        max(float(np.sqrt((p**2).mean())) for p in vars(effects).values() if p.size)
    )
