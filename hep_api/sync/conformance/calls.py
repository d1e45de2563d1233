"""One HTTP request to any server, with the standard library alone: nothing is followed, repeated or remembered."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

SECONDS = 30.0


class NoAnswer(Exception):
    """The connection was refused, cut, or gave no whole answer in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON; ValueError when it is none."""
        return json.loads(self.body)

    @property
    def is_problem(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip() == "application/problem+json"

    def __str__(self) -> str:
        return f"{self.status} {self.body[:200].decode('utf-8', 'replace')}"


@dataclass(slots=True)
class Caller:
    """Who asks, and where. `seen` holds every answer that came, for rules that hold of all of them."""

    url: str
    token: str | None = None
    seen: list[Answer] = field(default_factory=list)
    seconds: float = SECONDS

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """GET a path; parts of the query that are None are left out."""
        asked = urlencode({name: value for name, value in query.items() if value is not None}, quote_via=quote)
        return self.send("GET", f"{path}?{asked}" if asked else path, headers=headers)

    def write(self, method: str, path: str, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a value as JSON. Escaped to ASCII, so that half a surrogate pair arrives as such."""
        return self.send(method, path, json.dumps(value).encode(), headers)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and return its answer; raise NoAnswer when there is none."""
        said = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            said["Authorization"] = f"Bearer {self.token}"
        answer = exchange(self.url, method, path, body, {**said, **(headers or {})}, self.seconds)
        self.seen.append(answer)
        return answer


def exchange(
    url: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str], seconds: float = SECONDS
) -> Answer:
    """Send one request over a connection of its own."""
    connection, prefix = connect(url, seconds)
    try:
        connection.request(method, prefix + path, body, dict(headers))
        got = connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{method} {path.split('?')[0]}: no answer ({type(error).__name__})") from None
    finally:
        connection.close()


def connect(url: str, seconds: float = SECONDS) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to the server of a URL, not opened yet, and the path under which the server lives."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "127.0.0.1", parts.port, timeout=seconds), parts.path.rstrip("/")
