"""One HTTP request, made as plainly as can be: the proofs count and time answers, and must not wait for a library."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is None where it is no JSON."""

    status: int
    body: Any
    media_type: str = ""


def call(port: int, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Make a request on a connection of its own; `headers` are written with underscores."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    return Answer(answer.status, _read(text), (answer.getheader("Content-Type") or "").partition(";")[0])


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
