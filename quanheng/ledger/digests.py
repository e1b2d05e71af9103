"""Values that are encrypted at rest appear in the ledger only as keyed digests."""

import hashlib
import hmac

from quanheng.ledger.chain import canonical
from quanheng.vault.fields import current_keyring

PREFIX = "digest:"


def digest(value: object) -> str:
    """Equal values give equal digests, so that a change shows; without the key nothing can be guessed back."""
    return PREFIX + hmac.digest(current_keyring().ledger, canonical(value).encode(), hashlib.sha256).hex()[:32]
