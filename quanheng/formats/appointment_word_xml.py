"""WordprocessingML of tables on an exact grid. Texts are escaped; sizes are points, lengths millimetres.

Written as XML and not through python-docx's cells, which look up the grid anew for each access.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

SONG, TITLE_FACE = "宋体", "方正小标宋简体"


def twips(millimetres: float) -> int:
    return round(millimetres / 25.4 * 1440)


def paragraph(
    text: str, size: float, *, align: str = "left", indent: float = 0, hang: float = 0, face: str = SONG, gap: float = 0
) -> str:
    """`indent`, `hang` and `gap` (above it) in points; a tab in the text goes to the hanging position."""
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    hanging = f' w:hanging="{hang * 20:.0f}"' if hang else ""
    # No space between 汉字 and digits: columns of periods must stay 18 half-width characters wide.
    return (
        '<w:p><w:pPr><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{gap * 20:.0f}" w:after="0" w:line="{(size + 1) * 20:.0f}" w:lineRule="exact"/>'
        f'<w:ind w:left="{indent * 20:.0f}"{hanging}/><w:jc w:val="{align}"/></w:pPr>'
        f"<w:r>{run_style(face, size)}{pieces}</w:r></w:p>"
    )


def run_style(face: str, size: float) -> str:
    name = quoteattr(face)
    return (
        f"<w:rPr><w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={name} w:cs={name}/>"
        f'<w:sz w:val="{size * 2:.0f}"/><w:szCs w:val="{size * 2:.0f}"/></w:rPr>'
    )


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell of a row; `merge` is "restart" for the first of a column of merged cells and "continue" below."""

    content: str = ""
    span: int = 1
    merge: str = ""
    inset: float = 0.8
    vertical: str = "center"
    open_side: str = ""  # "top" or "bottom": no line there


def cell(part: WordCell, width: float) -> str:
    merge = f'<w:vMerge w:val="{part.merge}"/>' if part.merge else ""
    border = f'<w:tcBorders><w:{part.open_side} w:val="nil"/></w:tcBorders>' if part.open_side else ""
    side = f'w:w="{twips(part.inset)}" w:type="dxa"'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/><w:gridSpan w:val="{part.span}"/>{merge}{border}'
        f"<w:tcMar><w:left {side}/><w:right {side}/></w:tcMar>"
        f'<w:vAlign w:val="{part.vertical}"/></w:tcPr>{part.content or paragraph("", 8)}</w:tc>'
    )


def row(cells: Sequence[WordCell], columns: Sequence[float], height: float | None, repeats: bool = False) -> str:
    """A row `height` high, or as high as its text and free to break over pages; one that repeats heads each page."""
    ends = list(accumulate(part.span for part in cells))
    widths = [sum(columns[end - part.span : end]) for part, end in zip(cells, ends, strict=True)]
    exact = f'<w:cantSplit/><w:trHeight w:val="{twips(height)}" w:hRule="exact"/>' if height else ""
    header = "<w:tblHeader/>" if repeats else ""
    drawn = "".join(cell(part, width) for part, width in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr>{exact}{header}</w:trPr>{drawn}</w:tr>"


def table(columns: Sequence[float], rows: Iterable[str]) -> BaseOxmlElement:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in columns)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{twips(sum(columns))}" w:type="dxa"/>'
        f'<w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def section(margins: dict[str, float], page: tuple[float, float]) -> str:
    """A page of its own format."""
    sides = " ".join(f'w:{side}="{twips(margins[side])}"' for side in ("top", "right", "bottom", "left"))
    return (
        f'<w:sectPr {nsdecls("w")}><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{twips(page[0])}" w:h="{twips(page[1])}"/>'
        f'<w:pgMar {sides} w:header="0" w:footer="0" w:gutter="0"/></w:sectPr>'
    )


def page_end(margins: dict[str, float], page: tuple[float, float]) -> BaseOxmlElement:
    """The paragraph that Word wants after a table, one point high, ending its section."""
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        f"{section(margins, page)}</w:pPr></w:p>"
    )


def element(xml: str) -> BaseOxmlElement:
    return parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))
