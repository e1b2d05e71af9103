"""The whole way from ratings to a result: states, ranks, summary, and what must not change it."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import threadpoolctl

from quanheng.calibration.calibrate import calibrate
from quanheng.calibration.calibrate_case import Case, alarms
from quanheng.calibration.calibrate_jmle import joined
from quanheng.calibration.contrasts import contrast
from quanheng.calibration.errors import CannotCalibrate, TooFewBallots
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ordinal import OrdinalFit, fit_ordinal
from quanheng.calibration.ratings import Criterion, Design, Facet, Model, Ratings
from quanheng.calibration.result import Calibration, Status
from quanheng.calibration.summary import digest, rank_correlation, unused_categories
from tests.calibration.ballots import Row, event, facet, ratings_of

WEIGHTS = {"A": 0.35, "B": 0.35, "C": 0.3}
DESIGN = Design(points=(0, 60, 80, 95), group_weights=WEIGHTS)
ROWS = event(units=3, persons=5, ballots=8, links=3)
APART = event(units=2, persons=5, ballots=8, links=0)


def connected(model: Model = Model.ORDINAL) -> Calibration:
    return calibrate(ratings_of(ROWS), replace(DESIGN, model=model))


def unconnected() -> Calibration:
    return calibrate(ratings_of(APART), Design())


def test_every_person_is_there_in_the_order_of_the_labels() -> None:
    found = connected()
    persons = found.persons
    assert persons.labels == tuple(sorted({row[0] for row in ROWS}))
    assert set(persons.status) == {Status.ESTIMATED}
    assert (persons.rank_lo >= 1).all()
    assert (persons.rank_lo <= persons.rank_hi).all()
    assert (persons.lo90 <= persons.fair).all()
    assert (persons.fair <= persons.hi90).all()
    assert persons.n.tolist() == [(8 + 3) * 2] * 15


def test_the_raw_score_is_the_weighted_mean_of_all_ballots() -> None:
    points = dict(enumerate((0, 60, 80, 95)))
    found = connected()
    for place, label in enumerate(found.persons.labels):
        means = {g: np.mean([points[int(row[5])] for row in ROWS if row[0] == label and row[3] == g]) for g in WEIGHTS}
        assert found.persons.raw[place] == pytest.approx(sum(WEIGHTS[g] * means[g] for g in WEIGHTS))


def test_the_parts_of_the_shift_add_up() -> None:
    found = connected()
    shifts = found.shifts
    whole = shifts.ballots + shifts.culture + shifts.groups + shifts.shrinkage
    assert whole == pytest.approx(found.persons.fair - found.persons.raw, abs=1e-9)


def test_no_rank_band_or_contrast_crosses_components() -> None:
    found = unconnected()
    persons = found.persons
    outside = persons.component != 1
    assert outside.sum() == 5
    assert {persons.status[n] for n in np.flatnonzero(outside)} == {Status.UNCONNECTED}
    assert not persons.rank_lo[outside].any()
    assert not persons.rank_hi[outside].any()
    assert not persons.band[outside].any()
    assert persons.rank_hi[~outside].max() == 5
    assert np.isfinite(persons.fair).all()
    apart = contrast(found, "U1P1", "U2P1")
    assert (apart.difference, apart.se, apart.p_above) == (None, None, None)
    assert contrast(found, "U1P1", "U1P2").difference is not None


def test_the_summary_names_the_ballot_that_is_missing() -> None:
    found = unconnected().summary
    assert found["components"] == [
        {"component": 1, "persons": 5, "units": ["U1"]},
        {"component": 2, "persons": 5, "units": ["U2"]},
    ]
    missing = {"component": 2, "units": ["U2"], "persons": 5, "by_person": False, "here": "U2", "there": "U1"}
    assert found["missing_links"] == [missing]
    assert found["statuses"] == {"estimated": 5, "extreme": 0, "unconnected": 5}
    assert found["links"] == {"linking_ballots": 0, "pairs": 0, "weak": 0, "units": []}


def test_an_interval_without_links_is_wider() -> None:
    joined = calibrate(ratings_of(event(units=2, persons=5, ballots=8, links=4)), Design())
    assert np.median(unconnected().persons.se) > 0
    assert joined.summary["missing_links"] == []
    links: Any = joined.summary["links"]
    assert (links["linking_ballots"], links["pairs"]) == (4, 1)
    assert (links["units"][0]["ballots"], links["units"][0]["chain"]) == (4, 4)


def extreme_rows() -> list[Row]:
    return [(*row[:5], 3.0) if row[0] == "U1P1" else row for row in ROWS]


def test_extremes_are_said_and_stay_finite() -> None:
    found = calibrate(ratings_of(extreme_rows()), DESIGN)
    assert found.persons.status[0] is Status.EXTREME
    assert found.persons.raw[0] == 95
    assert 0 < found.persons.fair[0] < 95
    assert found.persons.rank_lo[0] == 1


def test_the_verification_mode_reports_extremes_and_logits() -> None:
    found = calibrate(ratings_of(extreme_rows()), Design(model=Model.JMLE))
    assert found.persons.status[0] is Status.EXTREME
    assert np.isfinite(found.persons.measure).all()
    assert found.second_opinion is None
    assert "phi" not in found.summary
    assert [step.category for step in found.thresholds] == [1, 2, 3]


def test_what_only_extremes_joined_is_apart_in_the_verification_mode() -> None:
    case = Case(ratings_of(ROWS), DESIGN, lay_out(ratings_of(ROWS), DESIGN), np.ones(15, dtype=np.int64))
    estimated = np.array([1] * 6 + [0] * 2 + [2] * 7)
    assert joined(case, estimated).tolist() == [2] * 6 + [1] * 9
    assert joined(case, np.array([1] * 14 + [0])).tolist() == [1] * 15
    two = replace(case, component=np.array([1] * 14 + [2]))
    assert joined(two, np.array([1] * 14 + [0])).tolist() == [1] * 14 + [2]


def test_ranks_of_the_verification_mode_stay_in_what_it_joins() -> None:
    """The linking ballots give everybody in them the highest; without them the units are apart."""
    rows: list[Row] = [(p, u, b, g, i, 3.0 if b[0] == "L" else s) for p, u, b, g, i, s in ROWS]
    found = calibrate(ratings_of(rows), Design(model=Model.JMLE))
    assert sorted(set(found.persons.component.tolist())) == [1, 2, 3]
    assert (found.persons.rank_lo > 0).sum() == 5
    assert contrast(found, "U1P1", "U2P1").difference is None


def test_partial_credit_has_thresholds_of_each_item() -> None:
    found = calibrate(ratings_of(ROWS), Design(model=Model.JMLE, partial_credit=True))
    assert {step.item for step in found.thresholds} == {"德", "能"}


def test_the_gaussian_model_on_scores_and_on_points() -> None:
    found = connected(Model.GAUSSIAN)
    persons = found.persons
    assert found.thresholds == ()
    assert found.second_opinion is None
    assert set(persons.status) == {Status.ESTIMATED}
    parts = found.shifts
    whole = parts.ballots + parts.culture + parts.groups + parts.shrinkage
    assert whole == pytest.approx(persons.fair - persons.raw, abs=1e-9)
    assert (persons.lo90 >= 0).all()
    assert (persons.hi90 <= 95).all()
    summary: Any = found.summary
    assert summary["log_likelihood"] == pytest.approx(-summary["reml_criterion"] / 2)
    assert set(summary["variance_components"]) == {"person", "unit", "view", "rater", "culture", "residual"}
    assert np.nanmedian(persons.fit.infit) == pytest.approx(1, abs=0.5)


def test_maximum_likelihood_and_covariates() -> None:
    ratings = ratings_of(ROWS)
    ratings = replace(ratings, covariates={"票类": facet([row[3] for row in ROWS]), "项": facet([r[4] for r in ROWS])})
    design = Design(model=Model.GAUSSIAN, criterion=Criterion.ML, fixed=("项",), random=("票类",))
    summary: Any = calibrate(ratings, design).summary
    assert "reml_criterion" not in summary
    assert np.isfinite(summary["ml_criterion"])
    names = [effect["name"] for effect in summary["fixed_effects"]]
    assert names[:4] == ["(Intercept)", "(group)=B", "(group)=C", "(item)=能"]
    assert names[4:] == ["项=能"]
    assert summary["fixed_effects"][-1]["estimate"] is None  # the item says the same
    assert summary["variance_components"]["票类"] >= 0


def test_one_score_a_person_is_all_residual() -> None:
    rows: list[Row] = [(f"p{p}", "U", "", "", f"i{i}", float(p + i)) for p in range(6) for i in range(3)]
    with pytest.raises(CannotCalibrate) as caught:
        calibrate(ratings_of(rows, without=("rater", "group", "unit")), Design(model=Model.GAUSSIAN))
    assert (caught.value.code, caught.value.facts["facet"]) == ("facet-is-residual", "person")


def test_extremes_are_no_ends_to_the_gaussian_model() -> None:
    found = calibrate(ratings_of(extreme_rows()), replace(DESIGN, model=Model.GAUSSIAN))
    assert found.persons.status[0] is Status.ESTIMATED


def test_the_second_opinion_is_the_fair_score_of_the_gaussian_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the belief about unit and culture, `test_gaussian_belief`."""
    monkeypatch.setattr("quanheng.calibration.gaussian_twin.apart", lambda kinds, parameters: np.zeros(parameters))
    first, second = connected(), connected(Model.GAUSSIAN)
    assert first.second_opinion == pytest.approx(second.persons.fair, abs=1e-9)
    opinion: Any = first.summary["second_opinion"]
    assert opinion["rank_correlation"] > 0.9
    assert set(opinion["more_than_one_band"]) <= set(first.persons.labels)


