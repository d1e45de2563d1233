"""Sends requests over connections that are kept open, byte by byte as they were made, and reads the answers."""

import http.client
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from torture.malformed.requests import Sent

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Got:
    """An answer; status 0 when the connection was closed without one."""

    status: int
    media_type: str = ""
    body: bytes = b""

    def json(self) -> Any:
        with suppress(ValueError):
            return json.loads(self.body)
        return None


class Wire:
    """A connection to one web process; it is opened anew when it was closed."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def send(self, sent: Sent) -> Got:
        """Send it as it is; once more when the connection had been closed while nothing was said on it."""
        for _ in range(2):
            try:
                return self._exchange(sent)
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection.close()
        return Got(0)

    def _exchange(self, sent: Sent) -> Got:
        self._connection.putrequest(sent.method, "/", skip_host=True, skip_accept_encoding=True)
        # http.client refuses some of what we want to say.
        head = [f"{sent.method} {sent.address} HTTP/1.1", "Host: localhost", f"Content-Length: {len(sent.body)}"]
        head += [f"{name}: {text}" for name, text in sent.headers if name != "Expect"]
        self._connection._buffer = ["\r\n".join(head).encode("latin-1", "replace")]  # type: ignore[attr-defined]  # noqa: SLF001
        self._connection.endheaders(sent.body)
        answer = self._connection.getresponse()
        body = answer.read()
        return Got(answer.status, answer.headers.get_content_type(), body)

    def close(self) -> None:
        self._connection.close()
