"""Two processes behind one queue behave as one, also when the queue is hung, killed, or brought back."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import redis

from development import binaries
from tests.realtime.conftest import Toy, toy_process
from tests.realtime.raw import PROMISED_SECONDS, RawSocket
from tests.realtime.test_admission import ends_with_a_closed_transport
from tests.realtime.test_hostile_frames import wait_until

ECHO = {"text": "hi"}


class Queue:
    """A Redis protocol server on an address of its own, that can be killed and started again there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "q"
        self.url = f"unix://{self.path}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.path), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([binaries.find_valkey(), *options], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            wait_until(lambda: _answers(client))

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def listeners(self) -> int:
        with redis.Redis.from_url(self.url) as client:
            found: Any = client.pubsub_numsub("hep-realtime")
            return int(found[0][1])


def _answers(client: redis.Redis) -> bool:
    with suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    # A Unix socket's path is short.
    with TemporaryDirectory(dir="/tmp") as folder:
        started = Queue(Path(folder))
        started.start()
        yield started
        started.kill()


@pytest.fixture(scope="module")
def pair(queue: Queue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Toy, Toy]]:
    folder = tmp_path_factory.mktemp("pair")
    with toy_process(folder, redis_url=queue.url) as one, toy_process(folder, redis_url=queue.url) as two:
        for each in (one, two):
            each.signed_in("starter/user/600").socket.close()
        wait_until(lambda: queue.listeners() == 2)
        yield one, two


@contextmanager
def two_people(pair: tuple[Toy, Toy]) -> Iterator[tuple[RawSocket, RawSocket]]:
    with pair[0].signed_in("here/admin/600") as here, pair[1].signed_in("there/admin/600") as there:
        yield here, there


def next_told(opened: RawSocket) -> tuple[str, Any]:
    event, payload = json.loads(opened.receive_but_pings()[2:])
    return event, payload


def test_what_is_told_in_one_is_told_in_the_other_once_and_in_order(pair: tuple[Toy, Toy]) -> None:
    with two_people(pair) as (here, there):
        for number in range(50):
            assert here.ask("thing.tell", {"to": "there", "text": str(number)})["ok"]
        assert [next_told(there)[1]["text"] for _ in range(50)] == [str(number) for number in range(50)]
        assert here.ask("thing.tell", {"to": "there", "text": "last"})["ok"]
        assert next_told(there)[1]["text"] == "last"


def test_what_is_told_at_home_comes_once(pair: tuple[Toy, Toy]) -> None:
    with two_people(pair) as (here, _):
        here.text('42["thing.tell",{"to":"here","text":"once"}]')
        assert next_told(here)[1]["text"] == "once"
        time.sleep(0.1)
        here.text('429["thing.echo",{"text":"next"}]')
        assert here.receive_but_pings().startswith("439[")


def test_a_whisper_reaches_every_process_and_no_client(pair: tuple[Toy, Toy]) -> None:
    with two_people(pair) as (here, there):
        # One that its listener cannot read comes before it.
        assert here.ask("thing.whisper", {"text": "psst"})["ok"]
        wait_until(lambda: [each.counts()["whispered"] for each in pair] == [["psst"], ["psst"]])
        for person, other, name in ((here, there, "there"), (there, here, "here")):
            assert person.ask("thing.tell", {"to": name, "text": "aloud"})["ok"]
            assert next_told(other)[1]["text"] == "aloud"


def test_an_eviction_reaches_the_other_process(pair: tuple[Toy, Toy]) -> None:
    with two_people(pair) as (here, _), pair[1].signed_in("fired/user/600") as fired:
        began = time.monotonic()
        assert here.ask("admin.end", {"text": "fired"})["ok"]
        assert ends_with_a_closed_transport(fired)
        assert time.monotonic() - began < PROMISED_SECONDS


def test_a_hung_queue_holds_up_no_acknowledgement_and_loses_nothing_silently(
    pair: tuple[Toy, Toy], queue: Queue
) -> None:
    with two_people(pair) as (here, there):
        queue.send(signal.SIGSTOP)
        try:
            # The queue stands still until the end of this block: an acknowledgement that waited for it would not come.
            for number in range(20):
                assert here.ask("thing.tell", {"to": "there", "text": str(number)})["ok"]
        finally:
            queue.send(signal.SIGCONT)
        assert [next_told(there)[1]["text"] for _ in range(20)] == [str(number) for number in range(20)]


def test_after_a_killed_queue_everyone_is_told_to_resync_and_live_delivery_returns(
    pair: tuple[Toy, Toy], queue: Queue
) -> None:
    with two_people(pair) as (here, there):
        queue.kill()
        assert here.ask("thing.tell", {"to": "there", "text": "lost, live"})["ok"]
        time.sleep(0.3)
        queue.start()
        assert until_told(here, "resync") == {"within_seconds": 5}
        assert until_told(there, "resync") == {"within_seconds": 5}
        wait_until(lambda: queue.listeners() == 2)
        assert here.ask("thing.tell", {"to": "there", "text": "live again"})["ok"]
        while (told := until_told(there, "thing.told"))["text"] == "lost, live":
            pass
        assert told["text"] == "live again"


def test_while_the_queue_is_away_the_roll_call_still_finds_the_ended(pair: tuple[Toy, Toy], queue: Queue) -> None:
    with two_people(pair) as (here, _), pair[0].signed_in("gone/user/600") as gone:
        queue.kill()
        try:
            assert here.ask("admin.end_quietly", {"text": "gone"})["ok"]
            assert ends_with_a_closed_transport(gone)
        finally:
            queue.start()
            wait_until(lambda: queue.listeners() == 2)


def until_told(opened: RawSocket, event: str) -> Any:
    """Return the payload of the next such event, passing over others."""
    while True:
        name, payload = next_told(opened)
        if name == event:
            return payload
