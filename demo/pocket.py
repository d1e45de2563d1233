"""A phone in somebody's pocket, as far as it rings: where pushes go to it, and what has arrived there.

Google's push service is `development/push_service`, on this machine, as `make run` starts it.
"""

import json
import secrets
import time
from typing import Any

import httpx

from demo.people import Person
from demo.telling import Mismatch

Json = dict[str, Any]
LOOK_SECONDS = 0.2


class Pocket:
    """One phone, registered for its owner on their sign-in."""

    def __init__(self, service: str, owner: Person) -> None:
        self.owner = owner
        self._service = service
        self._token = f"demo:{secrets.token_hex(16)}"
        self._heard = 0
        self.device: Json = {}

    def register(self, language: str, zone: str) -> Json:
        """Register it, as an app does at every start; return what the owner sees of it."""
        said = {"kind": "fcm_token", "value": self._token, "platform": "android", "language": language, "zone": zone}
        self.device = self.owner.ask("POST", "/me/devices", said, expects=201)
        return self.device

    def rings(self, kind: str, seconds: float) -> Json:
        """Wait for it to ring for something; return what arrived, as it arrived, but for the token. What it rang for
        before is passed over.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for arrived in self._arrived()[self._heard :]:
                self._heard += 1
                payload: Json = arrived["payload"]
                if payload["data"]["type"] == kind:
                    return payload
            time.sleep(LOOK_SECONDS)
        raise Mismatch(f"the phone of {self.owner.name} did not ring for a `{kind}` within {seconds:g} s")

    def is_silent(self, seconds: float) -> bool:
        """Tell whether it does not ring for so long."""
        time.sleep(seconds)
        return len(self._arrived()) == self._heard

    def _arrived(self) -> list[Json]:
        answer = httpx.get(f"{self._service}/accepted", params={"to": self._token}, timeout=10, trust_env=False)
        found: list[Json] = answer.json()
        return found


def words_in(payload: Json) -> str:
    """Return everything that a push holds, as text."""
    return json.dumps(payload, ensure_ascii=False)
