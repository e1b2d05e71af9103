"""Interval (caterpillar) picture: raw mean, calibrated score and its 90 % interval of each person on one axis."""

from collections.abc import Iterator
from itertools import groupby

from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.figures import RECORD, cast, source
from quanheng.cli.calibration_pictures.rows import TEXT_LINE, UNIT_GAP, Heading, Page, Row, pages
from quanheng.cli.calibration_pictures.sheet import (
    ACCENT,
    CONTROL,
    INK,
    INK2,
    INK3,
    LINE,
    MARGIN,
    SMALL,
    STEP2,
    SUNKEN,
    TITLE,
    WIDTH,
    Sheet,
    measured,
    ticks,
)

NAME, RAW, RAW_RANK = 70.0, 366.0, 404.0  # left edge, right edges
LEFT, RIGHT = 428.0, 690.0  # of the axis
FAIR, RANKS, WHY = 740.0, 776.0, 816.0  # right edge, middle, left edge
HEAD, FOOT = 152.0, 64.0
NOTE = (
    RECORD + "它扣除评分人宽严的影响，不代替票面，不自动定等次。同一括号内的人，差距小于误差，分不出先后；"
    "区间是有九成把握的范围。"
)


def interval_pictures(calibration: Calibration) -> Iterator[tuple[str, Sheet]]:
    """Name of the file without its ending, and the picture; one for each page of each comparison class."""
    who = cast(calibration)
    for number, page in pages(calibration, who):
        yield f"intervals-{number:02d}-{page.number:02d}", _picture(page, source(calibration))


def _picture(page: Page, origin: str) -> Sheet:
    bottom = HEAD + sum(line.height for line in page.lines)
    sheet = Sheet(f"{page.comparison_class}：票面得分与校准参考", bottom + FOOT)
    _head(sheet, page)
    _axis(sheet, page, bottom)
    _body(sheet, page)
    _foot(sheet, page, bottom, origin)
    return sheet


def _head(sheet: Sheet, page: Page) -> None:
    sheet.text(MARGIN, 40, sheet.title, size=TITLE, bold=True, name="title")
    sheet.text(MARGIN + measured(sheet.title, TITLE) + 12, 40, f"{page.heads} 人", size=SMALL, ink=INK2)
    sheet.paragraph(MARGIN, 66, NOTE)
    columns = (
        (NAME, "姓名、单位", "left"),
        (RAW, "票面", "right"),
        (RAW_RANK, "名次", "right"),
        (FAIR, "校准", "right"),
        (RANKS, "可能名次", "center"),
        (WHY, "为什么移动", "left"),
    )
    for x, words, align in columns:
        sheet.text(x, HEAD - 10, words, size=SMALL, ink=INK2, align=align, bold=True)
    sheet.line([(MARGIN, HEAD), (WIDTH - MARGIN, HEAD)], ink=CONTROL)


def _axis(sheet: Sheet, page: Page, bottom: float) -> None:
    """Legend in words, ticks above, faint lines all the way down."""
    y = HEAD - 32
    sheet.mark(LEFT + 8, y - 4, "hollow", ink=INK)
    sheet.text(LEFT + 18, y, "票面", size=SMALL)
    sheet.mark(LEFT + 66, y - 4, "solid")
    sheet.text(LEFT + 76, y, "校准参考", size=SMALL)
    _bar(sheet, (LEFT + 142, LEFT + 168), y - 4, is_ranked=True)
    sheet.text(LEFT + 176, y, "九成把握的区间", size=SMALL)
    for value, words in ticks(page.low, page.high, 8):
        x = _x(page, value)
        sheet.line([(x, HEAD), (x, bottom)], ink=LINE)
        sheet.text(x, HEAD - 10, words, size=SMALL, ink=INK2, align="center", name=f"tick-{words}")


def _x(page: Page, value: float) -> float:
    return LEFT + (value - page.low) / (page.high - page.low) * (RIGHT - LEFT)


def _body(sheet: Sheet, page: Page) -> None:
    y = HEAD
    for is_apart, lines in groupby(page.lines, key=lambda line: isinstance(line, Heading) or line.band == 0):
        if not is_apart:
            _brackets(sheet, page, y)
        for line in lines:
            if is_apart:
                sheet.box(MARGIN, y, WIDTH - 2 * MARGIN, line.height, fill=SUNKEN)
            _line(sheet, page, line, y)
            y += line.height


def _line(sheet: Sheet, page: Page, line: Row | Heading, y: float) -> None:
    if isinstance(line, Heading):
        sheet.mark(MARGIN + 14, y + 12, "hollow-diamond", ink=INK3)
        sheet.text(MARGIN + 28, y + 16.5, line.words, size=SMALL, ink=INK2, name=f"apart-{y:.0f}")
    else:
        _texts(sheet, line, y + 16.5)
        _interval(sheet, page, line, y + 12)
    sheet.line([(NAME, y + line.height), (WIDTH - MARGIN, y + line.height)], ink=LINE)


