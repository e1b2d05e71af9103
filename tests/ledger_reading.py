"""Reading the ledger in tests: entries as plain tuples. No test in here."""

import json
from typing import Any

from quanheng.ledger.models import Entry, EntryDetail


def entries(prefix: str = "") -> list[tuple[str, str, bool, dict[str, Any]]]:
    """(action, object key, is refused, detail) of every entry whose action begins so, oldest first."""
    details = {row.entry_id: row.detail for row in EntryDetail.objects.all()}
    rows = Entry.objects.filter(action__startswith=prefix).order_by("id")
    return [(row.action, row.object_key, row.is_refused, json.loads(details.get(row.pk) or "{}")) for row in rows]


def last_reason() -> str:
    return EntryDetail.objects.order_by("-entry_id")[0].reason
