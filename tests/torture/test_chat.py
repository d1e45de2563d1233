"""R1 and R9 by their parts: the books and their judge, frames by hand, broken builds that still break, percentiles.

In full, with web processes that are killed and a thousand sockets: `make torture-R1`, `make torture-R9`.
"""

import random
import re
import socket
import struct
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psutil
import pytest
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import TextMessage

from tests.counting import StatementCounter
from tests.world import World
from torture.broken import (
    covers_end_by_a_worker,
    messages_numbered_by_a_sequence,
    messages_numbered_without_the_lock,
    messages_without_key,
    repeats_known_for_a_while,
    repeats_of_anyone,
)
from torture.chat.judging import COUNTED, judge
from torture.chat.ledger import Ledger, Sending
from torture.chat.proof import MARKER
from torture.lines import Line, acknowledged, masked, told
from torture.load.memory import MIB, Memory
from torture.load.pressing import quantile

CONVERSATION, PATIENT, LEAD = "c", "patient", "lead"


def message(seq: int, sender: str | None, client_id: str, body: str, **more: Any) -> dict[str, Any]:
    plain = {"conversation_id": CONVERSATION, "reactions": [], "withdrawn_at": None}
    return plain | {"seq": seq, "sender_id": sender, "client_id": client_id, "body": body} | more


def kept_books() -> tuple[Ledger, dict[str, list[dict[str, Any]]]]:
    """Three messages by two people, who use the same id; the last was never acknowledged. And a word of the system."""
    ledger, final = Ledger(), []
    for seq, (sender, client_id) in enumerate([(PATIENT, "1"), (LEAD, "1"), (PATIENT, "2")], start=1):
        sending, shown = Sending(CONVERSATION, sender, client_id, [f"word {seq}"]), message(seq, sender, client_id, "")
        shown["body"] = f"word {seq}"
        ledger.attempt(sending, seq)
        if seq < 3:
            assert ledger.acknowledge(sending, shown, seq + 0.5)
            assert not ledger.acknowledge(sending, shown, seq + 0.7)
        final.append(shown)
    ledger.see(final[:2])
    final.append(message(4, None, "notice", "Closed until Monday."))
    return ledger, {CONVERSATION: final}


def swapped(final: list[dict[str, Any]]) -> None:
    final[0]["seq"], final[1]["seq"] = 2, 1
    final.sort(key=lambda each: each["seq"])


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        (lambda _: None, {}),
        (lambda final: final.pop(2) and final.pop(), {}),
        (lambda final: final.pop(1), {"lost": 1, "unexpected": 1, "out_of_order": 1}),
        (lambda final: final.append(dict(final[2], seq=5)), {"duplicated": 2, "altered": 0}),
        (lambda final: final.append(message(5, PATIENT, "9", "word 3")), {"duplicated": 1, "unexpected": 1}),
        (lambda final: final.append(message(5, LEAD, "2", "never said")), {"unexpected": 1}),
        (lambda final: final[0].update(body="other words"), {"altered": 1}),
        (lambda final: final[3].update(seq=6), {"out_of_order": 1}),
        (swapped, {"out_of_order": 1, "altered": 2, "unexpected": 2}),
    ],
)
def test_the_judge_counts_what_is_lost_twice_out_of_order_unexpected_or_altered(
    spoil: Callable[[list[dict[str, Any]]], object], wrong: dict[str, int]
) -> None:
    ledger, final = kept_books()
    spoil(final[CONVERSATION])
    found = judge(ledger, final)
    assert {what: found[what] for what in COUNTED if found[what]} == {what: n for what, n in wrong.items() if n}
    assert (found["attempted"], found["acknowledged"], found["unacknowledged"]) == (3, 2, 1)


def test_a_message_is_to_be_as_its_sender_left_it() -> None:
    ledger, final = kept_books()
    first, second, _ = ledger.sendings.values()
    first.words.append("word 1, put better")
    second.is_withdrawn = True
    first.signs.add(("thanks", LEAD))
    assert judge(ledger, final)["altered"] == 2
    signs = [{"sign": "thanks", "member_ids": [LEAD]}]
    final[CONVERSATION][0] |= {"body": "word 1, put better", "reactions": signs}
    final[CONVERSATION][1] |= {"body": "", "withdrawn_at": "2026-01-01T00:00:00Z"}
    assert judge(ledger, final)["altered"] == 0
    final[CONVERSATION][0]["reactions"] = []
    final[CONVERSATION][1]["body"] = "word 2"
    assert judge(ledger, final)["altered"] == 2