def _texts(sheet: Sheet, row: Row, y: float) -> None:
    sheet.text(RAW, y, row.raw_text, align="right", name=f"raw-{y:.0f}")
    sheet.text(RAW_RANK, y, row.raw_rank, ink=INK2, align="right")
    sheet.text(FAIR, y, row.fair_text, align="right", bold=row.band > 0, ink=INK if row.band else INK2)
    sheet.text(RANKS, y, row.ranks, ink=INK2, align="center", name=f"ranks-{y:.0f}")
    sheet.text(WHY, y, row.why, size=SMALL, ink=INK2)
    for place, words in enumerate(row.name):
        sheet.text(NAME, y + place * TEXT_LINE, words, bold=True, name=f"name-{y + place * TEXT_LINE:.0f}")
    if row.is_unit_beside:
        sheet.text(NAME + measured(row.name[0]) + UNIT_GAP, y, row.unit[0] if row.unit else "", size=SMALL, ink=INK2)
        return
    for place, words in enumerate(row.unit, start=len(row.name)):
        sheet.text(NAME, y + place * TEXT_LINE, words, size=SMALL, ink=INK2)


def _interval(sheet: Sheet, page: Page, row: Row, y: float) -> None:
    fair, raw = _x(page, row.fair), _x(page, row.raw)
    if row.lo <= row.hi:
        _bar(sheet, (_x(page, row.lo), _x(page, row.hi)), y, is_ranked=row.band > 0)
    if row.raw == row.raw and row.fair == row.fair:
        sheet.line([(raw, y), (fair, y)], ink=INK, width=1.2, dash=(1.5, 2.5), name=f"shift-{y:.0f}")
    if row.fair == row.fair:
        shape = "solid" if row.band else "hollow-diamond"
        sheet.mark(fair, y, shape, ink=ACCENT if row.band else INK3, name=f"fair-{y:.0f}")
    if row.raw == row.raw:
        sheet.mark(raw, y, "hollow", ink=INK, name=f"dot-{y:.0f}")


def _bar(sheet: Sheet, ends: tuple[float, float], y: float, *, is_ranked: bool) -> None:
    ink, dash = (ACCENT, None) if is_ranked else (INK3, (4.0, 3.0))
    sheet.line([(ends[0], y), (ends[1], y)], ink=ink, width=2 if is_ranked else 1.2, dash=dash, name=f"bar-{y:.0f}")
    for x in ends:
        sheet.line([(x, y - 4), (x, y + 4)], ink=ink, width=2 if is_ranked else 1.2)


def _brackets(sheet: Sheet, page: Page, y: float) -> None:
    """难分先后 to the left of each band; one that goes on over the page stays open there."""
    rows = [line for line in page.lines if isinstance(line, Row) and line.band]
    for band, own in groupby(rows, key=lambda row: row.band):
        members = list(own)
        height = sum(row.height for row in members)
        is_above = page.is_band_open_above and members[0] is rows[0]
        is_below = page.is_band_open_below and members[-1] is rows[-1]
        ends = (y if is_above else y + 5, y + height - (0 if is_below else 5))
        x = NAME - 14
        hooks = ([] if is_above else [(x + 6, ends[0])], [] if is_below else [(x + 6, ends[1])])
        sheet.line([*hooks[0], (x, ends[0]), (x, ends[1]), *hooks[1]], ink=ACCENT, width=1.5, name=f"band-{band}")
        if len(members) > 1:
            _undecided(sheet, y + height / 2, is_tall=height >= 72, name=f"band-{band}-word")
        y += height
        sheet.line([(MARGIN, y), (NAME, y)], ink=STEP2)


def _undecided(sheet: Sheet, middle: float, *, is_tall: bool, name: str) -> None:
    """Downwards where there is room, else in two lines."""
    words = ("难", "分", "先", "后") if is_tall else ("难分", "先后")
    for place, sign in enumerate(words):
        base = middle + (place - (len(words) - 1) / 2) * 14 + 4.5
        sheet.text(MARGIN + 17, base, sign, size=SMALL, ink=INK2, align="center", name=f"{name}-{place}")


def _foot(sheet: Sheet, page: Page, bottom: float, origin: str) -> None:
    y = bottom + 24
    if page.pages > 1:
        words = "各页的横轴范围不同，看刻度。"
        sheet.text(WIDTH - MARGIN, y, words, size=SMALL, ink=INK2, align="right")
    y += 20
    sheet.text(MARGIN, y, origin, size=SMALL, ink=INK3)
    sheet.text(WIDTH - MARGIN, y, f"第 {page.number} / {page.pages} 页", size=SMALL, ink=INK3, align="right")
