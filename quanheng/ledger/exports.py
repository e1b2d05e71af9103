"""The ledger as a file that can be proved elsewhere."""

from typing import IO

from quanheng.ledger import notes, package, queries
from quanheng.ledger.models import Checkpoint
from quanheng.vault.fields import current_keyring


def export_package(file: IO[str]) -> int:
    """Heads first, so that what is appended while we write lies past them; the number of entries."""
    heads = queries.heads()
    texts = list(Checkpoint.objects.order_by("number").values_list("note", flat=True))
    return package.write_package(file, queries.chains_until(heads), heads, texts, verifier())


def verifier() -> str:
    """The public key in one line, to be printed and kept beside the exported notes."""
    return notes.verifier_of(notes.public_of(current_keyring().signing))
