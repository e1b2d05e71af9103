"""What each step of the import page holds, by the state of the import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.accounts.choices import ManagementCategory
from quanheng.intake import queries
from quanheng.intake.access import visible_batches
from quanheng.intake.choices import ImportDecision, ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.web.desk import import_parts as parts
from quanheng.web.desk import import_words as words
from quanheng.web.desk.days import printed_at
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Link, Text

SHEETS, ROWS, LINES, BATCHES = 20, 50, 100, 30  # to a page

Context = dict[str, Any]
Builder = Callable[[ActorRequest, ImportBatch], Context]


@dataclass(frozen=True, slots=True)
class ReasonPanel:
    """For components/_reason.html."""

    action_url: str
    verb: Text
    what: Text
    undo: Text
    cancel_url: str


def _number(request: ActorRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 1


def _paged(request: ActorRequest, found: QuerySet[Any], size: int, url: str, unit: Text) -> tuple[list[Any], Context]:
    pager = parts.pager(found.count(), _number(request), size, url, unit)
    start = (pager.number - 1) * size
    return list(found[start : start + size]), {"pager": pager if pager.total > size else None, "number": pager.number}


def list_page(request: ActorRequest) -> Context:
    found = visible_batches(request.actor)
    batches, paged = _paged(request, found, BATCHES, "?list=1", _("次"))
    new = Link(_("导入文件"), reverse("desk:imports-new"), icon="plus")
    return paged | {
        "lines": [parts.batch_line(batch, request.now) for batch in batches],
        "primary": new,
        "printed_at": printed_at(request),
    }


def upload_page(request: ActorRequest) -> Context:
    return {
        "steps": parts.steps("choose"),
        "crumbs": _crumbs(),
        "senders": queries.senders_of(request.actor),
        "facts": [_("选好后先读取、对照、核对，到最后一步才写入档案")],
    }


def _crumbs() -> list[Link]:
    return [Link(_("导入"), reverse("desk:imports"))]


def batch_page(request: ActorRequest, batch: ImportBatch, step: str) -> Context:
    step = step or request.GET.get("step", "") or _first_step(batch)
    builders = {
        ImportState.REVIEW: _STEPS.get(step, _review),
        ImportState.APPLIED: _report,
        ImportState.UNDONE: _report,
    }
    build: Builder = builders.get(ImportState(batch.state), _running if batch.state in parts.RUNNING else _stopped)
    return _frame(request, batch) | build(request, batch)


def _first_step(batch: ImportBatch) -> str:
    undecided = queries.with_findings(batch).filter(decision=ImportDecision.PENDING)
    return "findings" if undecided.exists() else "review"


def _frame(request: ActorRequest, batch: ImportBatch) -> Context:
    category = ManagementCategory(batch.management_category).label
    facts = [_("%(count)s 份") % {"count": batch.total}, batch.unit.name, str(category)]
    return {
        "batch": batch,
        "crumbs": _crumbs(),
        "facts": [*facts, _("%(sender)s报送") % {"sender": batch.sender}] if batch.sender else facts,
        "state": ImportState(batch.state).label,
        "actions": [],
        "printed_at": printed_at(request),
        "recent": queries.recent_reasons(request.actor),
    }


def _running(request: ActorRequest, batch: ImportBatch) -> Context:
    step = "findings" if batch.state == ImportState.READING else "apply"
    return {"body": "_running", "steps": parts.steps(step), "job": parts.job_of(batch, request.now)}


def _stopped(request: ActorRequest, batch: ImportBatch) -> Context:
    """Failed, discarded, or put in but never read."""
    is_open = batch.state in (ImportState.FAILED, ImportState.UPLOADED)
    return {
        "body": "_stopped",
        "steps": parts.steps("findings"),
        "why": words.failure(batch.failure, batch.state),
        "may_read": is_open,
        "actions": [_discard_link(batch)] if is_open else [],
    }


def _discard_link(batch: ImportBatch) -> Link:
    return Link(_("放弃这次导入"), reverse("desk:import-discard", args=[batch.pk]))


def _go(batch: ImportBatch, step: str, label: Text) -> Link:
    return Link(label, parts.page_url(batch.pk, step=step))


def _findings(request: ActorRequest, batch: ImportBatch) -> Context:
    url = parts.page_url(batch.pk, step="findings")
    items, paged = _paged(request, queries.with_findings(batch), SHEETS, url, _("份"))
    return paged | {
        "body": "_findings",
        "steps": parts.steps("findings", batch.pk, is_open=True),
        "sheets": [_sheet(item) for item in items],
        "unreadable": queries.items_of(batch).filter(match="unreadable").count(),
        "unreadable_url": parts.page_url(batch.pk, step="review", list="out"),
        "actions": [_discard_link(batch)],
        "primary": _go(batch, "review", _("下一步：核对")),
    }


def _sheet(item: ImportItem) -> parts.Sheet:
    return parts.sheet_of(item, *queries.corrected(item), typed={}, is_list=True)


def _review(request: ActorRequest, batch: ImportBatch) -> Context:
    counts = queries.count_lists(batch)
    first = next((name for name in parts.LISTS if counts[name]), "look")
    chosen = request.GET.get("list", first)
    name = chosen if chosen in parts.LISTS else first
    items, paged = _paged(
        request, queries.listed(batch, name), ROWS, parts.page_url(batch.pk, step="review", list=name), _("人")
    )
    return paged | {
        "body": "_review",
        "steps": parts.steps("review", batch.pk, is_open=True),
        "tabs": parts.list_tabs(batch, counts, name),
        "list": name,
        "rows": parts.rows_of(request.actor, items, request.today),
        "outlook": parts.outlook_text(batch),
        "actions": [_discard_link(batch), _go(batch, "findings", _("回到对照"))],
        "primary": _go(batch, "apply", _("下一步：生效")),
    }


def _apply(request: ActorRequest, batch: ImportBatch) -> Context:
    seen = queries.outlook(batch)
    undecided = queries.items_of(batch).filter(decision=ImportDecision.PENDING).count()
    return {
        "body": "_apply",
        "steps": parts.steps("apply", batch.pk, is_open=True),
        "undecided": undecided,
        "undecided_url": parts.page_url(batch.pk, step="review", list="look"),
        "actions": [_discard_link(batch)],
        "apply_panel": _apply_panel(batch) if seen.new + seen.changed else None,
        "review_link": _go(batch, "review", _("回到核对")),
    }


def _apply_panel(batch: ImportBatch) -> ReasonPanel:
    undo = _("生效后 %(days)s 天内可以整批撤销；其间又改过的人不撤销，会逐个列出。")
    return ReasonPanel(
        action_url=reverse("desk:import-apply", args=[batch.pk]),
        verb=_("写入档案"),
        what=parts.outlook_text(batch),
        undo=undo % {"days": queries.UNDO_DAYS},
        cancel_url=parts.page_url(batch.pk, step="review"),
    )


_STEPS: Mapping[str, Builder] = {"findings": _findings, "review": _review, "apply": _apply}


def _report(request: ActorRequest, batch: ImportBatch) -> Context:
    items, paged = _paged(request, queries.items_of(batch), LINES, parts.page_url(batch.pk, step="report"), _("份"))
    until = queries.undo_until(batch)
    may_undo = batch.state == ImportState.APPLIED and until is not None and request.now <= until and batch.done > 0
    undo = Link(_("撤销这次导入"), reverse("desk:import-undo", args=[batch.pk]))
    return paged | {
        "body": "_report",
        "steps": parts.finished_steps(),
        "outcomes": parts.outcomes(request.actor, items),
        "refused": parts.outcomes(request.actor, list(queries.refused_by_undo(batch))),
        "undo_until": parts.moment(until) if may_undo else "",
        "applied_at": parts.moment(batch.applied_at),
        "undone_at": parts.moment(batch.undone_at),
        "actions": [undo] if may_undo else [],
    }


def undo_panel(batch: ImportBatch) -> ReasonPanel:
    what = _("把这次导入写入的 %(count)s 人恢复到导入以前：新增的撤回，更新的还原。")
    return ReasonPanel(
        action_url=reverse("desk:import-undo", args=[batch.pk]),
        verb=_("撤销这次导入"),
        what=what % {"count": batch.done},
        undo=_("其间又改过的人不撤销，会逐个列出。撤销后不能再恢复，需要时重新导入。"),
        cancel_url=parts.page_url(batch.pk),
    )


def discard_panel(batch: ImportBatch) -> ReasonPanel:
    return ReasonPanel(
        action_url=reverse("desk:import-discard", args=[batch.pk]),
        verb=_("放弃这次导入"),
        what=_("这次导入到此为止，不写入任何人的档案；对照、核对时做的改动不再可用。"),
        undo=_("不能撤销。需要时重新导入同样的文件。"),
        cancel_url=parts.page_url(batch.pk),
    )
