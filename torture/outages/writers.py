"""Those who write to each other while all breaks down: R1's phones, whose answers are watched, and one that is asked to
say whether messages go through again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from torture.chat.ledger import Json, Sending
from torture.chat.phone import CONNECT_SECONDS, Phone
from torture.lines import Gone, Line
from torture.outages.watching import Watch

LOOK_SECONDS = 0.05


@dataclass
class WatchedPhone(Phone):
    """A phone all of whose requests and commands are watched. Nobody cuts its connections, so they have to last."""

    watch: Watch = field(default_factory=Watch)

    def _connected(self) -> Line:
        self.watch.go_on()
        return super()._connected()

    def _call(self, port: int, method: str, path: str, body: Json | None) -> Json:
        answer = self.watch.ask(port, method, path, body, self.token)
        if answer is None:
            raise Gone
        if answer.status in (200, 201):
            return {"ok": True, "data": answer.body}
        return {"ok": False, "code": "none", **(answer.body or {}), "status": answer.status}

    def _await(self, line: Line, number: int) -> Json:
        """Wait for the acknowledgement; commands of one connection are answered one after the other."""
        began = time.monotonic()
        while number not in self._answers and time.monotonic() - began < self.watch.limit_seconds:
            try:
                for packet in line.hear(self.watch.limit_seconds):
                    self._note(packet)
            except Gone:
                self.watch.complain("a connection was lost before a command was answered")
                raise
        if number not in self._answers:
            self.watch.complain(f"a command took more than {self.watch.limit_seconds:g} s")
            raise Gone
        said = self._answers.pop(number)
        self.watch.note_command(said, time.monotonic() - began)
        return said


@dataclass
class Probe(WatchedPhone):
    """Says, at each process and by each way, a word that is not lost either."""

    _lines: dict[int, Line] = field(default_factory=dict)

    def await_writes(self, patience_seconds: float, ports: Sequence[int] | None = None) -> float:
        """Write at each process over HTTP and over a socket until it is acknowledged; return the seconds it took, at
        most a little more than the patience.
        """
        began = time.monotonic()
        for port in ports or self.ports:
            for way in (self.send_by_http, self.send_by_socket):
                sending = self.new()
                while not way(sending, port):
                    if time.monotonic() - began > patience_seconds:
                        return time.monotonic() - began
                    time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def send_by_http(self, sending: Sending, port: int) -> bool:
        try:
            return super().send_by_http(sending, port)
        except Gone:
            return False

    def send_by_socket(self, sending: Sending, port: int) -> bool:
        """Send once over this process's connection; tell whether it was acknowledged."""
        try:
            line = self._line_to(port)
            return self._settle(sending, self._await(line, self._ask(line, sending)))
        except Gone:
            return False

    def _line_to(self, port: int) -> Line:
        line = self._lines.get(port)
        if line is None or line.closed:
            self._answers.clear()
            line = self._lines[port] = Line(port, {"token": self.token}, CONNECT_SECONDS)
        return line

    def hang_up(self) -> None:
        super().hang_up()
        for line in self._lines.values():
            line.close()
