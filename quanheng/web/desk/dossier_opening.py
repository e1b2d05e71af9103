"""Opening a dossier on the desk: for which purpose, as on which day, logged; and where its values lead."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.accounts.choices import PurposeChoice
from quanheng.instruments.queries import Standing
from quanheng.kernel.actor import Purpose, Role
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.ledger.actions import record_opening, record_refusal
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.queries import has_opened
from quanheng.people import access
from quanheng.people.models import Cadre
from quanheng.web.desk.days import chosen_day, planned_day
from quanheng.web.shared.dossier_evidence import Reader
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Link
from quanheng.web.shared.refusals import sentence

STILL_OPEN = timedelta(minutes=30)  # evidence asked for within it belongs to the opening that is already logged


@dataclass(frozen=True, slots=True)
class DeskLinks:
    """Addresses of one dossier that keep day and purpose; "" for a change that is not open here."""

    cadre: UUID
    query: str = ""
    may_edit: bool = False

    def _url(self, name: str, *args: object, query: str = "", **more: str) -> str:
        parameters = "&".join(part for part in (query, urlencode(more)) if part)
        url = reverse(f"desk:{name}", args=args)
        return f"{url}?{parameters}" if parameters else url

    def fact(self, kind: str) -> str:
        return self._url("evidence", kind, self.cadre, query=self.query)

    def field(self, key: str) -> str:
        return self.fact(f"field-{key.replace('_', '-')}")

    def record(self, kind: str, pk: UUID) -> str:
        return self._url("evidence", f"record-{kind}", self.cadre, query=self.query, record=str(pk))

    def change_field(self, key: str) -> str:
        return self._url("dossier-field", self.cadre, key.replace("_", "-")) if self.may_edit else ""

    def change(self, kind: str, pk: UUID) -> str:
        return self._url("dossier-record-change", self.cadre, kind, pk) if self.may_edit else ""

    def add(self, kind: str) -> str:
        return self._url("dossier-record-add", self.cadre, kind) if self.may_edit else ""

    def withdraw(self, kind: str, pk: UUID) -> str:
        return self._url("dossier-record-withdraw", self.cadre, kind, pk) if self.may_edit else ""

    def undo(self, entry: int) -> str:
        return self._url("dossier-undo", self.cadre, entry) if self.may_edit else ""

    def form(self, kind: str) -> str:
        return self._url("dossier-form", self.cadre, kind, query=self.query)

    def page(self, **changes: str) -> str:
        return self._url("dossier", self.cadre, query=self.query, **changes)

    def parameters(self) -> list[tuple[str, str]]:
        """Day and purpose, for forms that keep them."""
        return parse_qsl(self.query)

    def person(self, pk: UUID) -> str:
        return self._url("dossier", pk, query=self.query)

    def condition(self, rule: str, target: str) -> str:
        path = _conditions(self.cadre).replace(_ANY_RULE, rule)
        return f"{path}?{self.query}{'&' if self.query else ''}{urlencode({'target': target})}"

    def target(self, code: str) -> str:
        """How the person stands to a target, with all its columns."""
        return self.page(tab="eligibility", target=code)

    def rule(self, rule: str) -> str:
        day = dict(self.parameters()).get("on")
        return self._url("rule", rule, query=urlencode({"on": day}) if day else "")

    def switch(self, switch: str) -> str:
        return self._url("rule-switch", switch)

    def paper(self, standing: Standing) -> str:
        row = standing.sign_off
        return self._url("rule-paper", row.rule, row.pk) if row and row.paper_id else ""


_ANY_RULE = "ANY-RULE"


@lru_cache(maxsize=16)
def _conditions(cadre: UUID) -> str:
    """The address of a condition, which stands on a page a hundred times with another rule."""
    return reverse("desk:rule-evidence", args=[cadre, _ANY_RULE])


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that the actor may read now."""

    cadre: Cadre
    on: date
    is_past: bool
    purpose: Purpose
    purposes: tuple[Purpose, ...]
    links: DeskLinks

    may_correct: bool = False

    @property
    def reader(self) -> Reader:
        """A drawer leads to the correction whatever the purpose: the step opens the file for management by itself."""
        ask = _("更正由有这个单位“日常管理”授权的工作人员办理。")
        remedy = _("这是过去某日的状态，只读。回到今天再更正。") if self.is_past else ask
        links = replace(self.links, may_edit=self.may_correct)
        return Reader(self.cadre.name, links, PurposeChoice(self.purpose.value).label, remedy)


