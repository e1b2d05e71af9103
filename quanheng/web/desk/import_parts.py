"""What the pages of an import print: the four steps, findings of a file, rows of the lists, the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.findings import Finding
from quanheng.intake import queries
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.reading import REMEMBERED_FIELDS
from quanheng.kernel.actor import Actor
from quanheng.people.fields import month_of
from quanheng.web.desk import import_words as words
from quanheng.web.shared.element_words import place_label
from quanheng.web.shared.finding_words import finding_reason
from quanheng.web.shared.parts import Job, Pager, StepMark, StepState, Text

STEPS: Mapping[str, Text] = {
    "choose": gettext_lazy("选文件"),
    "findings": gettext_lazy("对照"),
    "review": gettext_lazy("核对"),
    "apply": gettext_lazy("生效"),
}
RUNNING = (ImportState.READING, ImportState.APPLYING)
TAKEN = (ImportMatch.NEW, ImportMatch.CHANGED)
LISTS: Mapping[str, Text] = {
    "look": gettext_lazy("待人看"),
    "new": gettext_lazy("新增"),
    "changed": gettext_lazy("有变化"),
    "out": gettext_lazy("不采用"),
}


def page_url(batch: UUID, **query: object) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("desk:import", args=[batch]) + (f"?{asked}" if asked else "")


def steps(current: str, batch: UUID | None = None, *, is_open: bool = False) -> list[StepMark]:
    """`is_open`: the officer may go back and forth between 对照 and 核对."""
    names = list(STEPS)
    at = names.index(current)
    marks = []
    for index, name in enumerate(names):
        state = StepState.DONE if index < at else StepState.CURRENT if index == at else StepState.AHEAD
        url = page_url(batch, step=name) if batch and is_open and 0 < index < at else ""
        marks.append(StepMark(STEPS[name], state, url=url))
    return marks


def finished_steps() -> list[StepMark]:
    return [StepMark(name, StepState.DONE) for name in STEPS.values()]


def job_of(batch: ImportBatch, now: datetime) -> Job:
    started = batch.started_at or now
    is_waiting = batch.done == 0 and batch.beat_at == batch.started_at
    return Job(
        done=batch.done,
        total=batch.total,
        seconds=int((now - started).total_seconds()),
        state="waiting" if is_waiting else "running",
        unit=_("份") if batch.state == ImportState.READING else _("人"),
        poll_url=reverse("desk:import-progress", args=[batch.pk]),
        background_url=reverse("desk:imports"),
    )


@dataclass(frozen=True, slots=True)
class FindingLine:
    label: Text
    raw: str
    read: str
    reason: str
    path: str  # name of the field that corrects it; nothing where another line has it already, or none can
    value: str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The findings of one file."""

    item: ImportItem
    name: str
    lines: tuple[FindingLine, ...]
    may_remember: bool
    may_type: bool
    url: str


def sheet_of(
    item: ImportItem, form: AppointmentForm, findings: Iterable[Finding], *, typed: Mapping[str, str], is_list: bool
) -> Sheet:
    """In lists the identity number is masked and long texts are corrected on the person's own page."""
    seen: set[str] = set()
    lines = []
    for finding in findings:
        path = words.path_of(finding.place)
        lines.append(_line(form, finding, path if _may_type(path, seen, is_list=is_list) else "", typed, is_list))
        seen.add(path)
    may_remember = bool(item.batch.sender) and bool(seen & set(REMEMBERED_FIELDS))
    may_type = any(line.path for line in lines)
    return Sheet(item, form.name or item.file_name, tuple(lines), may_remember, may_type, item_url(item))


def _may_type(path: str, seen: set[str], *, is_list: bool) -> bool:
    return bool(path) and path not in seen and not (is_list and path in ("resume", words.IDENTITY))


def _line(form: AppointmentForm, finding: Finding, path: str, typed: Mapping[str, str], is_list: bool) -> FindingLine:
    place = words.path_of(finding.place)
    hides = is_list and place == words.IDENTITY
    reason = finding_reason(finding)
    raw, read = finding.value, words.our_reading(form, place) if place != "resume" else ""
    return FindingLine(
        label=place_label(finding.place),
        raw=words.masked(raw) if hides else raw,
        read="" if hides else read,
        reason=reason.replace(raw, words.masked(raw)) if hides and raw else reason,
        path=path,
        value=typed.get(path, words.text_at(form, path)) if path else "",
        is_long=path == "resume",
    )


def item_url(item: ImportItem) -> str:
    return item_url_of(item.batch_id, item.pk)


def item_url_of(batch: UUID, item: UUID) -> str:
    return reverse("desk:import-item", args=[batch, item])


