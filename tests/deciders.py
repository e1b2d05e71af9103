"""Who decides about rules: Lin and Su with a grant for it. Given by the conftest of whoever asks for them."""

from datetime import datetime

import pytest

from quanheng.accounts.queries import actor_of
from quanheng.instruments.actions import Paper
from quanheng.kernel.actor import Actor, Purpose, Role
from tests.conftest import Cast, make_account, make_grant

PDF = Paper("条例.pdf", b"%PDF-1.7 synthetic")
BLOCKING = "RNK-Y-03"  # verified, blocks
WARNING = "TRM-STAB"


@pytest.fixture
def signer(cast: Cast, at: datetime) -> Actor:
    """Officer Lin, who may also sign rules."""
    make_grant(cast.accounts["lin"], cast.unit_a, [Purpose.RULES.value], at)
    return actor_of(cast.accounts["lin"], at=at)


@pytest.fixture
def second(cast: Cast, at: datetime) -> Actor:
    """Officer Su, for the second signature; he opens no file."""
    account = make_account("su", "苏既明", Role.CADRE_OFFICER, at, office="干部监督科")
    make_grant(account, cast.city, [Purpose.RULES.value], at)
    return actor_of(account, at=at)
