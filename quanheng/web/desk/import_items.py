"""One person of an import: what was found in the file, what differs from the register, what is decided."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quanheng.intake import actions, queries
from quanheng.intake.access import item_for
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.models import ImportItem
from quanheng.kernel.actor import EDITORS, Purpose
from quanheng.kernel.errors import NotFound
from quanheng.ledger.actions import record_opening
from quanheng.web.desk import import_parts as parts
from quanheng.web.desk import import_words as words
from quanheng.web.desk.import_item_parts import candidate_lines, difference, form_facts, neighbours
from quanheng.web.desk.import_pages import Context
from quanheng.web.desk.imports import CONFLICT, carry_out
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link


@roles(*EDITORS)
@require_safe
def show_item(request: ActorRequest, pk: UUID, item: UUID) -> HttpResponse:
    """The page, or for htmx the difference alone, opened under its row of the list."""
    row = item_for(request.actor, pk, item)
    context = item_context(request, row)
    template = "desk/imports/_difference.html" if request.htmx else "desk/imports/item.html"
    return render(request, template, context)


@roles(*EDITORS)
@require_safe
def show_photo(request: ActorRequest, pk: UUID, item: UUID) -> HttpResponse:
    """The photo of the file, in our form."""
    row = item_for(request.actor, pk, item)
    if row.photo is None:
        raise NotFound
    response = HttpResponse(bytes(row.photo.content), content_type=row.photo.media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


@roles(*EDITORS)
@require_POST
def correct(request: ActorRequest, pk: UUID, item: UUID) -> HttpResponse:
    row = item_for(request.actor, pk, item)
    typed = _typed(request)
    refusal = carry_out(request, row.batch, "intake.correct_import", lambda: _correct(request, row, typed))
    if refusal:
        return _refused(request, row, refusal, typed)
    if request.POST.get("from") == "list":
        page = request.POST.get("page", "1")
        return redirect(parts.page_url(pk, step="findings", page=page if page.isdecimal() else "1"))
    return redirect("desk:import-item", pk, item)


def _typed(request: ActorRequest) -> dict[str, str]:
    """What the fields of the findings hold, by the place of the form they correct."""
    fields = [name for name in request.POST if name.startswith("value:")]
    return {name.removeprefix("value:"): request.POST[name].replace("\r\n", "\n").strip() for name in fields}


def _correct(request: ActorRequest, row: ImportItem, typed: Mapping[str, str]) -> None:
    """Only what was changed; a field that was left alone says nothing."""
    form = queries.corrected(row)[0] if queries.has_form(row) else None
    values = {path: text for path, text in typed.items() if form is None or not _is_same(form, path, text)}
    actions.correct_item(
        actor=request.actor,
        batch=row.batch_id,
        item=row.pk,
        values=values,
        remember="remember" in request.POST,
        at=request.now,
        on=request.today,
    )


def _is_same(form: Any, path: str, text: str) -> bool:
    return words.is_place(form, path) and words.text_at(form, path) == text


@roles(*EDITORS)
@require_POST
def resolve(request: ActorRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Same person as one of the register, or another one."""
    row = item_for(request.actor, pk, item)
    asked = request.POST.get("cadre", "")
    if asked == "":
        return _refused(request, row, _("还没有选是不是同一人。请选一项。"), {})
    cadre = None if asked == "another" else _key(asked)
    refusal = carry_out(request, row.batch, "intake.correct_import", lambda: _resolve(request, row, cadre))
    return _refused(request, row, refusal, {}) if refusal else redirect("desk:import-item", pk, item)


def _resolve(request: ActorRequest, row: ImportItem, cadre: UUID | None) -> None:
    actions.resolve_duplicate(
        actor=request.actor, batch=row.batch_id, item=row.pk, cadre=cadre, at=request.now, on=request.today
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


@roles(*EDITORS)
@require_POST
def decide(request: ActorRequest, pk: UUID, item: UUID) -> HttpResponse:
    """采用 with the groups that are ticked, or 跳过; then back to the list that the person is in."""
    row = item_for(request.actor, pk, item)
    refusal = carry_out(request, row.batch, "intake.decide_items", lambda: _decide(request, row))
    if refusal:
        return _refused(request, row, refusal, {})
    name = next(name for name in queries.LISTS if queries.listed(row.batch, name).filter(pk=item).exists())
    return redirect(parts.page_url(pk, step="review", list=name))


def _decide(request: ActorRequest, row: ImportItem) -> None:
    is_accepted = request.POST.get("decision") == ImportDecision.ACCEPT
    decision = ImportDecision.ACCEPT if is_accepted else ImportDecision.SKIP
    if is_accepted and "offered" in request.POST:
        rejected = set(request.POST.getlist("offered")) - set(request.POST.getlist("group"))
        actions.choose_groups(actor=request.actor, batch=row.batch_id, item=row.pk, rejected=rejected, at=request.now)
    actions.decide_items(actor=request.actor, batch=row.batch_id, items=[row.pk], decision=decision, at=request.now)


def _refused(request: ActorRequest, row: ImportItem, refusal: str, typed: Mapping[str, str]) -> HttpResponse:
    fresh = item_for(request.actor, row.batch_id, row.pk)
    context = item_context(request, fresh, typed) | {"refusal": refusal}
    return render(request, "desk/imports/item.html", context, status=CONFLICT)


def item_context(request: ActorRequest, row: ImportItem, typed: Mapping[str, str] | None = None) -> Context:
    is_open = row.batch.state == ImportState.REVIEW
    context: Context = {
        "item": row,
        "batch": row.batch,
        "title": row.file_name,
        "crumbs": [Link(_("导入"), parts.imports_url()), Link(row.batch.number, parts.page_url(row.batch_id))],
        "facts": [ImportMatch(row.match).label, words.DECISIONS[row.decision]] if row.match else [],
        "why": words.left_out(row) if row.decision != ImportDecision.ACCEPT else "",
        "is_open": is_open,
        "neighbours": neighbours(row),
        "refusal": "",
    }
    return context | _person_context(request, row, typed or {}, is_open=is_open) if queries.has_form(row) else context


def _person_context(request: ActorRequest, row: ImportItem, typed: Mapping[str, str], *, is_open: bool) -> Context:
    form, findings = queries.corrected(row)
    is_unsolved = row.match == ImportMatch.DUPLICATE
    comparison = queries.compare_items(request.actor, [row], request.today).get(row.pk) if is_open else None
    if comparison and comparison.old:
        cadre = comparison.old.cadre.pk
        record_opening(actor=request.actor, cadre=cadre, purpose=Purpose.MANAGEMENT, at=request.now)
    return {
        "title": form.name or row.file_name,
        "form_facts": form_facts(form),
        "sheet": parts.sheet_of(row, form, findings, typed=typed, is_list=False),
        "candidates": candidate_lines(request.actor, row, form) if is_open else [],
        "difference": difference(row, comparison) if comparison and comparison.old and not is_unsolved else (),
        "posts_differ": bool(comparison and comparison.posts_differ),
        "is_gone": is_open and row.match == ImportMatch.CHANGED and comparison is None,
        "is_changed": row.match == ImportMatch.CHANGED,
        "may_accept": is_open and row.match in parts.TAKEN,
        "registered_url": parts.dossier_url(row.cadre_id) if row.cadre_id and not is_unsolved else "",
    }
