"""Which evidence an address asks for: `age`, `field-birth`, `record-post?record=…`."""

from datetime import date
from uuid import UUID

from quanheng.kernel.errors import NotFound
from quanheng.people.choices import VerificationItem
from quanheng.people.facts import FACTS, FactKind
from quanheng.people.fields import BY_KEY
from quanheng.people.models import Cadre
from quanheng.people.queries import verifications_of
from quanheng.people.queries_dossier import core_records, field_history, record_of, sources_of
from quanheng.web.shared.dossier_evidence import Reader, Stated, fact_evidence
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.dossier_sources import field_evidence, record_evidence
from quanheng.web.shared.parts import Evidence


def evidence_of(cadre: Cadre, on: date, kind: str, record: str, reader: Reader) -> Evidence:
    """NotFound for what is neither a fact nor a value of the form nor a record of this file."""
    family, _dash, name = kind.partition("-")
    if kind in FACTS:
        return fact_evidence(FactKind(kind), core_records(cadre, on), stated_of(cadre), reader)
    key = name.replace("-", "_")
    if family == "field" and key in BY_KEY:
        item = key if key in VerificationItem.values else ""
        verification = verifications_of([cadre.pk]).filter(item=item).first() if item else None
        return field_evidence(cadre, key, field_history(cadre, key), verification, reader)
    if family == "record" and name in KINDS:
        return record_evidence(record_of(cadre, name, _key(record)), name, on, reader)
    raise NotFound


def stated_of(cadre: Cadre) -> Stated:
    verifications = {row.item: row for row in verifications_of([cadre.pk])}
    return Stated(sources_of(cadre), verifications)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
