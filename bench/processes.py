"""S6: two processes behind a queue. What a message costs that goes from one to the other, beside one that stays; how
long a process that ends keeps its clients away, and whether a request fails; and what a queue that hangs holds up.
"""

import math
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from uuid import UUID

import psutil
import requests

from bench import chats
from bench.chats import Senders, introduced, saying
from bench.ground import Ground
from bench.load import Load
from bench.results import Result, by_itself
from bench.rounds import Kind, Order, take_turns, times_the_cpu
from bench.stage import Server
from development.trouble import Trouble
from tests.world import Person
from torture.queue import Queue

ACROSS, WITHIN = "message.send, to the other process", "message.send, one process, no queue"
PEOPLE, MANY = 16, 200
HUNG_SECONDS, HUNG_SECONDS_IN_SHORT, EACH_SECONDS = 12.0, 4.0, 0.05
Conversations = Sequence[tuple[Person, Person, UUID]]


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S6."""
    people = chats.make_conversations(ground.world, PEOPLE)
    hung_seconds = HUNG_SECONDS_IN_SHORT if order.is_short else HUNG_SECONDS
    with Queue.started() as queue, ExitStack() as running:
        shared = replace(ground.settings, redis_url=queue.url)
        alone = running.enter_context(ground.serving("wsgi:app"))
        one, other = (running.enter_context(ground.serving("wsgi:app", shared)) for _ in range(2))
        kinds = [
            Kind(ACROSS, _sending(one, other, people), lambda: one.cpu_seconds() + other.cpu_seconds()),
            Kind(WITHIN, _sending(alone, alone, people), alone.cpu_seconds),
        ]
        rounds = take_turns(kinds, ground.cluster, order, ground.tell)
        ground.tell(f"the queue hangs for {hung_seconds:.0f} s")
        acknowledged = _while_hung(queue, one, people[0], hung_seconds)
        ground.tell("one of two processes ends")
        away, failed = _while_one_ends(one, other, people)
    return [
        times_the_cpu("S6", ACROSS, ACROSS, WITHIN, rounds, goal=2.2),
        by_itself(
            "S6", f"queue hung {hung_seconds:.0f} s: slowest ack, ms", acknowledged, 250, value=max(acknowledged)
        ),
        by_itself("S6", "process ends: clients away, p99, s", away, 1.0, value=_percentile(away, 0.99)),
        by_itself("S6", "process ends: failed requests", [failed], 0),
    ]


def _sending(mine: Server, theirs: Server, people: Conversations) -> Callable[[float], Load]:
    patients = [introduced(mine.port, token=patient.token) for patient, _, _ in people]
    leads = [introduced(theirs.port, token=lead.token) for _, lead, _ in people]
    made = [saying("message.send", conversation_id=str(one), body=chats.WORDS) for _, _, one in people]
    return Senders(patients, leads, lambda number: made[number](), 2).run


def _while_hung(queue: Queue, server: Server, people: tuple[Person, Person, UUID], hung_seconds: float) -> list[float]:
    """Send one message after the other while the queue answers nothing; return how long each took, in ms."""
    patient, _, conversation_id = people
    wire, say = (
        introduced(server.port, token=patient.token),
        saying("message.send", conversation_id=str(conversation_id), body=chats.WORDS),
    )
    taken = []
    queue.hang()
    try:
        until = time.perf_counter() + hung_seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            wire.say(say())
            while not wire.next().startswith("431"):
                pass
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(EACH_SECONDS)
    finally:
        queue.go_on()
        wire.socket.close()
    return taken


def _while_one_ends(one: Server, other: Server, people: Conversations) -> tuple[list[float], int]:
    """Ask a process to end; return for how many seconds each of its clients was away, and how many requests failed.

    Clients and requests do what a proxy does for them: whoever is refused, or met by 503, goes to the other process.
    """
    away: list[float] = []
    here = threading.Barrier(MANY + 1)
    phones = [
        threading.Thread(target=_stay, args=(one, other, people[number % PEOPLE][0].token, here, away))
        for number in range(MANY)
    ]
    for phone in phones:
        phone.start()
    here.wait()
    asking = _Asking([one.port, other.port], people[0][0].token)
    time.sleep(1)
    for process in psutil.Process(one.child.keeper.pid).children():
        process.send_signal(signal.SIGTERM)
    for phone in phones:
        phone.join()
    return away, asking.finished()


def _stay(one: Server, other: Server, token: str, here: threading.Barrier, away: list[float]) -> None:
    """Be connected to one process until it ends, then to the other; note for how long to none."""
    wire = introduced(one.port, token=token)
    here.wait()
    with suppress(Trouble, OSError):
        wire.socket.settimeout(60)
        while True:
            wire.next()
    began = time.perf_counter()
    wire.socket.close()
    introduced(other.port, token=token).socket.close()
    away.append(time.perf_counter() - began)


class _Asking:
    """Requests, one after the other, to processes in turn; one that refuses the connection is passed over."""

    def __init__(self, ports: Sequence[int], token: str) -> None:
        self._ports = ports
        self._headers = {"Authorization": f"Bearer {token}"}
        self._is_over = False
        self._failed = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finished(self) -> int:
        """End, and return how many failed."""
        self._is_over = True
        self._thread.join()
        return self._failed

    def _run(self) -> None:
        turn = 0
        while not self._is_over:
            turn += 1
            self._failed += not any(self._ask(self._ports[(turn + next_one) % 2]) for next_one in range(2))

    def _ask(self, port: int) -> bool:
        """Return whether it was answered; False when nobody is there. A broken-off answer is a failure."""
        try:
            path = f"http://127.0.0.1:{port}/v1/conversations"
            return requests.get(path, headers=self._headers, timeout=30).status_code == 200
        except requests.ConnectionError as error:
            if "refused" not in str(error):
                self._failed += 1
            return False


def _percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[math.ceil(part * len(ordered)) - 1]
