"""The cell 简历: periods in 18 half-width columns, texts hanging behind them, the font by tiers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quanheng.formats import resume as grammar
from quanheng.formats.appointment_grid import Box
from quanheng.formats.appointment_text import CONTINUED, LARGEST, SMALLEST, Paragraph, columns, rows, sizes, wrap

HANG = grammar.PERIOD_WIDTH
# Lines at 14 points, the font size up to that many: the tiers of the editor in use.
TIERS = (
    *((12, 14.0), (18, 13.5), (24, 13.0), (28, 12.5), (34, 12.0), (38, 11.5)),
    *((40, 11.0), (44, 10.5), (46, 10.0), (58, 9.5)),
)


@dataclass(frozen=True, slots=True)
class ResumeRow:
    period: str  # empty in 其间 and in lines without one
    hangs: bool  # the text begins behind the period's columns
    text: str
    lines: Paragraph = ()


@dataclass(frozen=True, slots=True)
class Resume:
    rows: tuple[ResumeRow, ...]
    size: float


def lay_resume(text: str, box: Box, note: str) -> tuple[Resume, tuple[ResumeRow, ...]]:
    """What stands in the box, and the rows that need another page. The box then ends with the note."""
    plain = tuple(read_rows(text))
    for size in sizes(tier(plain, box.width)):
        placed = wrap_rows(plain, box.width, size)
        if count_lines(placed) <= rows(box.height, size):
            return Resume(placed, size), ()
    return cut(wrap_rows(plain, box.width, CONTINUED), rows(box.height, CONTINUED) - 1, note)


def read_rows(text: str) -> Iterator[ResumeRow]:
    entries, _ = grammar.parse(text)
    if not entries:  # empty, or beyond what is parsed
        yield from (ResumeRow("", False, line) for line in text.split("\n") if line)
    for entry in entries:
        period = grammar.print_period(entry.start, entry.end).rstrip() if entry.start else ""
        yield ResumeRow(period, bool(period), entry.text)
        for line in grammar.render([replace(entry, start=None, text="")]).split("\n")[1:]:
            yield ResumeRow("", True, line.strip())


def tier(plain: tuple[ResumeRow, ...], width: float) -> float:
    lines = count_lines(wrap_rows(plain, width, LARGEST))
    return next((size for limit, size in TIERS if lines <= limit), max(TIERS[-1][1] - 0.5, SMALLEST))


def wrap_rows(plain: tuple[ResumeRow, ...], width: float, size: float) -> tuple[ResumeRow, ...]:
    room = columns(width, size)
    return tuple(replace(row, lines=wrap(row.text, room - HANG * row.hangs)) for row in plain)


def count_lines(placed: tuple[ResumeRow, ...]) -> int:
    return sum(len(row.lines) for row in placed)


def cut(placed: tuple[ResumeRow, ...], count: int, note: str) -> tuple[Resume, tuple[ResumeRow, ...]]:
    """The rows that are whole within `count` lines; only a first one that is longer is cut itself."""
    kept = [row for place, row in enumerate(placed) if count_lines(placed[: place + 1]) <= count]
    rest = list(placed[len(kept) :])
    if not kept:
        kept = [part(rest[0], 0, count)]
        rest[0] = replace(part(rest[0], count, len(rest[0].lines)), period="")
    return Resume((*kept, ResumeRow("", True, note, (note,))), CONTINUED), tuple(rest)


def part(row: ResumeRow, first: int, last: int) -> ResumeRow:
    lines = row.lines[first:last]
    return replace(row, text="".join(lines), lines=lines)
