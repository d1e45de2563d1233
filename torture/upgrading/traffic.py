"""Who uses the product meanwhile: a patient who writes, reports and reads, and a practitioner who listens.

The patient goes to the two processes in turn, and to the other one where a connection is refused, as the proxy does.
Every other answer that is not as it should be has failed.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import requests

from torture.chat.ledger import Ledger
from torture.chat.reader import Reader

PATIENCE_SECONDS, PAUSE_SECONDS = 15, 0.02
BATCH = 500
SETTLING_SECONDS = 10

Json = dict[str, Any]


class Failure(Exception):
    """An answer that is not as it should be, or none."""


class Traffic:
    """Goes on in threads of its own for the block; afterwards `complaints` says what should not have been."""

    def __init__(self, ports: Sequence[int], patient: Json, practitioner: Json) -> None:
        self._ports = ports
        self._turns = 0
        self._over = threading.Event()
        self.failed: list[str] = []
        self.sent: list[str] = []
        self.reported: list[Json] = []
        self.ledger = Ledger()
        self._patient, listening = self._sign_in(patient), self._sign_in(practitioner)
        [talk, *_] = self._ask("GET", "conversations")["items"]
        self._talk: str = talk["id"]
        self._day = self._ask("GET", f"patients/{self._patient['patient_id']}/today")
        self.reader = Reader(listening["access_token"], self._talk, ports, Random(0), self.ledger)
        self._threads = [
            threading.Thread(target=self._go_on),
            threading.Thread(target=self.reader.work, args=[self._over.is_set]),
        ]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def settle(self) -> None:
        """Wait until the one who listens has what was sent so far."""
        deadline = time.monotonic() + SETTLING_SECONDS
        while time.monotonic() < deadline and not set(self.sent) <= self._heard():
            time.sleep(0.1)

    def complaints(self) -> list[str]:
        """Return what went wrong, and what was acknowledged and is lost, twice, or was never heard of."""
        kept = [message["client_id"] for message in self._all_messages()]
        wrong = [f"a message is there {kept.count(each)} times" for each in self.sent if kept.count(each) != 1]
        wrong += [f"{len(set(self.sent) - self._heard())} messages were not heard of"] * (
            not set(self.sent) <= self._heard()
        )
        for start in range(0, len(self.reported), BATCH):
            outcomes = self._report(self.reported[start : start + BATCH])
            wrong += [f"an event is there no more: {each}" for each in outcomes if each != "duplicate"]
        return [*self.failed, *self.ledger.complaints, *wrong]

    def _heard(self) -> set[str]:
        return {message["client_id"] for message in list(self.reader.kept.values())}

    def _go_on(self) -> None:
        while not self._over.is_set():
            for deed in (self._write, self._do, self._read):
                self._try(deed)
            time.sleep(PAUSE_SECONDS)

    def _try(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except (Failure, requests.RequestException) as error:
            self.failed.append(f"{type(error).__name__}: {str(error)[:300]}")

    def _write(self) -> None:
        body = {"client_id": str(uuid4()), "body": f"Number {len(self.sent)}."}
        self._ask("POST", f"conversations/{self._talk}/messages", body, expects=201)
        self.sent.append(body["client_id"])

    def _do(self) -> None:
        item = self._day["items"][0]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        named = {"id": str(uuid4()), "prescription_id": item["prescription_id"], "version": item["version"]}
        event = named | {"kind": "done", "performed_at": now, "performed_on": now[:10], "zone": "UTC"}
        [outcome] = self._report([event])
        if outcome != "applied":
            raise Failure(f"an event was {outcome}")
        self.reported.append(event)

    def _read(self) -> None:
        self._ask("GET", f"patients/{self._patient['patient_id']}/today")

    def _report(self, events: list[Json]) -> list[str]:
        answer = self._ask("POST", f"patients/{self._patient['patient_id']}/events", {"events": events})
        return [each["outcome"] for each in answer["outcomes"]]

    def _all_messages(self) -> list[Json]:
        messages: list[Json] = []
        while page := self._ask("GET", f"conversations/{self._talk}/messages?after={len(messages)}&limit=200")["items"]:
            messages += page
        return messages

    def _sign_in(self, person: Json) -> Json:
        named = {name: person[name] for name in ("email", "password")}
        self._patient = {}
        signed_in: Json = self._ask("POST", "sign-ins", named, expects=201)
        return signed_in

    def _ask(self, method: str, path: str, body: Json | None = None, *, expects: int = 200) -> Any:
        """Ask the one whose turn it is, or whoever takes the connection; raise Failure on any other status."""
        self._turns += 1
        headers = {"Authorization": f"Bearer {self._patient['access_token']}"} if self._patient else {}
        for number in range(len(self._ports)):
            port = self._ports[(self._turns + number) % len(self._ports)]
            try:
                answer = requests.request(
                    method, f"http://127.0.0.1:{port}/v1/{path}", json=body, headers=headers, timeout=PATIENCE_SECONDS
                )
            except requests.ConnectionError as error:
                if "refused" not in str(error):
                    raise
                continue
            if answer.status_code != expects:
                raise Failure(f"{method} {path.split('/')[0]}: {answer.status_code} {answer.text[:200]}")
            return answer.json()
        raise Failure("no process took the connection")
