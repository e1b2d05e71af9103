"""A batch adjustment as a workbook: sheets 岗位, 人员, 资格, 规则 (docs/planning.md) as the JSON of a planning problem.

This file knows the form of the workbook only. Whether the names meet, the planning engine says; `place_of` turns the
paths it gives into sheet, row and column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from quanheng.formats.clean import clean_name
from quanheng.formats.plan_workbook_cells import (
    CellFinding,
    Cells,
    PlanWorkbookFindings,
    Row,
    open_workbook,
    rows_of,
    text_of,
)
from quanheng.formats.plan_workbook_rules import COLUMNS, Known, Rules, read_rules

SHEETS = {"posts": "岗位", "people": "人员", "pairs": "资格", "rules": "规则"}
MOVE_PART = 20  # a move costs this part of the highest fit, if no row of 规则 says otherwise
HEADS: Mapping[str, Mapping[str, str]] = {  # list -> field -> column
    "posts": {
        "id": "岗位",
        "unit": "单位",
        "group": "班子",
        "principal": "正职",
        "vacant": "空缺",
        "unfilled_cost": "空缺代价",
        "open_cost": "腾空代价",
        "merge_cost": "撤并代价",
    },
    "people": {"id": "姓名", "unit": "单位", "post": "现任岗位", "fit": "现岗适配"},
    "pairs": {"person": "人员", "post": "岗位", "fit": "适配", "promotion": "晋升"},
    "rules": {
        "id": "名称",
        "kind": "规则",
        "unit": "单位",
        "group": "班子",
        "attribute": "条件",
        "at_least": "至少",
        "at_most": "至多",
        "soft": "代价",
    },
    "kin": {"0": "人员", "1": "另一人员"},
    "pins": {"person": "人员", "post": "岗位"},
    "forbids": {"person": "人员", "post": "岗位"},
}


@dataclass(frozen=True)
class CellPlace:
    """`row` 0: the whole sheet; `column` "": the whole row; `sheet` "": the whole workbook."""

    sheet: str
    row: int
    column: str


@dataclass(frozen=True)
class PlanWorkbook:
    """`problem` is a value of schema problem-1, not yet checked. `remarks` say which defaults were taken."""

    problem: dict[str, object]
    remarks: tuple[str, ...]
    rows: Mapping[str, int] = field(repr=False)  # JSON Pointer of an entry -> row

    def place_of(self, pointer: str) -> CellPlace:
        """Where a person finds what a JSON Pointer into `problem` speaks of."""
        parts = pointer.split("/")
        name = parts[1] if len(parts) > 1 else ""
        sheet = SHEETS.get(name, "规则" if name in HEADS else "")
        column = HEADS[name].get(parts[3], parts[-1] if parts[3] == "attributes" else "") if len(parts) > 3 else ""
        return CellPlace(sheet, self.rows.get("/".join(parts[:3]), 0), column)

    def finding(self, pointer: str, reason: str) -> CellFinding:
        """A finding about the problem as one about a cell."""
        place = self.place_of(pointer)
        return CellFinding(place.sheet, place.row, place.column, self._value(pointer), reason)

    def _value(self, pointer: str) -> str:
        value: object = self.problem
        for part in pointer.split("/")[1:]:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list):
                value = value[int(part)]
        if isinstance(value, dict):
            value = "，".join(text_of(value[name]) for name in ("id", "person", "post") if name in value)
        elif isinstance(value, list):
            value = "" if len(value) > 2 else "，".join(map(text_of, value))
        return text_of(value)


def read_plan_workbook(content: bytes) -> PlanWorkbook:
    """Raises CannotReadPlanWorkbook, PlanWorkbookFindings (every cell that cannot be taken)."""
    book = open_workbook(content, values_only=True)
    try:
        heads = {name: tuple(columns.values()) for name, columns in HEADS.items()}
        _, posts = rows_of(book, "岗位", heads["posts"][:2], heads["posts"][2:])
        columns, people = rows_of(book, "人员", ("姓名", "现任岗位"), None)
        _, pairs = rows_of(book, "资格", heads["pairs"][:3], heads["pairs"][3:])
        _, rules = rows_of(book, "规则", ("规则",), ("名称", *COLUMNS))
    finally:
        book.close()
    return _put_together(posts, people, pairs, rules, tuple(c for c in columns if c not in heads["people"]))


def _put_together(
    posts: list[Row], people: list[Row], pairs: list[Row], rules: list[Row], attributes: tuple[str, ...]
) -> PlanWorkbook:
    cells = Cells()
    eligible = [_pair(row, cells) for row in pairs]
    costs = _Costs(highest=max((abs(int(str(pair["fit"]))) for pair in eligible), default=0))
    places = [_post(row, cells, costs) for row in posts]
    units = {str(post["id"]): str(post["unit"]) for post in places}
    persons = [_person(row, cells, units, attributes) for row in people]
    known = Known(
        frozenset(str(one["unit"]) for one in [*places, *persons]),
        frozenset(str(post["group"]) for post in places if post["group"]),
        attributes,
    )
    told = read_rules(rules, known, cells)
    if cells.findings:
        raise PlanWorkbookFindings(cells.findings)
    problem: dict[str, object] = {"version": 1, "posts": places, "people": persons, "pairs": eligible}
    for name in ("kin", "rules", "pins", "forbids"):
        problem[name] = getattr(told, name)
    problem["move_cost"] = costs.of_move(told.move_cost)
    sheets = {"posts": posts, "people": people, "pairs": pairs}
    numbers = {f"/{name}/{place}": row.number for name, rows in sheets.items() for place, row in enumerate(rows)}
    return PlanWorkbook(problem, costs.remarks(told), numbers | told.rows)


@dataclass
class _Costs:
    """What stands for a cost that is not written. Costs and fits are of one kind, so the highest fit is the measure."""

    highest: int
    unfilled: int = 0  # posts that took the default
    opened: int = 0

    def of_unfilled(self, cost: int | None) -> int:
        self.unfilled += cost is None
        return self.highest if cost is None else cost

    def of_open(self, cost: int | None) -> int:
        self.opened += cost is None
        return self.highest if cost is None else cost

    def of_move(self, cost: int | None) -> int:
        return self.highest // MOVE_PART if cost is None else cost

    def remarks(self, told: Rules) -> tuple[str, ...]:
        said = []
        if self.unfilled:
            said.append(f"{self.unfilled} 个岗位没有写空缺代价，按最高适配 {self.highest} 计：空着一个岗位，扣这么多。")
        if self.opened:
            said.append(
                f"{self.opened} 个岗位没有写腾空代价，按最高适配 {self.highest} 计：腾出来又没有补上，扣这么多。"
            )
        if told.move_cost is None:
            cost = self.of_move(None)
            said.append(f"没有写变动代价，每动一名在职干部按 {cost} 计（最高适配的二十分之一），以免为一两分大动。")
        if not any(rule["kind"] == "longest_chain" for rule in told.rules):
            said.append("没有写链长上限，按 4 步计。")
        return tuple(said)


def _post(row: Row, cells: Cells, costs: _Costs) -> dict[str, object]:
    return {
        "id": cells.needed(row, "岗位"),
        "unit": cells.needed(row, "单位"),
        "group": cells.text(row, "班子"),
        "principal": cells.yes(row, "正职"),
        "vacant": cells.yes(row, "空缺"),
        "unfilled_cost": costs.of_unfilled(cells.count(row, "空缺代价")),
        "open_cost": costs.of_open(cells.count(row, "腾空代价")),
        "merge_cost": cells.count(row, "撤并代价"),
    }


def _person(row: Row, cells: Cells, units: dict[str, str], attributes: tuple[str, ...]) -> dict[str, object]:
    """The unit of a serving person is that of the post, where the cell is empty."""
    post = cells.text(row, "现任岗位")
    unit = cells.text(row, "单位") or units.get(post or "")
    if unit is None and post is None:
        cells.find(row, "单位", "unit-missing")
    return {
        "id": cells.name(row, "姓名"),
        "post": post,
        "unit": unit or "?",
        "fit": cells.whole(row, "现岗适配") if post or row.has("现岗适配") else 0,
        "attributes": {name: cells.attribute(row, name) for name in attributes},
    }


def _pair(row: Row, cells: Cells) -> dict[str, object]:
    return {
        "person": clean_name(cells.needed(row, "人员")),
        "post": cells.needed(row, "岗位"),
        "fit": cells.whole(row, "适配"),
        "promotion": cells.yes(row, "晋升"),
    }
