"""Real servers and real clients: the product's web process, python-socketio's client, and the official JavaScript one.

Every event and acknowledgement that a client gets is held against asyncapi.yaml.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import socketio
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from development import children, node
from hep_api.foundation.settings import Settings
from tests.realtime.conftest import free_port

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = yaml.safe_load((ROOT / "asyncapi.yaml").read_text())
REGISTRY = Registry().with_resource("urn:socket", DRAFT202012.create_resource(DOCUMENT))
PATIENCE = 5.0
# What a server may tell: all that it sends without being asked.
ANNOUNCED = [name for name, operation in DOCUMENT["operations"].items() if operation["action"] == "send"]


def hold_against_contract(name: str, payload: Any) -> None:
    """Raise when a message of that name may not look so."""
    pointer = f"urn:socket#/components/messages/{name}/payload"
    Draft202012Validator({"$ref": pointer}, registry=REGISTRY).validate(payload)


@dataclass
class Served:
    """A running web process."""

    port: int
    log_file: Path
    child: children.Child

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def http(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return requests.request(method, self.url + path, headers=headers, timeout=10, **options)


@contextmanager
def served(settings: Settings, folder: Path, redis_url: str = "") -> Iterator[Served]:
    """Run a web process on the tests' database."""
    port, log = free_port(), folder / f"web-{time.monotonic_ns()}.log"
    child = children.start(
        "web",
        [sys.executable, "-m", "development.serve"],
        environment=environment(settings, redis_url) | {"PORT": str(port)},
        log=log,
        patience_seconds=5,
    )
    try:
        yield Served(port, log, child)
    finally:
        child.stop()


def environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """Return the variables of a process with the tests' settings."""
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "HEP_TOKEN_KEYS_FOLDER": str(settings.token_keys_folder),
        "REDIS_URL": redis_url,
    }


def await_ready(web: Served) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if requests.get(f"{web.url}/readyz", timeout=30).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.02)
    raise AssertionError(web.log)


def stop_in_background(child: children.Child) -> threading.Thread:
    """Ask a process to end, without waiting for it."""
    ending = threading.Thread(target=child.stop)
    ending.start()
    return ending


class Client:
    """What both clients have in common: what they heard, in order."""

    def __init__(self) -> None:
        self._heard: queue.Queue[tuple[str, Any]] = queue.Queue()

    def note(self, name: str, payload: Any) -> None:
        if name not in ("connect", "disconnect"):
            hold_against_contract(name, payload)
        self._heard.put((name, payload))

    def hears(self, name: str, seconds: float = PATIENCE) -> Any:
        """Return the payload of the next event of that name, passing over others."""
        until = time.monotonic() + seconds
        while True:
            try:
                heard, payload = self._heard.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{name} was not heard") from None
            if heard == name:
                return payload

    def hears_nothing_of(self, name: str, seconds: float = 0.3) -> bool:
        try:
            self.hears(name, seconds)
        except AssertionError:
            return True
        return False

    def call(self, name: str, body: dict[str, Any]) -> Any:
        """Send a command and return what its acknowledgement says."""
        acknowledged = self._call(name, body)
        hold_against_contract(f"{name}.acknowledged" if acknowledged["ok"] else "command.refused", acknowledged)
        return acknowledged

    def asks(self, name: str, body: dict[str, Any]) -> Any:
        """Send a command that is to be accepted, and return its data."""
        acknowledged = self.call(name, body)
        assert acknowledged["ok"], acknowledged
        return acknowledged["data"]

    def _call(self, name: str, body: dict[str, Any]) -> Any:
        raise NotImplementedError


class PythonClient(Client):
    """python-socketio's client; it reconnects by itself."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        # A proxy of the tests has a certificate that nobody vouches for.
        self._client = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.1, ssl_verify=False)
        for name in ANNOUNCED:
            self._client.on(name, lambda payload, name=name: self.note(name, payload))
        self._client.on("connect", lambda: self.note("connect", None))
        self._client.on("disconnect", self._note_disconnect)
        # When nobody answers at all, the client library says so in a word of its own.
        self._client.on("connect_error", lambda said: isinstance(said, dict) and self.note("connect_error", said))
        self._client.connect(url, auth={"token": token}, transports=["websocket"])
        self.hears("connect")

    def _note_disconnect(self, reason: str) -> None:
        self.note("disconnect", None)
        if reason != self._client.reason.CLIENT_DISCONNECT:
            # The library leaves the socket of a connection that the server closed to the garbage collector.
            self._client.eio.ws.shutdown()

    @property
    def is_connected(self) -> bool:
        return bool(self._client.connected)

    def is_back(self) -> bool:
        """Wait until it is connected again; return whether it is."""
        until = time.monotonic() + PATIENCE
        while not self.is_connected and time.monotonic() < until:
            time.sleep(0.01)
        return self.is_connected

    def _call(self, name: str, body: dict[str, Any]) -> Any:
        return self._client.call(name, body, timeout=10)

    def close(self) -> None:
        self._client.shutdown()


class JavaScriptClient(Client):
    """The official client, in a Node process of its own; `phone.cjs` is its other half."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        self._answers: queue.Queue[Any] = queue.Queue()
        self._process = subprocess.Popen(
            [node.find_node(), Path(__file__).with_name("phone.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=node.environment() | {"NODE_PATH": str(node.packages() / "node_modules")},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.order("open", url=url, token=token)

    def order(self, what: str, **arguments: Any) -> Any:
        """Tell the Node process to do something and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self._process.stdin.flush()
        return self._answers.get(timeout=10)

    def _call(self, name: str, body: dict[str, Any]) -> Any:
        return self.order("call", name=name, body=body)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "answer" in said:
                self._answers.put(said["answer"])
            else:
                self.note(said["event"], said["payload"])

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()
