"""Hashing is bounded, and holds up nobody else under gevent."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher

from hep_api.accounts import passwords
from hep_api.accounts.passwords import Passwords
from hep_api.foundation.errors import Problem

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from argon2 import PasswordHasher
from hep_api.accounts.passwords import Credentials, Passwords
from hep_api.foundation.errors import Problem
from uuid import UUID

hasher = Passwords(PasswordHasher(time_cost=6, memory_cost=65536, parallelism=1), 1)
known = Credentials(UUID(int=1), hasher.make_hash("right password"), 1)
ticks = []
def tick():
    while True:
        ticks.append(time.monotonic()); gevent.sleep(0.005)
ticking = gevent.spawn(tick)
gevent.sleep(0)
assert hasher.prove(known, "right password").account_id == known.account_id
began = time.monotonic()
try:
    hasher.prove(known, "wrong password")
except Problem as problem:
    assert problem.code == "credentials_wrong"
took = time.monotonic() - began
during = [tick for tick in ticks if began <= tick <= began + took]
gaps = [later - earlier for earlier, later in zip(during, during[1:])]
assert took > 0.1 and len(during) > 5, (took, len(during))
assert max(gaps) < took / 2, (max(gaps), took)
print("free")
"""


class Watched(PasswordHasher):
    """The real hasher, slowed down, which notes how many hash at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.now, self.most, self.lock = 0, 0, threading.Lock()

    def hash(self, *args: Any, **options: Any) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        try:
            return super().hash(*args, **options)
        finally:
            with self.lock:
                self.now -= 1


def test_no_more_than_so_many_hash_at_once() -> None:
    watched = Watched()
    bounded = Passwords(watched, 2)
    with ThreadPoolExecutor(8) as pool:
        hashes = list(pool.map(bounded.make_hash, [f"password {number}" for number in range(12)]))

    assert len(set(hashes)) == 12
    assert watched.most == 2


def test_who_waits_too_long_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT_SECONDS", 0.001)
    busy = Passwords(Watched(), 1)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(busy.make_hash, "password") for _ in range(4)]
        refusals = [found for one in waiting if isinstance(found := one.exception(), Problem)]

    assert {(refusal.status, refusal.headers["Retry-After"]) for refusal in refusals} == {(503, "2")}
    assert len(refusals) == 3
    assert busy.make_hash("password")


def test_the_hash_of_nobody_is_checked_with_the_same_parameters() -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    nobody = Passwords(hasher, 1)._hash_of_nobody

    assert not hasher.check_needs_rehash(nobody)
    assert nobody.rsplit("$", 2)[0] == hasher.hash("password").rsplit("$", 2)[0]


def test_under_gevent_others_go_on_while_one_hashes() -> None:
    done = subprocess.run([sys.executable, "-c", UNDER_GEVENT], capture_output=True, text=True, check=False)

    assert done.stdout == "free\n", done.stderr
    assert done.stderr == ""
