"""A phone that writes, in a bad network: it sends until it is acknowledged, over the socket and over HTTP in turn, with
the same id; it loses answers, sends twice at once, sends again what was acknowledged, and gives some up.
"""

import http.client
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import NAMESPACE_OID, uuid5

from torture.calls import call
from torture.chat.deeds import Deed, Doer
from torture.chat.ledger import Json, Ledger, Sending
from torture.lines import Gone, Line, acknowledged, told

TRIES = 200
LONGEST_WAIT_SECONDS = 0.25
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 10.0
BY_SOCKET, LOST, AT_ONCE, GIVEN_UP = 0.7, 0.06, 0.1, 0.02
IN_A_ROW, AGAIN, DEED, TWINNED = 0.1, 0.1, 0.15, 0.05
A_ROW = 3
COME_AGAIN = (429, 503)
FILLER = "Mein Knie zieht — beim Üben 3, ¿qué hago? 😀 "


@dataclass
class Phone:
    """One device of a sender. Devices of one sender share `numbers`; what is in `twins` the other one has sent, too."""

    name: str
    sender_id: str
    token: str
    conversation_id: str
    ports: Sequence[int]
    lots: Random
    ledger: Ledger
    numbers: Iterator[int]
    think_seconds: float
    twins: deque[Sending] = field(default_factory=deque)
    other: "Phone | None" = None
    sign: str = ""
    peers: "Sequence[Phone]" = ()
    settled: list[Sending] = field(default_factory=list)
    _line: Line | None = None
    _answers: dict[int, Json] = field(default_factory=dict)
    _doer: Doer = field(init=False)

    def __post_init__(self) -> None:
        self._doer = Doer(self.name, self.sender_id, self.sign, self.lots, self.ledger, self.insist)

    def work(self, is_over: Callable[[], bool]) -> None:
        """Write until it is over."""
        while not is_over():
            time.sleep(self.lots.uniform(0, self.think_seconds))
            self._turn()
        self.hang_up()

    def new(self) -> Sending:
        """Return a new message. Its id is one that other senders use, too: only for the same sender is it the same."""
        number = next(self.numbers)
        words = f"{self.name} {number} {FILLER * self.lots.choice((0, 0, 1, 8))}".strip()
        return Sending(self.conversation_id, self.sender_id, str(uuid5(NAMESPACE_OID, f"message {number}")), [words])

    def deliver(self, sending: Sending, *, may_give_up: bool = False) -> None:
        """Send until it is acknowledged, over one way and the other in turn."""
        by_socket = self.lots.random() < BY_SOCKET
        for _ in range(TRIES):
            try:
                if self._try(sending, by_socket=by_socket):
                    return
            except (OSError, http.client.HTTPException):
                self.ledger.count("no_answer")
                self.hang_up()
            if may_give_up and self.lots.random() < GIVEN_UP:
                self.ledger.count("given_up")
                return
            by_socket = not by_socket
            time.sleep(self.lots.uniform(0, LONGEST_WAIT_SECONDS))
        self.ledger.complain(f"a message was not acknowledged in {TRIES} tries")

    def insist(self, deed: Deed) -> Json:
        """Do something to a message, over one way and the other in turn, until it is answered; return the answer."""
        by_socket = self.lots.random() < BY_SOCKET
        for _ in range(TRIES):
            try:
                said = self._do(deed, by_socket=by_socket)
                if said["ok"] or said["status"] not in COME_AGAIN:
                    return said
            except (OSError, http.client.HTTPException):
                self.ledger.count("no_answer")
                self.hang_up()
            by_socket = not by_socket
            time.sleep(self.lots.uniform(0, LONGEST_WAIT_SECONDS))
        return {"ok": False, "status": 0, "code": "never"}

    def send_by_http(self, sending: Sending, port: int) -> bool:
        """Send once to that process; tell whether it was acknowledged."""
        self.ledger.attempt(sending, time.monotonic())
        path = f"/v1/conversations/{self.conversation_id}/messages"
        body = {"client_id": sending.client_id, "body": sending.words[0]}
        return self._settle(sending, self._call(port, "POST", path, body))

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _turn(self) -> None:
        chance = self.lots.random()
        if self.twins:
            self.deliver(self.twins.popleft())
        elif chance < IN_A_ROW:
            self._send_in_a_row()
        elif chance < IN_A_ROW + AGAIN and self.settled:
            self.ledger.count("sent_again")
            self.deliver(self.lots.choice(self.settled))
        elif chance < IN_A_ROW + AGAIN + DEED:
            self._doer.do_something(self.settled, [each for peer in self.peers for each in peer.settled[-A_ROW:]])
        else:
            sending = self.new()
            if self.other is not None and self.lots.random() < TWINNED:
                self.other.twins.append(sending)
            self.deliver(sending, may_give_up=True)

    def _send_in_a_row(self) -> None:
        """Send several without waiting; what is not acknowledged is sent again, in the same order."""
        row = [self.new() for _ in range(A_ROW)]
        done: list[Sending] = []
        try:
            line = self._connected()
            numbers = [self._ask(line, sending) for sending in row]
            for sending, number in zip(row, numbers, strict=True):
                if self._settle(sending, self._await(line, number)):
                    done.append(sending)
        except Gone:
            self.ledger.count("no_answer")
            self.hang_up()
        seqs = [max(sending.seqs) for sending in done if sending.seqs]
        if seqs != sorted(seqs):
            self.ledger.complain("messages of one connection overtook each other")
        for sending in row[len(done) :]:
            self.deliver(sending)

    def _try(self, sending: Sending, *, by_socket: bool) -> bool:
        """Send once; tell whether it was acknowledged."""
        if not by_socket:
            return self.send_by_http(sending, self.lots.choice(self.ports))
        line = self._connected()
        number = self._ask(line, sending)
        chance = self.lots.random()
        if chance < LOST:
            self.ledger.count("answers_lost")
            self.hang_up()
            return False
        if chance < LOST + AT_ONCE:
            self.ledger.count("sent_twice_at_once")
            self.send_by_http(sending, self.lots.choice(self.ports))
        return self._settle(sending, self._await(line, number))

    def _do(self, deed: Deed, *, by_socket: bool) -> Json:
        if not by_socket:
            return self._call(self.lots.choice(self.ports), deed.method, deed.path, deed.sent)
        line = self._connected()
        return self._await(line, line.ask(deed.command, deed.body))

    def _call(self, port: int, method: str, path: str, body: Json | None) -> Json:
        """Make a request; return what a socket would have been answered."""
        answer = call(port, method, path, body, Authorization=f"Bearer {self.token}")
        if answer.status in (200, 201):
            return {"ok": True, "data": answer.body}
        return {"ok": False, "code": "none", **(answer.body or {}), "status": answer.status}

    def _ask(self, line: Line, sending: Sending) -> int:
        self.ledger.attempt(sending, time.monotonic())
        body = {"conversation_id": self.conversation_id, "client_id": sending.client_id, "body": sending.words[0]}
        return line.ask("message.send", body)

    def _settle(self, sending: Sending, said: Json) -> bool:
        """Note what was answered; tell whether there is nothing more to do about it."""
        if said["ok"]:
            if self.ledger.acknowledge(sending, said["data"], time.monotonic()):
                self.settled.append(sending)
            return True
        self.ledger.count(f"refused_{said['status']}")
        if said["status"] in COME_AGAIN:
            return False
        self.ledger.complain(f"a message was refused with {said['status']} {said.get('code')}")
        return True

    def _connected(self) -> Line:
        if self._line is None or self._line.closed:
            self._answers.clear()
            self._line = Line(self.lots.choice(self.ports), {"token": self.token}, CONNECT_SECONDS)
        return self._line

    def _await(self, line: Line, number: int) -> Json:
        """Wait for the acknowledgement; what else is told meanwhile is seen."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while number not in self._answers:
            if time.monotonic() > deadline:
                raise Gone
            for packet in line.hear(deadline - time.monotonic()):
                self._note(packet)
        return self._answers.pop(number)

    def _note(self, packet: str) -> None:
        if (answer := acknowledged(packet)) is not None:
            self._answers[answer[0]] = answer[1]
        event = told(packet)
        if event is not None and event[0] in ("message.created", "message.changed"):
            self.ledger.see([event[1]])
