"""The link graph, read back: units, lines, numbers, weak ones, and those that nothing joins."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration.connectivity import UnitLink
from quanheng.calibration.ratings import Facet
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.links import MOST_UNITS, best_path, link_picture, links_of, nodes
from tests.cli.calibration_pictures.reading import Drawing, read


def drawing_of(calibration: Calibration, links: list[UnitLink] | None = None) -> Drawing:
    sheet = link_picture(calibration, links_of(calibration) if links is None else links)
    assert sheet is not None
    return read(sheet)


@pytest.fixture(scope="module")
def small_links(small: Calibration) -> Drawing:
    return drawing_of(small)


def strong(a: int, b: int, ballots: int) -> UnitLink:
    return UnitLink(a, b, ballots, ballots, 0.5)


def shared_by_hand(calibration: Calibration) -> dict[tuple[int, int], int]:
    """Pairs of units and the ballots that rate somebody of both; nobody of the small county is set aside there."""
    ratings = calibration.ratings
    assert ratings.unit is not None
    assert ratings.rater is not None
    on: dict[int, set[int]] = {}
    for ballot, unit in zip(ratings.rater.index.tolist(), ratings.unit.index.tolist(), strict=True):
        on.setdefault(ballot, set()).add(unit)
    found: dict[tuple[int, int], int] = {}
    for units in on.values():
        for pair in combinations(sorted(units), 2):
            found[pair] = found.get(pair, 0) + 1
    return found


def test_links_are_the_ballots_that_rate_both(small: Calibration) -> None:
    assert {(link.a, link.b): link.ballots for link in links_of(small)} == shared_by_hand(small)


def test_links_are_as_weak_as_the_summary_says(large: Calibration) -> None:
    assert large.ratings.unit is not None
    labels = large.ratings.unit.labels
    said = {(link["a"], link["b"]): link["weak"] for link in large.summary["links"]["units"]}  # type: ignore[index]
    links = links_of(large)
    assert [link.is_weak for link in links] == [said[labels[link.a], labels[link.b]] for link in links]


def test_links_that_the_summary_leaves_out_are_not_weak(small: Calibration) -> None:
    assert not any(link.is_weak for link in links_of(replace(small, summary={})))


def test_every_unit_and_every_shared_ballot_is_drawn(small: Calibration, small_links: Drawing) -> None:
    assert small.ratings.unit is not None
    units = len(small.ratings.unit.labels)
    assert sorted(small_links.named("unit-")) == [f"unit-{u}" for u in range(units)]
    shared = shared_by_hand(small)
    assert sorted(small_links.named("link-")) == sorted(f"link-{a}-{b}" for a, b in shared)
    counts = {t.name: t.words for t in small_links.texts if t.name.startswith("count-")}
    assert counts == {f"count-{a}-{b}": str(count) for (a, b), count in shared.items()}


def test_a_unit_has_its_name_and_its_linking_ballots(small: Calibration, small_links: Drawing) -> None:
    joined = [node for node in nodes(small, links_of(small)) if node.ballots]
    for node in joined:
        assert small_links.words(f"label-{node.unit}") == [f"{node.label} {node.ballots}"]


def test_lines_end_at_the_units(small_links: Drawing) -> None:
    for name in small_links.named("link-"):
        _, a, b = name.split("-")
        ends = [small_links.uses(f"unit-{u}") for u in (a, b)]
        assert np.allclose(small_links.path(name), ends, atol=0.01)


def test_units_that_nothing_joins_stand_apart(small: Calibration, small_links: Drawing) -> None:
    (alone,) = [node for node in nodes(small, links_of(small)) if not node.ballots]
    assert small_links.words("alone") == ["以下 1 个单位与别的单位没有共同评分的票，不能和它们比较"]
    assert small_links.words(f"label-{alone.unit}-0") == [alone.label]
    assert small_links.uses(f"unit-{alone.unit}")[1] > max(
        small_links.uses(name)[1] for name in small_links.named("unit-") if name != f"unit-{alone.unit}"
    )


def test_weak_links_are_dashed_and_yellow(small: Calibration) -> None:
    links = [strong(0, 1, 4), UnitLink(1, 2, 1, 1, 0.5), UnitLink(0, 2, 3, 3, 0.9)]
    drawing = drawing_of(small, links)
    assert "dasharray" not in drawing.style("link-0-1")
    for weak in ("link-1-2", "link-0-2"):
        assert "dasharray" in drawing.style(weak)
        assert "stroke: #a87300" in drawing.style(weak)
    assert "黄色虚线表示连得弱" in drawing.all_words().replace("\n", "")


def test_the_best_path_is_thick(small: Calibration) -> None:
    drawing = drawing_of(small, [strong(0, 1, 4), strong(1, 2, 3), strong(0, 2, 1)])
    widths = {
        name: float(drawing.style(name).split("stroke-width: ")[1].split(";")[0]) for name in drawing.named("link-")
    }
    assert widths["link-0-1"] > widths["link-1-2"] > widths["link-0-2"]


def test_best_path_keeps_the_strongest() -> None:
    assert best_path([strong(0, 1, 1), strong(1, 2, 5), strong(0, 2, 4)], 3) == {(1, 2), (0, 2)}
    assert best_path([], 3) == set()


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(1, 9)))
def test_best_path_joins_what_is_joined_and_as_firmly_as_may_be(shared: dict[tuple[int, int], int]) -> None:
    """Against the widest way between any two units, by Floyd–Warshall."""
    links = [strong(a, b, ballots) for (a, b), ballots in shared.items() if a < b]
    path = best_path(links, 6)
    by_pair = {(link.a, link.b): link.ballots for link in links}
    assert np.array_equal(widest(by_pair), widest({pair: by_pair[pair] for pair in path}))


def widest(by_pair: dict[tuple[int, int], int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = np.zeros((6, 6))
    for (a, b), ballots in by_pair.items():
        found[a, b] = found[b, a] = ballots
    for k in range(6):
        found = np.maximum(found, np.minimum(found[:, k, None], found[None, k, :]))
    np.fill_diagonal(found, 0)
    return found


def test_components_are_numbered_by_size(small: Calibration) -> None:
    found = nodes(small, [strong(2, 4, 1), strong(4, 5, 1), strong(0, 1, 1)])
    assert [node.component for node in found] == [2, 2, 1, 3, 1, 1]


def test_neighbours_on_the_path_stand_side_by_side(small: Calibration) -> None:
    """A chain of units becomes a chain on the circle."""
    drawing = drawing_of(small, [strong(0, 3, 2), strong(3, 1, 2), strong(1, 5, 2), strong(5, 2, 2), strong(2, 4, 2)])
    ring = [np.array(drawing.uses(f"unit-{u}")) for u in (0, 3, 1, 5, 2, 4)]
    steps = [float(np.hypot(*(b - a))) for a, b in zip(ring, ring[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * 5, abs=0.1)


def test_names_do_not_overlap(small_links: Drawing, large: Calibration) -> None:
    for drawing in (small_links, drawing_of(large)):
        assert drawing.overlaps() == []
        assert drawing.outside() == []


@pytest.mark.parametrize("units", [21, 40])
def test_many_units_have_their_names_along_the_radius(large: Calibration, units: int) -> None:
    crowded = with_units(large, units, "人力资源和社会保障局第")
    drawing = drawing_of(crowded, [strong(u, u + 1, 3) for u in range(units - 1)])
    labels = [text for text in drawing.texts if text.name.startswith("label-")]
    assert len(labels) == units
    assert sum(not text.is_level for text in labels) >= units - 2  # those at the sides lie level
    assert drawing.overlaps() == []


def with_units(calibration: Calibration, units: int, stem: str) -> Calibration:
    """Persons shared out anew among more units, by turns."""
    ratings = calibration.ratings
    unit = Facet(tuple(f"{stem}{u}" for u in range(units)), ratings.person.index % units)
    return replace(calibration, ratings=replace(ratings, unit=unit))


def test_long_names_widen_the_page(small: Calibration) -> None:
    long = with_units(small, 6, "某某自治区某某自治州某某自治县人力资源和社会保障局驻某某街道办事处工作站第")
    drawing = drawing_of(long, [strong(0, 1, 2), strong(1, 2, 2), strong(2, 3, 2)])
    assert drawing.width > 960
    assert drawing.outside() == []
    assert drawing.overlaps() == []


def test_left_out_without_units_or_with_one_or_too_many(small: Calibration) -> None:
    assert link_picture(replace(small, ratings=replace(small.ratings, unit=None)), []) is None
    assert link_picture(with_units(small, 1, "局"), []) is None
    assert link_picture(with_units(small, MOST_UNITS + 1, "局"), []) is None
    assert links_of(replace(small, ratings=replace(small.ratings, unit=None))) == []


def test_nothing_joins_anybody(unlinked: Calibration) -> None:
    drawing = drawing_of(unlinked)
    assert drawing.named("link-") == []
    assert drawing.words("alone") == ["以下 4 个单位与别的单位没有共同评分的票，不能和它们比较"]
    assert drawing.overlaps() == []
