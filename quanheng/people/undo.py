"""Take back one change of a file: the entry of the ledger says what was done, this does the reverse.

Refused when the change is older than a week, was taken back already, or what it touched has changed since.
"""

from datetime import datetime, timedelta

from quanheng.ledger.models import Entry

UNDO_FOR = timedelta(days=7)
UNDOABLE = frozenset({"people.change_field", "people.add_record", "people.replace_record", "people.withdraw_record"})


def undo_until(entry: Entry) -> datetime:
    return entry.at + UNDO_FOR
