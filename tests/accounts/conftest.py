"""A clock that stands still: codes of half a minute then cannot run out in the middle of a test."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

NOON = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
