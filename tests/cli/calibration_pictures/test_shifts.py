"""The way from raw to fair, read back: who is shown, and do the printed figures add up."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration.ratings import Design, Model
from quanheng.calibration.result import Calibration, Shifts, Status
from quanheng.cli.calibration_pictures.figures import cast, parts
from quanheng.cli.calibration_pictures.shifts import MOST, most_moved, shift_picture
from tests.cli.calibration_pictures.reading import Drawing, read

WORDS = ["票面得分", "所得各票宽严", "本单位宽严习惯", "票类构成", "票数有限，向平均靠拢", "校准参考"]


def drawing_of(calibration: Calibration) -> Drawing:
    sheet = shift_picture(calibration)
    assert sheet is not None
    return read(sheet)


@pytest.fixture(scope="module")
def large_shifts(large: Calibration) -> Drawing:
    return drawing_of(large)


def test_the_persons_moved_most_are_shown(large: Calibration, large_shifts: Drawing) -> None:
    shift = np.abs(large.persons.fair - large.persons.raw)
    expected = [large.persons.labels[n] for n in np.argsort(-shift, kind="stable")[:MOST]]
    assert large_shifts.words("person-") == expected
    assert large_shifts.words("title") == [f"校准移动最大的 {MOST} 人：从票面到校准参考"]


def test_each_has_the_six_steps(large: Calibration, large_shifts: Drawing) -> None:
    for n in most_moved(large, cast(large)):
        assert [large_shifts.words(f"step-{n}-{place}")[0] for place in range(6)] == WORDS


def test_printed_figures_add_up(large: Calibration, large_shifts: Drawing) -> None:
    for n in most_moved(large, cast(large)):
        figures = [
            float(large_shifts.words(f"figure-{n}-{place}")[0].replace("−", "-").replace("+", "")) for place in range(6)
        ]
        assert sum(figures[:5]) == pytest.approx(figures[5], abs=1e-9)
        assert figures[0] == pytest.approx(large.persons.raw[n], abs=0.051)
        assert figures[5] == pytest.approx(large.persons.fair[n], abs=0.051)


def test_bars_follow_each_other_and_go_the_right_way(large: Calibration, large_shifts: Drawing) -> None:
    n = most_moved(large, cast(large))[0]
    steps = parts(large, n)
    reach = 0.0
    for place, step in enumerate(steps):
        name = f"fall-{n}-{place}"
        if name in large_shifts.groups:
            xs = [x for x, _ in large_shifts.path(name)]
            reach += (max(xs) - min(xs)) * np.sign(step)
    drawn = [large_shifts.path(f"fall-{n}-{place}") for place in range(4) if f"fall-{n}-{place}" in large_shifts.groups]
    assert drawn
    widths = {place: max(x for x, _ in bar) - min(x for x, _ in bar) for place, bar in enumerate(drawn)}
    assert len(widths) >= 2
    assert np.sign(reach) == np.sign(steps.sum())


def test_bars_are_in_proportion(small: Calibration) -> None:
    size = len(small.persons.labels)
    four = Shifts(*(np.full(size, step) for step in (4.0, -2.0, 0.0, 1.0)))
    moved = replace(small, shifts=four, persons=replace(small.persons, fair=small.persons.raw + 3))
    drawing = drawing_of(moved)
    n = most_moved(moved, cast(moved))[0]
    spans = {place: [x for x, _ in drawing.path(f"fall-{n}-{place}")] for place in (0, 1, 3)}
    widths = {place: max(xs) - min(xs) for place, xs in spans.items()}
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.1)
    assert widths[0] == pytest.approx(4 * widths[3], abs=0.1)
    assert max(spans[0]) == pytest.approx(max(spans[1]), abs=0.1)  # the second begins where the first ends
    assert min(spans[1]) == pytest.approx(min(spans[3]), abs=0.1)
    assert f"fall-{n}-2" not in drawing.groups  # nothing to draw


def test_who_cannot_be_compared_is_not_shown(small: Calibration) -> None:
    status = tuple(Status.UNCONNECTED if n < 5 else Status.ESTIMATED for n in range(len(small.persons.labels)))
    shown = most_moved(replace(small, persons=replace(small.persons, status=status)), cast(small))
    assert not set(shown) & set(range(5))


def test_who_has_few_ballots_is_not_shown(small: Calibration) -> None:
    who = cast(small)
    first = most_moved(small, who)[0]
    shown = tuple(flag and n != first for n, flag in enumerate(who.shown))
    assert first not in most_moved(small, replace(who, shown=shown))


def test_unknown_shifts_are_not_shown(small: Calibration) -> None:
    fair = np.full_like(small.persons.fair, np.nan)
    assert shift_picture(replace(small, persons=replace(small.persons, fair=fair))) is None


def test_the_verification_mode_has_no_steps(small: Calibration) -> None:
    assert shift_picture(replace(small, design=Design(model=Model.JMLE))) is None


def test_nothing_overlaps(large_shifts: Drawing, small: Calibration) -> None:
    for drawing in (large_shifts, drawing_of(small)):
        assert drawing.overlaps() == []
        assert drawing.outside() == []


def test_one_person_alone_is_shown(small: Calibration) -> None:
    status = tuple(Status.UNCONNECTED if n else Status.ESTIMATED for n in range(len(small.persons.labels)))
    drawing = drawing_of(replace(small, persons=replace(small.persons, status=status)))
    assert drawing.words("title") == ["校准移动最大的 1 人：从票面到校准参考"]
    assert drawing.words("person-") == [small.persons.labels[0]]