def imports_url() -> str:
    return reverse("desk:imports")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a list of 核对."""

    item: ImportItem
    name: str
    born: str
    post: str
    what: tuple[Text, ...]  # groups that differ, or what is to be looked at
    decision: Text
    note: str
    url: str
    may_accept: bool


def rows_of(actor: Actor, items: Sequence[ImportItem], on: date) -> list[Row]:
    compared = queries.compare_items(actor, items, on)
    return [_row(item, compared.get(item.pk)) for item in items]


def _row(item: ImportItem, comparison: queries.Comparison | None) -> Row:
    form = comparison.form if comparison else queries.corrected(item)[0] if queries.has_form(item) else None
    taken = item.match in TAKEN
    return Row(
        item=item,
        name=form.name or item.file_name if form else item.file_name,
        born=month_text(form.birth) if form else "",
        post=form.current_post if form else "",
        what=_what(item, comparison),
        decision=words.DECISIONS[item.decision] if taken or item.match == ImportMatch.DUPLICATE else _("不采用"),
        note=words.left_out(item) if item.decision != ImportDecision.ACCEPT else "",
        url=item_url(item),
        may_accept=taken,
    )


def month_text(raw: str) -> str:
    month = month_of(raw)
    return f"{month:%Y.%m}" if month else raw


def _what(item: ImportItem, comparison: queries.Comparison | None) -> tuple[Text, ...]:
    found: list[Text] = []
    if comparison and comparison.posts_differ:
        found.append(_("现任职务与任职记录不同，任职记录不变"))
    if comparison and comparison.old is not None:
        rejected = queries.rejected_groups(item)
        found += [words.group_label(change.group) for change in comparison.changes if change.group not in rejected]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report."""

    name: str
    file_name: str
    what: Text
    url: str  # the dossier, once it is built and the person is registered
    item_url: str


def outcomes(actor: Actor, items: Sequence[ImportItem]) -> list[Outcome]:
    return [_outcome(item) for item in items]


def _outcome(item: ImportItem) -> Outcome:
    is_taken = item.decision == ImportDecision.ACCEPT and not item.error
    name = queries.corrected(item)[0].name if queries.has_form(item) else ""
    what: Text = words.WRITTEN.get(item.match, "") if is_taken else words.left_out(item)
    url = dossier_url(item.cadre_id) if is_taken and item.cadre_id else ""
    return Outcome(name or item.file_name, item.file_name, what, url, item_url(item))


def dossier_url(cadre: UUID) -> str:
    try:
        return reverse("desk:dossier", args=[cadre])
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class ListTab:
    name: Text
    count: int
    url: str
    is_current: bool


def list_tabs(batch: ImportBatch, counts: Mapping[str, int], current: str) -> list[ListTab]:
    return [
        ListTab(label, counts[name], page_url(batch.pk, step="review", list=name), name == current)
        for name, label in LISTS.items()
    ]


def pager(total: int, number: int, size: int, url: str, unit: Text) -> Pager:
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    return Pager(
        total=total,
        first=min(total, (number - 1) * size + 1),
        last=min(total, number * size),
        number=number,
        pages=pages,
        previous_url=f"{url}&page={number - 1}" if number > 1 else "",
        next_url=f"{url}&page={number + 1}" if number < pages else "",
        unit=unit,
    )


def outlook_text(batch: ImportBatch) -> str:
    seen = queries.outlook(batch)
    return _("将新增 %(new)s 人、更新 %(changed)s 人、跳过 %(skipped)s 人。") % {
        "new": seen.new,
        "changed": seen.changed,
        "skipped": seen.skipped,
    }


def moment(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One import of the list."""

    batch: ImportBatch
    url: str
    state: Text
    created: str
    outcome: Text
    undo: str


def batch_line(batch: ImportBatch, now: datetime) -> BatchLine:
    until = queries.undo_until(batch) if batch.state == ImportState.APPLIED else None
    return BatchLine(
        batch=batch,
        url=page_url(batch.pk),
        state=ImportState(batch.state).label,
        created=moment(batch.created_at),
        outcome=_batch_outcome(batch),
        undo=moment(until) if until and now <= until else "",
    )


def _batch_outcome(batch: ImportBatch) -> Text:
    facts: dict[str, Any] = {"done": batch.done, "total": batch.total, "skipped": batch.skipped}
    if batch.state in (ImportState.APPLIED, ImportState.UNDONE):
        return _("写入 %(done)s 人，跳过 %(skipped)s 人") % facts
    return _("%(done)s / %(total)s") % facts if batch.state in RUNNING else ""
