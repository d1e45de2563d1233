"""Who waits for each other anyhow takes turns here: so many at a time, the longest waiting first, nobody for ever."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event

import pytest

from hep_api.foundation.turns import Turns

ONE, OTHER = "one clinic", "another"
PATIENCE_SECONDS = 10

UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent
from hep_api.foundation.turns import Turns

def hold(turns, seconds):
    with turns.taken("clinic"):
        gevent.sleep(seconds)

def killed(turns):
    waiting = gevent.spawn(hold, turns, 60)
    gevent.sleep(0)
    waiting.kill()

def out_of_time(turns):
    with gevent.Timeout(0.01, False):
        hold(turns, 60)

for given_up in (killed, out_of_time):
    turns = Turns(1, 60)
    first = gevent.spawn(hold, turns, 0.05)
    gevent.sleep(0)
    given_up(turns)
    next_one = gevent.spawn(hold, turns, 0)
    gevent.joinall([first, next_one], timeout=5)
    print(next_one.successful(), turns._under_way, turns._waiting)
"""


class Crowd:
    """People who come for a turn one after the other, and hold it until they are told to go."""

    def __init__(self, turns: Turns, pool: ThreadPoolExecutor) -> None:
        self.turns = turns
        self.began: SimpleQueue[str] = SimpleQueue()
        self._pool = pool
        self._may_go: dict[str, Event] = {}
        self._gone: dict[str, Future[None]] = {}

    def comes(self, name: str, of: str = ONE) -> None:
        self._may_go[name] = Event()
        self._gone[name] = self._pool.submit(self._holds, name, of)

    def waits(self, name: str) -> None:
        """Come, and be in the line before anybody else comes."""
        before = self._in_line()
        self.comes(name)
        while self._in_line() == before:
            assert not self._gone[name].done()

    def next(self) -> str:
        return self.began.get(timeout=PATIENCE_SECONDS)

    def goes(self, *names: str) -> None:
        for name in names:
            self._may_go[name].set()
            self._gone[name].result(PATIENCE_SECONDS)

    def _holds(self, name: str, of: str) -> None:
        with self.turns.taken(of):
            self.began.put(name)
            assert self._may_go[name].wait(PATIENCE_SECONDS)

    def _in_line(self) -> int:
        return len(self.turns._waiting.get(ONE, ()))


@pytest.fixture
def crowd() -> Iterator[Callable[[float], Crowd]]:
    with ThreadPoolExecutor(8) as pool:
        yield lambda longest: Crowd(Turns(2, longest), pool)


def test_two_are_under_way_and_whoever_waits_longest_is_next(crowd: Callable[[float], Crowd]) -> None:
    people = crowd(PATIENCE_SECONDS)
    people.comes("a")
    people.comes("b")
    assert {people.next(), people.next()} == {"a", "b"}
    for name in ("c", "d", "e"):
        people.waits(name)
    people.comes("elsewhere", OTHER)
    assert people.next() == "elsewhere"
    people.goes("b")
    assert people.next() == "c"
    people.goes("a")
    assert people.next() == "d"
    assert people.began.empty()
    people.goes("c", "d", "e", "elsewhere")
    assert (people.next(), people.turns._waiting, people.turns._under_way) == ("e", {}, {})


def test_whoever_has_waited_too_long_goes_on_and_then_there_are_turns_again(crowd: Callable[[float], Crowd]) -> None:
    people = crowd(0.01)
    for name in ("a", "b", "held up"):
        people.comes(name)
    assert {people.next() for _ in range(3)} == {"a", "b", "held up"}
    people.goes("a", "b", "held up")
    assert people.turns._under_way == {}


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns(1, PATIENCE_SECONDS)
    with pytest.raises(ZeroDivisionError), turns.taken(ONE):
        assert 1 / 0
    with turns.taken(ONE):
        pass
    assert turns._under_way == {}


def test_whoever_is_given_up_while_waiting_leaves_the_turn_to_the_next() -> None:
    done = subprocess.run([sys.executable, "-c", UNDER_GEVENT], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True {} {}\n" * 2
