"""The push service on this machine is one to Google's own client, and tells what a sender did wrong."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import firebase_admin
import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError

from development.push_service import faults, server, web_push
from development.push_service.credentials import PROJECT
from development.push_service.server import PushService
from development.push_service.web_push import Browser

Send = Callable[..., str]


@pytest.fixture(scope="module")
def one_service() -> Iterator[PushService]:
    with server.started() as service:
        yield service


@pytest.fixture
def service(one_service: PushService) -> PushService:
    one_service.clear()
    return one_service


@pytest.fixture(scope="module")
def send(one_service: PushService, tmp_path_factory: pytest.TempPathFactory) -> Send:
    """Google's own client, which takes this service for Google, and asks once."""
    key_file = one_service.key_file(tmp_path_factory.mktemp("key"))
    app = firebase_admin.App("loopback", credentials.Certificate(str(key_file)), {"httpTimeout": 0.5})
    sender = messaging._MessagingService(app)
    sender._fcm_url = f"{one_service.url}/v1/projects/{PROJECT}/messages:send"
    sender._client.session.mount("http://", requests.adapters.HTTPAdapter(max_retries=0))

    def send(to: str = "phone", **fields: Any) -> str:
        said = {"data": {"type": "message", "id": "1"}, "notification": messaging.Notification("A title", "A body")}
        android = messaging.AndroidConfig(collapse_key="subject", priority="high", ttl=60)
        name: str = sender.send(messaging.Message(fid=to, android=android, **(said | fields)))
        return name

    return send


def test_what_arrives_is_kept_as_the_phone_would_get_it_and_shown(service: PushService, send: Send) -> None:
    assert send().startswith(f"projects/{PROJECT}/messages/")
    [push] = service.accepted_by("phone")
    assert (push.kind, push.title, push.body, push.data) == (
        "fid",
        "A title",
        "A body",
        {"type": "message", "id": "1"},
    )
    assert push.collapse_keys == {"subject"}
    shown = requests.get(f"{service.url}/accepted?to=phone", timeout=5).json()
    assert [each["payload"]["android"]["ttl"] for each in shown] == ["60s"]
    assert any(b'"title": "A title"' in raw for raw in service.kept.raw)


ERRORS = {
    faults.UNREGISTERED: messaging.UnregisteredError,
    faults.SENDER_ID_MISMATCH: messaging.SenderIdMismatchError,
    faults.INVALID_ARGUMENT: exceptions.InvalidArgumentError,
    faults.THIRD_PARTY_AUTH_ERROR: messaging.ThirdPartyAuthError,
    faults.PERMISSION_DENIED: exceptions.PermissionDeniedError,
    faults.QUOTA_EXCEEDED: messaging.QuotaExceededError,
    faults.INTERNAL: exceptions.InternalError,
    faults.UNAVAILABLE: exceptions.UnavailableError,
    faults.GARBAGE: exceptions.UnknownError,
    faults.HALF: exceptions.UnknownError,
    faults.SILENCE: exceptions.DeadlineExceededError,
    faults.HANG_UP: exceptions.UnavailableError,
}


@pytest.mark.parametrize("fault", ERRORS, ids=lambda fault: fault.name)
def test_each_fault_is_to_googles_client_what_google_means_by_it(
    service: PushService, send: Send, fault: faults.Fault
) -> None:
    service.fail(fault, 3)  # of those that its client asks again about by itself, enough
    with pytest.raises(exceptions.FirebaseError) as raised:
        send()
    assert type(raised.value) is ERRORS[fault]
    assert service.accepted == []
    assert [push.fault for push in service.kept.pushes] == [fault.name] * len(service.kept.pushes)


def test_a_sender_who_does_not_listen_is_noted(service: PushService, send: Send) -> None:
    service.fail(faults.UNREGISTERED, to="gone")
    service.fail(faults.QUOTA_EXCEEDED.after(30), to="busy")
    for address in ("gone", "busy"):
        for _ in range(2):
            try:
                send(address)
            except exceptions.FirebaseError as error:
                said = error.http_response.headers.get("Retry-After")
                assert said == ("30" if address == "busy" else None)
    assert (service.kept.after_death, service.kept.early) == (["gone"], ["busy"])
    assert [push.address for push in service.accepted] == ["busy"]


