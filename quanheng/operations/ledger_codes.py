"""The actions of this room that the ledger knows."""

BACK_UP = "operations.back_up"
RESTORE = "operations.restore"
ROTATE_KEYS = "operations.rotate_keys"
RETIRE_KEY = "operations.retire_key"

CODES = frozenset({BACK_UP, RESTORE, ROTATE_KEYS, RETIRE_KEY})
