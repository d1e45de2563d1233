"""S5: what a connection costs while nobody says anything, what it costs to connect, and how soon a process answers.

Idle clients are the official one, in Node. To connect is the WebSocket, the introduction with a token and the end, one
after the other by hand; stock Flask-SocketIO, which looks nobody up, does the same beside it.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import psutil
import requests

from bench import chats, load, stage
from bench.ground import Ground
from bench.results import Result, by_itself
from bench.rounds import Kind, Order, take_turns, times_the_cpu
from bench.stage import ROOT, Server
from development import children, node
from development.trouble import Trouble
from hep_api.foundation.settings import Settings
from torture import stage as proofs
from torture.processes import cpu_seconds

PEOPLE, IDLE, STARTS, STARTS_IN_SHORT = 16, 300, 5, 3
CONNECT, BARE = "connect", "connect to stock Flask-SocketIO"
# Connections that end leave memory behind that the next ones take; what the first ones took is not theirs alone.
WARM_UP = 100


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S5."""
    tokens = [patient.token for patient, _, _ in chats.make_conversations(ground.world, PEOPLE)]
    with ground.serving("wsgi:app") as product, ground.serving("bench.bare_chat:app") as bare:
        ground.tell(f"{IDLE} idle clients")
        idle = _bytes_of_an_idle_client(product, tokens)
        asked = cycle(tokens)
        kinds = [
            Kind(CONNECT, _connecting(product.port, lambda: {"token": next(asked)}), product.cpu_seconds),
            Kind(BARE, _connecting(bare.port, lambda: {"room": "any"}), bare.cpu_seconds),
        ]
        rounds = take_turns(kinds, ground.cluster, order, ground.tell)
    count = STARTS_IN_SHORT if order.is_short else STARTS
    ground.tell(f"{count} starts")
    starts = [_start(ground.settings, ground.folder) for _ in range(count)]
    return [
        by_itself("S5", "kB of an idle official client", [idle / 1000], 100),
        times_the_cpu("S5", "connect, CPU", CONNECT, BARE, rounds, goal=2.0),
        by_itself("S5", "seconds from start to first answer", [wall for wall, _ in starts], 2.0),
        by_itself("S5", "CPU seconds of a start", [cpu for _, cpu in starts]),
    ]


def _bytes_of_an_idle_client(server: Server, tokens: Sequence[str]) -> float:
    with _idle_clients(server.port, [*tokens] * (WARM_UP // len(tokens))):
        before = _resident(server)
        asked = cycle(tokens)
        with _idle_clients(server.port, [next(asked) for _ in range(IDLE)]):
            return (_resident(server) - before) / IDLE


@contextmanager
def _idle_clients(port: int, tokens: Sequence[str]) -> Iterator[None]:
    """Connect a client for each token, for the block."""
    command: list[str | Path] = [node.find_node(), Path(__file__).with_name("clients.cjs"), f"http://127.0.0.1:{port}"]
    environment = node.environment() | {"NODE_PATH": str(node.packages() / "node_modules")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write("\n".join(tokens))
            process.stdin.close()
            said = process.stdout.readline().strip()
            if said != "connected":
                raise Trouble(f"A client could not connect: {said}")
            yield
        finally:
            process.kill()


def _resident(server: Server) -> int:
    time.sleep(1)
    processes = psutil.Process(server.child.keeper.pid).children(recursive=True)
    return max(each.memory_info().rss for each in processes)


def _connecting(port: int, auth: Callable[[], dict[str, str]]) -> Callable[[float], load.Load]:
    def once() -> int:
        chats.introduced(port, **auth()).socket.close()
        return 0

    return lambda seconds: load.repeat(once, seconds)


def _start(settings: Settings, folder: Path) -> tuple[float, float]:
    """Start a web process; return after how many seconds it answered, and how much CPU that took."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app"]
    environment = proofs.environment(settings) | {"HEP_BIND": f"127.0.0.1:{port}"}
    began = time.perf_counter()
    child = children.start(
        "start",
        command,
        folder=ROOT,
        environment=environment,
        log=folder / "start.log",
        stop_signal=signal.SIGKILL,
    )
    try:
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/healthz", timeout=30)
                return time.perf_counter() - began, cpu_seconds(child)
            except requests.ConnectionError:
                if child.exit_code() is not None or time.perf_counter() - began > stage.START_SECONDS:
                    raise Trouble("A web server did not start.") from None
                time.sleep(0.005)
    finally:
        child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
