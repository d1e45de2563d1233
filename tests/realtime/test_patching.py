"""A server that patches too late is refused: all would seem to work, with every query waiting for every other."""

import subprocess
import sys

import pytest

PATCH = "from gevent import monkey; monkey.patch_all();"
USE = "import psycopg;"
CHECK = "from hep_api.foundation.realtime.gateway import refuse_unpatched_server as check; check()"


@pytest.mark.parametrize(("order", "fits"), [(PATCH + USE, True), (USE + PATCH, False), (USE, False)])
def test_gevent_must_come_before_psycopg(order: str, fits: bool) -> None:
    done = subprocess.run([sys.executable, "-c", order + CHECK], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is fits, done.stderr
    assert fits or "must patch the standard library" in done.stderr
