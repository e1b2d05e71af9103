"""What an import would do, found without writing a row: no lock is held, however many files there are."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import BinaryIO

from quanheng.intake import queries
from quanheng.intake.choices import ImportDecision
from quanheng.intake.models import ImportItem
from quanheng.intake.reading_actions import read_item
from quanheng.intake.refusals import CannotImport
from quanheng.intake.upload_actions import MAX_FILES, MEDIA_TYPE, members
from quanheng.kernel.actor import Actor
from quanheng.organization.models import Unit
from quanheng.papers.actions import build_file
from quanheng.people import access


def rehearse(
    *,
    actor: Actor,
    files: Iterable[tuple[str, BinaryIO]],
    unit: Unit,
    category: str,
    sender: str,
    at: datetime,
    on: date,
) -> Iterator[ImportItem]:
    """Each file read, matched and compared with the register as it is now; the items are never saved."""
    if not access.may_place(actor, unit, category):
        raise CannotImport("no-place", unit=str(unit.pk), category=category)
    remembered = queries.remembered_for(sender.strip())
    seen: set[str] = set()
    order = 0
    for order, (name, data) in enumerate(members(files), start=1):
        if order > MAX_FILES:
            raise CannotImport("too-many-files", limit=MAX_FILES)
        file = build_file(name=name, media_type=MEDIA_TYPE, content=data, at=at)
        item = ImportItem(order=order, file=file, file_name=name)
        read_item(actor, item, remembered, at, on)
        _skip_second(item, seen)
        yield item
    if not order:
        raise CannotImport("no-files")


def _skip_second(item: ImportItem, seen: set[str]) -> None:
    """The second of two files with one identity number is for a person to decide, as when the reading ends."""
    number = (item.reading or {}).get("form", {}).get("identity_number", "")
    if number and number in seen:
        item.decision, item.error = ImportDecision.SKIP, "twice-in-import"
    seen.add(number)
