"""The Wright map, read back: four columns on one axis."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration.calibrate import calibrate
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Model
from quanheng.calibration.result import Calibration, Threshold
from quanheng.cli.calibration_pictures.wright import LABEL, TALL, TOP, apart, thresholds, wright_map
from tests.cli.calibration_pictures.county import ASPECTS
from tests.cli.calibration_pictures.reading import Drawing, read


def drawing_of(calibration: Calibration) -> Drawing:
    sheet = wright_map(calibration)
    assert sheet is not None
    return read(sheet)


@pytest.fixture(scope="module")
def small_map(small: Calibration) -> Drawing:
    return drawing_of(small)


def axis(drawing: Drawing) -> tuple[float, float]:
    """Slope and start of y over logits, from the ticks."""
    ticks = [text for text in drawing.texts if text.name.startswith("tick-")]
    slope, start = np.polyfit([float(t.words.replace("−", "-")) for t in ticks], [t.y - 4.5 for t in ticks], 1)
    return float(slope), float(start)


def test_every_person_is_counted_and_nobody_named(small: Calibration, small_map: Drawing) -> None:
    bars = small_map.named("heads-")
    lengths = [corners[1][0] - corners[0][0] for corners in map(small_map.path, bars)]
    heads = np.array(lengths) / min(lengths)
    assert heads.round(6).tolist() == heads.round().tolist()
    assert heads.sum() % len(small.persons.labels) == 0
    assert not [name for name in small.persons.labels if name in small_map.all_words()]


def test_items_stand_at_their_measure(small: Calibration, small_map: Drawing) -> None:
    assert small.items is not None
    slope, start = axis(small_map)
    assert slope < 0  # harder is higher
    marks = [small_map.uses(f"item-{place}")[1] for place in range(len(ASPECTS))]
    assert np.allclose(marks, start + slope * np.sort(small.items.measure)[::-1], atol=0.5)
    assert sorted(small_map.words("item-label-")) == sorted(ASPECTS)


def test_units_stand_at_the_mean_of_their_persons(small: Calibration, small_map: Drawing) -> None:
    unit = small.ratings.unit
    assert unit is not None
    slope, start = axis(small_map)
    of_person = np.zeros(len(small.persons.labels), dtype=np.int64)
    of_person[small.ratings.person.index] = unit.index
    means = [small.persons.measure[of_person == u].mean() for u in range(len(unit.labels))]
    order = np.argsort(means)[::-1]
    assert small_map.words("unit-label-") == [unit.labels[u] for u in order]
    marks = [small_map.uses(f"unit-{place}")[1] for place in range(len(means))]
    assert np.allclose(marks, start + slope * np.array(means)[order], atol=0.5)


def test_thresholds_say_what_they_are_the_threshold_of(small: Calibration, small_map: Drawing) -> None:
    assert small_map.words("threshold-label-") == ["得 95 分以上", "得 80 分以上", "得 60 分以上"]
    assert [value for _, _, value in thresholds(small)] == [step.measure for step in small.thresholds]


def test_grades_without_points_are_named_by_the_score(small: Calibration) -> None:
    plain = replace(small, design=Design())
    assert [words for _, words, _ in thresholds(plain)] == ["得 1 分以上", "得 2 分以上", "得 3 分以上"]
    assert lay_out(plain.ratings, plain.design).points.tolist() == [0, 1, 2, 3]


def test_thresholds_of_an_item_lie_around_it(small: Calibration) -> None:
    assert small.items is not None
    own = tuple(Threshold(item, k, 0.5 * k - 1, 0.1) for item in ASPECTS for k in (1, 2, 3))
    partial = replace(small, thresholds=own)
    measure = dict(zip(small.items.labels, small.items.measure.tolist(), strict=True))
    assert [value for _, _, value in thresholds(partial)] == [measure[s.item or ""] + s.measure for s in own]
    drawing = drawing_of(partial)
    assert len(drawing.named("step-")) == 15
    assert "各条目的门槛" in drawing.all_words()


def test_unknown_thresholds_are_left_out(small: Calibration) -> None:
    own = (*small.thresholds, Threshold(None, 1, float("nan"), float("nan")))
    assert len(thresholds(replace(small, thresholds=own))) == 3


def test_nothing_overlaps(small_map: Drawing, large: Calibration) -> None:
    for drawing in (small_map, drawing_of(large)):
        assert drawing.overlaps() == []
        assert drawing.outside() == []


def test_many_items_are_drawn_without_names(small: Calibration) -> None:
    assert small.items is not None
    many = 90
    crowded = replace(
        small.items,
        labels=tuple(f"第{i}项" for i in range(many)),
        measure=np.linspace(-1, 1, many),
        n=np.ones(many, dtype=np.int64),
    )
    drawing = drawing_of(replace(small, items=crowded))
    assert drawing.words("item-label-") == []
    assert "条目（90 个，太密）" in drawing.all_words()
    assert len(drawing.named("item-")) == many


def test_long_items_are_broken(small: Calibration) -> None:
    assert small.items is not None
    long = ("坚持民主集中制，团结带领班子成员完成急难险重任务", *ASPECTS[1:])
    drawing = drawing_of(replace(small, items=replace(small.items, labels=long)))
    assert long[0] in "".join(sorted(drawing.words("item-label-"), key=lambda part: long[0].find(part)))
    assert drawing.overlaps() == []
    assert drawing.outside() == []


def test_the_verification_mode_has_a_map(small: Calibration) -> None:
    jmle = calibrate(small.ratings, Design(model=Model.JMLE, points=small.design.points))
    drawing = drawing_of(jmle)
    assert sorted(drawing.words("item-label-")) == sorted(ASPECTS)


def test_left_out_without_items_or_logits(small: Calibration) -> None:
    assert wright_map(replace(small, items=None)) is None
    assert wright_map(replace(small, design=Design(model=Model.GAUSSIAN))) is None


@given(st.lists(st.floats(TOP, TOP + TALL), min_size=1, max_size=42))
def test_labels_keep_their_order_and_distance_inside_the_axis(marks: list[float]) -> None:
    places = apart(np.sort(np.array(marks)))
    assert (np.diff(places) >= LABEL - 1e-6).all()
    assert places[0] >= TOP - 1e-6
    assert places[-1] <= TOP + TALL + 1e-6


def test_labels_far_apart_stay_where_they_are() -> None:
    marks = TOP + np.array([0.0, 20.0, 300.0])
    assert np.allclose(apart(marks), marks)


def test_labels_close_together_share_the_way() -> None:
    assert np.allclose(apart(TOP + np.array([100.0, 100.0])), TOP + np.array([92.0, 108.0]))
