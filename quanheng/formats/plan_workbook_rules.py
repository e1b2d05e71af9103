"""The sheet 规则 of a planning workbook: each row one rule, kin, pin or forbid, or the cost of a move."""

from dataclasses import dataclass, field

from quanheng.formats.clean import clean_name
from quanheng.formats.plan_workbook_cells import Cells, Row

SHARE, COUNT, LEAVE = "提任比例", "班子人数", "调出上限"
CHAIN, ROTATION = "链长上限", "轮岗人数"
KIN, PIN, FORBID, MOVE_COST = "亲属回避", "定住", "不安排", "变动代价"
USES = {  # kind -> (columns it needs, columns it may have)
    SHARE: (("条件", "至少"), ("代价",)),
    COUNT: (("班子", "条件"), ("至少", "至多", "代价")),
    LEAVE: (("单位", "至多"), ("代价",)),
    CHAIN: (("至多",), ()),
    ROTATION: (("至多",), ()),
    KIN: (("人员", "另一人员"), ()),
    PIN: (("人员", "岗位"), ()),
    FORBID: (("人员", "岗位"), ()),
    MOVE_COST: (("代价",), ()),
}
COLUMNS = ("单位", "班子", "条件", "至少", "至多", "代价", "人员", "另一人员", "岗位")


@dataclass(frozen=True)
class Known:
    """What a rule may speak of; a slip of the pen would make it idle without a word."""

    units: frozenset[str]
    groups: frozenset[str]
    attributes: tuple[str, ...]


@dataclass
class Rules:
    """Lists of the problem, and the row of each of their entries."""

    rules: list[dict[str, object]] = field(default_factory=list)
    kin: list[list[str]] = field(default_factory=list)
    pins: list[dict[str, str]] = field(default_factory=list)
    forbids: list[dict[str, str]] = field(default_factory=list)
    move_cost: int | None = None
    rows: dict[str, int] = field(default_factory=dict)  # JSON Pointer of an entry -> row


def read_rules(rows: list[Row], known: Known, cells: Cells) -> Rules:
    made = Rules()
    for row in rows:
        kind = cells.needed(row, "规则")
        if kind not in USES:
            cells.find(row, "规则", "unknown-kind", known="、".join(USES))
            continue
        _check_columns(row, kind, cells)
        _check_labels(row, known, cells)
        _read(row, kind, made, cells)
    return made


def _check_columns(row: Row, kind: str, cells: Cells) -> None:
    needed, others = USES[kind]
    for column in needed:
        if not row.has(column):
            cells.find(row, column, "empty")
    for column in COLUMNS:
        if row.has(column) and column not in (*needed, *others):
            cells.find(row, column, "no-meaning", kind=kind)
    if kind == COUNT and not row.has("至少") and not row.has("至多"):
        cells.find(row, "至少", "no-end")


def _check_labels(row: Row, known: Known, cells: Cells) -> None:
    for column, labels, code in (
        ("单位", known.units, "unknown-unit"),
        ("班子", known.groups, "unknown-group"),
        ("条件", known.attributes, "unknown-attribute"),
    ):
        label = cells.text(row, column)
        if label is not None and label not in labels:
            cells.find(row, column, code, known="、".join(known.attributes))


def _read(row: Row, kind: str, made: Rules, cells: Cells) -> None:
    """What `_check_columns` has found is not found again: empty cells pass here."""
    if kind == MOVE_COST:
        if made.move_cost is not None:
            cells.find(row, "规则", "twice")
        made.move_cost = cells.count(row, "代价") or 0
    elif kind == KIN:
        _add(made, "kin", row, [_name(row, "人员", cells), _name(row, "另一人员", cells)])
    elif kind in (PIN, FORBID):
        seat = {"person": _name(row, "人员", cells), "post": cells.text(row, "岗位") or "?"}
        _add(made, "pins" if kind == PIN else "forbids", row, seat)
    else:
        _add(made, "rules", row, _rule(row, kind, cells))


def _add(made: Rules, name: str, row: Row, entry: object) -> None:
    entries = getattr(made, name)
    made.rows[f"/{name}/{len(entries)}"] = row.number
    entries.append(entry)


def _rule(row: Row, kind: str, cells: Cells) -> dict[str, object]:
    value: dict[str, object] = {"id": cells.text(row, "名称") or f"{kind}（第 {row.number} 行）"}
    most, soft = cells.count(row, "至多"), cells.count(row, "代价")
    if kind == SHARE:
        least = cells.share(row, "至少") if row.has("至少") else [0, 1]
        value |= {"kind": "share", "of": "promotions", "attribute": cells.text(row, "条件") or "?", "at_least": least}
    elif kind == COUNT:
        ends = {"at_least": cells.count(row, "至少"), "at_most": most}
        value |= {"kind": "group_count", "group": cells.text(row, "班子"), "attribute": cells.text(row, "条件")}
        value |= {end: number for end, number in ends.items() if number is not None}
    elif kind == LEAVE:
        value |= {"kind": "leave_limit", "unit": cells.text(row, "单位"), "at_most": most or 0}
    else:
        value |= {"kind": "longest_chain" if kind == CHAIN else "rotation", "at_most": most or 0}
    return value if soft is None else {**value, "soft": soft}


def _name(row: Row, column: str, cells: Cells) -> str:
    return clean_name(cells.text(row, column) or "?")
