"""凭什么 behind each cell of the 领导职数配备表."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.organization.choices import GroupRole
from quanheng.organization.history import last_quota_act
from quanheng.organization.models import Position, Unit
from quanheng.organization.queries import unit_on, visible_subtree
from quanheng.organization.quotas import Figures, group_positions, post_quota_table
from quanheng.people.queries_posts import PositionHolder, filled_positions, holders
from quanheng.web.desk.organization_parts import (
    COLUMNS,
    ROLES,
    cell_url,
    day_text,
    dossier_url,
    figure_text,
    quota_text,
    unit_url,
)
from quanheng.web.shared.parts import Evidence, EvidenceRecord, Fact
from quanheng.web.shared.wording import bracketed

MOST = 200  # records of a sum that one drawer lists


@dataclass(frozen=True, slots=True)
class Asked:
    unit: Unit
    role: str
    column: str
    on: date
    below: bool


def parse_cell(unit: Unit, cell: str, on: date, *, below: bool) -> Asked:
    role, _dash, column = cell.partition("-")
    if role not in ROLES or column not in COLUMNS:
        raise NotFound
    return Asked(unit, role, column, on, below)


def quota_evidence(actor: Actor, asked: Asked) -> Evidence:
    units = visible_subtree(actor, asked.unit, asked.on, below=asked.below)
    table = post_quota_table(units, asked.on, filled_positions([unit.id for unit in units], asked.on))
    figures: Figures = getattr(table, asked.role)
    if asked.below:
        rows = [(row.unit.id, row.unit.name, getattr(row, asked.role)) for row in table.rows]
        return _evidence(asked, figures, records=_unit_records(asked, rows), sealed=0)
    people, sealed = _people(actor, asked) if asked.column != "authorized" else ([], 0)
    return _evidence(asked, figures, records=[*_quota_records(asked), *people], sealed=sealed)


def _evidence(asked: Asked, figures: Figures, *, records: Sequence[EvidenceRecord], sealed: int) -> Evidence:
    value: int | None = getattr(figures, asked.column)
    name = asked.unit.name + (_("及下级单位") if asked.below else "")
    claim = f"{name} · {ROLES[asked.role]}{COLUMNS[asked.column]}"
    shown = _("%(count)s 名") % {"count": value} if value is not None else figure_text(None, asked.column)
    authorized, filled = figure_text(figures.authorized, "authorized"), figures.filled
    return Evidence(
        claim=claim,
        path=(name, _("领导职数配备表")),
        value=shown,
        limit=_("应配 %(authorized)s，实配 %(filled)s") % {"authorized": authorized, "filled": filled},
        since=_("按 %(day)s 计") % {"day": day_text(asked.on)},
        records=tuple(records[:MOST]),
        sealed=sealed,
        law_absent=_("职数以核定文件为准，见上面的记录；这张表的算法没有引用条款。"),
        calculation=_calculation(asked, figures),
        who=_who(asked),
        notices=_notices(asked, figures, len(records)),
        citation=bracketed(f"{claim} {shown}", day_text(asked.on)),
        back_url=unit_url(asked.unit.pk, day_text(asked.on)),
    )


def _calculation(asked: Asked, figures: Figures) -> tuple[str, ...]:
    sentences = {
        "authorized": _("应配 = 这一天有效的核定职数；没有核定的不算作 0。"),
        "filled": _("实配 = 这一天在任的人数，按人计：一人任两个正职算一人，兼任正副职的算正职，挂职不占职数。"),
        "over": _("超配 = 实配 − 应配，不足 0 的记 0。"),
        "short": _("缺配 = 应配 − 实配，不足 0 的记 0。"),
    }
    found = [sentences[asked.column]]
    if asked.role == "total" and asked.column in ("over", "short"):
        found.append(_("总数是正职与副职之和，一处超配不抵另一处缺配。"))
    if asked.below:
        found.append(_("各单位分别算好再相加，一个单位超配不抵另一个单位缺配。"))
    return tuple(found)


def _notices(asked: Asked, figures: Figures, records: int) -> tuple[str, ...]:
    notices = []
    if asked.below and figures.unknown:
        notices.append(_("%(count)s 个单位未核定，只计实配，不计应配和超缺。") % {"count": figures.unknown})
    if records > MOST:
        notices.append(
            _("这里列出前 %(most)s 条，共 %(count)s 条；全部见导出的表。") % {"most": MOST, "count": records}
        )
    return tuple(notices)


def _who(asked: Asked) -> tuple[Fact, ...]:
    act = None if asked.below else last_quota_act(asked.unit, asked.on)
    if act is None:
        return ()
    return (
        Fact(_("核定职数登记于"), f"{localtime(act.recorded_at):%Y-%m-%d %H:%M}"),
        Fact(_("理由"), act.reason or "—"),
    )


def _unit_records(asked: Asked, rows: Sequence[tuple[UUID, str, Figures]]) -> list[EvidenceRecord]:
    """The units that the sum is made of; those that add nothing are left out, unknown ones are not."""
    cell = f"{asked.role}-{asked.column}"
    return [
        EvidenceRecord(
            value=f"{name} {figure_text(getattr(figures, asked.column), asked.column)}",
            is_counted=getattr(figures, asked.column) is not None,
            why="" if getattr(figures, asked.column) is not None else _("未核定"),
            source=_("这个单位的配备表"),
            url=cell_url(key, cell, asked.on),
        )
        for key, name, figures in rows
        if getattr(figures, asked.column) != 0
    ]


def _quota_records(asked: Asked) -> list[EvidenceRecord]:
    version = unit_on(asked.unit, asked.on)
    if asked.column == "filled" or version is None:
        return []
    act = last_quota_act(asked.unit, asked.on)
    numbers = {"principal": quota_text(version.principal_quota), "deputy": quota_text(version.deputy_quota)}
    is_known = None not in (version.principal_quota, version.deputy_quota)
    return [
        EvidenceRecord(
            value=_("核定正职 %(principal)s、副职 %(deputy)s") % numbers,
            period=_("%(day)s 起") % {"day": day_text(act.effective_on if act else version.valid_from)},
            is_counted=is_known or getattr(version, f"{asked.role}_quota", None) is not None,
            source=act.document if act else "",
            url=unit_url(asked.unit.pk, day_text(asked.on)),
        )
    ]


def _people(actor: Actor, asked: Asked) -> tuple[list[EvidenceRecord], int]:
    """Who holds the posts of this role, and how many of them this account may not know."""
    positions = {row.pk: row for row in group_positions([asked.unit.pk], asked.on).get(asked.unit.pk, [])}
    held = holders(actor, positions, asked.on)
    ordered = sorted(held, key=lambda holder: (_is_deputy(positions, holder), positions[holder.position].order))
    counted: set[UUID] = set()
    records, sealed = [], 0
    for holder in ordered:
        key, is_again = holder.holding.cadre_id, holder.holding.cadre_id in counted
        if holder.is_counted:
            counted.add(key)
        if asked.role != "total" and positions[holder.position].group_role != asked.role:
            continue  # read all the same: a principal does not count again as deputy
        if holder.cadre is None:
            sealed += holder.is_counted and not is_again
        else:
            records.append(_person_record(holder, positions[holder.position], is_again=is_again))
    return records, sealed


def _is_deputy(positions: Mapping[UUID, Position], holder: PositionHolder) -> bool:
    return positions[holder.position].group_role == GroupRole.DEPUTY


def _person_record(holder: PositionHolder, position: Position, *, is_again: bool) -> EvidenceRecord:
    assert holder.cadre is not None  # sealed ones are counted, not listed
    why = _("这个人已经计过一次") if is_again else ""
    return EvidenceRecord(
        value=f"{holder.cadre.name} · {position.title}",
        period=_("%(day)s 起") % {"day": day_text(holder.holding.valid_from)},
        is_counted=holder.is_counted and not is_again,
        why=why if holder.is_counted else _("挂职不占领导职数"),
        source=holder.holding.document,
        url=dossier_url(holder.cadre.pk),
    )
