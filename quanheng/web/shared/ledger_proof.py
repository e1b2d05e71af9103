"""校验: the line on top of the ledger page, the proof in the background, and how far it has come."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskContext, task
from django_tasks_db.models import DBTaskResult

from quanheng.kernel import clock
from quanheng.ledger import checkpoint_actions
from quanheng.ledger.models import ProofRun
from quanheng.ledger.notes import CannotTrustNote
from quanheng.ledger.queries import Anchor, anchor_state, heads, last_proof
from quanheng.ledger.verify import Finding
from quanheng.web.shared.ledger_rows import moment
from quanheng.web.shared.ledger_words import finding_text
from quanheng.web.shared.parts import Job

PROOF_DUE = timedelta(days=2)  # the night may fail once
ANCHOR_DUE = timedelta(days=7)  # so long nobody could notice a rewriting of the tail
SHOWN_FINDINGS = 10
STATES = {"READY": "waiting", "RUNNING": "running", "SUCCESSFUL": "done", "FAILED": "failed"}


@task(takes_context=True)
def verify_ledger(context: TaskContext) -> dict[str, int]:
    """Prove all entries; the outcome is kept as a ProofRun."""
    key = context.task_result.id
    report = checkpoint_actions.verify_ledger(at=clock.now(), progress=lambda done: _report_progress(key, done))
    return {"done": report.entries}


def _report_progress(key: str, done: int) -> None:
    """The queue keeps no progress of its own; the return value of a task stands empty until it ends."""
    DBTaskResult.objects.filter(pk=UUID(key)).update(return_value={"done": done})


def start_proof() -> None:
    """One at a time: a second would only read the same again."""
    with transaction.atomic():
        if not _runs().filter(status__in=["READY", "RUNNING"]).exists():
            verify_ledger.enqueue()


def _runs() -> Any:
    return DBTaskResult.objects.filter(task_path=verify_ledger.module_path).order_by("-enqueued_at")


def proof_job(at: datetime, poll_url: str) -> Job | None:
    """The proof that waits, runs or did not finish; None when the last one ended in an outcome."""
    run = _runs().first()
    if run is None or run.status == "SUCCESSFUL":
        return None
    state = STATES[run.status]
    return Job(
        done=int((run.return_value or {}).get("done", 0)),
        total=sum(size for size, _digest in heads().values()),
        seconds=int((at - (run.started_at or run.enqueued_at)).total_seconds()),
        state=state,
        unit=gettext_lazy("条"),
        poll_url=poll_url if state != "failed" else "",
        problem=_("校验没有做完，台账没有变动。可再校验一次；仍不行时请系统管理员看运行日志。"),
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    is_wrong: bool = False  # said with the triangle


def proof_sentences(at: datetime) -> list[Sentence]:
    return [*_proof_lines(last_proof(), at), *_anchor_lines(at)]


def _proof_lines(run: ProofRun | None, at: datetime) -> list[Sentence]:
    if run is None:
        return [Sentence(_("还没有校验过。现在校验，可知各条是否完整。"))]
    facts = {"count": f"{run.entries:,}", "at": moment(run.at)[:16]}
    if run.is_whole:
        whole = Sentence(_("校验：%(count)s 条记录完整，%(at)s") % facts)
        late = Sentence(_("已超过两天没有校验。请现在校验。"), is_wrong=True)
        return [whole, late] if at - run.at > PROOF_DUE else [whole]
    found = [Finding(**finding) for finding in json.loads(run.findings)]
    words = [Sentence(finding_text(finding), is_wrong=True) for finding in found[:SHOWN_FINDINGS]]
    step = _("已停止信任所列位置之后的记录。请导出校验包另行保存，并请系统管理员核对备份。")
    return [Sentence(_("校验不符，%(at)s") % facts, is_wrong=True), *words, Sentence(step)]


def _anchor_lines(at: datetime) -> list[Sentence]:
    try:
        state = anchor_state()
    except CannotTrustNote:
        return [Sentence(_("最近导出的检查点签名不成立。请与外存的一份核对。"), is_wrong=True)]
    return [_anchor_line(state, at)]


def _anchor_line(state: Anchor, at: datetime) -> Sentence:
    """What no copy outside covers: anybody with the whole machine could write it anew unnoticed."""
    facts = {"count": f"{state.unanchored:,}", "since": moment(state.since)[:16] if state.since else ""}
    if state.since is None or not state.unanchored:
        return Sentence(_("检查点：全部记录都在外存的检查点之内。"))
    is_late = at - state.since > ANCHOR_DUE
    if state.checkpoint is None:
        text = _("检查点：还没有导出过；%(since)s 起的 %(count)s 条都没有外存凭据。") % facts
    else:
        text = _("检查点：%(since)s 起的 %(count)s 条没有外存凭据。") % facts
    return Sentence(text + (_("已超过 7 天，请导出检查点并存到别处。") if is_late else ""), is_wrong=is_late)


def proof_state(at: datetime) -> dict[str, Any]:
    return {"sentences": proof_sentences(at), "job": proof_job(at, reverse("console:ledger-proof"))}
