"""How text of the 干部任免审批表 is broken into lines and sized: widths, breaks, font tiers.

A Chinese character is as wide as its font size, ASCII half of that (the kept font's `hwid`
glyphs, as in 宋体), a line as high as its size and one point. So the same decision serves the
PDF and the Word file, and is made without opening a font.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

POINTS_PER_MM = 72 / 25.4
LARGEST, SMALLEST, CONTINUED = 14.0, 8.0, 10.5  # points: as the form begins, as it ends, where it must go on
UNBROKEN = 2.0  # points by which a text shrinks rather than take a second line
NEVER_FIRST = frozenset("，。、；：！？）》」』】〕”’…·％,.;:!?)]%")
NEVER_LAST = frozenset("（《「『【〔“‘([")
# A date, a number or a word in Latin letters stays whole, unless no line could hold it.
ATOM = re.compile(r"[0-9A-Za-z.\-/]+|.", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff\ufeff\ufffe\uffff]")

Paragraph = tuple[str, ...]  # its lines


@dataclass(frozen=True, slots=True)
class Text:
    paragraphs: tuple[Paragraph, ...]
    size: float  # points

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for paragraph in self.paragraphs for line in paragraph)

    @property
    def plain(self) -> str:
        return "\n".join("".join(paragraph) for paragraph in self.paragraphs)


def half_widths(text: str) -> int:
    return sum(1 if sign < "\x7f" else 2 for sign in text)


def columns(width: float, size: float) -> int:
    """Half-width columns of `size` points in `width` millimetres."""
    return int(width * POINTS_PER_MM / (size / 2) + 1e-6)


def rows(height: float, size: float) -> int:
    return max(1, int((height * POINTS_PER_MM + 1) / (size + 1) + 1e-6))


def atoms(text: str, width: int) -> Iterator[str]:
    for match in ATOM.finditer(text):
        atom = match.group()
        if half_widths(atom) <= width:
            yield atom
        else:
            yield from atom


@lru_cache(maxsize=4096)
def wrap(text: str, width: int) -> Paragraph:
    """The lines of one paragraph in `width` half-width columns; joined they are the text."""
    lines, line, used = list[str](), list[str](), 0
    for atom in atoms(text, width):
        needed = half_widths(atom)
        if used + needed > width and line:
            carried = carry(line, atom, width)
            lines.append("".join(line))
            line, used = carried, sum(map(half_widths, carried))
        line.append(atom)
        used += needed
    return (*lines, "".join(line))


def carry(line: list[str], following: str, width: int) -> list[str]:
    """What moves from the end of a full line to the next one, so that no sign stands where it must not."""
    carried: list[str] = []
    first = following
    while len(line) > 1 and (first in NEVER_FIRST or line[-1] in NEVER_LAST):
        if half_widths("".join((line[-1], *carried, following))) > width:
            break
        first = line.pop()
        carried.insert(0, first)
    return carried


def clean(text: str) -> str:
    """Without control characters, which no font draws; lines end in one way."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip("\n ")


def set_text(text: str, width: float, size: float) -> Text:
    """The text at one size in `width` millimetres."""
    room = columns(width, size)
    return Text(tuple(wrap(line, room) for line in text.split("\n")), size)


def sizes(largest: float, smallest: float = SMALLEST) -> Iterator[float]:
    while largest >= smallest:
        yield largest
        largest -= 0.5


def fit(text: str, width: float, height: float, largest: float = LARGEST) -> Text | None:
    """The text at the largest size at which it fits; None if it does not at the smallest.

    A little smaller and unbroken is better read than a lone character on a second line.
    """
    unbroken = (set_text(text, width, size) for size in sizes(largest, largest - UNBROKEN))
    for placed in unbroken:
        if len(placed.lines) == len(placed.paragraphs) <= rows(height, placed.size):
            return placed
    fitting = [
        placed
        for placed in (set_text(text, width, size) for size in sizes(largest))
        if len(placed.lines) <= rows(height, placed.size)
    ]
    return next(filter(is_tidy, fitting), fitting[0] if fitting else None)


def is_tidy(text: Text) -> bool:
    return not any(line[:1] in NEVER_FIRST for line in text.lines)


def split(text: Text, count: int) -> tuple[Text, str]:
    """The first `count` lines, and what is left as plain text."""
    kept: list[Paragraph] = []
    left: list[str] = []
    for paragraph in text.paragraphs:
        room = count - sum(map(len, kept))
        if not left and room > 0:
            kept.append(paragraph[:room])
            paragraph = paragraph[room:]
        if paragraph:
            left.append("".join(paragraph))
    return Text(tuple(kept), text.size), "\n".join(left)
