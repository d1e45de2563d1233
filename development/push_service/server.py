"""The service itself: its doors, in threads of this process, until its block ends.

`POST /token` is OAuth's, `POST /v1/projects/{project}/messages:send` FCM's, `POST /web-push/{host}/{path}` stands for
the endpoint `https://{host}/{path}` of a browser's push service. `GET /accepted` shows what has arrived, `POST /faults`
takes `{"fault": "unavailable", "times": 3}`.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from development.push_service import faults
from development.push_service.credentials import PROJECT, ServiceAccount
from development.push_service.faults import Fault, Plan
from development.push_service.kept import Kept, Push
from development.push_service.web_push import Browser

HOST = "127.0.0.1"


class PushService:
    """One running service. What goes wrong is told it by `fail`, `fail_tokens` and `plan`; what came in is `kept`.

    `after_answer` is called in the connection's thread with a push whose answer has just left, and the sender's port.
    """

    def __init__(self, account: ServiceAccount, keep: Path | None = None) -> None:
        self.account = account
        self.kept = Kept(keep)
        self.url = ""
        self.plan: Plan = faults.nothing_wrong
        self.browsers: dict[str, Browser] = {}
        self.after_answer: Callable[[Push, int], None] | None = None
        self.closing = threading.Event()
        self._scripts: dict[str, deque[Fault]] = {}
        self._token_faults: deque[Fault] = deque()
        self._lock = threading.Lock()

    @property
    def accepted(self) -> list[Push]:
        """Return the pushes that were answered with a success, in the order in which they came."""
        return self.kept.accepted()

    def accepted_by(self, address: str) -> list[Push]:
        """Return those that one phone got."""
        return self.kept.accepted(address)

    def fail(self, fault: Fault, times: int = 1, to: str = "") -> None:
        """Let the next pushes, to one address or to any, be answered with a fault."""
        with self._lock:
            self._scripts.setdefault(to, deque()).extend([fault] * times)

    def fail_tokens(self, fault: Fault, times: int = 1) -> None:
        """Let the next who ask for a bearer token be answered with a fault."""
        with self._lock:
            self._token_faults.extend([fault] * times)

    def take_tokens_back(self) -> None:
        """Let every bearer token that was given be good no more."""
        self.account.given.clear()

    def clear(self) -> None:
        """Forget what came in and what was to go wrong; bearer tokens stay good."""
        self.kept.forget()
        self.plan, self.after_answer = faults.nothing_wrong, None
        with self._lock:
            self._scripts.clear()
            self._token_faults.clear()

    def key_file(self, folder: Path) -> Path:
        """Write the service account's key file into a folder, as the product is given it."""
        file = folder / "push-account.json"
        self.account.write(file, f"{self.url}/token")
        return file

    def settings(self, folder: Path) -> dict[str, str]:
        """Return the product's settings, by name, with which its pushes come here."""
        key_file = str(self.key_file(folder))
        return {"firebase_project_id": PROJECT, "firebase_credentials_file": key_file, "push_url": self.url}

    def planned(self, address: str, time: int) -> Fault | None:
        """Return what a push is answered with: first what was scripted for its address, then for any, then by plan."""
        with self._lock:
            for script in (self._scripts.get(address), self._scripts.get("")):
                if script:
                    return script.popleft()
        return self.plan(address, time)

    def next_token_fault(self) -> Fault | None:
        """Return what whoever asks for a token is answered with, if anything but a token."""
        with self._lock:
            return self._token_faults.popleft() if self._token_faults else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a sender who is gone: they are killed on purpose."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def started(account: ServiceAccount | None = None, port: int = 0, keep: Path | None = None) -> Iterator[PushService]:
    """Run the service within the block; `keep` is a file to which each push that is accepted is added as a line."""
    # The doors know the service, and the service no door.
    from development.push_service.doors import Doors

    service = PushService(account or ServiceAccount.made(), keep)
    server = _Server((HOST, port), type("DoorsOfOne", (Doors,), {"service": service}))
    service.url = f"http://{HOST}:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        serving.join()
