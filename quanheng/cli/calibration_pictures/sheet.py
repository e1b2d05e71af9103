"""A sheet to draw on: CSS pixels from the upper left corner, the kept face, colours of the design language.

Nothing depends on the machine: the face comes from its file, the figure knows no window and no global settings, the
SVG carries no date. Texts become paths, so that every viewer and printer shows the same names, however rare; the text
itself stands as a comment beside its paths, and the title in the SVG's own `<title>`.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

import quanheng.formats
from quanheng.formats.appointment_glyphs import show_gaps

FACE = Path(quanheng.formats.__file__).parent / "fonts/quanheng-song-full.otf"

# tokens.css, but for WEAK: on paper a line needs a darker yellow than a tint
INK, INK2, INK3 = "#18222D", "#44515E", "#5C6874"
LINE, LINE2, SUNKEN = "#DDE2E6", "#C9D0D6", "#EBEFF2"
ACCENT, STEP1, STEP2, TINT = "#1F4E79", "#6F8CA8", "#A9BCCE", "#EDF3F9"
CONTROL, WEAK, PAPER = "#7F8A95", "#A87300", "#FFFFFF"

TITLE, BODY, SMALL = 20.0, 13.0, 12.0  # px; nothing is smaller
MARGIN, WIDTH = 20.0, 960.0
PX_PER_INCH, PNG_DPI, POINTS_PER_PX = 96, 144, 0.75


class Sheet:
    """One picture. y grows downwards; a text stands on its baseline."""

    def __init__(self, title: str, height: float, width: float = WIDTH) -> None:
        self.title, self.width, self.height = printable(title), width, height
        self.figure = Figure(figsize=(width / PX_PER_INCH, height / PX_PER_INCH), facecolor=PAPER)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = BODY,
        ink: str = INK,
        align: str = "left",
        bold: bool = False,
        turn: float = 0.0,
        name: str | None = None,
    ) -> None:
        """`bold` strikes twice, since the kept face has one weight; `turn` in degrees about (x, y)."""
        for shift in (-0.2, 0.2) if bold else (0.0,):
            self.axes.text(
                x + shift,
                y,
                printable(words),
                fontproperties=FontProperties(fname=FACE, size=size * POINTS_PER_PX),
                color=ink,
                ha=align,
                va="baseline",
                rotation=turn,
                rotation_mode="anchor",
                parse_math=False,
                gid=name if shift <= 0 else None,
                zorder=4,
            )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        ink: str = LINE,
        width: float = 1.0,
        dash: tuple[float, ...] | None = None,
        name: str | None = None,
    ) -> None:
        """`dash`: lengths drawn and left out, in px."""
        x, y = zip(*points, strict=True)
        pen = width * POINTS_PER_PX
        drawn = Line2D(x, y, color=ink, linewidth=pen, gid=name, zorder=2, solid_capstyle="butt")
        if dash is not None:
            drawn.set_linestyle((0, [length / width for length in dash]))
        self.axes.add_line(drawn)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        layer: int = 1,
        name: str | None = None,
    ) -> None:
        """`layer` 1 lies under lines, 3 over them."""
        drawn = Rectangle((x, y), width, height, facecolor=fill, edgecolor="none", gid=name, zorder=layer)
        self.axes.add_patch(drawn)

    def mark(
        self, x: float, y: float, shape: str, *, ink: str = ACCENT, r: float = 4.5, name: str | None = None
    ) -> None:
        """`shape`: solid or hollow circle, solid or hollow diamond, with radius `r`."""
        fill = ink if shape.startswith("solid") else PAPER
        kind = "D" if shape.endswith("diamond") else "o"
        drawn = Line2D(
            [x],
            [y],
            marker=kind,
            markersize=2 * r * POINTS_PER_PX * (0.75 if kind == "D" else 1.0),
            markerfacecolor=fill,
            markeredgecolor=ink,
            markeredgewidth=1.5 * POINTS_PER_PX,
            linestyle="none",
            gid=name,
            zorder=3,
        )
        self.axes.add_line(drawn)

    def paragraph(self, x: float, y: float, words: str, *, size: float = BODY, ink: str = INK2) -> float:
        """Broken at the right margin; gives the baseline of the line after it."""
        for line in wrapped(words, self.width - x - MARGIN - size, size):
            self.text(x, y, line, size=size, ink=ink)
            y += size * 1.5
        return y

    def svg(self) -> bytes:
        return self._saved("svg", {"Date": None, "Creator": "quanheng", "Title": self.title})

    def png(self) -> bytes:
        return self._saved("png", {"Software": "quanheng", "Title": self.title})

    def _saved(self, form: str, facts: dict[str, Any]) -> bytes:
        out = io.BytesIO()
        with own_settings():
            self.figure.savefig(out, format=form, dpi=PNG_DPI, facecolor=PAPER, metadata=facts)
        return out.getvalue()


@contextmanager
def own_settings() -> Iterator[None]:
    """matplotlib as delivered, whatever the machine's settings say; draw and save inside."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "quanheng"
        mpl.rcParams["svg.fonttype"] = "path"
        yield


def printable(words: str) -> str:
    """One line, and 〓 for what the face has no glyph for: never a box, never a crash."""
    return show_gaps(" ".join(words.split()))


@cache
def _face() -> FT2Font:
    face = FT2Font(str(FACE))
    face.set_size(10, 72)
    return face


@cache
def _advance(sign: str) -> float:
    """In em."""
    return float(_face().load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 655360


def measured(words: str, size: float = BODY) -> float:
    """Width in px."""
    return sum(_advance(sign) for sign in printable(words)) * size


def wrapped(words: str, width: float, size: float = BODY) -> list[str]:
    """Lines no wider than `width`; Chinese breaks anywhere but before a closing sign. Nothing is cut off."""
    lines = [""]
    for sign in printable(words):
        if lines[-1] and measured(lines[-1] + sign, size) > width and sign not in "，。：；、）”·":
            lines.append("")
        lines[-1] += sign
    return lines


def ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Round values between the ends, about `most` at the most, and their words, all with the same decimals."""
    values = MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(low, high)
    inside = [float(value) for value in values if low <= value <= high]
    places = max((len(f"{value:.6g}".partition(".")[2]) for value in inside), default=0)
    return [(value, f"{value + 0.0:.{places}f}".replace("-", "−")) for value in inside]
