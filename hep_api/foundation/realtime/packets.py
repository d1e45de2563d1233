"""Reads one Socket.IO packet strictly: ASCII digits, one namespace, JSON without surprises. Writes one in one go.

The library's own decoder raises seven kinds of exception on hostile input and sets up binary attachments; this one
either returns a packet or says in a `Problem` what is wrong with its payload.
"""

import json
import re
from enum import IntEnum
from typing import Any, NamedTuple

import orjson

from hep_api.foundation.errors import Problem
from hep_api.foundation.web import strict_json

PACKET = re.compile(r"([0-4])(?:(/[^,\[{]*)(?:,|\Z))?([0-9]{1,15})?(.*)\Z", re.DOTALL | re.ASCII)
HOME = "/"


class Kind(IntEnum):
    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4


KINDS = tuple(Kind)
HEADS = [f"4{kind:d}" for kind in Kind]  # a message of Engine.IO, and the kind of packet that it is


class Packet(NamedTuple):
    """`payload` is still text: who a packet is from is settled before its JSON is read."""

    kind: Kind
    namespace: str
    ack_id: int | None
    payload: str

    def auth(self) -> dict[str, Any]:
        """Return what a CONNECT carries: an object, or nothing at all."""
        value = strict_json.loads_text(self.payload) if self.payload else {}
        if not isinstance(value, dict):
            raise Problem("malformed_packet", 400, "What CONNECT carries must be an object.")
        return value

    def event(self) -> tuple[str, list[Any]]:
        """Return an event's name and arguments."""
        value = strict_json.loads_text(self.payload) if self.payload else None
        if not isinstance(value, list) or not value or not isinstance(value[0], str):
            raise Problem("malformed_packet", 400, "An event is a list that begins with its name.")
        return value[0], value[1:]


def read(frame: str) -> Packet | None:
    """Read the frame of an Engine.IO message; None when it is no packet at all."""
    found = PACKET.match(frame)
    if found is None:
        return None
    kind, namespace, ack_id, payload = found.groups()
    return Packet(KINDS[int(kind)], namespace or HOME, int(ack_id) if ack_id else None, payload)


def write(kind: Kind, data: Any, namespace: str = HOME, ack_id: int | None = None) -> bytes:
    """Return a packet as the text of an Engine.IO message, in UTF-8."""
    where = "" if namespace == HOME else f"{namespace},"
    return f"{HEADS[kind]}{where}{'' if ack_id is None else ack_id}".encode() + _json(data)


def _json(data: Any) -> bytes:
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:
        # The name of a field that a client made up may hold half of a character; what is no JSON is refused here too.
        return json.dumps(data, separators=(",", ":")).encode()
