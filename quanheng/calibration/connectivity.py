"""Who can be compared at all: components that ballots join, what would join them, and how strong the joints are.

Design §1.4. A ballot that is set aside joins nobody: it says the same of everyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Uncertainty

FEW_BALLOTS = 2  # fewer on the best chain between two units: weak
WIDE_RATIO = 0.8  # standard error of the contrast of two units by σ_v: above it, weak
ALL_PAIRS_UNITS = 100  # up to so many units every pair is looked at, above only those that share a ballot


@dataclass(frozen=True)
class MissingLink:
    """One ballot that rates somebody of `here` and somebody of `there` would join this component to the largest.

    `here` and `there` are units; without units, or where one unit is in both, persons.
    """

    component: int
    units: tuple[str, ...]  # empty without units
    persons: int
    by_person: bool
    here: str
    there: str


@dataclass(frozen=True)
class UnitLink:
    """Two units of one component, by their places; `ballots` rate persons of both."""

    a: int
    b: int
    ballots: int
    chain: int  # ballots at the narrowest place of the best chain of units between them
    se_ratio: float  # SE of (v + mean θ) of a minus that of b, by σ_v; nan where σ_v is zero or not estimated

    @property
    def is_weak(self) -> bool:
        return self.chain < FEW_BALLOTS or self.se_ratio > WIDE_RATIO


def components(layout: Layout, labels: Sequence[str]) -> Ints:
    """(persons,): 1 is the component of most persons, ties by the first label; without ballots, items join persons."""
    other, nodes = _joining(layout)
    used = used_pairs(layout)[layout.row_pair] if layout.raters == 0 else used_pairs(layout)
    person = layout.pair_person[layout.row_pair] if layout.raters == 0 else layout.pair_person
    size = layout.persons + nodes
    edges = (np.ones(int(used.sum())), (person[used], layout.persons + other[used]))
    _, found = connected_components(coo_array(edges, shape=(size, size)), directed=False)
    return numbered(found[: layout.persons].astype(np.int64), labels)


def _joining(layout: Layout) -> tuple[Ints, int]:
    """The nodes that join persons, and how many there are: ballots, a pair each; else items, a row each."""
    if layout.raters:
        return layout.pair_rater, layout.raters
    return layout.row_item, layout.items


def numbered(found: Ints, labels: Sequence[str]) -> Ints:
    """By size, then by the label that comes first."""
    _, member, sizes = np.unique(found, return_inverse=True, return_counts=True)
    first: list[str] = [""] * sizes.size
    for place in sorted(range(len(labels)), key=lambda n: labels[n], reverse=True):
        first[member[place]] = labels[place]
    order = sorted(range(sizes.size), key=lambda k: (-sizes[k], first[k]))
    number = np.empty(sizes.size, dtype=np.int64)
    number[order] = np.arange(1, sizes.size + 1)
    return np.asarray(number[member])


def missing_links(
    layout: Layout, component: Ints, persons: Sequence[str], units: Sequence[str] | None
) -> tuple[MissingLink, ...]:
    """For each component but the largest, the ballot that would join it."""
    order = np.argsort(component, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(component[order])) + 1)
    return tuple(
        _missing_link(layout, number, own, members[0], persons, units)
        for number, own in enumerate(members[1:], start=2)
    )


def _missing_link(
    layout: Layout, number: int, own: Ints, largest: Ints, persons: Sequence[str], units: Sequence[str] | None
) -> MissingLink:
    first, other = min(persons[n] for n in own), min(persons[n] for n in largest)
    if units is None:
        return MissingLink(number, (), own.size, True, first, other)
    there = np.unique(layout.person_unit[largest])
    here = np.unique(layout.person_unit[own])
    names = tuple(units[u] for u in here)
    if np.isin(here, there).any():
        return MissingLink(number, names, own.size, True, first, other)
    return MissingLink(number, names, own.size, False, _widest(layout, own, units), _widest(layout, largest, units))


def _widest(layout: Layout, members: Ints, units: Sequence[str]) -> str:
    """The unit of most of these persons; ties by label."""
    places, sizes = np.unique(layout.person_unit[members], return_counts=True)
    best = min(zip(places.tolist(), sizes.tolist(), strict=True), key=lambda unit: (-unit[1], units[unit[0]]))
    return units[int(best[0])]


def shared_ballots(layout: Layout) -> csr_array:
    """(units, units): how many ballots rate persons of both; the diagonal is zero."""
    linking = used_pairs(layout) & (layout.rater_unit[layout.pair_rater] < 0)
    rater, unit = layout.pair_rater[linking], layout.person_unit[layout.pair_person[linking]]
    on = csr_array((np.ones(rater.size), (rater, unit)), shape=(layout.raters, layout.units))
    on.data[:] = 1.0  # a ballot on several persons of a unit is one ballot
    shared = csr_array(on.T @ on)
    shared.setdiag(0)
    shared.eliminate_zeros()
    return shared


def unit_links(layout: Layout, measure: Uncertainty | None, quality_sd: float) -> tuple[UnitLink, ...]:
    """Pairs of units that ballots join, directly or by a chain; `measure` is of θ + v of each person."""
    if not layout.has_units or not layout.raters:
        return ()
    shared = shared_ballots(layout)
    chains = coo_array(_chains(shared)) if layout.units <= ALL_PAIRS_UNITS else shared.tocoo()
    pairs = sorted((int(a), int(b), int(n)) for a, b, n in zip(*chains.coords, chains.data, strict=True) if a < b)
    means = UnitMeans(layout, measure) if measure is not None and quality_sd > 0 else None
    ratios = [means.standard_error(a, b) / quality_sd if means else float("nan") for a, b, _ in pairs]
    return tuple(UnitLink(a, b, int(shared[a, b]), n, ratio) for (a, b, n), ratio in zip(pairs, ratios, strict=True))


def _chains(shared: csr_array) -> Floats:
    """(units, units): the widest chain between two units has so many ballots at its narrowest place; 0: none.

    The path along a maximum spanning tree is such a chain (Hu 1961).
    """
    widest = np.zeros(shared.shape)
    tree = -minimum_spanning_tree(-shared)
    both = csr_array(tree + tree.T)
    for start in range(widest.shape[0]):
        order, before = breadth_first_order(both, start, directed=False)
        widest[start, start] = np.inf
        for unit in order[1:]:
            widest[start, unit] = min(widest[start, before[unit]], both[before[unit], unit])
    np.fill_diagonal(widest, 0)
    return widest


class UnitMeans:
    """Mean of one figure a person over each unit: variances and the parts that units share."""

    def __init__(self, layout: Layout, measure: Uncertainty) -> None:
        order = np.argsort(layout.person_unit, kind="stable")
        bounds = np.cumsum(np.bincount(layout.person_unit, minlength=layout.units))[:-1]
        self.measure = measure
        self.members: list[Ints] = np.split(order, bounds)
        self.reach = np.array([measure.reach[own].mean(axis=0) for own in self.members])
        self.own = [self._shared(u, u) for u in range(layout.units)]

    def _shared(self, a: int, b: int) -> float:
        """Mean of the local covariances of members of a with members of b."""
        total = 0.0
        for block in np.unique(self.measure.block[self.members[a]]):
            rows, columns = (
                self.measure.place[own[self.measure.block[own] == block]] for own in (self.members[a], self.members[b])
            )
            total += float(self.measure.local[block][np.ix_(rows, columns)].sum())
        return total / (self.members[a].size * self.members[b].size)

    def standard_error(self, a: int, b: int) -> float:
        apart = self.reach[a] - self.reach[b]
        own = self.own[a] + self.own[b] - 2 * self._shared(a, b)
        return float(np.sqrt(max(0.0, own + apart @ apart)))
