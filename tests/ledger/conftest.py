from datetime import UTC, datetime
from uuid import UUID

import pytest

from quanheng.kernel.actor import Actor, Role
from quanheng.ledger.ledger_codes import CODES

AT = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def officer() -> Actor:
    return Actor(key=UUID(int=11), name="林疏桐", roles=frozenset({Role.CADRE_OFFICER}))


@pytest.fixture(autouse=True)
def _codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of the tests, so that these do not change with the rooms above."""
    known = CODES | {"alpha.change", "beta.change", "gamma.change"}
    monkeypatch.setattr("quanheng.ledger.codes.known_codes", lambda: known)
