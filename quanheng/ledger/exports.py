"""The ledger as a file that can be proved elsewhere."""

from datetime import datetime
from typing import IO

from django.db import transaction

from quanheng.kernel.actor import Actor
from quanheng.ledger import notes, package, queries
from quanheng.ledger.actions import record
from quanheng.ledger.ledger_codes import EXPORT_PACKAGE
from quanheng.ledger.models import Checkpoint
from quanheng.vault.fields import current_keyring


def export_package(*, actor: Actor, file: IO[str], name: str, at: datetime) -> int:
    """Heads first, so that what is appended while we write lies past them; the number of entries.

    `name` is what the file is called where it goes: that it left is an entry too, past those heads.
    """
    heads = queries.heads()
    texts = list(Checkpoint.objects.order_by("number").values_list("note", flat=True))
    written = package.write_package(file, queries.chains_until(heads), heads, texts, verifier())
    with transaction.atomic():
        record(actor=actor, action=EXPORT_PACKAGE, obj=f"ledger.package:{name}", detail={"count": written}, at=at)
    return written


def verifier() -> str:
    """The public key in one line, to be printed and kept beside the exported notes."""
    return notes.verifier_of(notes.public_of(current_keyring().signing))
