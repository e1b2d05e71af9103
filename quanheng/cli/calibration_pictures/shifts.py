"""From raw to calibrated, step by step, for the persons whom the calibration moves most."""

import numpy as np

from quanheng.calibration.ratings import Floats
from quanheng.calibration.result import Calibration, Status
from quanheng.cli.calibration_pictures.figures import (
    PART_WORDS,
    PARTS,
    RECORD,
    Cast,
    cast,
    decimals,
    has_parts,
    number,
    parts,
    signed,
    source,
)
from quanheng.cli.calibration_pictures.sheet import (
    ACCENT,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    SMALL,
    STEP1,
    STEP2,
    TITLE,
    Sheet,
    measured,
)

MOST = 8  # persons
COLUMN, BLOCK, STEP = 460.0, 190.0, 22.0
HEAD = 112.0
NUMBER, LEFT, RIGHT = 176.0, 196.0, 420.0  # inside a block: right edge of the figures, ends of the axis
NOTE = RECORD + "向右的条是上调，向左的条是下调；条长是分数，各人用同一把尺。宽严看的是这些票给别人打的分。"


def shift_picture(calibration: Calibration) -> Sheet | None:
    """None where nobody's shift can be shown."""
    moved = most_moved(calibration, cast(calibration)) if has_parts(calibration) else []
    if not moved:
        return None
    rows = (len(moved) + 1) // 2
    sheet = Sheet(f"校准移动最大的 {len(moved)} 人：从票面到校准参考", HEAD + rows * BLOCK + 40)
    sheet.text(MARGIN, 40, sheet.title, size=TITLE, bold=True, name="title")
    sheet.paragraph(MARGIN, 66, NOTE)
    reach = max(_reach(calibration, n) for n in moved)
    for place, n in enumerate(moved):
        _block(sheet, calibration, n, (MARGIN + COLUMN * (place % 2), HEAD + BLOCK * (place // 2)), reach)
    sheet.text(MARGIN, sheet.height - 16, source(calibration), size=SMALL, ink=INK3)
    return sheet


def most_moved(calibration: Calibration, who: Cast) -> list[int]:
    """Largest |fair − raw| first; without those apart, whose shift rests on no comparison, and those of few ballots."""
    persons = calibration.persons
    shift = persons.fair - persons.raw
    able = [
        n
        for n in range(len(persons.labels))
        if who.shown[n]
        and persons.status[n] is not Status.UNCONNECTED
        and np.isfinite(shift[n])
        and np.isfinite(parts(calibration, n)).all()
    ]
    return sorted(able, key=lambda n: (-abs(shift[n]), n))[:MOST]


def _reach(calibration: Calibration, n: int) -> float:
    """How far from raw the steps go, to either side."""
    return float(np.abs(np.cumsum(parts(calibration, n))).max()) or 1.0


def _block(sheet: Sheet, calibration: Calibration, n: int, corner: tuple[float, float], reach: float) -> None:
    x, y = corner
    persons, places = calibration.persons, decimals(calibration)
    unit = cast(calibration).units[n]
    sheet.text(x, y + 16, persons.labels[n], bold=True, name=f"person-{n}")
    sheet.text(x + measured(persons.labels[n]) + 8, y + 16, unit, size=SMALL, ink=INK2)
    sheet.line([(x, y + 24), (x + RIGHT, y + 24)], ink=LINE)
    raw, fair = float(persons.raw[n]), float(persons.fair[n])
    steps = rounded_parts(parts(calibration, n), round(fair, places) - round(raw, places), places)
    texts = [number(raw, places), *(signed(step, places) for step in steps), number(fair, places)]
    words = ["票面得分", *(PART_WORDS[part] for part in PARTS), "校准参考"]
    for place, (label, text) in enumerate(zip(words, texts, strict=True)):
        base = y + 44 + STEP * place
        is_end = place in (0, 5)
        sheet.text(x, base, label, size=SMALL, ink=INK if is_end else INK2, name=f"step-{n}-{place}")
        sheet.text(x + NUMBER, base, text, size=SMALL, align="right", bold=is_end, name=f"figure-{n}-{place}")
    _waterfall(sheet, parts(calibration, n), (x, y + 40), reach, name=f"fall-{n}")


def _waterfall(sheet: Sheet, steps: Floats, corner: tuple[float, float], reach: float, name: str) -> None:
    x, y = corner
    middle, unit = x + (LEFT + RIGHT) / 2, (RIGHT - LEFT) / 2 / reach / 1.05
    ends = middle + unit * np.concatenate([[0.0], np.cumsum(steps)])
    sheet.line([(middle, y - 8), (middle, y + 5 * STEP + 8)], ink=STEP2, dash=(2.0, 3.0))
    for place in range(4):
        top = y + STEP * (place + 1)
        left, right = sorted((float(ends[place]), float(ends[place + 1])))
        if right - left >= 0.5:
            sheet.box(left, top - 6, right - left, 12, fill=STEP1, layer=3, name=f"{name}-{place}")
        sheet.line([(ends[place + 1], top - 6), (ends[place + 1], top + STEP + 6)], ink=INK3)
    sheet.mark(middle, y, "hollow", ink=INK)
    sheet.mark(float(ends[4]), y + 5 * STEP, "solid", ink=ACCENT)


def rounded_parts(steps: Floats, total: float, places: int) -> Floats:
    """Rounded so that the printed figures add up to the printed total: who was rounded hardest gives way."""
    scaled = steps * 10.0**places
    rounded = np.rint(scaled)
    missing = round(total * 10.0**places) - int(rounded.sum())
    hardest = np.argsort(-np.sign(missing) * (scaled - rounded), kind="stable")
    rounded[np.resize(hardest, abs(missing))] += np.sign(missing)
    return np.asarray(np.round(rounded / 10.0**places, places))
