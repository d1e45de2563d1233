"""What never reaches the product when the server in front of it does its work: HTTP that is none, over bare sockets."""

import socket
from contextlib import suppress
from random import Random

PATIENCE_SECONDS = 2
MOST_READ = 65_536
CRLF = b"\r\n"

LINES = [
    b"GET /v1/me HTTP/1.1", b"GET /v1/me HTTP/1.0", b"GET /v1/me", b"GET  /v1/me  HTTP/1.1", b"get /v1/me HTTP/1.1",
    b"GET /v1/me HTTP/9.9", b"GET http://evil.example/v1/me HTTP/1.1", b"GET * HTTP/1.1",
    b"CONNECT evil.example:443 HTTP/1.1", b"PRI * HTTP/2.0", b"TRACE / HTTP/1.1", b"PROPFIND /v1/me HTTP/1.1",
    b"G\x00T /v1/me HTTP/1.1", b"POST /v1/sign-ins HTTP/1.1", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"",
    b"GET /v1/me\x00 HTTP/1.1", b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"GET /v1/%00 HTTP/1.1",
    b"GET /v1/%ff%fe HTTP/1.1", b"GET /v1/\xff\xfe HTTP/1.1", b"GET //v1//me HTTP/1.1", b"GET /v1/../v1/me HTTP/1.1",
    b"GET /v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1", b"GET /v1/%c0%ae%c0%ae/ HTTP/1.1", b"GET /v1/me;x=1 HTTP/1.1",
    b"GET /v1\\me HTTP/1.1", b"GET /v1/me#x HTTP/1.1", b"GET /v1/% HTTP/1.1", b"GET ?x HTTP/1.1",
    b"GET /docs/..%2f..%2fapp.py HTTP/1.1", b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1", b"GET /v1/exercises?" + b"q=x&" * 900 + b" HTTP/1.1",
]  # fmt: skip
HEADS = [
    b"Host: localhost", b"Host: a\r\nHost: b", b"Host:", b"Host: \xff", b": empty", b"No-Colon", b"Space : x",
    b" Folded: x\r\n y", b"X: \x00", b"X: " + b"y" * 9000, b"\r\n".join(b"X-%d: y" % each for each in range(200)),
    b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 1e3", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding:\x0bchunked", b"Connection: close", b"Connection: upgrade\r\nUpgrade: websocket",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
    b"Content-Type: application/json", b"Authorization: Bearer x",
]  # fmt: skip
BODIES = [
    b"", b"{}", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFFFF\r\nx", b"-1\r\nx\r\n0\r\n\r\n",
    b"5;ext=\xff\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", b"zz\r\n\r\n", b"2\r\n{}\r\n0\r\n\r\n",
    b"0\r\n\r\nGET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100, b'{"email":"a@b.c","password":"x"}',
]  # fmt: skip


def raw_request(lots: Random) -> bytes:
    """Return the bytes of a request that is wrong as HTTP, or of several at once."""
    return b"".join(_one(lots) for _ in range(lots.choice([1, 1, 1, 1, 2, 5])))


def exchange(port: int, whole: bytes) -> list[int]:
    """Send bytes, say no more, and return the statuses of what is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection, suppress(OSError):
        connection.sendall(whole)
        connection.shutdown(socket.SHUT_WR)
        return _statuses(_read(connection))
    return []


def _one(lots: Random) -> bytes:
    heads = lots.sample(HEADS, lots.randint(0, 4))
    end = lots.choice([CRLF, CRLF, CRLF, b"\n", b"\r", b""])
    return lots.choice(LINES) + CRLF + b"".join(head + CRLF for head in heads) + end + lots.choice(BODIES)


def _read(connection: socket.socket) -> bytes:
    read = b""
    with suppress(OSError):
        while len(read) < MOST_READ and (more := connection.recv(8192)):
            read += more
    return read


def _statuses(read: bytes) -> list[int]:
    found = [line.split(b" ")[1] for line in read.split(CRLF) if line.startswith(b"HTTP/1.") and line.count(b" ") >= 1]
    return [int(status) for status in found if status.isdigit()]
