"""Wright map: persons, units, items and thresholds on one logit axis (Wright & Masters 1982)."""

from collections.abc import Sequence

import numpy as np

from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Floats, Model
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.figures import RECORD, cast, source
from quanheng.cli.calibration_pictures.sheet import (
    ACCENT,
    CONTROL,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    PAPER,
    SMALL,
    STEP1,
    TITLE,
    WIDTH,
    Sheet,
    ticks,
    wrapped,
)

TOP, TALL, LABEL = 160.0, 680.0, 16.0  # of the axis; distance of two labels
AXIS = 320.0
PERSONS_WIDTH, BARS = 240.0, 40
UNITS, THRESHOLDS, ITEMS = 340.0, 570.0, 720.0  # left edges
EDGES = {"unit": THRESHOLDS, "threshold": ITEMS, "item": WIDTH - MARGIN}  # where the room of a column ends
NOTE = (
    RECORD + "四列用同一把尺（单位：logit，每高 1，得到高一档的胜算约为 2.7 倍）：左边越高的人和单位总体评价越高；"
    "右边越高的条目越难得高分，越高的档次门槛越难达到。"
)


def wright_map(calibration: Calibration) -> Sheet | None:
    """None without items, or where nothing is measured in logits."""
    if calibration.items is None or calibration.design.model is Model.GAUSSIAN:
        return None
    low, high = _ends(calibration)
    sheet = Sheet("人、单位、条目和档次在同一把尺上", TOP + TALL + 60)
    sheet.text(MARGIN, 40, sheet.title, size=TITLE, bold=True, name="title")
    sheet.paragraph(MARGIN, 66, NOTE)
    _axis(sheet, low, high)
    _persons(sheet, calibration, low, high)
    _column(sheet, "单位（人员平均）", UNITS, _units(calibration), (low, high), name="unit")
    _thresholds(sheet, calibration, (low, high))
    items = list(zip(calibration.items.labels, calibration.items.measure.tolist(), strict=True))
    _column(sheet, "条目", ITEMS, items, (low, high), name="item")
    sheet.text(MARGIN, sheet.height - 16, source(calibration), size=SMALL, ink=INK3)
    return sheet


def _ends(calibration: Calibration) -> tuple[float, float]:
    assert calibration.items is not None
    steps = np.array([value for _, _, value in thresholds(calibration)], dtype=np.float64)
    values = np.concatenate([calibration.persons.measure, calibration.items.measure, steps])
    values = values[np.isfinite(values)]
    return float(np.floor(2 * values.min()) / 2), float(np.ceil(2 * values.max() + 0.01) / 2)


def _y(value: float, low: float, high: float) -> float:
    return TOP + TALL * (high - value) / (high - low)


def _axis(sheet: Sheet, low: float, high: float) -> None:
    for value, words in ticks(low, high, 12):
        y = _y(value, low, high)
        sheet.line([(MARGIN, y), (WIDTH - MARGIN, y)], ink=LINE)
        sheet.box(AXIS - 36, y - 8, 32, 16, fill=PAPER, layer=3)
        sheet.text(AXIS - 8, y + 4.5, words, size=SMALL, ink=INK2, align="right", name=f"tick-{words}")
    sheet.line([(AXIS, TOP), (AXIS, TOP + TALL)], ink=CONTROL)


def _persons(sheet: Sheet, calibration: Calibration, low: float, high: float) -> None:
    """Counts, not names: a place on this axis without its interval is no statement about a person."""
    measures = calibration.persons.measure[np.isfinite(calibration.persons.measure)]
    heads, edges = np.histogram(measures, bins=BARS, range=(low, high))
    right, step = AXIS - 40, TALL / BARS
    sheet.text(right, TOP - 14, f"人员（{len(measures)} 人，条长是人数）", size=SMALL, bold=True, align="right")
    for count, edge in zip(heads.tolist(), edges[1:].tolist(), strict=True):
        if count:
            width = (PERSONS_WIDTH - 30) * count / heads.max()
            y = _y(edge, low, high)
            sheet.box(right - width, y + 1, width, step - 2, fill=STEP1, layer=3, name=f"heads-{edge:.3f}")
            sheet.text(right - width - 4, y + step / 2 + 4.5, str(count), size=SMALL, ink=INK2, align="right")


