"""Plain frames are read by hand and all others by wsproto, and no client can tell: any bytes, cut anywhere, come to the
same as by wsproto alone.
"""

import json
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gevent.socket
import pytest
import simple_websocket
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import CloseConnection, Event, TextMessage

from hep_api.foundation.realtime import packets
from hep_api.foundation.realtime.frames import plain_texts, text_frame
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.packets import Kind
from hep_api.foundation.realtime.transport import A_READ, GuardedSocket
from tests.realtime.raw import KEY, frame

MOST = 3000
LIMITS = Limits(frames_per_second=1e-9, frames_at_once=10**9, message_bytes=MOST)
STREAMS = 600


class LibrarysSocket(GuardedSocket):
    """The same, with every frame left to wsproto."""

    def _take_in(self, data: bytes) -> bool:
        self.ws.receive_data(data)
        return bool(self._handle_events())


@dataclass
class Outcome:
    """What a connection came to: the messages, all that was answered, what was paid, and why it ended."""

    messages: list[str | bytes]
    answered: bytes
    paid: float
    ended: tuple[int, str | None]


@contextmanager
def opened(kind: type[GuardedSocket]) -> Iterator[tuple[GuardedSocket, gevent.socket.socket]]:
    """A connection over a socket that hands each piece over as it was sent, and the client's end of it."""
    ours, theirs = gevent.socket.socketpair(gevent.socket.AF_UNIX, gevent.socket.SOCK_SEQPACKET)
    with ours, theirs:
        environ = {"gunicorn.socket": ours, "HTTP_SEC_WEBSOCKET_KEY": KEY}
        yield kind(environ, LIMITS), theirs


def outcome(kind: type[GuardedSocket], pieces: list[bytes]) -> Outcome:
    messages: list[str | bytes] = []
    with opened(kind) as (connection, client):
        client.recv(4096)  # the handshake
        for piece in pieces:
            client.send(piece)
        client.shutdown(gevent.socket.SHUT_WR)
        with pytest.raises(simple_websocket.ConnectionClosed):  # noqa: PT012 - how far it gets is the point
            while True:
                messages.append(connection.receive())
        connection.sock.abort()
        answered = b"".join(iter(lambda: client.recv(1 << 16), b""))
        paid = LIMITS.frames_at_once - connection._budget._left
        return Outcome(messages, answered, paid, (int(connection.close_reason), connection.close_message))


def read(answered: bytes) -> list[Event]:
    """Read as the library's client does."""
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(answered)
    return list(client.events())


def long_way(payload: bytes, size: str) -> bytes:
    """A text whose length takes more bytes than it needs."""
    code, shape = {"two": (126, "!H"), "eight": (127, "!Q")}[size]
    return bytes((0x81, 0x80 | code)) + struct.pack(shape, len(payload)) + b"\0\0\0\0" + payload


SIZES = (0, 1, 20, 124, 125, 126, 127, 500, 1010, 1016, 1017, 1018, 1500, MOST - 4, MOST)
PLAIN: list[Callable[[random.Random], bytes]] = [
    lambda lot: frame(0x1, b"x" * lot.choice(SIZES)),
    lambda lot: frame(0x1, "42[\u00e9\u20ac\U0001f600]".encode() * lot.choice((1, 6, 9, 60))),
    lambda lot: frame(0x1, f'42{lot.randrange(1000)}["echo",{{}}]'.encode()),
]
UNUSUAL: list[Callable[[random.Random], bytes]] = [
    lambda _: frame(0x9, b"still there?") + frame(0xA),
    lambda lot: frame(0x1, b"4" * 9, fin=False) + frame(0x9) + frame(0x0, b"2", fin=lot.random() < 0.7),
    lambda _: frame(0x1, "\u20ac".encode()[:1], fin=False) + frame(0x0, "\u20ac".encode()[1:]),
    lambda lot: frame(0x0, b"of nothing", fin=lot.random() < 0.5),
    lambda _: frame(0x2, b"binary"),
    lambda lot: frame(0x8, lot.choice((b"", b"x", struct.pack("!H", 1000), struct.pack("!H", 999), b"\x03\xe8bye"))),
    lambda _: frame(0x1, b"\xff\xfe"),
    lambda _: frame(0x1, "\u20ac".encode()[:2]),
    lambda _: frame(0x1, b"\xed\xa0\x80"),
    lambda _: b"\x81\x02hi",
    lambda lot: bytes((lot.choice((0xC1, 0xA1, 0x91, 0x83, 0x8F)),)) + frame(0x1, b"reserved")[1:],
    lambda lot: long_way(b"x" * lot.choice((5, 125)), "two"),
    lambda lot: long_way(b"x" * lot.choice((5, 300)), "eight"),
    lambda lot: frame(0x1, b"x" * (MOST + lot.choice((1, 500)))),
    lambda _: frame(0x1, "\u00e9".encode() * (MOST - 10)),
    lambda _: frame(0x1, b"a part", length=200_000),
    lambda lot: lot.randbytes(lot.randrange(1, 40)),
]


