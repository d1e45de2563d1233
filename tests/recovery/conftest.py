"""One installation for all tests of this folder: a cluster of its own, which knew no role before."""

import sys
from collections.abc import Iterator

import pytest

from tests.recovery.installation import Installation, installed


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    if sys.platform != "linux":
        pytest.skip("deploy's scripts are for Linux, with GNU's programs")
    with installed() as made:
        made.psql("hep", "reader.sql")
        yield made
