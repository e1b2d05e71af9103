"""What the pages of units print: figures with the way to their evidence, positions with holders, the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.kernel.actor import Actor
from quanheng.organization.choices import GroupRole, PostTier, ReorganizationKind, UnitCategory, UnitKind, UnitLevel
from quanheng.organization.history import Change, history
from quanheng.organization.models import Position, Unit, UnitVersion
from quanheng.organization.queries import TreeUnit, positions_on
from quanheng.organization.quotas import Figures, QuotaTable
from quanheng.people.queries_posts import PositionHolder, holders
from quanheng.web.shared.parts import Fact, Link, Text
from quanheng.web.shared.wording import listed

ROLES: dict[str, Text] = {
    "total": gettext_lazy("总数"),
    "principal": gettext_lazy("正职"),
    "deputy": gettext_lazy("副职"),
}
COLUMNS: dict[str, Text] = {
    "authorized": gettext_lazy("应配"),
    "filled": gettext_lazy("实配"),
    "over": gettext_lazy("超配"),
    "short": gettext_lazy("缺配"),
}
FIELD_NAMES: dict[str, Text] = {
    "name": gettext_lazy("名称"),
    "short_name": gettext_lazy("简称"),
    "parent": gettext_lazy("上级单位"),
    "principal_quota": gettext_lazy("正职职数"),
    "deputy_quota": gettext_lazy("副职职数"),
    "internal_quota": gettext_lazy("内设机构领导职数"),
    "administrative_establishment": gettext_lazy("行政编制"),
    "institution_establishment": gettext_lazy("事业编制"),
    "other_establishment": gettext_lazy("其他编制"),
}

ACT_VERBS: dict[str, Text] = {
    "rename": gettext_lazy("更名"),
    "move": gettext_lazy("划转"),
    "quota": gettext_lazy("核定职数"),
    "establish": gettext_lazy("设立下级单位"),
    "order": gettext_lazy("排下级顺序"),
    "group": gettext_lazy("成立班子"),
    "position": gettext_lazy("增设岗位"),
    "merge": gettext_lazy("并入"),
    "abolish": gettext_lazy("撤销单位"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    value: str
    url: str
    is_marked: bool = False  # over or short: what the table is read for
    is_first: bool = False  # of its role: a line stands before it


@dataclass(frozen=True, slots=True)
class QuotaLine:
    name: str
    url: str
    indent: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HolderText:
    name: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PositionLine:
    position: Position
    tier: str
    role: str
    holders: tuple[HolderText, ...]
    hidden: int  # holders that this account may not know
    filled: int
    vacant: int


@dataclass(frozen=True, slots=True)
class PositionGroup:
    name: str
    lines: tuple[PositionLine, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    day: str
    kind: str
    what: str
    document: str
    reason: str
    recorded: str
    other: Link | None = None


def day_text(day: date) -> str:
    return day.isoformat()


def unit_url(unit: UUID, on: str = "") -> str:
    return reverse("desk:unit", args=[unit]) + (f"?{urlencode({'on': on})}" if on else "")


def cell_url(unit: UUID, cell: str, on: date, *, below: bool = False) -> str:
    parameters = {"on": on.isoformat()} | ({"below": "1"} if below else {})
    return f"{reverse('desk:unit-evidence', args=[unit, cell])}?{urlencode(parameters)}"


def act_links(unit: UUID) -> list[Link]:
    return [Link(verb, reverse("desk:unit-act", args=[unit, slug])) for slug, verb in ACT_VERBS.items()]


def dossier_url(cadre: UUID) -> str:
    return reverse("desk:dossier", args=[cadre])


def figure_text(value: int | None, column: str) -> str:
    if value is not None:
        return str(value)
    return _("未核定") if column == "authorized" else "—"


def quota_lines(table: QuotaTable, start: int = 0, end: int | None = None) -> list[QuotaLine]:
    top = table.rows[0].unit.depth if table.rows else 0
    return [
        QuotaLine(
            row.unit.name,
            unit_url(row.unit.id),
            min(row.unit.depth - top, 5),
            _cells(row.unit.id, table.on, (row.total, row.principal, row.deputy), below=False),
        )
        for row in table.rows[start:end]
    ]


def total_cells(table: QuotaTable, unit: UUID) -> tuple[Cell, ...]:
    return _cells(unit, table.on, (table.total, table.principal, table.deputy), below=True)


def _cells(unit: UUID, on: date, groups: Sequence[Figures], *, below: bool) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            figure_text(getattr(figures, column), column),
            cell_url(unit, f"{role}-{column}", on, below=below),
            is_marked=column in ("over", "short") and bool(getattr(figures, column)),
            is_first=column == "authorized",
        )
        for role, figures in zip(ROLES, groups, strict=True)
        for column in COLUMNS
    )


def crumbs(above: Iterable[TreeUnit], seen: frozenset[UUID], on: str) -> list[Link]:
    """The way to the unit; a unit above the grant is a name without a page."""
    way = [Link(_("机构与班子"), reverse("desk:units"))]
    return way + [Link(unit.name, unit_url(unit.id, on) if unit.id in seen else "") for unit in above]


def position_groups(actor: Actor, unit: Unit, on: date) -> list[PositionGroup]:
    """Leading groups first, in their order, then the other positions."""
    positions = list(positions_on(unit, on))
    held: dict[UUID, list[PositionHolder]] = {}
    for holder in holders(actor, [position.pk for position in positions], on):
        held.setdefault(holder.position, []).append(holder)
    groups: dict[str, list[PositionLine]] = {}
    for position in sorted(positions, key=lambda position: position.leading_group_id is None):
        name = position.leading_group.name if position.leading_group else _("其他岗位")
        groups.setdefault(name, []).append(_position_line(position, held.get(position.pk, [])))
    return [PositionGroup(name, tuple(lines)) for name, lines in groups.items()]


def _position_line(position: Position, held: Sequence[PositionHolder]) -> PositionLine:
    filled = len({holder.holding.cadre_id for holder in held if holder.is_counted})
    shown = [holder for holder in held if holder.cadre is not None]
    return PositionLine(
        position=position,
        tier=str(PostTier(position.tier).label),
        role=str(GroupRole(position.group_role).label) if position.group_role else "",
        holders=tuple(_holder_text(holder) for holder in shown),
        hidden=len(held) - len(shown),
        filled=filled,
        vacant=max(0, position.quota - filled),
    )


def _holder_text(holder: PositionHolder) -> HolderText:
    assert holder.cadre is not None  # only visible ones are worded
    note = "" if holder.is_counted else _("挂职，不占职数")
    return HolderText(holder.cadre.name, dossier_url(holder.cadre.pk), note)


def unit_facts(unit: Unit, version: UnitVersion, on: date | None) -> list[Fact]:
    """The quotas of the leading group are dotted: their source is the point. No day: not in force, no evidence."""
    facts = [
        Fact(_("机构编码"), unit.code),
        Fact(_("简称"), version.short_name or "—"),
        Fact(_("机构级别"), UnitLevel(version.level).label),
        Fact(_("机构类别"), UnitCategory(version.category).label),
        Fact(_("机构类型"), UnitKind(version.kind).label),
        Fact(_("隶属关系"), version.affiliation or "—"),
        Fact(_("所在政区"), version.region or "—"),
    ]
    return facts + [
        Fact(FIELD_NAMES[field], quota_text(getattr(version, field)), evidence_url=_quota_url(unit.pk, field, on))
        for field in FIELD_NAMES
        if field.endswith(("_quota", "_establishment"))
    ]


def _quota_url(unit: UUID, field: str, on: date | None) -> str:
    role = field.removesuffix("_quota")
    return cell_url(unit, f"{role}-authorized", on) if on and role in ROLES else ""


def quota_text(value: object) -> str:
    return _("未核定") if value is None else str(value)


def history_lines(unit: Unit, seen: frozenset[UUID]) -> list[HistoryLine]:
    return [_history_line(change, seen) for change in history(unit)]


def _history_line(change: Change, seen: frozenset[UUID]) -> HistoryLine:
    other = change.other
    return HistoryLine(
        day=day_text(change.effective_on),
        kind=str(change.kind.label),
        what=_what(change),
        document=change.document,
        reason=change.reason,
        recorded=day_text(change.recorded_at.date()) if change.recorded_at else "",
        other=None if other is None else Link(other.name, unit_url(other.pk) if other.pk in seen else ""),
    )


def _what(change: Change) -> str:
    if change.recorded_at is None:
        return _("登记开始时已有，设立文件未载")
    if change.kind == ReorganizationKind.MERGED:
        return _("并入本单位：") if change.is_incoming else _("并入：")
    return listed(
        (
            _("%(field)s：%(before)s → %(after)s")
            % {"field": FIELD_NAMES[item.field], "before": _side(item.before), "after": _side(item.after)}
            for item in change.changes
        ),
        "；",
    )


def _side(value: str | int | None) -> str:
    if value is None:
        return _("未核定")
    return str(value) or _("无")