def test_what_somebody_was_shown_and_is_not_there_in_the_end_is_unexpected() -> None:
    ledger, final = kept_books()
    ledger.see([message(7, PATIENT, "2", "word 3")])
    assert judge(ledger, final)["unexpected"] == 1


def test_an_acknowledgement_of_something_else_is_complained_of() -> None:
    ledger, final = kept_books()
    sending = Sending(CONVERSATION, LEAD, "3", ["mine"])
    ledger.attempt(sending, 9)
    ledger.acknowledge(sending, final[CONVERSATION][0], 9.5)
    ledger.acknowledge(sending, message(5, LEAD, "3", "not mine"), 9.6)
    assert len(ledger.complaints) == 2


def test_frames_by_hand_are_what_the_protocol_says() -> None:
    server = Connection(ConnectionType.SERVER)
    for size in (0, 5, 125, 126, 65_535, 65_536):
        server.receive_data(masked(b"x" * size))
        assert "".join(each.data for each in server.events() if isinstance(each, TextMessage)) == "x" * size
    ours, theirs = socket.socketpair()
    line = Line.__new__(Line)
    line.socket, line.closed, line._read, line._heard, line._last_ack = ours, False, bytearray(), [], 0
    packets = ['42["message.created",{"seq":1}]', '431[{"ok":true,"data":{}}]', '432[{"ok":false}]' + " " * 70_000]
    said = b"".join(server.send(TextMessage(data=text)) for text in ["2", *packets])
    cut = random.Random(1).randrange(1, 40)
    theirs.sendall(said[:cut])
    heard = line.hear(0.05)
    theirs.sendall(said[cut:])
    while len(heard) < len(packets):
        heard += line.hear(1)
    assert heard == packets
    server.receive_data(theirs.recv(100))
    assert [each.data for each in server.events() if isinstance(each, TextMessage)] == ["3"]
    assert told(heard[0]) == ("message.created", {"seq": 1})
    assert acknowledged(heard[1]) == (1, {"ok": True, "data": {}})
    assert acknowledged(heard[0]) is told(heard[1]) is None
    theirs.sendall(struct.pack("!BB", 0x88, 0))
    with pytest.raises(ConnectionError):
        line.hear(1)
    ours.close()
    theirs.close()


def test_what_broken_builds_reword_is_still_said_when_a_message_is_sent(
    world: World, statements: StatementCounter
) -> None:
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    [conversation] = patient.http.get("/v1/conversations").get_json()["items"]
    path = f"/v1/conversations/{conversation['id']}/messages"
    with statements() as said:
        sent = patient.http.post(path, json={"client_id": str(uuid4()), "body": "My knee is fine."})
    assert sent.status_code == 201
    [writes] = [statement for statement in said if re.search(MARKER, statement)]
    patterns = (
        messages_without_key.KEY,
        messages_numbered_without_the_lock.LOCK,
        messages_numbered_by_a_sequence.NEXT,
        repeats_known_for_a_while.SENT_BEFORE,
        repeats_of_anyone.OF_SENDER,
        covers_end_by_a_worker.END,
    )
    assert [pattern for pattern in patterns if not re.search(pattern, writes)] == []


def test_percentiles_and_growth_are_those_of_what_was_watched() -> None:
    assert quantile([float(number) for number in range(1001)], 0.95) == pytest.approx(950)
    assert quantile([], 0.5) == float("inf")
    memory = Memory(psutil.Process())
    assert memory.look() > MIB
    memory.samples = [(second, 100 * MIB + (50 * MIB if second > 5 else 0)) for second in range(60)]
    assert memory.growth() == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))
    memory.samples = [(second, (100 + second) * MIB) for second in range(61)]
    assert memory.growth() == (pytest.approx(40 / 120), pytest.approx(60))
