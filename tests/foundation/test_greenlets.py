"""Work off the loop: under gevent the others go on meanwhile, and an error is raised where it belongs, unprinted."""

import subprocess
import sys

from hep_api.foundation.greenlets import off_the_loop

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent, sys
from gevent import get_hub
from hep_api.foundation import greenlets
from hep_api.foundation.greenlets import giving_way, off_the_loop
import ctypes
sleep = ctypes.CDLL(None).usleep  # not cooperative: gevent does not know it

ticks = []
def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.01)

ticking = gevent.spawn(tick)
assert off_the_loop(lambda: (sleep(200_000), "done")[1]) == "done"
assert len(ticks) > 3, ticks
ticks.clear()
for _ in giving_way(range(20)):
    sleep(15_000)
assert len(ticks) > 10, ticks
rests = []
greenlets.sleep = rests.append
for _ in giving_way(range(1000)):
    pass
assert len(rests) < 100, rests
def fail():
    raise KeyError("secret")
try:
    off_the_loop(fail)
except KeyError:
    print("raised")
"""


def test_without_gevent_it_is_simply_done() -> None:
    assert off_the_loop(lambda: 1 + 1) == 2


def test_under_gevent_the_others_go_on_and_errors_come_back() -> None:
    done = subprocess.run([sys.executable, "-c", UNDER_GEVENT], capture_output=True, text=True, check=True)
    assert done.stdout == "raised\n"
    assert "secret" not in done.stderr
