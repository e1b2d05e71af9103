"""From a fitted ordinal model to what the pattern tests look at (calibration.md §1.6)."""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.composite import moods_of, scale_of
from quanheng.calibration.expected import average, nodes
from quanheng.calibration.flags import Counted, Evidence
from quanheng.calibration.layout import SET_ASIDE_PERSONS, SET_ASIDE_UNIT, Layout
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Flags, Floats, Ints

PORTION = 1 << 16  # rows whose probabilities are held at a time
GRID = np.arange(-12.0, 12.0, 0.02)  # logits, of the table of ln P(highest)


def evidence_of(fit: OrdinalFit, persons: tuple[str, ...], units: tuple[str, ...], se: Floats) -> Evidence:
    """`se` are the standard errors of the fair scores. Needs ballots: without a rater facet there are no patterns."""
    layout = fit.layout
    used = ~layout.set_aside[layout.pair_rater]
    residual, grade, information = _pair_sums(fit, measures(fit))
    own = fit.theta + fit.quality[layout.person_unit] + fit.group_effect.mean()
    slope = np.maximum(average(scale_of(fit), own, float(moods_of(layout, fit.variance)[-1])).by_eta, 1e-6)
    return Evidence(
        persons=persons,
        units=units,
        person_unit=layout.person_unit,
        pair_person=layout.pair_person[used],
        residual=(residual / np.sqrt(information))[used],
        grade=grade[used],
        highest=float(len(fit.thresholds)),
        weight=information[used] / fit.phi,
        phi=fit.phi,
        variance=(se / slope) ** 2,
        slope=slope,
        culture=fit.culture,
        culture_sd=float(np.sqrt(fit.variance["culture"])),
        identical=identical_ballots(fit),
        all_highest=all_highest(fit),
    )


def measures(fit: OrdinalFit) -> Floats:
    """(pairs,), η before δ is taken off; nan on ballots set aside."""
    return np.asarray(measures_without_leniency(fit) + fit.leniency[fit.layout.pair_rater])


def measures_without_leniency(fit: OrdinalFit) -> Floats:
    """(pairs,), of a ballot of no leniency of its own."""
    layout, person = fit.layout, fit.layout.pair_person
    unit = layout.person_unit[person]
    culture = np.where(layout.rater_unit[layout.pair_rater] >= 0, fit.culture[unit], 0.0)
    about = fit.theta[person] + fit.quality[unit] + fit.view[person, layout.pair_group]
    return np.asarray(about + fit.group_effect[layout.pair_group] + culture)


def _pair_sums(fit: OrdinalFit, eta: Floats) -> tuple[Floats, Floats, Floats]:
    """(pairs,) each: Σ_i (y − E), mean y, Σ_i V."""
    layout, step = fit.layout, np.arange(len(fit.thresholds) + 1)
    mean, spread = np.empty(len(layout.row_pair)), np.empty(len(layout.row_pair))
    for at in range(0, len(mean), PORTION):
        rows = slice(at, at + PORTION)
        chance = scale_of(fit).probabilities(eta[layout.row_pair[rows]] - fit.difficulty[layout.row_item[rows]])
        mean[rows] = chance @ step
        spread[rows] = chance @ step**2 - mean[rows] ** 2
    residual = np.add.reduceat(layout.category - mean, layout.pair_start[:-1])
    total = np.add.reduceat(layout.category.astype(np.float64), layout.pair_start[:-1])
    return residual, total / np.diff(layout.pair_start), np.add.reduceat(spread, layout.pair_start[:-1])


# --- ballots that give everybody the highest grade


def all_highest(fit: OrdinalFit) -> Counted:
    """Local ballots all of the highest, by unit, against their expected number.

    Leniency s ~ N(0, σ²_s) is integrated out; halo damps the chance of a whole ballot, (Π P)^{1/φ}, as it does the
    quasi-likelihood.
    """
    layout = fit.layout
    eligible = np.flatnonzero(_eligible(layout))
    unit = layout.rater_unit[eligible]
    counts = [
        np.bincount(unit, of_ballot[eligible].astype(np.float64), minlength=layout.units)
        for of_ballot in (_marks_below_highest(layout) == 0, _chance_of_highest(fit))
    ]
    return Counted(*(np.asarray(count, dtype=np.float64) for count in counts))


def _marks_below_highest(layout: Layout) -> Ints:
    """(raters,)"""
    below = layout.category < layout.category.max()
    return np.bincount(layout.pair_rater[layout.row_pair[below]], minlength=layout.raters)