def test_nobody_sends_without_a_good_token_and_what_is_misshapen_is_refused(service: PushService, send: Send) -> None:
    with pytest.raises(exceptions.InvalidArgumentError):
        send(data={"from": "a reserved name"})
    assert service.kept.misshapen == ["reserved name in data"]
    service.take_tokens_back()
    assert send()  # the client signs in anew
    service.take_tokens_back()
    service.fail_tokens(faults.INVALID_ARGUMENT, 20)
    with pytest.raises(GoogleAuthError):
        send()
    service.clear()
    for form in (b"", b"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x.y.z"):
        assert requests.post(f"{service.url}/token", form, timeout=5).status_code == 400


def test_half_a_request_of_a_sender_who_is_gone_is_none(service: PushService, send: Send) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"POST /v1/projects/demo-hep/messages:send HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
    assert (service.kept.raw, service.kept.misshapen) == ([], [])


def test_lots_are_the_same_for_the_same_seed(service: PushService, send: Send) -> None:
    outcomes = []
    for _ in range(2):
        service.clear()
        service.plan = faults.by_lot(3, 0.3, [faults.INVALID_ARGUMENT])
        for number in range(30):
            try:
                send(f"phone {number}")
            except exceptions.InvalidArgumentError:
                continue
        outcomes.append([push.address for push in service.accepted])
    assert outcomes[0] == outcomes[1]
    assert 12 < len(outcomes[0]) < 29


def test_a_web_push_is_opened_with_its_browsers_keys_and_taken_only_from_who_proves_himself(
    service: PushService,
) -> None:
    browser, endpoint = Browser(), "https://updates.push.services.mozilla.com/wpush/v2/abc"
    service.browsers[endpoint] = browser
    body = sealed(browser, b'{"type": "message", "id": "1", "title": "T", "body": "B"}')
    given = {"Content-Encoding": "aes128gcm", "TTL": "60", "Urgency": "high", "Topic": "subject"}

    def push(audience: str, **headers: str) -> int:
        path = endpoint.removeprefix("https://")
        sent = given | {"Authorization": vapid(audience)} | headers
        return requests.post(f"{service.url}/web-push/{path}", body, headers=sent, timeout=5).status_code

    ours = "https://updates.push.services.mozilla.com"
    assert push(ours) == 201
    [taken] = service.accepted_by(endpoint)
    assert (taken.title, taken.body, taken.collapse_keys) == ("T", "B", {"subject"})
    assert [push("https://elsewhere.example"), push(ours, Topic="much too long " * 4), push(ours, TTL="")] == [
        403,
        400,
        400,
    ]
    service.fail(faults.GONE)
    assert push(ours) == 410
    assert len(service.accepted) == 1


def test_it_runs_by_itself_with_a_key_file_that_stays(tmp_path: Path) -> None:
    key, keep = tmp_path / "key.json", tmp_path / "accepted"
    keys = []
    for _ in range(2):
        command = [sys.executable, "-m", "development.push_service", "--key", key, "--keep", keep]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            said = json.loads(key.read_text())
            assert said["token_uri"] == f"{url}/token"
            keys.append(said["private_key"])
            process.terminate()
        assert process.returncode == 0
    assert keys[0] == keys[1]
    assert key.stat().st_mode & 0o077 == 0


def vapid(audience: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    token = jwt.encode({"aud": audience, "exp": int(time.time()) + 60, "sub": "mailto:a@b.example"}, key, "ES256")
    return f"vapid t={token}, k={web_push.encoded(web_push._point(key.public_key()))}"


def sealed(browser: Browser, words: bytes) -> bytes:
    """Seal as RFC 8291 says, in the other direction than the service opens."""
    own = ec.generate_private_key(ec.SECP256R1())
    point, salt = web_push._point(own.public_key()), os.urandom(16)
    receiver = base64.urlsafe_b64decode(browser.p256dh + "=")
    shared = own.exchange(ec.ECDH(), browser.key.public_key())
    secret = HKDF(hashes.SHA256(), 32, browser.secret, b"WebPush: info\0" + receiver + point).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    head = salt + (4096).to_bytes(4, "big") + bytes([len(point)]) + point
    return head + AESGCM(key).encrypt(nonce, words + b"\2", None)
