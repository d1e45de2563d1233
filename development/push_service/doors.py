"""The service's HTTP: one handler for each door, and how an answer is given, or spoiled, or held back."""

import json
import select
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from development.push_service import credentials, faults, messages, web_push
from development.push_service.credentials import PROJECT
from development.push_service.faults import Fault
from development.push_service.kept import Push, now
from development.push_service.server import PushService

FCM = f"/v1/projects/{PROJECT}/messages:send"
WEB_PUSH = "/web-push/"
MOST_SILENT_SECONDS = 120
BAD_TOKEN = faults.UNAUTHENTICATED


class Doors(BaseHTTPRequestHandler):
    """One connection; requests follow each other on it."""

    service: ClassVar[PushService]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Send small answers at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_: Any) -> None:
        """Say nothing at the terminal."""

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path != "/accepted":
            return self._answer_json(404, {"error": "GET /accepted"})
        address = dict(parse_qsl(path.query)).get("to", "")
        return self._answer_json(200, [push.as_json() for push in self.service.kept.accepted(address)])

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            # Who sent it is gone; nobody waits for an answer.
            self.close_connection = True
            return
        self.service.kept.note_bytes(self.requestline.encode() + b"\n" + bytes(self.headers) + body)
        if self.path == "/token":
            self._give_token(body)
        elif self.path.startswith("/v1/projects/"):
            self._take_message(body)
        elif self.path.startswith(WEB_PUSH):
            self._take_web_push(body)
        elif self.path == "/faults":
            self._plan_faults(json.loads(body))
        else:
            self._answer_json(404, {"error": {"code": 404, "status": "NOT_FOUND"}})

    def _give_token(self, body: bytes) -> None:
        fault = self.service.next_token_fault()
        if fault:
            return self._answer_fault(fault)
        form = dict(parse_qsl(body.decode(errors="replace")))
        try:
            given = self.service.account.exchange(form, f"{self.service.url}/token")
        except credentials.Refused as refused:
            return self._answer_json(400, {"error": "invalid_grant", "error_description": str(refused)})
        return self._answer_json(200, given)

    def _take_message(self, body: bytes) -> None:
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.service.account.given:
            return self._answer_fault(BAD_TOKEN)
        if self.path != FCM:
            return self._answer_fault(faults.PERMISSION_DENIED)
        try:
            message = messages.read(body)
        except messages.Misshapen as error:
            self.service.kept.misshapen.append(str(error))
            return self._answer_fault(faults.INVALID_ARGUMENT)
        kind = "token" if "token" in message else "fid"
        payload = {name: part for name, part in message.items() if name != kind}
        push = Push(now(), kind, message[kind], payload, frozenset(messages.collapse_keys(message)))
        return self._settle(push, {"name": f"projects/{PROJECT}/messages/{self.service.kept.next_number()}"}, 200)

    def _take_web_push(self, body: bytes) -> None:
        address = "https://" + self.path.removeprefix(WEB_PUSH)
        try:
            topic = web_push.check(self.headers, body, address)
        except web_push.Refused as refused:
            self.service.kept.misshapen.append(str(refused))
            return self._answer(refused.status, b"", {})
        payload = web_push.opened(self.service.browsers.get(address), body)
        push = Push(now(), "web_push", address, payload, frozenset({topic} - {""}))
        return self._settle(push, None, 201)

    def _settle(self, push: Push, success: Any, status: int) -> None:
        """Answer a push as planned, and keep it with its answer."""
        subject = "/".join([*push.data.values(), *sorted(push.collapse_keys)])
        fault = self.service.kept.answer(push.address, subject, self.service.planned)
        settled = self.service.kept.note(push, fault)
        if fault:
            return self._answer_fault(fault)
        try:
            if success is None:
                self._answer(
                    status, b"", {"Location": f"{self.service.url}/receipts/{self.service.kept.next_number()}"}
                )
            else:
                self._answer_json(status, success)
        except OSError:
            self.service.kept.unsettle(settled)
            raise
        if self.service.after_answer:
            self.service.after_answer(settled, self.client_address[1])
        return None

    def _answer_fault(self, fault: Fault) -> None:
        if fault.how in ("silence", "hang_up"):
            self._say_nothing(MOST_SILENT_SECONDS if fault.how == "silence" else 0)
        elif fault.how == "garbage":
            self._answer(200, b"<html>It works!</html>", {"Content-Type": "text/html"})
        elif fault.how == "half":
            self.wfile.write(_head(200, 500, {"Content-Type": "application/json"}) + b'{"name": "projects/')
            self._say_nothing(0)
        else:
            later = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            self._answer_json(fault.status, fault.body(), later)

    def _say_nothing(self, seconds: float) -> None:
        """Wait for the other side to lose patience, then hang up."""
        while seconds > 0 and not self.service.closing.is_set():
            if select.select([self.connection], [], [], 0.1)[0]:
                break
            seconds -= 0.1
        self.close_connection = True

    def _plan_faults(self, order: dict[str, Any]) -> None:
        fault = faults.BY_NAME[order["fault"]]
        self.service.fail(fault, int(order.get("times", 1)), str(order.get("to", "")))
        self._answer_json(200, {"planned": fault.name})

    def _answer_json(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        self._answer(status, json.dumps(said).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.wfile.write(_head(status, len(body), headers) + body)


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    """Return the head of an answer; it goes out together with the body, in one piece."""
    lines = [f"HTTP/1.1 {status} {status}", f"Content-Length: {length}"]
    return "\r\n".join([*lines, *(f"{name}: {text}" for name, text in headers.items()), "", ""]).encode()