def _eligible(layout: Layout) -> Flags:
    """(raters,): local ballots on so many persons of so large a unit that they would be set aside."""
    persons = np.bincount(layout.pair_rater, minlength=layout.raters)
    size = np.bincount(layout.person_unit, minlength=layout.units)
    local = layout.rater_unit >= 0
    return np.asarray(local & (persons >= SET_ASIDE_PERSONS) & (size[layout.rater_unit] >= SET_ASIDE_UNIT))


def _chance_of_highest(fit: OrdinalFit) -> Floats:
    """(raters,)"""
    layout, eta = fit.layout, measures_without_leniency(fit)
    at, weight = nodes(float(np.sqrt(fit.variance["rater"])))
    rows = np.diff(layout.pair_start) / layout.items
    table = _log_highest(fit)
    chance = np.zeros(layout.raters)
    for leniency, share in zip(at, weight, strict=True):
        logs = rows * np.interp(eta + leniency, GRID, table)
        chance += share * np.exp(np.bincount(layout.pair_rater, logs, minlength=layout.raters) / fit.phi)
    return chance


def _log_highest(fit: OrdinalFit) -> Floats:
    """(grid,), Σ_i ln P(highest) of all items of a pair."""
    chance = scale_of(fit).probabilities(GRID[:, None] - fit.difficulty)[..., -1]
    return np.asarray(np.log(np.maximum(chance, 1e-300)).sum(axis=1))


# --- ballots that agree in every mark


@dataclass(frozen=True)
class _Sheets:
    """Local ballots that are not all the highest, by ballot."""

    unit: Ints
    cells: Ints  # which persons and items are marked, as a hash
    marks: Ints  # and how


def identical_ballots(fit: OrdinalFit) -> Counted:
    """Pairs of local ballots of a unit that agree in every mark, against Σ_{a<b} (Π_cells Σ_k P_a(k) P_b(k))^{1/φ}.

    Pairs in which both give only the highest grade are left out on both sides. The expectation is reckoned only where
    there is something to explain.
    """
    layout = fit.layout
    sheets, ballots = _sheets(layout), _candidates(layout)
    count, expected = np.zeros(layout.units), np.zeros(layout.units)
    key = np.stack([sheets.unit[ballots], sheets.cells[ballots]], axis=1)
    _, sheet = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(sheet, kind="stable")
    for members in np.split(ballots[order], np.flatnonzero(np.diff(sheet[order])) + 1):
        _, times = np.unique(sheets.marks[members], return_counts=True)
        agreeing = (times * (times - 1) // 2).sum()
        if agreeing:
            unit = sheets.unit[members[0]]
            count[unit] += agreeing
            expected[unit] += _expected_agreements(fit, members)
    return Counted(count, expected)


def _candidates(layout: Layout) -> Ints:
    """Local ballots in the estimation that have a mark below the highest."""
    return np.flatnonzero((layout.rater_unit >= 0) & (_marks_below_highest(layout) > 0) & ~layout.set_aside)


def _sheets(layout: Layout) -> _Sheets:
    """Sums of 64-bit hashes: two ballots that differ are taken for one with a chance of 2⁻⁶⁴."""
    rater = layout.pair_rater[layout.row_pair]
    cell = layout.pair_person.astype(np.int64)[layout.row_pair] * layout.items + layout.row_item
    levels = int(layout.category.max()) + 1
    cells, marks = np.zeros((2, layout.raters), dtype=np.uint64)
    np.add.at(cells, rater, _hash(cell))
    np.add.at(marks, rater, _hash(cell * levels + layout.category))
    return _Sheets(layout.rater_unit, cells.astype(np.int64), marks.astype(np.int64))


def _hash(number: Ints) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The mixing step of SplitMix64 (Steele, Lea & Flood 2014)."""
    z = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def _expected_agreements(fit: OrdinalFit, members: Ints) -> float:
    """Of ballots that mark the same cells."""
    layout = fit.layout
    place = np.full(layout.raters, -1)
    place[members] = np.arange(len(members))
    rows = np.flatnonzero(place[layout.pair_rater[layout.row_pair]] >= 0)
    rows = rows[np.argsort(place[layout.pair_rater[layout.row_pair[rows]]], kind="stable")]
    eta = measures(fit)[layout.row_pair[rows]] - fit.difficulty[layout.row_item[rows]]
    chance = scale_of(fit).probabilities(eta).reshape(len(members), -1, len(fit.thresholds) + 1)
    same = np.zeros((len(members), len(members)))
    for cell in range(chance.shape[1]):
        same += np.log(np.maximum(chance[:, cell] @ chance[:, cell].T, 1e-300))
    highest = np.log(np.maximum(chance[..., -1], 1e-300)).sum(axis=1)
    apart = np.exp(same / fit.phi) - np.exp((highest[:, None] + highest) / fit.phi)
    return float(np.triu(np.maximum(apart, 0.0), 1).sum())
