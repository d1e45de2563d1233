"""What the tests of notifications stand on besides the app: Google's push service, on this machine."""

from collections.abc import Iterator

import pytest

from development.push_service import server
from development.push_service.server import PushService


@pytest.fixture(scope="session")
def one_push_service() -> Iterator[PushService]:
    """The service that all of this worker's tests share: a key of its own takes as long to make as many tests."""
    with server.started() as service:
        yield service


@pytest.fixture
def push_service(one_push_service: PushService) -> PushService:
    """The service with nothing in it and nothing planned; `push_service.settings(folder)` leads the product there."""
    one_push_service.clear()
    return one_push_service