def test_where_the_second_opinion_has_no_solution_the_first_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise CannotCalibrate("not-converged")

    monkeypatch.setattr("quanheng.calibration.calibrate_gaussian.fit_gaussian", refuse)
    found = connected()
    assert found.second_opinion is None
    assert found.summary["second_opinion"] is None
    assert found.summary["second_opinion_refused"] == "not-converged"


def test_without_ballots_items_or_units_less_is_said() -> None:
    scores = np.random.default_rng(3).integers(0, 3, (12, 6)).astype(np.float64)
    rows: list[Row] = [(f"p{p}", "U", "", "", f"i{i}", scores[p, i]) for p in range(12) for i in range(6)]
    ratings = ratings_of(rows, without=("rater", "group", "unit"))
    for model in (Model.ORDINAL, Model.JMLE):
        found = calibrate(ratings, Design(model=model))
        assert found.raters is None
        assert found.items is not None
        assert found.items.labels == tuple(f"i{i}" for i in range(6))
        assert found.flags == ()
        links: Any = found.summary["links"]
        assert links["pairs"] == 0


@pytest.mark.parametrize("model", list(Model))
def test_the_same_input_gives_the_same_digits_in_whatever_order(model: Model) -> None:
    design = replace(DESIGN, model=model)
    first = calibrate(ratings_of(ROWS), design)
    again = calibrate(ratings_of(ROWS[::-1]), design)
    for name in ("raw", "fair", "se", "lo90", "hi90", "measure", "rank_lo", "rank_hi", "band"):
        assert np.array_equal(getattr(first.persons, name), getattr(again.persons, name)), name
    assert json.dumps(first.summary) == json.dumps(again.summary)


