"""Geometry of the career picture: lanes of dated marks on one axis of years. The template only draws."""

from dataclasses import dataclass, replace
from datetime import date

from quanheng.web.shared.parts import Text

LEFT = 66.0  # lane labels
RIGHT = 12.0
TOP = 20.0  # year labels
ROW = 27.0  # a lane of bars
THIN = 25.0  # a lane of points
BAR = 22.0
NARROW = 7.2  # width of a Latin letter or digit at 12 px
WIDE = 12.0  # width of a Chinese character at 12 px

BARS = frozenset({"bar", "dashed", "unknown"})


@dataclass(frozen=True, slots=True)
class Mark:
    """`kind`: bar, dashed (a posting beside the post), unknown (hatched), tick, text, diamond, dot, ring."""

    start: date
    end: date | None = None  # bars only; None is until today
    label: str = ""
    url: str = ""
    kind: str = "bar"
    tone: int = 0  # 0 lightest .. 4 the accent: later posts darker
    words: str = ""  # text alternative; without it dates and label
    short: str = ""  # inside a bar that is too narrow for the label


@dataclass(frozen=True, slots=True)
class Lane:
    label: Text
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Year:
    label: str
    x: float


@dataclass(frozen=True, slots=True)
class DrawnLane:
    label: Text
    text_y: float


@dataclass(frozen=True, slots=True)
class DrawnMark:
    kind: str
    tone: int
    url: str
    words: str
    x: float
    y: float
    width: float
    height: float
    middle: float
    path: str
    text: str
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class CareerRow:
    lane: Text
    start: str
    end: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class CareerPicture:
    width: int
    height: int
    top: int
    years: tuple[Year, ...]
    lanes: tuple[DrawnLane, ...]
    marks: tuple[DrawnMark, ...]
    rows: tuple[CareerRow, ...]
    today_x: float


@dataclass(frozen=True, slots=True)
class Axis:
    first: date
    last: date
    width: float

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return round(LEFT + (self.width - LEFT - RIGHT) * (day - self.first).days / span, 1)


def draw_career(lanes: tuple[Lane, ...], *, on: date, width: int = 960) -> CareerPicture:
    """Lanes without marks are left out; overlapping bars of a lane are stacked."""
    filled = [lane for lane in lanes if lane.marks]
    axis = _axis(filled, on, width)
    drawn_lanes: list[DrawnLane] = []
    marks: list[DrawnMark] = []
    y = TOP + 6
    for lane in filled:
        rows = _stack(lane.marks, on)
        height = ROW if any(mark.kind in BARS for mark in lane.marks) else THIN
        drawn_lanes.append(DrawnLane(lane.label, y + height / 2 + 4))
        for at, row in enumerate(rows):
            marks += [_draw(mark, row, axis, y + at * height, height, on) for mark in row]
        y += len(rows) * height
    return CareerPicture(
        width, int(y + 6), int(TOP), _years(axis), tuple(drawn_lanes), tuple(marks), _table(filled), axis.x(on)
    )


def _axis(lanes: list[Lane], on: date, width: int) -> Axis:
    """From the year of the first mark to the end of the year after today, so that the last label has room."""
    first = min((mark.start for lane in lanes for mark in lane.marks), default=on)
    return Axis(date(min(first, on).year, 1, 1), date(on.year + 1, 6, 30), width)


def _years(axis: Axis) -> tuple[Year, ...]:
    step = 1 if axis.last.year - axis.first.year <= 12 else 2 if axis.last.year - axis.first.year <= 26 else 5
    years = range(axis.first.year, axis.last.year + 1, step)
    return tuple(Year(str(year), axis.x(date(year, 1, 1))) for year in years)


def _stack(marks: tuple[Mark, ...], on: date) -> list[list[Mark]]:
    """Rows without overlap, filled greedily in order of start; points share the first row."""
    rows: list[list[Mark]] = [[]]
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.end or on)):
        free = [row for row in rows if not row or mark.kind not in BARS or (row[-1].end or on) <= mark.start]
        if not free:
            rows.append([])
            free = rows[-1:]
        free[0].append(mark)
    return rows


def _draw(mark: Mark, row: list[Mark], axis: Axis, y: float, height: float, on: date) -> DrawnMark:
    x = axis.x(mark.start)
    width = max(axis.x(mark.end or on) - x - 1, 3) if mark.kind in BARS else 0
    middle = y + height / 2
    size = BAR if mark.kind in BARS else 18
    drawn = DrawnMark(
        mark.kind, mark.tone, mark.url, mark.words or _words(mark), x, middle - size / 2, round(width, 1), size,
        middle, f"M{x} {middle - 6}l6 6-6 6-6-6z", "", 0, middle + 4, "start",
    )  # fmt: skip
    return _label(drawn, mark, row, axis)


def _label(drawn: DrawnMark, mark: Mark, row: list[Mark], axis: Axis) -> DrawnMark:
    """Inside a bar that is wide enough; else to the right up to the next mark, else to the left; else only in words.

    A label is never cut: a part of a post's name may name another post.
    """
    if mark.kind == "text":
        return replace(drawn, text=mark.label, text_x=drawn.x, anchor="middle")
    need = text_width(mark.label) + 8
    if mark.kind == "bar" and need <= drawn.width:
        return replace(drawn, text=mark.label, text_x=drawn.x + 6)
    if mark.kind == "bar" and mark.short and text_width(mark.short) + 8 <= drawn.width:
        return replace(drawn, text=mark.short, text_x=drawn.x + 6)
    at = row.index(mark)
    right = drawn.x + drawn.width + (8 if mark.kind == "diamond" else 4)
    limit = axis.x(row[at + 1].start) if at + 1 < len(row) else axis.width
    if mark.kind != "bar" and right + need <= limit:
        return replace(drawn, text=mark.label, text_x=right + 2)
    room = axis.x(row[at - 1].end or row[at - 1].start) + 8 if at else LEFT
    if mark.kind != "bar" and drawn.x - need >= room:
        return replace(drawn, text=mark.label, text_x=drawn.x - 4, anchor="end")
    return drawn


def text_width(text: str) -> float:
    return sum(NARROW if ord(sign) < 0x2E80 else WIDE for sign in text)


def _words(mark: Mark) -> str:
    if mark.kind not in BARS:
        return f"{mark.start:%Y-%m} {mark.label}".strip()
    return f"{mark.start:%Y-%m}–{mark.end:%Y-%m} {mark.label}" if mark.end else f"{mark.start:%Y-%m}– {mark.label}"


def _table(lanes: list[Lane]) -> tuple[CareerRow, ...]:
    return tuple(
        CareerRow(
            lane.label,
            f"{mark.start:%Y.%m}",
            f"{mark.end:%Y.%m}" if mark.end else "",
            mark.label or mark.words,
            mark.url,
        )
        for lane in lanes
        for mark in lane.marks
    )
