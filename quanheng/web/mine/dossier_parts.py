"""Lines of 我的档案: the single values of the form, the facts, the records, in the order of the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from quanheng.people.fields import IDENTITY_FIELDS
from quanheng.people.models import Cadre, FieldSource
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries_dossier import core_records, photo_of, records_on, sources_of
from quanheng.people.roster import Row
from quanheng.web.shared.columns import post_text
from quanheng.web.shared.dossier_facts import fact_lines
from quanheng.web.shared.dossier_records import Links, RecordTable, record_table
from quanheng.web.shared.dossier_words import FIELD_LABELS, field_text, source_text
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Text

STILL_OPEN = timedelta(minutes=30)
# In the order of the 任免审批表.
ORDER = ("education", "title", "post", "rank", "resume", "reward", "sanction", "grade", "family", "training")


@dataclass(frozen=True, slots=True)
class OwnValue:
    label: Text
    value: str
    evidence_url: str
    source: str


def dossier_context(request: ActorRequest, cadre: Cadre, links: Links) -> dict[str, Any]:
    records, sources = core_records(cadre, request.today), sources_of(cadre)
    return {
        "cadre": cadre,
        "posts": post_text(records),
        "facts": fact_lines(records, links),
        "values": [_value(cadre, field.key, sources.get(field.key), links) for field in IDENTITY_FIELDS],
        "tables": [_table(records, kind, links) for kind in ORDER],
        "photo_url": reverse("mine:dossier-photo") if photo_of(cadre) else "",
        "printed_at": f"{localtime(request.now):%Y-%m-%d %H:%M}",
    }


def _value(cadre: Cadre, key: str, source: FieldSource | None, links: Links) -> OwnValue:
    field = next(field for field in IDENTITY_FIELDS if field.key == key)
    text = field_text(cadre, key, field.render(cadre))
    raw = str(source.raw or "") if source and source.is_flagged and key != "identity_number" else ""
    return OwnValue(FIELD_LABELS[key], text or raw, links.field(key), source_text(source) if source else "")


def _table(records: Row, kind: str, links: Links) -> RecordTable:
    return record_table(kind, _rows(records, kind), records.on, links)


def _rows(records: Row, kind: str) -> Sequence[DossierRecord]:
    read: dict[str, Sequence[DossierRecord]] = {
        "resume": records.resume,
        "post": records.posts,
        "rank": records.ranks,
        "education": records.educations,
        "grade": records.grades,
    }
    return read[kind] if kind in read else records_on(records.cadre, kind, records.on)
