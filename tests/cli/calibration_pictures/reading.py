"""Reads a picture back from its SVG: which texts stand where, and which shapes are named."""

import re
from dataclasses import dataclass
from html import unescape
from xml.etree import ElementTree

from quanheng.cli.calibration_pictures.sheet import POINTS_PER_PX, Sheet, measured

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Text:
    name: str
    words: str
    x: float  # left end of the baseline, px
    y: float
    size: float
    is_level: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the ink, nearly."""
        width = measured(self.words, self.size)
        return self.x + 1, self.y - 0.78 * self.size, self.x + width - 1, self.y + 0.08 * self.size


@dataclass(frozen=True)
class Drawing:
    texts: tuple[Text, ...]  # in the order drawn; what is struck twice stands here once
    groups: dict[str, ElementTree.Element]  # by id
    width: float
    height: float
    svg: bytes

    def words(self, prefix: str) -> list[str]:
        return [text.words for text in self.texts if text.name.startswith(prefix)]

    def all_words(self) -> str:
        return "\n".join(text.words for text in self.texts)

    def named(self, prefix: str) -> list[str]:
        return [name for name in self.groups if name.startswith(prefix)]

    def style(self, name: str) -> str:
        """Of the first thing drawn in the group."""
        return next(part.get("style", "") for part in self.groups[name].iter() if part.get("style"))

    def uses(self, name: str) -> tuple[float, float]:
        """Where a mark stands, px."""
        use = next(part for part in self.groups[name].iter() if part.tag == f"{SVG}use")
        return float(use.get("x", "nan")) / POINTS_PER_PX, float(use.get("y", "nan")) / POINTS_PER_PX

    def path(self, name: str) -> list[tuple[float, float]]:
        """Corners of a line, px."""
        line = next(part for part in self.groups[name].iter() if part.tag == f"{SVG}path")
        found = re.findall(r"[ML] (\S+) (\S+)", line.get("d", ""))
        return [(float(x) / POINTS_PER_PX, float(y) / POINTS_PER_PX) for x, y in found]

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of level texts that print over each other."""
        level = [text for text in self.texts if text.is_level]
        found = []
        for place, one in enumerate(level):
            left, top, right, bottom = one.box
            for other in level[place + 1 :]:
                a, b, c, d = other.box
                if left < c and a < right and top < d and b < bottom:
                    found.append((one.words, other.words))
        return found

    def outside(self) -> list[str]:
        """Texts that leave the page."""
        boxes = [(text, text.box) for text in self.texts if text.is_level]
        return [t.words for t, (x, y, z, w) in boxes if x < 0 or y < 0 or z > self.width or w > self.height]


def read(sheet: Sheet) -> Drawing:
    return parse(sheet.svg())


def parse(svg: bytes) -> Drawing:
    builder = ElementTree.TreeBuilder(insert_comments=True)
    root = ElementTree.fromstring(svg, parser=ElementTree.XMLParser(target=builder))  # noqa: S314  our own file
    groups = {group.get("id", ""): group for group in root.iter(f"{SVG}g") if group.get("id")}
    texts: list[Text] = []
    for name, group in groups.items():
        text = _text(name, group)
        if text is not None and not _is_second_strike(texts, text):
            texts.append(text)
    _, _, width, height = (float(side) / POINTS_PER_PX for side in root.get("viewBox", "").split())
    return Drawing(tuple(texts), groups, width, height, svg)


def _text(name: str, group: ElementTree.Element) -> Text | None:
    parts = list(group)
    if len(parts) < 2 or isinstance(parts[0].tag, str):  # a comment has a function as its tag
        return None
    transform = parts[1].get("transform", "")
    x, y = map(float, re.findall(r"translate\((\S+) (\S+)\)", transform)[0])
    scale = float(re.findall(r"scale\((\S+)", transform)[0])
    size = scale * 100 / POINTS_PER_PX
    words = unescape((parts[0].text or "").strip())
    return Text(name, words, x / POINTS_PER_PX, y / POINTS_PER_PX, size, "rotate" not in transform)


def _is_second_strike(texts: list[Text], text: Text) -> bool:
    if not texts:
        return False
    last = texts[-1]
    return last.words == text.words and abs(last.x - text.x) < 1 and abs(last.y - text.y) < 1
