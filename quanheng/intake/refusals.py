"""Why a step of an import is not taken."""

from quanheng.kernel.errors import Refused

MIN_REASON = 10


class CannotImport(Refused):
    """No files, too many, no place for new persons, a decision or correction that does not fit."""


class CannotUndo(Refused):
    """Too late, or nobody left to undo."""


def require_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        raise CannotImport("no-reason", minimum=MIN_REASON)
