"""Gap over CPU seconds as SVG, both by powers of ten: a line a city for the engine, a mark a run for its peers."""

from collections.abc import Iterator, Sequence
from math import log10
from xml.sax.saxutils import escape

from benchmarks._planning_run import ENGINE, Run

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 960, 560, 80, 56, 190, 56
SECONDS, GAP = (0.1, 300.0), (0.0001, 1000.0)  # ends of the axes; a gap below the lowest is drawn on it
INK, LINE, PAPER = "#18222D", "#DDE2E6", "#FFFFFF"
COLOURS = {20: "#6F8CA8", 50: "#1F4E79", 200: "#8A5A00", 500: "#7A2E52", 1000: "#2F6B3A"}
MARKS = {"CP-SAT naive": "+", "PuLP CBC naive": "×", "PuLP HiGHS naive": "○"}


def picture(runs: Sequence[Run]) -> str:
    parts = [*_axes(), *_legend(runs)]
    for run in runs:
        if run.solver == ENGINE:
            parts.append(_path(run))
        elif run.solver in MARKS and run.end.gap is not None:
            parts.append(_text(x_of(run.end.cpu), y_of(run.end.gap) + 5, MARKS[run.solver], _colour(run), "middle"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="13">\n<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>\n'
        f"{body}\n</svg>\n"
    )


def x_of(cpu: float) -> float:
    return LEFT + _part(cpu, *SECONDS) * (WIDTH - LEFT - RIGHT)


def y_of(gap: float) -> float:
    return HEIGHT - BOTTOM - _part(gap, *GAP) * (HEIGHT - TOP - BOTTOM)


def _part(value: float, low: float, high: float) -> float:
    return log10(min(max(value, low), high) / low) / log10(high / low)


def _path(run: Run) -> str:
    """Steps: what was known stays known until something better is."""
    known = [point for point in run.points if point.gap is not None]
    steps: list[str] = []
    for point in known:
        x, y = x_of(point.cpu), y_of(point.gap or 0)
        steps.append(f"H{x:.1f}V{y:.1f}" if steps else f"M{x:.1f} {y:.1f}")
    steps += [f"H{x_of(run.end.cpu):.1f}"] if steps else []
    return f'<path d="{"".join(steps)}" fill="none" stroke="{_colour(run)}" stroke-width="1.5"/>'


def _axes() -> Iterator[str]:
    yield _text(LEFT, 28, "Gap to the bound known at that moment, over CPU seconds", INK)
    for power in range(-1, 3):
        x = x_of(10.0**power)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{LINE}"/>'
        yield _text(x, HEIGHT - BOTTOM + 20, f"{10.0**power:g} s", INK, "middle")
    for power in range(-4, 4):
        y = y_of(10.0**power)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LINE}"/>'
        yield _text(LEFT - 8, y + 4, f"{100 * 10.0**power:g} %", INK, "end")


def _legend(runs: Sequence[Run]) -> Iterator[str]:
    x, y = WIDTH - RIGHT + 16, TOP + 10
    for size in sorted({run.size for run in runs}):
        yield _text(x, y, f"— S{size}", COLOURS.get(size, INK))
        y += 22
    for name, mark in MARKS.items():
        if any(run.solver == name for run in runs):
            yield _text(x, y, f"{mark} {name}{_without_plan(runs, name)}", INK)
            y += 22
    yield _text(x, y, "lowest line: proved", INK)


def _without_plan(runs: Sequence[Run], name: str) -> str:
    missing = sum(run.solver == name and run.end.gap is None for run in runs)
    return f" ({missing} no plan)" if missing else ""


def _colour(run: Run) -> str:
    return COLOURS.get(run.size, INK)


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