def test_other_labels_give_the_same_figures() -> None:
    """Persons, units and ballots are called otherwise, and so stand in another order."""

    def renamed(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    rows = [(renamed(p), renamed(u), renamed(b), g, i, s) for p, u, b, g, i, s in ROWS]
    first, other = connected().persons, calibrate(ratings_of(rows), DESIGN).persons
    place = [other.labels.index(renamed(label)) for label in first.labels]
    assert other.fair[place] == pytest.approx(first.fair, abs=1e-4)
    assert other.se[place] == pytest.approx(first.se, rel=1e-4)


def test_a_ballot_that_calls_everybody_excellent_moves_only_the_raw_score() -> None:
    extra: list[Row] = [(p, p[:2], "X", "B", item, 3.0) for p in sorted({r[0] for r in ROWS}) for item in ("德", "能")]
    first, more = connected(), calibrate(ratings_of(ROWS + extra), DESIGN)
    assert more.summary["set_aside"] == {"ballots": 1, "share": 1 / 28}
    assert (more.persons.raw > first.persons.raw).all()
    assert more.persons.fair == pytest.approx(first.persons.fair, abs=1e-6)
    assert more.persons.se == pytest.approx(first.persons.se, abs=1e-6)
    assert more.raters is not None
    assert np.isnan(more.raters.measure[more.raters.labels.index("X")])


def test_two_equal_ballots_may_change_places() -> None:
    twin: list[Row] = [(row[0], row[1], "L1b", *row[3:]) for row in ROWS if row[2] == "L1"]
    before, after = calibrate(ratings_of(ROWS + twin), DESIGN), calibrate(ratings_of(twin + ROWS), DESIGN)
    assert np.array_equal(before.persons.fair, after.persons.fair)
    assert before.raters is not None
    one, two = (before.raters.measure[before.raters.labels.index(label)] for label in ("L1", "L1b"))
    assert one == pytest.approx(two, abs=1e-9)


def test_the_digest_is_of_the_ratings_not_of_their_order() -> None:
    first = digest(ratings_of(ROWS))
    assert digest(ratings_of(ROWS[::-1])) == first
    changed = [*ROWS[:-1], (*ROWS[-1][:5], (ROWS[-1][5] + 1) % 4)]
    assert digest(ratings_of(changed)) != first
    assert digest(ratings_of([(*row[:5], -0.0 if row[5] == 0 else row[5]) for row in ROWS])) == first
    ratings = ratings_of(ROWS)
    turned = Facet(ratings.person.labels[::-1], len(ratings.person.labels) - 1 - ratings.person.index)
    assert digest(replace(ratings, person=turned)) == first
    assert digest(replace(ratings, covariates={"x": facet(["a"] * len(ROWS))})) != first


def test_the_digest_of_rows_that_three_facets_do_not_tell_apart() -> None:
    """Without ballots and items, covariates order what is left."""
    score = np.array([1.0, 2.0, 3.0])
    one = Ratings(score=score, person=facet(["a", "a", "b"]), covariates={"x": facet(["1", "2", "1"])})
    two = Ratings(score=score[[1, 0, 2]], person=facet(["a", "a", "b"]), covariates={"x": facet(["2", "1", "1"])})
    assert digest(one) == digest(two)


def test_the_summary_says_what_it_was_made_from() -> None:
    found: Any = connected().summary
    assert found["input_sha256"] == digest(ratings_of(ROWS))
    assert found["parameters"]["model"] == "ordinal"
    assert found["parameters"]["points"] == [0, 60, 80, 95]
    assert found["counts"] == {"ratings": 330, "persons": 15, "ballots": 27, "items": 2, "groups": 3, "units": 3}
    assert found["converged"] is True
    assert set(found["variance_components"]) == {"person", "unit", "view", "rater", "culture"}
    assert found["group_weights"] == WEIGHTS
    assert 0 < found["reliability"] < 1
    assert found["phi"] >= 1
    assert found["d_study"]["local_ballots"] == 8
    assert [share["source"] for share in found["g_study"]][0] == "person"
    json.dumps(found, allow_nan=False)


def test_categories_that_nobody_used_are_said() -> None:
    rows = [(*row[:5], 3.0 if row[5] == 2 else row[5]) for row in ROWS]

    def unused(design: Design) -> list[int]:
        ratings = ratings_of(rows)
        return unused_categories(Case(ratings, design, lay_out(ratings, design), np.ones(15, dtype=np.int64)))

    assert unused(Design()) == [2]
    assert unused(Design(scale=(0, 4))) == [2, 4]
    assert unused(Design(points=(0, 1, 2, 3))) == [2]
    assert unused(Design(model=Model.GAUSSIAN)) == []


def test_a_second_opinion_more_than_a_band_away_is_an_alarm() -> None:
    ratings = ratings_of(event(units=1, persons=6, links=0))
    case = Case(ratings, Design(), lay_out(ratings, Design()), np.array([1, 1, 1, 1, 1, 2]))
    fair, band = np.array([6.0, 5, 4, 3, 2, 9]), np.array([1, 1, 2, 2, 3, 0])
    assert alarms(case, fair, band, fair + 10).tolist() == []
    assert alarms(case, fair, band, np.array([5.0, 6, 4, 3, 2, 9])).tolist() == []
    assert alarms(case, fair, band, np.array([1.0, 6, 4, 3, 7, 9])).tolist() == [0, 4]
    classes = facet(
        ["正" if row.endswith("5") else "副" for row in (ratings.person.labels[k] for k in ratings.person.index)]
    )
    split = replace(case, ratings=replace(ratings, comparison_class=classes))
    assert alarms(split, fair, band, np.array([6.0, 5, 4, 3, 7, 9])).tolist() == []


def test_rank_correlation() -> None:
    up = np.array([1.0, 2, 3])
    assert rank_correlation(up, up * 5) == pytest.approx(1)
    assert rank_correlation(up, -up) == pytest.approx(-1)
    assert np.isnan(rank_correlation(up[:1], up[:1]))


def test_stages_are_told_and_one_thread_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def watched(layout: Layout) -> OrdinalFit:
        threads.extend(pool["num_threads"] for pool in threadpoolctl.threadpool_info())
        return fit_ordinal(layout)

    monkeypatch.setattr("quanheng.calibration.calibrate_ordinal.fit_ordinal", watched)
    told: list[str] = []
    calibrate(ratings_of(ROWS), DESIGN, told.append)
    assert told == ["layout", "estimate", "second-opinion", "ranks", "summary"]
    assert set(threads) == {1}


def test_a_refusal_of_the_layout_is_that_of_the_whole() -> None:
    with pytest.raises(TooFewBallots):
        calibrate(ratings_of(event(units=1, ballots=2, links=1)), Design())
    with pytest.raises(CannotCalibrate):
        calibrate(ratings_of([(*row[:5], 1.0) for row in ROWS]), Design())


def test_an_item_without_a_finite_estimate_is_named() -> None:
    rows = [(*row[:5], 3.0) if row[4] == "能" else row for row in ROWS]
    with pytest.raises(CannotCalibrate) as caught:
        calibrate(ratings_of(rows), DESIGN)
    assert (caught.value.code, caught.value.facts["label"]) == ("extreme-item", "能")


def test_ranks_stay_inside_a_comparison_class() -> None:
    ratings = ratings_of(ROWS)
    labels = ["正职" if ratings.person.labels[k].endswith(("1", "2")) else "副职" for k in ratings.person.index]
    persons = calibrate(replace(ratings, comparison_class=facet(labels)), DESIGN).persons
    chiefs = np.array([label.endswith(("1", "2")) for label in persons.labels])
    assert persons.rank_hi[chiefs].max() <= 6
    assert persons.rank_hi[~chiefs].max() <= 9
