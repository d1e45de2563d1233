"""The proxy itself: passes on what both sides say, frame by frame, and kills a client at a commit when it was told to.

It listens on a Unix socket under the name that PostgreSQL's clients look for, because there the kernel says who has
connected. One thread: while it kills, nobody says anything.
"""

import asyncio
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torture.wire.frames import Cutter, Frame
from torture.wire.speech import Speech
from torture.wire.victims import Victim

SOCKET = ".s.PGSQL.5432"
A_READ = 1 << 16
NO_ENCRYPTION = b"N"


class Point(StrEnum):
    """Where a client is killed: before its COMMIT reaches the server, or before the server's answer reaches it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class Order:
    """To kill whoever commits next at a point, after so many that are let pass; done with the victim's process id."""

    point: Point
    to_pass: int
    done: Callable[[int], None]


@dataclass(slots=True)
class Proxy:
    """All connections to one server. `committed` counts the commits of what the marker finds."""

    server: Path
    marker: re.Pattern[bytes]
    order: Order | None = None
    committed: int = 0

    async def listen(self, folder: Path) -> asyncio.Server:
        """Listen in a folder, as PostgreSQL does."""
        return await asyncio.start_unix_server(self._serve, folder / SOCKET)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection: socket.socket = writer.get_extra_info("socket")
        try:
            victim = Victim.behind(connection)
        except ProcessLookupError:
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_unix_connection(self.server / SOCKET)
        speech = Speech(self.marker)
        client = _Side(reader, server_writer, Cutter(is_client=True))
        server = _Side(server_reader, writer, Cutter(is_client=False))

        def says(frame: Frame) -> bool:
            return self._is_hit(Point.BEFORE, victim) if speech.is_about_to_commit(frame) else False

        def answers(frame: Frame) -> bool:
            if not speech.has_committed(frame):
                return False
            self.committed += 1
            return self._is_hit(Point.AFTER, victim)

        both = [asyncio.ensure_future(_pass_on(client, says, writer)), asyncio.ensure_future(_pass_on(server, answers))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            writer.close()
            server_writer.close()
            victim.let_go()

    def _is_hit(self, point: Point, victim: Victim) -> bool:
        order = self.order
        if order is None or order.point is not point:
            return False
        if order.to_pass > 0:
            order.to_pass -= 1
            return False
        self.order = None
        victim.kill()
        order.done(victim.pid)
        return True


@dataclass(slots=True)
class _Side:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    cutter: Cutter


async def _pass_on(side: _Side, is_hit: Callable[[Frame], bool], back: asyncio.StreamWriter | None = None) -> None:
    """Pass frames on until either side ends, or the client was hit at one, which then goes nowhere any more."""
    while read := await side.reader.read(A_READ):
        passed = bytearray()
        hit = False
        for frame in side.cutter.cut(read):
            if frame.asks_for_encryption and back is not None:
                back.write(NO_ENCRYPTION)
            elif hit := is_hit(frame):
                break
            else:
                passed += frame.whole
        side.writer.write(passed)
        await side.writer.drain()
        if hit:
            return
