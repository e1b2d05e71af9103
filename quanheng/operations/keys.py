"""The key file of a new installation; never a new one beside old data."""

from django.conf import settings

from quanheng.kernel.errors import Refused
from quanheng.operations.tables import backed_up_models
from quanheng.vault import keyring


class KeysLost(Refused):
    """The database holds records but the key file is gone: bring it back, or restore a backup."""


def ensure_keys() -> None:
    """Make the key file at the first start. With records in the database a missing file is never replaced."""
    if settings.KEY_FILE.exists():
        return
    if any(model._base_manager.exists() for model in backed_up_models()):
        raise KeysLost("keys-lost", file=str(settings.KEY_FILE))
    keyring.ensure_keys(settings.KEY_FILE)
