"""What is done to messages besides sending them, as the socket and HTTP have it said: edits, withdrawals, signs.

Whoever does it is the only one who does so to that message, one deed after the other, so its end is known; done twice,
or done again later, it is done once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import NAMESPACE_OID, uuid5

from torture.chat.ledger import Json, Ledger, Sending

EDIT, WITHDRAW = 0.45, 0.15
REPEATED = 0.3
RECENT = 20
WITHDRAWN = "message_withdrawn"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to be done: the socket's command with its body, or the method, path and body of HTTP."""

    command: str
    body: Json
    method: str
    path: str
    sent: Json | None = None


@dataclass
class Doer:
    """Edits and withdraws what one phone has sent, and puts its signs on what anybody has; `insist` does a deed."""

    name: str
    member_id: str
    sign: str
    lots: Random
    ledger: Ledger
    insist: Callable[[Deed], Json]
    edits: int = 0
    done: dict[str, Deed] = field(default_factory=dict)

    def do_something(self, own: Sequence[Sending], others: Sequence[Sending]) -> None:
        """Do one thing to one message, if there is any."""
        still_there = [each for each in own[-RECENT:] if not each.is_withdrawn]
        chance = self.lots.random()
        if chance < EDIT and still_there:
            self._edit(self.lots.choice(still_there))
        elif chance < EDIT + WITHDRAW and still_there:
            self._withdraw(self.lots.choice(still_there))
        elif others:
            self._sign(self.lots.choice(others[-RECENT:]))

    def _edit(self, sending: Sending) -> None:
        self.edits += 1
        words = f"{sending.words[0]} / {self.name} {self.edits}"
        client_id = str(uuid5(NAMESPACE_OID, f"edit {self.name} {self.edits}"))
        deed = _of("message.edit", "PATCH", sending, "", {"client_id": client_id, "body": words})
        sending.words.append(words)
        earlier = self.done.setdefault(sending.client_id, deed)
        self._expect(sending, deed)
        if self.lots.random() < REPEATED:
            self._expect(sending, earlier)
        self.ledger.count("edits")

    def _withdraw(self, sending: Sending) -> None:
        sending.is_withdrawn = True
        deed = _of("message.withdraw", "POST", sending, "/withdraw", None)
        for _ in range(1 + (self.lots.random() < REPEATED)):
            self._expect(sending, deed)
        self.ledger.count("withdrawals")

    def _expect(self, sending: Sending, deed: Deed) -> None:
        """Do it, and hold what is answered against what it is to be."""
        said = self.insist(deed)
        words = "" if sending.is_withdrawn else sending.words[-1]
        if not said["ok"] or said["data"]["body"] != words:
            self.ledger.complain(f"{deed.command} was answered {said.get('code', 'with other words')}")

    def _sign(self, sending: Sending) -> None:
        mine = (self.sign, self.member_id)
        takes_back = mine in sending.signs and self.lots.random() < REPEATED
        command, method = ("message.unreact", "DELETE") if takes_back else ("message.react", "PUT")
        deed = _of(command, method, sending, f"/reactions/{self.sign}", None, sign=self.sign)
        said = self.insist(deed)
        if not said["ok"]:
            if said["code"] != WITHDRAWN or not sending.is_withdrawn:
                self.ledger.complain(f"{command} was answered {said['code']}")
            return
        if takes_back:
            sending.signs.discard(mine)
        else:
            sending.signs.add(mine)
        self.ledger.count("signs")


def _of(command: str, method: str, sending: Sending, tail: str, sent: Json | None, **more: str) -> Deed:
    seq = min(sending.seqs)
    named = {"conversation_id": sending.conversation_id, "seq": seq, **(sent or {}), **more}
    path = f"/v1/conversations/{sending.conversation_id}/messages/{seq}{tail}"
    return Deed(command, named, method, path, sent)
