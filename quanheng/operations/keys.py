"""The key file of a new installation, never a new one beside old data; and the change of the sealing key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from quanheng.kernel.actor import Actor, Role
from quanheng.kernel.errors import NotPermitted, Refused
from quanheng.ledger import actions as ledger
from quanheng.operations.ledger_codes import RETIRE_KEY, ROTATE_KEYS
from quanheng.operations.tables import backed_up_models
from quanheng.vault import keyring, rotation
from quanheng.vault.fields import current_keyring

Progress = Callable[[str, int], None]  # column, cells sealed anew


class KeysLost(Refused):
    """The database holds records but the key file is gone: bring it back, or restore a backup."""


@dataclass(frozen=True, slots=True)
class KeyState:
    key: str
    is_current: bool
    cells: int


@dataclass(frozen=True, slots=True)
class Rotated:
    old: str
    new: str
    cells: int


def ensure_keys() -> None:
    """Make the key file at the first start. With records in the database a missing file is never replaced."""
    if settings.KEY_FILE.exists():
        return
    if any(model._base_manager.exists() for model in backed_up_models()):
        raise KeysLost("keys-lost", file=str(settings.KEY_FILE))
    keyring.ensure_keys(settings.KEY_FILE)


def key_states() -> list[KeyState]:
    """The current key first."""
    ring = current_keyring()
    counts = [rotation.count_keys(model, field) for model, field in rotation.sealed_columns()]
    states = [KeyState(key, key == ring.current, sum(count[key] for count in counts)) for key in ring.encrypt]
    return sorted(states, key=lambda state: (not state.is_current, state.key))


def rotate_keys(*, actor: Actor, reason: str, at: datetime, progress: Progress) -> Rotated:
    """A new key, then every cell under it, in batches while others work. Broken off, `retire_key` goes on with it."""
    _require_administrator(actor)
    old = current_keyring().current
    new = keyring.rotate(settings.KEY_FILE).current
    with transaction.atomic():
        ledger.record(
            actor=actor, action=ROTATE_KEYS, obj=f"vault.key:{new}", detail={"old": old}, reason=reason, at=at
        )
    return Rotated(old, new, _reseal(progress))


def retire_key(*, actor: Actor, key: str, reason: str, at: datetime, progress: Progress) -> None:
    """Seal anew what is still under an older key, prove that nothing needs this one, forget it."""
    _require_administrator(actor)
    ring = current_keyring()
    if key == ring.current or key not in ring.encrypt:
        raise keyring.CannotRetire("key-current-or-unknown", key=key)
    _reseal(progress)
    with _without_writers():
        ledger.record(actor=actor, action=RETIRE_KEY, obj=f"vault.key:{key}", reason=reason, at=at)
        rotation.retire(settings.KEY_FILE, key)


def _require_administrator(actor: Actor) -> None:
    if not actor.has_role(Role.SYSTEM_ADMIN):
        raise NotPermitted("role-not-open", roles=[Role.SYSTEM_ADMIN])


def _reseal(progress: Progress) -> int:
    total = 0
    for model, field in rotation.sealed_columns():
        done = rotation.reseal(model, field)
        progress(f"{model._meta.label_lower}.{field}", done)
        total += done
    return total


@contextmanager
def _without_writers() -> Iterator[None]:
    """Whoever sealed a cell under the old key has committed it and is counted. SQLite has one writer: us."""
    tables = sorted({model._meta.db_table for model, _ in rotation.sealed_columns()})
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(map(connection.ops.quote_name, tables))
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        yield
