"""Which units are joined by ballots that rate people of both, and how firmly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from quanheng.calibration.connectivity import FEW_BALLOTS, UnitLink, shared_ballots
from quanheng.calibration.layout import lay_out, used_pairs
from quanheng.calibration.ratings import Ints
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.figures import source
from quanheng.cli.calibration_pictures.sheet import (
    ACCENT,
    INK2,
    INK3,
    MARGIN,
    PAPER,
    SMALL,
    STEP1,
    SUNKEN,
    TITLE,
    WEAK,
    WIDTH,
    Sheet,
    measured,
    wrapped,
)

MOST_UNITS = 100  # names around a circle stay apart
HEAD, OUT, ALONE = 140.0, 14.0, 40.0  # end of the head; from dot to name; height of a row of units nothing joins
THIN = 0.8
NOTE = (
    "连线表示有票同时评了两个单位的人，线上的数是这样的票数，粗线是各单位之间最可靠的通路。"
    "黄色虚线表示连得弱：差距的误差太大，两个单位的人分不出先后。没有通路的单位之间不能比较。"
)
Place = tuple[float, float]  # x, y in px


@dataclass(frozen=True)
class Node:
    unit: int
    label: str
    ballots: int  # linking ballots that rate somebody here
    component: int


@dataclass(frozen=True)
class Ring:
    """Where the units stand: the joined ones on a circle, the others in rows below it."""

    joined: list[Node]
    alone: list[Node]
    radius: float
    names: float  # room for names outside the circle
    at: dict[int, tuple[float, float, float]]  # unit: x, y, angle
    bottom: float

    @property
    def width(self) -> float:
        """Wider than the others only where names are longer than the room beside the circle."""
        return max(WIDTH, 2 * (self.radius + self.names + MARGIN)) if self.joined else WIDTH


def link_picture(calibration: Calibration, links: Sequence[UnitLink]) -> Sheet | None:
    """None without units, with one unit, or with more than a page can show."""
    unit = calibration.ratings.unit
    if unit is None or not 2 <= len(unit.labels) <= MOST_UNITS:
        return None
    direct = [link for link in links if link.ballots > 0]
    path = best_path(direct, len(unit.labels))
    ring = _ring(nodes(calibration, direct), path)
    sheet = Sheet("单位之间由哪些票连起来", ring.bottom + 44, ring.width)
    sheet.text(MARGIN, 40, sheet.title, size=TITLE, bold=True, name="title")
    sheet.paragraph(MARGIN, 66, NOTE)
    _legend(sheet)
    _lines(sheet, direct, path, ring)
    _names(sheet, ring)
    _alone(sheet, ring)
    sheet.text(MARGIN, sheet.height - 16, source(calibration), size=SMALL, ink=INK3)
    return sheet


def links_of(calibration: Calibration) -> list[UnitLink]:
    """All pairs of units that share ballots; how strong they are stands in the summary, the weak ones first."""
    unit = calibration.ratings.unit
    layout = lay_out(calibration.ratings, calibration.design)
    if unit is None or not layout.raters:
        return []
    shared = shared_ballots(layout).tocoo()
    found = zip(*(part.tolist() for part in (*shared.coords, shared.data)), strict=True)
    return [_known(calibration, unit.labels, int(a), int(b), int(n)) for a, b, n in sorted(found) if a < b]


def _known(calibration: Calibration, labels: Sequence[str], a: int, b: int, ballots: int) -> UnitLink:
    """A link that the summary does not name any more is not weak."""
    links = calibration.summary.get("links")
    named = links.get("units", []) if isinstance(links, dict) else []
    for link in named:
        if (link["a"], link["b"]) == (labels[a], labels[b]):
            ratio = float("nan") if link["se_ratio"] is None else float(link["se_ratio"])
            return UnitLink(a, b, ballots, int(link["chain"]), ratio)
    return UnitLink(a, b, ballots, FEW_BALLOTS, float("nan"))


def nodes(calibration: Calibration, direct: Sequence[UnitLink]) -> list[Node]:
    """Units in the order of the input; components by number of units, 1 is the largest."""
    unit = calibration.ratings.unit
    assert unit is not None
    parent = list(range(len(unit.labels)))
    for link in direct:
        old, new = parent[link.a], parent[link.b]
        parent = [new if root == old else root for root in parent]
    sizes = {root: (-parent.count(root), parent.index(root)) for root in parent}
    rank = {root: place for place, root in enumerate(sorted(sizes, key=lambda root: sizes[root]), start=1)}
    ballots = _ballots(calibration)
    return [Node(u, label, int(ballots[u]), rank[parent[u]]) for u, label in enumerate(unit.labels)]


def _ballots(calibration: Calibration) -> Ints:
    """(units,) linking ballots, without those that are set aside."""
    layout = lay_out(calibration.ratings, calibration.design)
    if not layout.raters:
        return np.zeros(layout.units, dtype=np.int64)
    linking = used_pairs(layout) & (layout.rater_unit[layout.pair_rater] < 0)
    unit = layout.person_unit[layout.pair_person[linking]]
    pairs = np.unique(layout.pair_rater[linking] * layout.units + unit)
    return np.bincount(pairs % layout.units, minlength=layout.units)


def best_path(direct: Sequence[UnitLink], units: int) -> set[tuple[int, int]]:
    """Maximum spanning forest by number of ballots (Kruskal): the chain of least weakness between any two units."""
    home, kept = list(range(units)), set()
    for link in sorted(direct, key=lambda link: (-link.ballots, link.a, link.b)):
        if home[link.a] != home[link.b]:
            kept.add((link.a, link.b))
            home = [home[link.b] if place == home[link.a] else place for place in home]
    return kept


def _ring(all_nodes: list[Node], path: set[tuple[int, int]]) -> Ring:
    """Neighbours on the path stand side by side, components apart."""
    near: dict[int, list[int]] = {node.unit: [] for node in all_nodes}
    for a, b in sorted(path):
        near[a].append(b)
        near[b].append(a)
    by_unit = {node.unit: node for node in all_nodes}
    order: list[int] = []
    for start in sorted(near, key=lambda u: (by_unit[u].component, len(near[u]) != 1, u)):
        _walk(start, near, order)
    joined = [by_unit[u] for u in order if near[u]]
    alone = [by_unit[u] for u in order if not near[u]]
    radius = max(150.0, min(330.0, 16.0 * len(joined)))
    names = max((measured(_label(node)) for node in joined), default=0.0) + OUT + 10
    return _set_up(joined, alone, radius, names)


def _walk(start: int, near: dict[int, list[int]], order: list[int]) -> None:
    waiting = [start]
    while waiting:
        unit = waiting.pop()
        if unit not in order:
            order.append(unit)
            waiting.extend(sorted(near[unit], reverse=True))


def _set_up(joined: list[Node], alone: list[Node], radius: float, names: float) -> Ring:
    is_level = _is_level(joined)
    room = 34.0 if is_level else names  # above and below the circle
    ring = Ring(joined, alone, radius, names, {}, 0.0)
    middle = (ring.width / 2, HEAD + room + radius)
    for node, angle in zip(joined, _angles(joined), strict=True):
        ring.at[node.unit] = (middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle), angle)
    top = middle[1] + radius + room if joined else HEAD
    for place, node in enumerate(alone):
        ring.at[node.unit] = (MARGIN + 16 + place % 4 * 230, top + 44 + ALONE * (place // 4), float("nan"))
    return replace(ring, bottom=top + (36 + ALONE * ((len(alone) + 3) // 4) if alone else 0))


def _is_level(joined: list[Node]) -> bool:
    """Names read level as long as they do not run into each other at the top and the bottom."""
    return len(joined) <= 20


def _angles(joined: list[Node]) -> list[float]:
    """From the top, clockwise; an empty place between two components."""
    components = [node.component for node in joined]
    gaps = len(set(components))
    slots = len(joined) + (gaps if gaps > 1 else 0)
    places = [place + components[place] - components[0] for place in range(len(joined))]
    return [2 * np.pi * place / slots - np.pi / 2 for place in places]


def _label(node: Node) -> str:
    return f"{node.label} {node.ballots}"


def _legend(sheet: Sheet) -> None:
    y, x = HEAD - 22, MARGIN
    for words, ink, width, dash in (
        ("最可靠的通路", ACCENT, 3.0, None),
        ("其他共同评分", STEP1, THIN, None),
        ("连得弱", WEAK, 2.0, (6.0, 4.0)),
    ):
        sheet.line([(x, y - 4), (x + 30, y - 4)], ink=ink, width=width, dash=dash)
        sheet.text(x + 36, y, words, size=SMALL, ink=INK2)
        x += 60 + measured(words, SMALL)
    sheet.text(x, y, "单位后的数：评到本单位的跨单位票", size=SMALL, ink=INK2)


def _lines(sheet: Sheet, direct: Sequence[UnitLink], path: set[tuple[int, int]], ring: Ring) -> None:
    """The path last, on top; a number on each line while there are few, then on the path only."""
    is_few = len(direct) <= 24
    for link in sorted(direct, key=lambda link: ((link.a, link.b) in path, link.a, link.b)):
        is_on_path = (link.a, link.b) in path
        ends = (ring.at[link.a][:2], ring.at[link.b][:2])
        width = min(5.0, 1.5 + 0.4 * link.ballots) if is_on_path else THIN
        ink, dash = (WEAK, (6.0, 4.0)) if link.is_weak else (ACCENT if is_on_path else STEP1, None)
        sheet.line(ends, ink=ink, width=width, dash=dash, name=f"link-{link.a}-{link.b}")
    taken: list[tuple[float, float]] = []
    for link in sorted(direct, key=lambda link: (link.a, link.b)):
        if is_few or (link.a, link.b) in path:
            taken.append(_count(sheet, (ring.at[link.a][:2], ring.at[link.b][:2]), link, taken))


def _count(sheet: Sheet, ends: tuple[Place, Place], link: UnitLink, taken: Sequence[Place]) -> Place:
    """On the line, at the first place that no other number has; gives the place."""
    (x1, y1), (x2, y2) = ends
    ways = [(x1 + share * (x2 - x1), y1 + share * (y2 - y1)) for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)]
    free = (at for at in ways if all(abs(at[0] - x) > 22 or abs(at[1] - y) > 18 for x, y in taken))
    x, y = next(free, ways[0])
    words = str(link.ballots)
    width = measured(words, SMALL) + 6
    sheet.box(x - width / 2, y - 8, width, 16, fill=PAPER, layer=3)
    sheet.text(x, y + 4.5, words, size=SMALL, align="center", name=f"count-{link.a}-{link.b}")
    return x, y


def _names(sheet: Sheet, ring: Ring) -> None:
    for node in ring.joined:
        x, y, angle = ring.at[node.unit]
        sheet.mark(x, y, "solid", r=6, name=f"unit-{node.unit}")
        across, down = float(np.cos(angle)), float(np.sin(angle))
        is_left = across < -0.01
        align = "right" if is_left else "left"
        turn = 0.0
        if _is_level(ring.joined):
            align = "center" if abs(across) < 0.01 else align
            y += 4.5 + down * (4 if align == "center" else 0)
        else:  # along the radius, read from left to right on both sides
            turn = -float(np.degrees(angle)) + (180 if is_left else 0)
        at = (x + OUT * across, y + OUT * down)
        sheet.text(*at, _label(node), align=align, turn=turn, name=f"label-{node.unit}")


def _alone(sheet: Sheet, ring: Ring) -> None:
    if not ring.alone:
        return
    top = ring.at[ring.alone[0].unit][1] - 44
    words = f"以下 {len(ring.alone)} 个单位与别的单位没有共同评分的票，不能和它们比较"
    sheet.box(MARGIN, top, sheet.width - 2 * MARGIN, ring.bottom - top, fill=SUNKEN)
    sheet.text(MARGIN + 8, top + 20, words, size=SMALL, ink=INK2, name="alone")
    for node in ring.alone:
        x, y, _ = ring.at[node.unit]
        sheet.mark(x, y, "hollow", ink=INK3, r=6, name=f"unit-{node.unit}")
        for line, part in enumerate(wrapped(node.label, 196, SMALL)):
            sheet.text(x + 14, y + 4.5 + 14 * line, part, size=SMALL, name=f"label-{node.unit}-{line}")
