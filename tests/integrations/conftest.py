"""A browser for pages that people look at: started once, and only by tests that need it."""

from collections.abc import Iterator

import pytest

from tests.integrations.browsing import Browsing, opened
from tests.plans.conftest import noon, scene

__all__ = ["browsing", "noon", "scene"]


@pytest.fixture(scope="session")
def browsing() -> Iterator[Browsing]:
    with opened() as browsing:
        yield browsing
