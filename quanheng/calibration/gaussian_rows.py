"""The general mixed model put together from a layout: covariates, further random facets, or no units at all.

Random: persons, ballots, persons × groups, units, units' local ballots, and `Design.random`; fixed: groups, dimensions
and `Design.fixed`. Where every ballot has all dimensions their means are as good as the rows, and are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.composite import points_of
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian import FixedEffects, GaussianFit
from quanheng.calibration.gaussian_items import items_of
from quanheng.calibration.gaussian_mixed import Mixed, fit_mixed
from quanheng.calibration.gaussian_terms import Cells, cells, find
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ratings import Design, Facet, Floats, Ints, Ratings
from quanheng.calibration.result import Uncertainty

GROUP, ITEM = "(group)", "(item)"  # no column of the input can be called so
KINDS = ("person", "unit", "view", "rater", "culture")


@dataclass(frozen=True)
class Rows:
    """What the model is fitted to: ratings, or means of ballots on persons."""

    y: Floats  # (rows,)
    pair: Ints  # (rows,)
    item: Facet | None  # None: one of them, or means
    covariates: Mapping[str, Facet]
    items: int  # ratings in each row


def fit_rows(layout: Layout, ratings: Ratings, design: Design) -> GaussianFit:
    """Raises CannotCalibrate as `fit_mixed` and `cells`, and "facet-is-residual" where each person has one score."""
    rows = _rows(layout, ratings, design)
    facets = _facets(layout, rows, design)
    groups = Facet(tuple(map(str, range(layout.groups))), layout.pair_group[rows.pair])
    own = {GROUP: groups} | ({ITEM: rows.item} if rows.item else {})
    terms = tuple(name for name, facet in own.items() if len(facet.labels) > 1)
    fixed = cells((*terms, *design.fixed), {**rows.covariates, **own}, len(rows.y))
    mixed = fit_mixed(rows.y, tuple(facets.values()), fixed, design.criterion)
    return _report(layout, rows, dict(zip(facets, range(len(facets)), strict=True)), fixed, mixed)


def _rows(layout: Layout, ratings: Ratings, design: Design) -> Rows:
    names = {part.strip() for text in design.fixed for part in text.split("*")} | set(design.random)
    chosen = np.flatnonzero(used_pairs(layout)[layout.row_pair])
    covariates = {name: find(name, ratings.covariates) for name in sorted(names)}
    taken = {name: Facet(facet.labels, facet.index[layout.row[chosen]]) for name, facet in covariates.items()}
    pair = layout.row_pair[chosen]
    if layout.items > 1 and _is_even(layout, pair, taken):
        return _means(layout, pair, taken)
    item = Facet(tuple(map(str, range(layout.items))), layout.row_item[chosen]) if layout.items > 1 else None
    return Rows(points_of(layout)[chosen], pair, item, taken, 1)


def _is_even(layout: Layout, pair: Ints, covariates: Mapping[str, Facet]) -> bool:
    """Every pair has all dimensions, and no covariate differs inside a pair."""
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    if len(pair) != len(first) * layout.items:
        return False
    return all(
        np.array_equal(np.repeat(facet.index[first], layout.items), facet.index) for facet in covariates.values()
    )


def _means(layout: Layout, pair: Ints, covariates: Mapping[str, Facet]) -> Rows:
    pairs = pair[:: layout.items]
    mean = items_of(layout, pairs).mean
    taken = {name: Facet(facet.labels, facet.index[:: layout.items]) for name, facet in covariates.items()}
    return Rows(mean, pairs, None, taken, layout.items)


def _facets(layout: Layout, rows: Rows, design: Design) -> dict[str, tuple[Ints, int]]:
    """Those whose levels recur; a ballot with one score is part of the residual."""
    person, group = layout.pair_person[rows.pair], layout.pair_group[rows.pair]
    found = {"person": (person, layout.persons)}
    _refuse_single_scores(person)
    if layout.units > 1:
        found["unit"] = (layout.person_unit[person], layout.units)
    if layout.groups > 1:
        found["view"] = (person * layout.groups + group, layout.persons * layout.groups)
    if layout.raters:
        rater = layout.pair_rater[rows.pair]
        is_local = layout.rater_unit[rater] >= 0
        found["rater"] = (rater, layout.raters)
        if layout.units > 1 and is_local.any():
            found["culture"] = (np.where(is_local, layout.person_unit[person], -1), layout.units)
    for name in design.random:
        found[f"random {name}"] = (rows.covariates[name].index, len(rows.covariates[name].labels))
    return {name: facet for name, facet in found.items() if np.bincount(facet[0] + 1)[1:].max() > 1}


def _refuse_single_scores(person: Ints) -> None:
    if np.bincount(person).max() <= 1:
        raise CannotCalibrate("facet-is-residual", facet="person")


@dataclass(frozen=True)
class RowsPosterior:
    """Prediction errors of the general model, in the words of `blocks_posterior.Posterior`."""

    layout: Layout
    mixed: Mixed
    place: Mapping[str, int]  # of each kind of effect among the facets of `mixed`
    basis: Floats  # (groups + items, columns), β and δ by the columns of X

    def project(self, gradient: Gradient) -> Uncertainty:
        layout, persons = self.layout, np.arange(self.layout.persons)
        parts: dict[str, sparse.csr_array] = {"person": _picked(gradient.person, persons, layout.persons)}
        parts["unit"] = _picked(gradient.unit, layout.person_unit, layout.units)
        if gradient.culture is not None:
            parts["culture"] = _picked(gradient.culture, layout.person_unit, layout.units)
        views = np.arange(layout.persons * layout.groups)
        parts["view"] = sparse.csr_array(
            (gradient.view.ravel(), (np.repeat(persons, layout.groups), views)), shape=(layout.persons, views.size)
        )
        by_facet = [parts.get(kind) for kind in self.place]
        fixed = gradient.fixed[:, : len(self.basis)] @ self.basis
        return self.mixed.uncertainty(by_facet, fixed)

    def fixed_covariance(self) -> Floats:
        return np.asarray(self.basis @ self.mixed.fixed_covariance @ self.basis.T)

    def leniency_se(self) -> Floats:
        """(raters,); nan for ballots set aside."""
        found = np.full(self.layout.raters, np.nan)
        if "rater" in self.place:
            found[:] = np.sqrt(self.mixed.pev[self.place["rater"]])
        found[self.layout.set_aside] = np.nan
        return found


def _picked(value: Floats, level: Ints, levels: int) -> sparse.csr_array:
    rows = np.arange(len(level))
    return sparse.csr_array((value, (rows, level)), shape=(len(level), levels))


def _basis(layout: Layout, fixed: Cells) -> Floats:
    """β_g of the average row and average dimension, and δ_i with sum 0, by the columns of X."""
    basis = np.tile(fixed.mean(), (layout.groups + layout.items, 1))
    basis[layout.groups :] = 0.0
    for column, name in enumerate(fixed.names):
        if name.startswith(f"{GROUP}="):
            basis[: layout.groups, column] = np.arange(layout.groups) == int(name.removeprefix(f"{GROUP}="))
        if name.startswith(f"{ITEM}="):
            basis[: layout.groups, column] = 1 / layout.items
            item = np.arange(layout.items) == int(name.removeprefix(f"{ITEM}="))
            basis[layout.groups :, column] = 1 / layout.items - item
    return basis


def _report(layout: Layout, rows: Rows, place: Mapping[str, int], fixed: Cells, mixed: Mixed) -> GaussianFit:
    basis = _basis(layout, fixed)
    constants = basis @ mixed.fixed
    posterior = RowsPosterior(layout, mixed, place, basis)
    difficulty, se = constants[layout.groups :], np.sqrt(np.diagonal(posterior.fixed_covariance()))[layout.groups :]
    if rows.item is None:
        items = items_of(layout, np.flatnonzero(used_pairs(layout)))
        difficulty, se = np.nan_to_num(items.difficulty), items.se
    variance = {kind: float(mixed.variances[place[kind]]) if kind in place else 0.0 for kind in KINDS}
    effects = {
        "person": np.zeros(layout.persons),
        "unit": np.zeros(layout.units),
        "view": np.zeros(layout.persons * layout.groups),
        "rater": np.zeros(layout.raters),
        "culture": np.zeros(layout.units),
    } | {kind: mixed.effects[at] for kind, at in place.items()}
    others = [name for name in place if name not in KINDS]
    return GaussianFit(
        layout=layout,
        theta=effects["person"],
        quality=effects["unit"],
        view=effects["view"].reshape(layout.persons, layout.groups),
        leniency=np.where(layout.set_aside, np.nan, effects["rater"]),
        culture=effects["culture"],
        group_effect=constants[: layout.groups],
        difficulty=difficulty,
        difficulty_se=se,
        variance=variance,
        residual=np.full(layout.groups, mixed.residual * len(np.unique(rows.pair)) / len(rows.pair)),
        random={name.removeprefix("random "): (float(mixed.variances[place[name]]), effects[name]) for name in others},
        fixed=FixedEffects(fixed.names, mixed.fixed, mixed.fixed_covariance, fixed.dropped),
        criterion=mixed.criterion,
        objective=mixed.objective,
        iterations=mixed.steps,
        left=mixed.left,
        posterior=posterior,
    )
