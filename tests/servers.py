"""The servers that tests run against, started for them alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ephemeral_postgres() -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL's `postgres` database, as its superuser."""
    yield os.environ["TEST_POSTGRES_URL"]
