"""The patient's phone, live: the official JavaScript client in a Node of its own, spoken to in lines of JSON."""

import itertools
import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

from demo.telling import Mismatch

PATIENCE_SECONDS = 20
PROGRAM = Path(__file__).with_name("phone.mjs")

Json = dict[str, Any]


class Phone:
    """One Socket.IO connection of the official client."""

    def __init__(self, node: Path, packages: Path, url: str) -> None:
        self._numbers = itertools.count(1)
        self._answers: queue.Queue[Json] = queue.Queue()
        self._heard: queue.Queue[Json] = queue.Queue()
        self._process = subprocess.Popen(
            [node, PROGRAM, packages, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def connect(self, token: str) -> None:
        self._order({"do": "connect", "token": token})

    def say(self, event: str, body: Json) -> Json:
        """Send a command and return what its acknowledgement holds; raise Mismatch when it is refused."""
        return acknowledged(event, self._order({"do": "say", "event": event, "body": body}))

    def drop(self) -> str:
        """Lose the connection without a goodbye; return what the client calls it."""
        reason: str = self._order({"do": "drop"})["reason"]
        return reason

    def hears(self, event: str) -> Json:
        """Wait for an event and return its payload; others that came before it are passed over."""
        return wait_for(self._heard, event, "the phone")

    def has_heard(self, event: str) -> bool:
        """Tell whether such an event is waiting, without waiting for it."""
        return any(said["heard"] == event for said in list(self._heard.queue))

    def close(self) -> None:
        assert self._process.stdin is not None, "started with a pipe"
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _order(self, order: Json) -> Json:
        assert self._process.stdin is not None, "started with a pipe"
        self._process.stdin.write(json.dumps({"id": next(self._numbers), **order}) + "\n")
        self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise Mismatch(f"The phone gave no answer to `{order['do']}` within {PATIENCE_SECONDS} s.") from None
        if "error" in answer:
            raise Mismatch(f"The phone could not `{order['do']}`: {answer['error']}")
        found: Json = answer["answer"]
        return found

    def _listen(self) -> None:
        assert self._process.stdout is not None, "started with a pipe"
        for line in self._process.stdout:
            said = json.loads(line)
            (self._heard if "heard" in said else self._answers).put(said)
        self._answers.put({"error": "Node ended; what it said stands above."})


def acknowledged(event: str, answer: Json) -> Json:
    """Return the data of an acknowledgement; raise Mismatch when it is a refusal."""
    if not answer.get("ok"):
        raise Mismatch(f"`{event}` was refused: {answer.get('code')} ({answer.get('detail')})")
    data: Json = answer["data"]
    return data


def wait_for(heard: "queue.Queue[Json]", event: str, who: str) -> Json:
    """Return the payload of the next such event in a queue of `{"heard": name, "payload": ...}`."""
    while True:
        try:
            said = heard.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise Mismatch(f"{who} did not hear `{event}` within {PATIENCE_SECONDS} s.") from None
        if said["heard"] == event:
            payload: Json = said["payload"]
            return payload