def a_stream(lot: random.Random) -> list[bytes]:
    """Frames of all kinds, mostly plain ones, cut anywhere into pieces as large as a read."""
    made = [lot.choice(PLAIN if lot.random() < 0.75 else UNUSUAL)(lot) for _ in range(lot.randrange(1, 9))]
    stream, pieces = b"".join(made), []
    while stream:
        size = lot.choice((lot.randrange(1, 8), lot.randrange(1, 200), len(made[0]), A_READ, A_READ))
        pieces.append(stream[: min(size, A_READ)])
        stream = stream[len(pieces[-1]) :]
    return pieces


def test_any_bytes_cut_anywhere_come_to_the_same_by_hand_and_by_the_library() -> None:
    lot, ends = random.Random(20), set()
    for number in range(STREAMS):
        pieces = a_stream(lot)
        by_hand, by_library = outcome(GuardedSocket, pieces), outcome(LibrarysSocket, pieces)
        assert by_hand == by_library, (number, pieces)
        ends |= {closing.code for closing in read(by_hand.answered) if isinstance(closing, CloseConnection)}
    # All that a connection can be closed for was among them.
    assert {1000, 1002, 1007, 1009} <= ends


@pytest.mark.parametrize(
    "unusual",
    [frame(0x9, b"ping"), frame(0x1, b"4" * 130), frame(0x1, b"4", fin=False) + frame(0x9) + frame(0x0, b"2")],
    ids=["a ping", "a text in many reads", "a text in two frames"],
)
def test_plain_frames_are_read_by_hand_again_as_soon_as_the_library_is_done(unusual: bytes) -> None:
    with opened(GuardedSocket) as (connection, client):
        for number in range(len(unusual)):
            assert connection._is_between_messages is (number == 0)
            client.send(unusual[number : number + 1])
            assert connection._read()
        assert connection._is_between_messages


def test_only_whole_plain_frames_are_taken_by_hand() -> None:
    one, other = frame(0x1, b"42[]"), frame(0x1, b"x" * 200)
    assert plain_texts(one + other + one, MOST) == (["42[]", "x" * 200, "42[]"], len(one + other + one))
    for cut in range(len(other)):
        assert plain_texts(one + other[:cut], MOST) == (["42[]"], len(one))
    assert plain_texts(one + other, 199) == (["42[]"], len(one))
    for make in UNUSUAL[:-1]:
        assert plain_texts(make(random.Random(1)), MOST) == ([], 0)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_what_is_written_by_hand_is_what_the_library_reads(size: int) -> None:
    assert read(text_frame(b"x" * size) + text_frame("\u00e9".encode())) == [
        TextMessage("x" * size),
        TextMessage("\u00e9"),
    ]


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ([{"ok": True, "data": {"text": "é", "seq": 1}}], '437[{"ok":true,"data":{"text":"é","seq":1}}]'),
        ([{"field": "/\ud800", "most": 10**30}], '437[{"field":"/\\ud800","most":1000000000000000000000000000000}]'),
    ],
    ids=["plain", "beyond orjson"],
)
def test_a_packet_is_written_in_one_go(data: object, written: str) -> None:
    assert packets.write(Kind.ACK, data, ack_id=7).decode() == written
    assert json.loads(packets.write(Kind.CONNECT_ERROR, data, "/other")[len("44/other,") :]) == data


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        packets.write(Kind.EVENT, ["event", {1, 2}])
