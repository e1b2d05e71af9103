"""签认: signing, the second signature, withdrawing. Each is one transaction with one entry in the ledger.

What was signed stays: a withdrawn sign-off and one of a former text are history, never deleted.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from quanheng.instruments.access import require_decider, versions_for
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.flow import COUNTERSIGNERS, FLOW, SIGNERS
from quanheng.instruments.ledger_codes import COUNTERSIGN_RULE, SIGN_RULE, WITHDRAW_SIGN_OFF
from quanheng.instruments.models import SignOff
from quanheng.instruments.queries import standing
from quanheng.instruments.texts import digest_of, needs_paper
from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.kernel.errors import NotFound, Refused
from quanheng.kernel.flow import open_steps
from quanheng.ledger import actions as ledger
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile
from quanheng.rulebook.instrument import RuleText

MIN_REASON = 10
MAX_PAPER = 20 * 2**20  # bytes
_KINDS = {
    b"%PDF": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"PK\x03\x04": "application/zip",  # .docx and .ofd are archives
}


class CannotSign(Refused):
    """A sign-off that could not be made; the codes are worded in web.shared.refusals."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The official text as a file."""

    name: str
    content: bytes


@transaction.atomic
def sign_rule(*, actor: Actor, rule: str, document: str, paper: Paper | None, used_from: date, at: datetime) -> SignOff:
    """The version in force on `used_from` is what is signed, with its text of today.

    A version that holds today is not made to block in the past; one that has ended may be signed for looking back.
    """
    require_decider(actor, SIGNERS)
    text = version_on(actor, rule, used_from)
    _require_open(actor, SIGN_RULE, text, at)
    _require_day(text, used_from, localtime(at).date())
    _require_proof(text, document, paper)
    row = _create(
        SignOff(
            rule=rule,
            version_from=text.in_force.start,
            digest=digest_of(text),
            document=document.strip(),
            paper=_kept(paper, at),
            used_from=used_from,
            signed_by=actor.key,
            signed_at=at,
        )
    )
    detail = _detail(row) | {"paper": row.paper.digest if row.paper else None}
    _record(actor, SIGN_RULE, row, detail, at)
    return row


@transaction.atomic
def countersign_rule(*, actor: Actor, sign_off: UUID, at: datetime) -> SignOff:
    """The second person. A rule that holds today blocks from today on at the earliest."""
    require_decider(actor, COUNTERSIGNERS)
    row, text = _live(actor, sign_off)
    _require_open(actor, COUNTERSIGN_RULE, text, at, row)
    if row.signed_by == actor.key:
        raise CannotSign("countersigned-by-signer")
    today = localtime(at).date()
    if text.in_force.contains(today):
        row.used_from = max(row.used_from, today)
    row.countersigned_by, row.countersigned_at = actor.key, at
    row.save(update_fields=["countersigned_by", "countersigned_at", "used_from"])
    _record(actor, COUNTERSIGN_RULE, row, _detail(row) | {"signed_by": str(row.signed_by)}, at)
    return row


@transaction.atomic
def withdraw_sign_off(*, actor: Actor, sign_off: UUID, reason: str, at: datetime) -> SignOff:
    """From now on the rule warns at most, until it is signed again."""
    require_decider(actor, COUNTERSIGNERS)
    row, _text = _live(actor, sign_off)
    require_reason(reason)
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = actor.key, at, reason.strip()
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    _record(actor, WITHDRAW_SIGN_OFF, row, _detail(row), at, reason=reason.strip())
    return row


def version_on(actor: Actor, rule: str, on: date) -> RuleText:
    """The version in force on that day; NotFound for no rule, refused where none of its versions holds then."""
    versions = versions_for(actor, rule)
    text = next((each for each in versions if each.in_force.contains(on)), None)
    if text is None:
        raise CannotSign("rule-not-in-force", on=on)
    return text


def require_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        raise CannotSign("reason-too-short", minimum=MIN_REASON)


def rule_key(rule: str) -> str:
    """How the ledger names a rule: all entries about one are found by this."""
    return f"rulebook.rule:{rule}"


def _require_open(actor: Actor, action: str, text: RuleText, at: datetime, row: SignOff | None = None) -> None:
    """The step follows on how the rule stands, read with a lock. SYSTEM has no role and is asked for none."""
    rows = SignOff.objects.select_for_update().filter(rule=text.id).order_by("-signed_at", "-pk")
    now = standing(text, rows, localtime(at).date())
    if row is not None and now.sign_off != row:
        raise CannotSign("sign-step-not-open", state=now.state)
    steps = FLOW if actor == SYSTEM else open_steps(FLOW, state=now.state, actor=actor)
    if not any(step.action == action and step.source == now.state for step in steps):
        raise CannotSign("sign-step-not-open", state=now.state)


def _live(actor: Actor, pk: UUID) -> tuple[SignOff, RuleText]:
    """A sign-off that nobody has withdrawn, locked, and the version it is about as it reads today."""
    row = SignOff.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    versions = versions_for(actor, row.rule)
    text = next((each for each in versions if each.in_force.start == row.version_from), versions[-1])
    if row.withdrawn_at is not None:
        raise CannotSign("sign-step-not-open", state=SignOffState.UNSIGNED)
    return row, text


def _create(row: SignOff) -> SignOff:
    """Two who sign the same text at the same moment: the second finds it signed."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CannotSign("sign-step-not-open", state=SignOffState.SIGNED) from None
    return row


def _require_day(text: RuleText, used_from: date, today: date) -> None:
    if text.in_force.contains(today) and used_from < today:
        raise CannotSign("used-from-past", today=today)


def _require_proof(text: RuleText, document: str, paper: Paper | None) -> None:
    if needs_paper(text) and paper is None:
        raise CannotSign("text-not-attached")
    if paper is None and not document.strip():
        raise CannotSign("no-document")


def _kept(paper: Paper | None, at: datetime) -> StoredFile | None:
    if paper is None:
        return None
    if len(paper.content) > MAX_PAPER:
        raise CannotSign("paper-too-large", limit=MAX_PAPER // 2**20)
    media_type = next((kind for mark, kind in _KINDS.items() if paper.content.startswith(mark)), "")
    if not media_type:
        raise CannotSign("paper-unknown-type")
    file = build_file(name=paper.name, media_type=media_type, content=paper.content, at=at)
    file.save(force_insert=True)
    return file


def _detail(row: SignOff) -> dict[str, object]:
    return {
        "rule": row.rule,
        "version_from": row.version_from.isoformat() if row.version_from else None,
        "digest": row.digest,
        "used_from": row.used_from.isoformat(),
    }


def _record(
    actor: Actor, action: str, row: SignOff, detail: dict[str, object], at: datetime, *, reason: str = ""
) -> None:
    cites = (row.document,) if row.document else ()
    ledger.record(actor=actor, action=action, obj=rule_key(row.rule), detail=detail, reason=reason, cites=cites, at=at)
