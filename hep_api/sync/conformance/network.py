"""A hostile network on loopback: it stands between a phone and a server and does to each request what it is told.

It keeps a list of what passed, in order of arrival, by which both sides are judged. What may be done to a request
stands in `faults`.
"""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from hep_api.sync.conformance.calls import Answer, NoAnswer, connect, exchange
from hep_api.sync.conformance.listening import OneRequest, listening

Fault = Callable[["Line"], None]
Choose = Callable[["Sent"], Fault]

# Of one connection and not of the message.
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host", "content-length", "trailer"})


@dataclass(slots=True)
class Sent:
    """A request as it arrived, when it came and went, and what became of it; `status` is None when no answer left."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    began: float
    ended: float | None = None
    status: int | None = None

    @property
    def is_upload(self) -> bool:
        return self.method == "POST" and self.path.split("?")[0].endswith("/events")

    @property
    def is_pull(self) -> bool:
        return self.method == "GET" and self.path.split("?")[0].endswith("/sync")

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return the events in an upload."""
        found: list[dict[str, Any]] = json.loads(self.body)["events"]
        return found

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.events]


@dataclass(slots=True)
class Line:
    """One request on its way: what a fault may do with it."""

    sent: Sent
    upstream: str
    handler: BaseHTTPRequestHandler

    def forward(self) -> Answer:
        """Deliver the request and return the server's answer; 502 when it gives none."""
        try:
            headers = {name: value for name, value in self.sent.headers.items() if name.lower() not in HOP}
            return exchange(self.upstream, self.sent.method, self.sent.path, self.sent.body or None, headers)
        except NoAnswer:
            return Answer(502, {"content-type": "text/plain"}, b"no answer from the server")

    def forward_half(self) -> None:
        """Deliver the head and half of the body, then cut the line to the server."""
        connection, prefix = connect(self.upstream)
        with contextlib.suppress(OSError):
            connection.putrequest(self.sent.method, prefix + self.sent.path)
            for name, value in self.sent.headers.items():
                if name.lower() not in HOP - {"content-length"}:
                    connection.putheader(name, value)
            connection.endheaders(self.sent.body[: len(self.sent.body) // 2])
        connection.close()

    def answer(self, answer: Answer, *, share: float = 1.0, drip_seconds: float = 0.0, then_cut: bool = True) -> None:
        """Answer the phone; with a share under 1 the rest never comes, with a drip it comes in small bites."""
        head = [f"HTTP/1.1 {answer.status} -"]
        head += [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() not in HOP]
        whole = "\r\n".join([*head, f"content-length: {len(answer.body)}", "connection: close", "", ""])
        told = whole.encode("latin-1") + answer.body
        told = told[: len(told) - len(answer.body) + int(len(answer.body) * share)]
        size = len(told) if not drip_seconds else 1 + len(told) // 10
        bites = [told[first : first + size] for first in range(0, len(told), size)]
        with contextlib.suppress(OSError):
            for bite in bites:
                # Before it is written: the phone may go on sooner than this thread.
                self.sent.ended = time.monotonic()
                self.handler.wfile.write(bite)
                self.handler.wfile.flush()
                time.sleep(drip_seconds / 10)
        if share == 1.0:
            self.sent.status = answer.status
        elif then_cut:
            self.cut()

    def cut(self) -> None:
        """Cut the phone's connection."""
        if self.sent.status is None:
            self.sent.ended = time.monotonic()
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True)
class Network:
    """A running network: where it listens, what passed, and what it does with the next request."""

    url: str
    upstream: str
    choose: Choose
    passed: list[Sent] = field(default_factory=list)

    @property
    def uploads(self) -> list[Sent]:
        return [each for each in self.passed if each.is_upload]

    @property
    def pulls(self) -> list[Sent]:
        return [each for each in self.passed if each.is_pull]


@contextlib.contextmanager
def between(upstream: str, choose: Choose) -> Iterator[Network]:
    """Open a network in front of a server; `choose` decides what becomes of each request, and may be replaced."""
    with listening() as server:
        network = Network(server.url, upstream, choose)
        server.RequestHandlerClass = _handler_for(network)
        yield network


def _handler_for(network: Network) -> type[BaseHTTPRequestHandler]:
    class Handler(OneRequest):
        def play(self, body: bytes) -> None:
            sent = Sent(self.command, self.path, dict(self.headers.items()), body, time.monotonic())
            network.passed.append(sent)
            network.choose(sent)(Line(sent, network.upstream, self))
            sent.ended = sent.ended or time.monotonic()

    return Handler
