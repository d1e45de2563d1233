"""The address that metrics are served at: its own, on this machine unless somebody says otherwise."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from time import sleep

import pytest
import requests
from flask import Flask

from hep_api.app import create_app
from hep_api.foundation.metrics import listener
from hep_api.foundation.metrics.addresses import load_address
from hep_api.foundation.metrics.exposing import Exposition
from hep_api.foundation.metrics.process import ReadOfProcess
from hep_api.foundation.settings import Settings, SettingsError
from tests.realtime.conftest import free_port


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(listener, "SECONDS_BETWEEN_TRIES", 0.05)
    monkeypatch.setattr(listener.Door, "timeout", 0.1)
    port = free_port()
    started = listener.start("127.0.0.1", port, Exposition((ReadOfProcess(app),)))
    yield port
    if started.is_open:
        started.shutdown()
    started.server_close()


def get(port: int, path: str = "/metrics", method: str = "GET") -> tuple[int, str]:
    for _ in range(100):
        try:
            answer = requests.request(method, f"http://127.0.0.1:{port}{path}", timeout=5)
        except requests.ConnectionError:
            sleep(0.05)
        else:
            return answer.status_code, answer.text
    raise AssertionError("nobody listens")


def test_metrics_are_served_and_nothing_else(port: int) -> None:
    status, body = get(port)
    assert status == 200
    assert "hep_build_info{" in body
    assert "process_resident_memory_bytes" in body
    assert get(port, "/")[0] == 404
    assert get(port, "/v1/me")[0] == 404
    assert get(port, method="POST")[0] == 501


def test_a_client_that_says_nothing_holds_up_nobody_for_long(port: int) -> None:
    get(port)
    with socket.create_connection(("127.0.0.1", port)):
        assert get(port)[0] == 200


def _letters_taken(connection: socket.socket, letters: int) -> int:
    """Say so many letters, one every twentieth of a second; return how many were taken before we were hung up on."""
    for said in range(letters):
        try:
            connection.sendall(b"G")
        except ConnectionError:
            return said
        sleep(0.05)
    return letters


def test_a_client_that_asks_letter_by_letter_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    get(port)
    monkeypatch.setattr(listener, "SECONDS_TO_ASK", 0.2)
    with socket.create_connection(("127.0.0.1", port)) as slow:
        said = _letters_taken(slow, 200)
    assert 0 < said < 200
    assert get(port)[0] == 200


def test_a_port_that_a_former_process_still_has_is_waited_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "SECONDS_BETWEEN_TRIES", 0.05)
    with socket.socket() as former:
        former.bind(("127.0.0.1", 0))
        former.listen()
        port = former.getsockname()[1]
        started = listener.start("127.0.0.1", port, Exposition((ReadOfProcess(app),)))
        sleep(0.1)
        assert not started.is_open
    assert get(port)[0] == 200
    started.shutdown()
    started.server_close()


@pytest.mark.parametrize(
    "bind",
    [
        *("9101", "localhost:9101", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.256:9101"),
        *("127.0.0.1:9101/metrics", "http://127.0.0.1:9101", "::1:9101", "127.0.0.1:9101\n", "0.0.0.0:9101"),
        *("10.0.0.5:9101", "[::]:9101"),
    ],
)
def test_a_wrong_address_is_refused_at_the_start(settings: Settings, bind: str) -> None:
    with pytest.raises(SettingsError, match="HEP_METRICS_BIND is"):
        create_app(replace(settings, metrics_bind=bind))


@pytest.mark.parametrize(
    ("bind", "beyond", "address"),
    [
        ("", False, None),
        ("127.0.0.1:9101", False, ("127.0.0.1", 9101)),
        ("[::1]:9101", False, ("::1", 9101)),
        ("10.0.0.5:9101", True, ("10.0.0.5", 9101)),
    ],
)
def test_it_is_served_where_the_settings_say(
    settings: Settings, bind: str, beyond: bool, address: tuple[str, int] | None
) -> None:
    said = replace(settings, metrics_bind=bind, metrics_beyond_this_machine=beyond)
    assert load_address(said) == address