def _units(calibration: Calibration) -> list[tuple[str, float]]:
    unit, persons = calibration.ratings.unit, calibration.persons
    if unit is None:
        return []
    own = np.array(cast(calibration).units)
    means = []
    for label in unit.labels:
        measures = persons.measure[(own == label) & np.isfinite(persons.measure)]
        if measures.size:
            means.append((label, float(measures.mean())))
    return means


def _column(
    sheet: Sheet, head: str, x: float, named: Sequence[tuple[str, float]], ends: tuple[float, float], *, name: str
) -> None:
    """Each at its place; labels pushed apart where they are close, a thin line leads to the place."""
    known = sorted(((label, value) for label, value in named if np.isfinite(value)), key=lambda pair: -pair[1])
    if not known:
        return
    labels = [wrapped(label, EDGES[name] - x - 40, SMALL) for label, _ in known]
    step = LABEL * max(map(len, labels))
    is_named = step * len(known) <= TALL
    sheet.text(x, TOP - 14, head + ("" if is_named else f"（{len(known)} 个，太密）"), size=SMALL, bold=True)
    marks = [_y(value, *ends) for _, value in known]
    for place, y in enumerate(marks):
        sheet.mark(x + 6, y, "solid-diamond", ink=ACCENT if name == "unit" else INK, r=4, name=f"{name}-{place}")
    places = apart(np.array(marks), step) if is_named else np.zeros(0)
    for place, (lines, y, where) in enumerate(zip(labels, marks, places.tolist(), strict=False)):
        sheet.line([(x + 12, y), (x + 26, where)], ink=CONTROL)
        for line, words in enumerate(lines):
            sheet.text(x + 30, where + 4.5 + 14 * line, words, size=SMALL, name=f"{name}-label-{place}-{line}")


def apart(marks: Floats, step: float = LABEL) -> Floats:
    """Places of labels, in the order of `marks` (rising), at least `step` from each other and as near as may be.

    Least squares under the order: pool adjacent violators on marks − place · step; then inside the axis.
    """
    shift = step * np.arange(len(marks))
    pools: list[tuple[float, int]] = []
    for value in marks - shift:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    pooled = np.repeat([value for value, _ in pools], [count for _, count in pools])
    return np.asarray(np.clip(pooled, TOP, TOP + TALL - float(shift[-1])) + shift)


def _thresholds(sheet: Sheet, calibration: Calibration, ends: tuple[float, float]) -> None:
    """Common thresholds as labels, for an item of average difficulty; those of single items as marks side by side."""
    placed = thresholds(calibration)
    common = [(words, value) for item, words, value in placed if item is None]
    _column(sheet, "档次门槛", THRESHOLDS, common, ends, name="threshold")
    single = [(item, value) for item, _, value in placed if item is not None]
    names = list(dict.fromkeys(item for item, _ in single))
    if single:
        sheet.text(THRESHOLDS, TOP - 14, "各条目的门槛", size=SMALL, bold=True)
    for place, (item, value) in enumerate(single):
        x = THRESHOLDS + 8 + 90 * names.index(item) / max(1, len(names) - 1)
        sheet.mark(x, _y(value, *ends), "hollow-diamond", ink=INK, r=3, name=f"step-{place}")


def thresholds(calibration: Calibration) -> list[tuple[str | None, str, float]]:
    """Item, words and place on the axis of each known one: that of an item lies around the item's own measure."""
    points = lay_out(calibration.ratings, calibration.design).points
    items = calibration.items
    measure = {} if items is None else dict(zip(items.labels, items.measure.tolist(), strict=True))
    placed = [
        (step.item, f"得 {points[step.category]:g} 分以上", step.measure + (measure[step.item] if step.item else 0.0))
        for step in calibration.thresholds
    ]
    return [step for step in placed if np.isfinite(step[2])]
