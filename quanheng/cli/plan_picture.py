"""The chains of a plan as SVG, in the hierarchy of the plan screen: one rail a chain, a mark a post.

Marks differ by shape, so that they read in greyscale and on paper: full, vacant at the start; hollow, opened and filled
again; dashed, left empty; crossed, abolished. The same plan gives the same bytes.
"""

import re
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from quanheng.cli.plan_account import Account, Chain, Step
from quanheng.cli.plan_report import headline
from quanheng.cli.plan_words import chain_heading, empty_reason, step_reason

INK, INK2, LINE, SUNKEN, ACCENT, RAIL, PAPER = (
    "#18222D",
    "#44515E",
    "#DDE2E6",
    "#EBEFF2",
    "#1F4E79",
    "#6F8CA8",
    "#FFFFFF",
)
WIDTH, MARGIN, BAND, ROW = 960, 20, 28, 48
MARK, POST, PERSON, FIT, NATURE = 42, 68, 400, 716, 740  # fit: right edge; the others: left edge or middle
TITLE, BODY, SMALL = 20, 14, 12
FACES = "'Source Han Sans SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Drawing:
    """Elements from above downwards; `y` is where the next line begins."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = MARGIN

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = BODY,
        ink: str = INK,
        bold: bool = False,
        end: bool = False,
        room: float = WIDTH,
    ) -> None:
        """What is wider than `room` is cut off with …; the whole stands in its title."""
        words = _plain(words)
        shown = cut(words, room, size)
        extra = (' font-weight="600"' if bold else "") + (' text-anchor="end"' if end else "")
        title = f"<title>{escape(words)}</title>" if shown != words else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{ink}"{extra}>{title}{escape(shown)}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, ink: str = LINE, width: float = 1) -> None:
        place = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
        self.parts.append(f'<line {place} stroke="{ink}" stroke-width="{width:g}"/>')

    def band(self, words: str, *, bold: bool = True) -> None:
        self.parts.append(
            f'<rect x="{MARGIN}" y="{self.y}" width="{WIDTH - 2 * MARGIN}" height="{BAND}" fill="{SUNKEN}"/>'
        )
        self.text(MARGIN + 10, self.y + 19, words, bold=bold, room=WIDTH - 2 * MARGIN - 20)
        self.y += BAND

    def mark(self, kind: str) -> None:
        y = self.y + ROW / 2
        fill, dash = (ACCENT if kind == "vacant" else PAPER), (' stroke-dasharray="2.5 2"' if kind == "empty" else "")
        pen = f'fill="{fill}" stroke="{ACCENT}" stroke-width="1.8"{dash}'
        self.parts.append(f'<circle class="{kind}" cx="{MARK}" cy="{y:g}" r="6" {pen}/>')
        if kind == "merged":
            for side in (-1, 1):
                self.line(MARK - 4, y - 4 * side, MARK + 4, y + 4 * side, ink=ACCENT, width=1.8)


def plan_picture(account: Account, name: str) -> bytes:
    """UTF-8. Long chains first, single steps together, then what stays empty."""
    drawing = _Drawing()
    _head(drawing, account, name)
    chains = [chain for chain in account.chains if len(chain.steps) > 1]
    singles = [chain for chain in account.chains if len(chain.steps) == 1]
    for chain in chains:
        drawing.band(chain_heading(chain))
        _rail(drawing, chain)
    if singles:
        drawing.band(f"单步 · {len(singles)} 个岗位")
    for chain in singles:
        _rail(drawing, chain)
    _empty(drawing, account)
    _legend(drawing)
    return _document(drawing, f"干部调配建议方案：{_plain(name)}")


def _head(drawing: _Drawing, account: Account, name: str) -> None:
    drawing.text(MARGIN, drawing.y + 20, f"干部调配建议方案 · {name}", size=TITLE, bold=True, room=WIDTH - 2 * MARGIN)
    drawing.y += 30
    lines = list(headline(account))
    for number, words in enumerate(lines):
        is_proof = number == len(lines) - 1
        drawing.text(
            MARGIN, drawing.y + 16, words, bold=is_proof, ink=INK if is_proof else INK2, room=WIDTH - 2 * MARGIN
        )
        drawing.y += 22
    drawing.y += 8


def _rail(drawing: _Drawing, chain: Chain) -> None:
    """From the middle of the first mark to that of the last; a rotation closes at its side."""
    top = drawing.y + ROW / 2
    bottom = top + ROW * (len(chain.steps) - (0 if chain.end is not None else 1))
    if bottom > top:
        drawing.line(MARK, top, MARK, bottom, ink=RAIL, width=2)
    if chain.is_rotation:
        bow = f"M{MARK} {top:g}H{MARK - 14}V{bottom:g}H{MARK}"
        drawing.parts.append(f'<path class="bow" d="{bow}" fill="none" stroke="{RAIL}" stroke-width="2"/>')
    for number, step in enumerate(chain.steps):
        before = f"{chain.steps[number - 1].person}调出" if number else "轮岗" if chain.is_rotation else "空缺"
        drawing.mark("opened" if number or chain.is_rotation else "vacant")
        _step(drawing, step, before)
    if chain.end is not None:
        drawing.mark("merged" if chain.is_merged else "empty")
        _lines(drawing, POST, chain.end, "腾出后撤并" if chain.is_merged else "腾空，暂不补", 320)
        _end_row(drawing)


def _step(drawing: _Drawing, step: Step, before: str) -> None:
    _lines(drawing, POST, step.post, before, 320)
    _lines(drawing, PERSON, step.person, step.source or "未任岗位", 270, bold=True)
    drawing.text(FIT, drawing.y + 28, str(step.fit), end=True)
    _lines(drawing, NATURE, step.nature, step_reason(step).partition("，")[2], WIDTH - MARGIN - NATURE)
    _end_row(drawing)


def _lines(drawing: _Drawing, x: float, first: str, second: str, room: float, *, bold: bool = False) -> None:
    drawing.text(x, drawing.y + 20, first, bold=bold, room=room)
    drawing.text(x, drawing.y + 38, second, size=SMALL, ink=INK2, room=room)


def _end_row(drawing: _Drawing) -> None:
    drawing.y += ROW
    drawing.line(POST, drawing.y, WIDTH - MARGIN, drawing.y)


def _empty(drawing: _Drawing, account: Account) -> None:
    if account.empty:
        drawing.band(f"未填 {len(account.empty)} 个")
    for empty in account.empty:
        drawing.mark("empty")
        _lines(drawing, POST, empty.post, empty_reason(empty), WIDTH - MARGIN - POST)
        _end_row(drawing)


def _legend(drawing: _Drawing) -> None:
    drawing.y += 8
    words = (
        "实心：原来空缺 · 空心：腾出后补上 · 虚线：空着 · 打叉：撤并 · 一条竖线是一条链。建议方案，不是决定 · 内部资料"
    )
    drawing.text(MARGIN, drawing.y + 14, words, size=SMALL, ink=INK2)
    drawing.y += 24


def _document(drawing: _Drawing, title: str) -> bytes:
    height = drawing.y + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label={quoteattr(title)} font-family="{FACES}">'
    )
    paper = f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", paper, *drawing.parts, "</svg>", ""]).encode()


def cut(words: str, room: float, size: int) -> str:
    """By the widths of a usual face: a Chinese character is as wide as it is high."""
    if width(words, size) <= room:
        return words
    while words and width(words + "…", size) > room:
        words = words[:-1]
    return words + "…"


def width(words: str, size: int) -> float:
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.6 for sign in words) * size


def _plain(words: str) -> str:
    """Without characters that XML does not know."""
    return _NOT_XML.sub("�", words)
