"""Who listens at both processes at once, and so knows when what is said at one is heard at the other again."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from torture.lines import Gone, Line, told
from torture.outages.writers import Probe

CONNECT_SECONDS, LOOK_SECONDS = 10.0, 0.2
SAID_EACH_SECONDS = 0.25


class Ears:
    """Listens at every process to the conversation in which a probe speaks."""

    def __init__(self, token: str, conversation_id: str, ports: Sequence[int]) -> None:
        self._token = token
        # Others use the same ids of messages in theirs.
        self._conversation_id = conversation_id
        self._ports = ports
        self._heard: set[tuple[int, str]] = set()
        self._over = threading.Event()

    @contextmanager
    def open(self) -> Iterator["Ears"]:
        """Listen for the block."""
        threads = [threading.Thread(target=self._listen_for_ever, args=(port,)) for port in self._ports]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def await_others(self, probe: Probe, patience_seconds: float) -> float:
        """Have the probe speak at each process until every other one has heard it; return the seconds it took, at most
        a little more than the patience.
        """
        began = time.monotonic()
        for port in self._ports:
            said: list[str] = []
            while not self._has_crossed(said, port) and time.monotonic() - began < patience_seconds:
                sending = probe.new()
                if probe.send_by_http(sending, port):
                    said.append(sending.client_id)
                self._wait_for(said, port)
        return time.monotonic() - began

    def _wait_for(self, said: Sequence[str], port: int) -> None:
        until = time.monotonic() + SAID_EACH_SECONDS
        while not self._has_crossed(said, port) and time.monotonic() < until:
            time.sleep(0.01)

    def _has_crossed(self, said: Sequence[str], port: int) -> bool:
        others = [each for each in self._ports if each != port]
        return all(any((other, client_id) in self._heard for client_id in said) for other in others)

    def _listen_for_ever(self, port: int) -> None:
        while not self._over.is_set():
            try:
                line = Line(port, {"token": self._token}, CONNECT_SECONDS)
            except Gone:
                time.sleep(LOOK_SECONDS)
                continue
            try:
                while not self._over.is_set():
                    for packet in line.hear(LOOK_SECONDS):
                        self._note(port, packet)
            except Gone:
                continue
            finally:
                line.close()

    def _note(self, port: int, packet: str) -> None:
        match told(packet):
            case "message.created", message if message["conversation_id"] == self._conversation_id:
                self._heard.add((port, message["client_id"]))
