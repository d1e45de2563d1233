"""The Firebase Auth emulator, for `make emulator`. It signs nothing, so only development believes what it gives out."""

import json
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from development import children, node, places
from development.trouble import Trouble

HOST = "127.0.0.1"
# Projects of this name are made up: the emulator asks no outside host for them.
PROJECT = "demo-hep"
START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator; `address` is what FIREBASE_AUTH_EMULATOR_HOST takes."""

    address: str
    child: children.Child

    def stop(self) -> None:
        self.child.stop()


def start() -> Emulator:
    """Start an emulator without accounts; the first time, its packages are installed."""
    program = node.packages(node.FIREBASE) / "node_modules" / ".bin" / "firebase"
    folder = places.temporary_folder(None)
    ports = _free_ports(3)
    parts = dict(zip(("auth", "hub", "logging"), ({"host": HOST, "port": port} for port in ports), strict=True))
    settings = {"emulators": {**parts, "ui": {"enabled": False}, "singleProjectMode": True}}
    (folder / "firebase.json").write_text(json.dumps(settings))
    log = folder / "log"
    options = ["--only", "auth", "--project", PROJECT, "--non-interactive"]
    child = children.start(
        "Firebase emulator",
        [node.find_node(), program, "emulators:start", *options],
        folder=folder,
        environment=node.environment() | {"HOME": os.fspath(folder), "CI": "true"},
        log=log,
        remove=[folder],
    )
    _wait_until_ready(child, ports[0], log)
    return Emulator(f"{HOST}:{ports[0]}", child)


def _wait_until_ready(child: children.Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.exit_code() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    child.stop()
    raise Trouble(f"The Firebase emulator did not start: {said[-1] if said else 'it wrote no log'}")


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, chosen at once so that they differ."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind((HOST, 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
