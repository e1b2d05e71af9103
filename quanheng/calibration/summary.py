"""The content of summary.json: what was done, to what, and how far it holds."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from quanheng.calibration.calibrate_case import Case, Outcome, alarms, reliabilities
from quanheng.calibration.checks import facets
from quanheng.calibration.connectivity import UnitLink, missing_links, unit_links
from quanheng.calibration.ratings import Facet, Floats, Ints, Ratings
from quanheng.calibration.result import Persons, Status

LISTED_LINKS = 1000


def summary(case: Case, outcome: Outcome, persons: Persons) -> Mapping[str, object]:
    """JSON values only; a figure that does not exist is None."""
    found = {
        "software": {"name": "quanheng", "version": software_version()},
        "input_sha256": digest(case.ratings),
        "parameters": parameters(case),
        "counts": counts(case),
        **outcome.figures,
        "converged": True,  # anything else is refused
        **reliabilities(case, outcome),
        **_states(case, persons),
        "links": links(case, outcome),
        "set_aside": _set_aside(case),
        "unused_categories": unused_categories(case),
        "group_weights": dict(zip(case.group_labels, case.weights.groups.tolist(), strict=True)),
        "flags": [_plain(asdict(flag)) for flag in outcome.flags],
        "second_opinion": _second_opinion(case, outcome, persons),
    }
    plain = _plain(found)
    assert isinstance(plain, dict)
    return plain


def software_version() -> str:
    try:
        return version("quanheng")
    except PackageNotFoundError:  # run from a copy that was not installed
        return "unknown"


def parameters(case: Case) -> dict[str, object]:
    design = asdict(case.design)
    return {**design, "model": case.design.model.value, "criterion": case.design.criterion.value}


def counts(case: Case) -> dict[str, int | None]:
    """None: there is no such facet."""
    sizes = {name: len(facet.labels) for name, facet in facets(case.ratings).items()}
    named = {"persons": "person", "ballots": "rater", "items": "item", "groups": "group", "units": "unit"}
    return {"ratings": case.ratings.score.size, **{name: sizes.get(facet) for name, facet in named.items()}}


def digest(ratings: Ratings) -> str:
    """SHA-256 of the ratings in canonical form: the same for every order of rows and of labels.

    A JSON line with the sorted labels of each facet by name, then, by person, ballot, item and the others, each row's
    places among them as little-endian 64-bit integers, column after column, then its scores as 64-bit floats.
    """
    named = facets(ratings)
    sorted_labels = {name: sorted(facet.labels) for name, facet in named.items()}
    columns = {name: _places(facet) for name, facet in named.items()}
    order = _row_order(list(columns.values()), [len(facet.labels) for facet in named.values()])
    made = hashlib.sha256(json.dumps(sorted_labels, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    for name in sorted(columns):
        made.update(columns[name][order].astype("<i8").tobytes())
    made.update((ratings.score[order] + 0.0).astype("<f8").tobytes())  # −0 is 0
    return made.hexdigest()


def _places(facet: Facet) -> Ints:
    """(rows,): place of each row's label among the sorted ones."""
    order = sorted(range(len(facet.labels)), key=lambda place: facet.labels[place])
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return np.asarray(places[facet.index])


def _row_order(columns: list[Ints], sizes: list[int]) -> Ints:
    """By the first three facets, which tell all rows apart, in one sort of a number; by all where they do not fit."""
    first, room = columns[:3], sizes[:3]
    if np.prod([float(size) for size in room]) < 2**62:
        key = np.zeros(columns[0].size, dtype=np.int64)
        for column, size in zip(first, room, strict=True):
            key = key * size + column
        order = np.argsort(key, kind="stable")
        if (np.diff(key[order]) > 0).all():
            return order
    return np.asarray(np.lexsort(columns[::-1]))


def _states(case: Case, persons: Persons) -> dict[str, object]:
    units = case.ratings.unit.labels if case.ratings.unit else None
    sizes = np.bincount(case.component)[1:]
    by_unit = [sorted({case.unit_labels[u] for u in _units(case, k)}) for k in range(1, sizes.size + 1)]
    return {
        "components": [
            {"component": k, "persons": int(size), "units": by_unit[k - 1] if units else None}
            for k, size in enumerate(sizes, start=1)
        ],
        "missing_links": [
            asdict(link) for link in missing_links(case.layout, case.component, case.ratings.person.labels, units)
        ],
        "statuses": {state.value: sum(found is state for found in persons.status) for state in Status},
    }


def _units(case: Case, component: int) -> Ints:
    return np.unique(case.layout.person_unit[case.component == component])


def links(case: Case, outcome: Outcome) -> dict[str, object]:
    """How strongly units hang together; those that are weak are named first."""
    found = unit_links(case.layout, outcome.measure, outcome.quality_sd)
    listed = sorted(found, key=lambda link: (not link.is_weak, link.a, link.b))[:LISTED_LINKS]
    linking = (case.layout.rater_unit < 0) & ~case.layout.set_aside
    return {
        "linking_ballots": int(linking.sum()),
        "pairs": len(found),
        "weak": sum(link.is_weak for link in found),
        "units": [_link(case, link) for link in listed],
    }


def _link(case: Case, link: UnitLink) -> dict[str, object]:
    labels = {"a": case.unit_labels[link.a], "b": case.unit_labels[link.b]}
    figures = {"ballots": link.ballots, "chain": link.chain, "se_ratio": link.se_ratio, "weak": link.is_weak}
    return {**labels, **figures}


def _set_aside(case: Case) -> dict[str, object]:
    ballots = int(case.layout.set_aside.sum())
    return {"ballots": ballots, "share": ballots / case.layout.raters if case.layout.raters else 0.0}


def unused_categories(case: Case) -> list[int]:
    """Whole scores between the ends of the scale that nobody gave; they are closed up, not estimated."""
    used = np.unique(case.ratings.score)
    if not case.layout.points.size:
        return []
    lowest, highest = case.design.scale or (0, len(case.design.points or ()) - 1)
    if case.design.scale is None and case.design.points is None:
        lowest, highest = used[0], used[-1]
    return [score for score in range(int(lowest), int(highest) + 1) if score not in used]


def _second_opinion(case: Case, outcome: Outcome, persons: Persons) -> dict[str, object] | None:
    """Who the Gaussian twin puts more than one band away."""
    if outcome.second_opinion is None:
        return None
    far = alarms(case, persons.fair, persons.band, outcome.second_opinion)
    return {
        "rank_correlation": rank_correlation(persons.fair[case.is_ranked], outcome.second_opinion[case.is_ranked]),
        "more_than_one_band": [persons.labels[n] for n in far],
    }


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's, ties in their order; nan below two."""
    if first.size < 2:
        return float("nan")
    a, b = (
        np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64) for values in (first, second)
    )
    return float(np.corrcoef(a, b)[0, 1])


def _plain(value: object) -> object:
    """JSON has no nan; numpy's numbers are not Python's."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
