"""The proxy on PostgreSQL's wire: it changes nothing of what is said, and kills exactly at the commit it is told."""

import random
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from development import postgres
from torture.stage import plain
from torture.wire.frames import GSS, SSL, Cutter, Frame
from torture.wire.line import Wire
from torture.wire.proxy import SOCKET, Point
from torture.wire.speech import Speech

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells who has connected to a socket")

BIG = "x" * 3_000_000
VICTIM = Path(__file__).with_name("wire_victim.py")
WAYS = ("session", "pipeline", "autocommit", "one query")


@dataclass
class Ground:
    """A database, the way to it through the proxy, and the direct one."""

    wire: Wire
    direct: str
    through: str
    victim: "subprocess.Popen[str]"

    def write(self, way: str, begin: int) -> tuple[list[int], list[int]]:
        """Let somebody write; return the numbers that they know of, and their process id with its exit code."""
        assert self.victim.stdin is not None
        assert self.victim.stdout is not None
        self.victim.stdin.write(f"{way} {begin}\n")
        self.victim.stdin.flush()
        lines: list[str] = []
        while not lines or not lines[-1].startswith("ended"):
            lines.append(self.victim.stdout.readline())
            assert lines[-1], "who writes is gone"
        return [int(line) for line in lines[:-1]], [int(word) for word in lines[-1].split()[1:]]

    def said(self, way: str) -> list[int]:
        with psycopg.connect(self.direct) as connection:
            rows = connection.execute("SELECT number FROM said WHERE way = %s ORDER BY number", [way])
            return [number for (number,) in rows]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    cluster = postgres.start_throwaway()
    try:
        with Wire.laid(cluster, r"INSERT INTO said\b") as wire:
            url = cluster.url()
            command = [sys.executable, VICTIM, plain(wire.through(url))]
            with (
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim,
                psycopg.connect(plain(url)) as connection,
            ):
                connection.execute("CREATE TABLE said (way text, number int, words text, PRIMARY KEY (way, number))")
                connection.execute("CREATE TABLE other (number int)")
                connection.commit()
                yield Ground(wire, plain(url), plain(wire.through(url)), victim)
    finally:
        cluster.stop()


def test_all_that_is_said_passes_unchanged(ground: Ground) -> None:
    with psycopg.connect(ground.through) as connection:
        assert connection.execute("SELECT %s::text || %s::text", [BIG, BIG]).fetchone() == (BIG * 2,)
        with connection.pipeline():
            asked = [connection.execute("SELECT %s::int * 2", [number]) for number in range(300)]
            assert [cursor.fetchone() for cursor in asked] == [(2 * number,) for number in range(300)]
        with connection.cursor().copy("COPY other FROM STDIN") as copy:
            for number in range(5_000):
                copy.write_row([number])
        with connection.cursor().copy("COPY (SELECT number FROM other ORDER BY number) TO STDOUT") as copy:
            assert [int(line) for line in b"".join(copy).split()] == list(range(5_000))
        with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
            connection.execute("SELECT 1 / 0")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_who_waits_for_an_answer_can_still_cancel_it(ground: Ground) -> None:
    with psycopg.connect(ground.through) as connection:
        timer = threading.Timer(0.1, connection.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(10)")
        timer.join()


def test_encryption_is_declined_and_the_conversation_goes_on(ground: Ground) -> None:
    start = b"user\0postgres\0database\0postgres\0\0"
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(ground.wire.folder / SOCKET))
        for code in (SSL, GSS):
            line.sendall(struct.pack("!II", 8, code))
            assert line.recv(1) == b"N"
        line.sendall(struct.pack("!II", 8 + len(start), 3 << 16) + start)
        assert line.recv(1) == b"R"


@pytest.mark.parametrize("way", WAYS)
def test_who_is_killed_before_has_committed_nothing_and_who_is_killed_after_has_and_does_not_know(
    ground: Ground, way: str
) -> None:
    for point, begin in ((Point.BEFORE, 0), (Point.AFTER, 100)):
        before = ground.wire.committed()
        with ground.wire.killing(point, 2) as ordered:
            acknowledged, (pid, code) = ground.write(way, begin)
            assert (ordered.victim(10), code) == (pid, -9)
        assert acknowledged == [begin, begin + 1]
        stored = [number for number in ground.said(way) if number >= begin]
        assert stored == acknowledged + ([begin + 2] if point is Point.AFTER else [])
        assert ground.wire.committed() - before == len(stored)


def test_an_order_that_nobody_fulfils_is_forgotten(ground: Ground) -> None:
    with ground.wire.killing(Point.BEFORE, 0) as ordered:
        assert ordered.victim(0.05) is None
    with psycopg.connect(ground.through) as connection:
        connection.execute("INSERT INTO said VALUES ('nobody', 1, '')")
        connection.commit()
        connection.execute("INSERT INTO said VALUES ('nobody', 2, '')")
        connection.rollback()
    assert ground.said("nobody") == [1]


def test_frames_are_the_bytes_that_were_read_however_they_came() -> None:
    lots = random.Random(1)
    start = struct.pack("!II", 8, SSL) + struct.pack("!II", 12, 3 << 16) + b"user"
    frames = [b"Q" + struct.pack("!I", 4 + size) + lots.randbytes(size) for size in (0, 1, 70_000, 3)]
    said = start + b"".join(frames)
    for _ in range(50):
        cutter, cut, at = Cutter(is_client=True), list[Frame](), 0
        while at < len(said):
            size = lots.choice((1, 3, 5, 100, 66_000)) if len(said) - at > 100 else 1
            cut += cutter.cut(said[at : at + size])
            at += size
        assert b"".join(frame.whole for frame in cut) == said
        assert [frame.kind for frame in cut] == [b"", b"", b"Q", b"Q", b"Q", b"Q"]


@pytest.mark.parametrize(
    ("said", "commits"),
    [
        (["BEGIN", "INSERT INTO said", "COMMIT"], [False, False, True]),
        (["BEGIN", "INSERT INTO other", "COMMIT"], [False, False, False]),
        (["BEGIN", "INSERT INTO said", "ROLLBACK", "BEGIN", "COMMIT"], [False] * 5),
        (["BEGIN", "SAVEPOINT a", "INSERT INTO said", "ROLLBACK TO a", "END"], [False] * 4 + [True]),
        (["INSERT INTO said"], [True]),
        (["BEGIN; INSERT INTO said; COMMIT", "SELECT 1"], [True, False]),
    ],
)
def test_a_commit_is_one_of_what_is_looked_for_when_it_was_written_in_its_transaction(
    said: list[str], commits: list[bool]
) -> None:
    speech = Speech(re.compile(rb"INSERT INTO said\b"))
    found = []
    for statement in said:
        text = statement.encode() + b"\0"
        found.append(speech.is_about_to_commit(Frame(b"Q", b"Q" + struct.pack("!I", 4 + len(text)) + text)))
    assert found == commits
