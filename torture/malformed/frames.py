"""Frames that are nearly right: commands with something wrong in them, packets that are none, a broken WebSocket."""

import json
import os
import re
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.contract.examples import COMMANDS
from tests.contract.scene import Scene
from tests.realtime.raw import Closed, RawSocket, Refused, frame
from torture.malformed import bodies
from torture.malformed.texts import write

FRAMES_A_CONNECTION = 60
# The number by which the frame is answered that is sent after all others.
LAST = 999
PATIENCE_SECONDS = 10.0
PACKETS = [
    "", "9", "x", "4", "45", "4\u00b2", "47", "49x", "0", "5", "b4aGk=", "40x", "40[1]", '40{"token":', "40/x,{}",
    '40{"token":1}', '40{"token":"' + "x" * 5000 + '"}', "41/x", "42", "42[]", "42{}", "42[1]", "42[null]",
    '42[["a"]]', "42nonsense", "42\u0661[1]", "43", "431[]", "43x", "44", '44{"a":1}', '42/other,["message.send",{}]',
    '42999999999999999999["message.send"]', '451-["message.send",{"_placeholder":true,"num":0}]', "45999999999-[1]",
    "3" * 200, "2probe", '42["connect"]', '42["disconnect"]', '42["__disconnect_final"]', '42["message.send",1,2,3]',
    "42" + "[" * 9000, '42["message.send",' + '{"a":' * 100 + "1" + "}" * 100 + "]", '421["\\ud800",{}]',
    '421["message.send",{"body":"\\u0000"}]',
]  # fmt: skip
BYTES = [
    frame(0x2, b"\x04binary"), frame(0x1, b"\xff\xfe not utf-8"), frame(0x0, b"a continuation of nothing"),
    frame(0x3, b"reserved"), frame(0x9, b"x" * 200), frame(0x8, struct.pack("!H", 999)), frame(0x8, b"x"),
    b"\x81\x02hi", b"\xf1\x80\x00\x00\x00\x00", frame(0x1, b"4", fin=False) + frame(0x1, b"2"),
    b"GET / HTTP/1.1\r\n\r\n", frame(0x1, b"42", length=2**40), frame(0x1, b"x" * 70_000),
]  # fmt: skip


@dataclass
class Said:
    """What came of a connection: frames that the server has read for certain, how many it answered, which messages it
    took, and whether it neither answered nor closed.
    """

    frames: int = 0
    acknowledged: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    is_stuck: bool = False


def send_some(port: int, scene: Scene, lots: Random) -> Said:
    """Open a connection, introduced or not, send malformed frames on it as long as it is open, and hear its end."""
    token = scene.phones[lots.choice(["lead", "patient", "owner", "b_patient"])].token
    said, sent = Said(), 0
    with suppress(Refused, OSError), RawSocket(port) as connection:
        with suppress(Closed, OSError):
            if lots.random() < 0.9:
                connection.introduce(token or "")
            for number in range(FRAMES_A_CONNECTION):
                sent += 1
                if lots.random() < 0.01:
                    connection.socket.sendall(lots.choice(BYTES) if lots.random() < 0.7 else os.urandom(64))
                else:
                    connection.text(_packet(scene, lots, number))
            connection.text(f"42{LAST}" + write(["conversation.catch_up", {}]))
        all_read = _hear(connection, said)
        # Where it was closed on the way, what was answered and what it was closed for is all that is certain.
        said.frames = sent if all_read else min(sent, said.acknowledged + 1)
    return said


def _hear(connection: RawSocket, said: Said) -> bool:
    """Hear what was kept waiting; tell whether the last frame was answered."""
    connection.socket.settimeout(PATIENCE_SECONDS)
    try:
        while True:
            number, answer = _acknowledgement(connection.receive_but_pings())
            if number == LAST:
                return True
            if number is not None:
                said.acknowledged += 1
                if answer.get("ok") and "client_id" in (answer.get("data") or {}):
                    said.taken.append(answer["data"])
    except TimeoutError:
        said.is_stuck = True
    except (Closed, OSError, ValueError):
        pass
    return False


def _acknowledgement(text: str) -> tuple[int | None, dict[str, Any]]:
    found = re.fullmatch(r"43(\d+)(\[.*\])", text, re.DOTALL)
    if found is None:
        return None, {}
    [answer] = json.loads(found[2])
    return int(found[1]), answer


def _packet(scene: Scene, lots: Random, number: int) -> bytes:
    if lots.random() < 0.03:
        return lots.choice(PACKETS).encode("utf-8", "surrogatepass")
    name = lots.choice(sorted(COMMANDS))
    body = bodies.spoilt(COMMANDS[name].body(scene, "lead"), lots)
    head = b"42" + lots.choice([b"%d" % number] * 6 + [b"0", b""]) + b"[" + write(name).encode() + b","
    return head + body[:60_000] + b"]"
