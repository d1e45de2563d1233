"""A person of the story at their HTTP client: signs in, asks, and prints each request with what came back."""

import re
import time
from typing import Any
from urllib.parse import unquote

import httpx

from demo.telling import Mismatch, Teller, short

PREFIX = "/v1"
PATIENCE_SECONDS = 30
A_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Json = dict[str, Any]


class Person:
    """One person with a client of their own; nobody is signed in at first."""

    def __init__(self, name: str, url: str, teller: Teller) -> None:
        self.name = name
        self.teller = teller
        # A proxy from the environment would stand between us and a server on this machine.
        self.client = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)
        self.token = ""
        self.refresh_token = ""
        self.etag = ""

    def ask(
        self, method: str, path: str, body: Json | None = None, *, expects: int = 200, headers: Json | None = None
    ) -> Any:
        """Send a request and return the JSON that came back; raise Mismatch when the status is not the story's."""
        answer = self._send(method, path, body, expects, headers or {})
        return answer.json() if answer.content else None

    def read(self, path: str) -> str:
        """Return a page as it came back."""
        return self._send("GET", path, None, 200, {}).text

    def _send(self, method: str, path: str, body: Json | None, expects: int, headers: Json) -> httpx.Response:
        started = time.perf_counter()
        answer = self.client.request(method, PREFIX + path, json=body, headers={**self._headers(), **headers})
        milliseconds = (time.perf_counter() - started) * 1000
        refusal = f"  {_refusal(answer)}" if answer.is_error else ""
        self.teller.did(_shortened(f"{method} {PREFIX}{path}"), f"{answer.status_code} {milliseconds:4.0f} ms{refusal}")
        if answer.status_code != expects:
            raise Mismatch(
                f"{method} {path}: the story says {expects}, the answer was {answer.status_code} {refusal.strip()}"
            )
        self.etag = answer.headers.get("ETag", "")
        return answer

    def takes(self, signed_in: Json) -> Json:
        """Remember the tokens of a sign-in, and return it."""
        self.token = signed_in["access_token"]
        self.refresh_token = signed_in["refresh_token"]
        return signed_in

    def sign_in(self, email: str, password: str) -> Json:
        return self.takes(self.ask("POST", "/sign-ins", {"email": email, "password": password}, expects=201))

    def close(self) -> None:
        self.client.close()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def _shortened(request: str) -> str:
    return A_UUID.sub(lambda found: short(found.group()), unquote(request))


def _refusal(answer: httpx.Response) -> str:
    """Return a problem's code and each field and rule that it names."""
    try:
        problem = answer.json()
        fields = [f"{each['field']} {each['rule']}" for each in problem.get("errors", ())]
        return ", ".join([problem["code"], *fields])
    except (ValueError, AttributeError, KeyError, TypeError):
        return "not a problem of ours"
