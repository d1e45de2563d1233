"""What is let through to become a WebSocket. Each refusal shares its set-up with the success beside it."""

import http.client
from typing import Any

import pytest

from hep_api.foundation.errors import Problem
from hep_api.foundation.realtime import handshake
from tests.realtime.conftest import Toy
from tests.realtime.raw import PATH, Refused


def refusal(toy: Toy, path: str = PATH, **headers: str | None) -> Refused:
    with pytest.raises(Refused) as refused:
        toy.socket(path, **headers)
    return refused.value


def test_an_honest_handshake_opens(toy: Toy) -> None:
    with toy.socket() as opened:
        assert opened.receive().startswith('0{"sid":')


def test_a_native_app_sends_no_origin_and_the_own_page_sends_its_own(toy: Toy) -> None:
    with toy.socket(), toy.socket(Origin=toy.url):
        pass


def test_a_refused_handshake_has_the_headers_and_the_shape_of_every_other_refusal(toy: Toy) -> None:
    refused = refusal(toy, Origin="https://evil.example")
    assert set(refused.problem) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert f"x-request-id: {refused.problem['request_id']}" in refused.head
    for line in ("x-content-type-options: nosniff", "cache-control: no-store", "strict-transport-security: max-age="):
        assert line in refused.head


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://"])
def test_a_foreign_page_is_refused(toy: Toy, origin: str) -> None:
    assert refusal(toy, Origin=origin).problem["code"] == "origin_not_allowed"


def test_an_empty_list_of_origins_means_same_origin_and_a_list_means_those(toy: Toy) -> None:
    here = {"wsgi.url_scheme": "https", "HTTP_HOST": "clinic.example"}
    own, app = {**here, "HTTP_ORIGIN": "https://clinic.example"}, {**here, "HTTP_ORIGIN": "https://app.example"}
    handshake.check_origin(own, frozenset())
    handshake.check_origin(app, frozenset({"https://app.example"}))
    for environ, allowed in ((app, frozenset[str]()), (own, frozenset({"https://app.example"}))):
        with pytest.raises(Problem, match="origin_not_allowed"):
            handshake.check_origin(environ, allowed)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Sec_WebSocket_Version": "8"}, 426, "websocket_version"),
        ({"Sec_WebSocket_Version": None}, 426, "websocket_version"),
        ({"Sec_WebSocket_Key": None}, 400, "websocket_key"),
        ({"Sec_WebSocket_Key": "short"}, 400, "websocket_key"),
        ({"Sec_WebSocket_Key": "ÄÖÜ=!"}, 400, "websocket_key"),
        ({"Upgrade": None}, 426, "upgrade_required"),
        ({"Upgrade": "h3"}, 426, "upgrade_required"),
        ({"Connection": "keep-alive"}, 426, "upgrade_required"),
    ],
)
def test_a_bad_upgrade_is_answered_and_not_raised(
    toy: Toy, headers: dict[str, str | None], status: int, code: str
) -> None:
    refused = refusal(toy, **headers)
    assert (refused.status, refused.problem["code"]) == (status, code)
    if status == 426:
        assert "upgrade: websocket" in refused.head


@pytest.mark.parametrize(
    "path",
    [
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=4",
        "/socket.io/?EIO=3&transport=websocket",
        "/socket.io/?transport=websocket",
        "/socket.io/?EIO=4&transport=websocket&sid=AAAA",
        "/socket.io/?EIO=4&transport=websocket&transport=polling",
        "/socket.io/?" + "a=1&" * 30,
    ],
)
def test_polling_and_old_protocols_are_refused(toy: Toy, path: str) -> None:
    refused = refusal(toy, path)
    assert (refused.status, refused.problem["code"]) in ((400, "websocket_only"), (400, "protocol_version"))


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_other_methods_are_refused(toy: Toy, method: str) -> None:
    assert ask(toy, method, PATH)[0] == 405


def test_the_rest_of_the_app_is_untouched(toy: Toy) -> None:
    assert ask(toy, "GET", "/hello") == (200, b"hello")
    assert ask(toy, "GET", "/socket.io")[0] == 404


def test_compression_is_not_agreed(toy: Toy) -> None:
    with toy.socket(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits") as opened:
        assert "sec-websocket-extensions" not in opened.head.lower()
        assert opened.receive().startswith("0")


def test_strange_headers_do_no_harm(toy: Toy) -> None:
    with toy.socket(Host="xn--\xff\xfe", Cookie="a=\xe9", Sec_WebSocket_Protocol="a, b") as opened:
        assert opened.introduce("alice/user/600").startswith("40")


def ask(toy: Toy, method: str, path: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", toy.port, timeout=5)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