def open_file(request: ActorRequest, pk: UUID) -> OpenFile:
    """NotFound out of scope; NotPermitted, which is logged, for a file or a purpose that is closed to the actor."""
    purpose = asked_purpose(request)
    try:
        cadre = access.dossier_for(request.actor, pk, purpose=purpose)
    except NotPermitted as refusal:
        _log_refusal(request, pk, refusal)
        raise
    on = chosen_day(request)
    is_past = on < request.today
    granted = access.purposes_of(request.actor, cadre)
    may_correct = access.may_edit(request.actor) and Purpose.MANAGEMENT in granted and not is_past
    may_edit = may_correct and purpose is Purpose.MANAGEMENT
    query = {"on": on.isoformat()} if is_past else {}
    query |= {"purpose": purpose.value} if purpose is not Purpose.MANAGEMENT else {}
    purposes = tuple(each for each in Purpose if each in granted)
    links = DeskLinks(pk, urlencode(query), may_edit)
    return OpenFile(cadre, on, is_past, purpose, purposes, links, may_correct)


def on_planned_day(request: ActorRequest, file: OpenFile) -> OpenFile:
    """What is asked of conditions may be about a day to come; no other page of a file is."""
    day = planned_day(request)
    if day <= request.today:
        return file
    query = dict(file.links.parameters()) | {"on": day.isoformat()}
    return replace(file, on=day, links=replace(file.links, query=urlencode(query)))


def _log_refusal(request: ActorRequest, pk: UUID, refusal: NotPermitted) -> None:
    """What a supervisor tried is told to supervisors only, as what he reads is."""
    supervises = request.actor.has_role(Role.DISCIPLINE_SUPERVISOR)
    record_refusal(
        actor=request.actor,
        action=OPEN_DOSSIER,
        obj=f"people.cadre:{pk}",
        refusal=refusal,
        at=request.now,
        cadre=pk,
        purpose=Purpose.SUPERVISION.value if supervises else "",
    )


def asked_purpose(request: ActorRequest) -> Purpose:
    """Of the address, else what the grants are for: a supervisor's first click must not be logged as a refusal,
    which would tell the officers of the file. The desk never opens a file as the subject."""
    asked = request.GET.get("purpose") or access.default_purpose(request.actor).value
    if asked not in PurposeChoice.values:
        raise NotFound
    return Purpose(asked)


def log_opening(request: ActorRequest, file: OpenFile) -> None:
    record_opening(actor=request.actor, cadre=file.cadre.pk, purpose=file.purpose, at=request.now)


def log_opening_once(request: ActorRequest, file: OpenFile) -> None:
    """For drawers: part of an opening of the last half hour, else an opening of its own (asked from a list)."""
    if not has_opened(request.actor, file.cadre.pk, since=request.now - STILL_OPEN):
        log_opening(request, file)


def other_purposes(request: ActorRequest, pk: UUID, refusal: NotPermitted) -> HttpResponse:
    """403 that names the purposes for which the grants do open this file."""
    granted = refusal.facts.get("granted")
    if refusal.code != "purpose-not-granted" or not isinstance(granted, list) or not granted:
        raise refusal
    links = [
        Link(PurposeChoice(value).label, f"{reverse('desk:dossier', args=[pk])}?purpose={value}") for value in granted
    ]
    context = {"reason": sentence(refusal), "links": links}
    return render(request, "desk/dossier/purpose.html", context, status=403)
