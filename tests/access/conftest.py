"""The filled world, at the day of the tests."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from tests.access.filled import fill
from tests.access.world import World, build_world
from tests.conftest import Cast


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def world(cast: Cast, at: datetime) -> World:
    return fill(build_world(cast, at))
