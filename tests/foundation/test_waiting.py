"""Under gevent each greenlet waits for its own answer of PostgreSQL, however long or large; the others go on."""

import subprocess
import sys

import psycopg.waiting
from gevent import core
from psycopg.waiting import READY_R, READY_W, WAIT_R, WAIT_W

from hep_api.foundation import waiting
from hep_api.foundation.settings import Settings

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import sys, gevent, psycopg
from hep_api.foundation import waiting
waiting.wait_by_the_loop()
waiting.wait_by_the_loop()
assert psycopg.waiting.wait is waiting.wait_in_loop and waiting.is_patched_first()
url = sys.argv[1].replace("postgresql+psycopg://", "postgresql://", 1)
one, other = (psycopg.connect(url, autocommit=True) for _ in range(2))
one.execute("SELECT pg_advisory_lock(57)")
late = gevent.spawn(lambda: other.execute("SELECT pg_advisory_lock(57), 'late'").fetchone()[1])
large = "x" * 20_000_000
assert one.execute("SELECT length(%s), %s", [large, large]).fetchone() == (20_000_000, large)
assert not late.ready()
one.execute("SELECT pg_advisory_unlock(57)")
assert late.get(timeout=10) == "late"
try:
    with gevent.Timeout(0.1):
        other.execute("SELECT pg_sleep(60)")
except gevent.Timeout:
    print("given up")
heard = gevent.spawn(lambda: next(iter(one.notifies())).payload)
one_more = psycopg.connect(url, autocommit=True)
assert [each.payload for each in one_more.notifies(timeout=0.05)] == []
gevent.sleep(0.1)
pid = one.info.backend_pid
one_more.execute("SELECT pg_terminate_backend(%s)", [pid])
try:
    heard.get(timeout=10)
except psycopg.OperationalError:
    print("lost")
"""


def test_each_waits_for_its_own_answer_and_can_be_given_up(settings: Settings) -> None:
    command = [sys.executable, "-c", UNDER_GEVENT, settings.database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "given up\nlost\n", done.stderr


def test_without_gevent_psycopg_waits_as_it_does() -> None:
    before = psycopg.waiting.wait
    waiting.wait_by_the_loop()
    assert psycopg.waiting.wait is before
    assert not waiting.is_patched_first()


def test_both_libraries_have_the_same_numbers_for_reading_and_writing() -> None:
    assert (WAIT_R, WAIT_W) == (READY_R, READY_W) == (core.READ, core.WRITE)
