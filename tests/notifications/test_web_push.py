"""A push to a browser leaves sealed and signed, once, to its own push service; what comes back is understood."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from development.push_service import faults
from development.push_service.server import PushService
from development.push_service.web_push import Browser
from hep_api.foundation.settings import Settings
from hep_api.notifications.actions.pushing import collapse_key
from hep_api.notifications.delivery.parcels import Parcel
from hep_api.notifications.delivery.vapid import load_browsers, make_key
from hep_api.notifications.delivery.web_push import BYTES, WebPush
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.devices import DeviceKind
from hep_api.notifications.models.pushes import PushResult
from hep_api.notifications.queries.devices import DeviceAddress
from tests.notifications.phones import an_endpoint


@pytest.fixture(scope="module")
def serving(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation that pushes to browsers."""
    file = tmp_path_factory.mktemp("web-push") / "web-push.pem"
    make_key(file)
    return replace(settings, web_push_key_file=str(file), web_push_contact="mailto:it@clinic.example")


def parcel(address: DeviceAddress, lives: timedelta = timedelta(hours=1)) -> Parcel:
    member_id, subject_id = uuid4(), uuid4()
    return Parcel(
        address=address,
        kind=NoticeKind.MESSAGE,
        subject_id=subject_id,
        collapse_key=collapse_key(member_id, NoticeKind.MESSAGE, subject_id),
        urgent=False,
        expires_at=datetime.now(UTC) + lives,
        title="New message",
        body="Open the app: ü.",
    )


def address(browser: Browser, endpoint: str) -> DeviceAddress:
    ids = {name: uuid4() for name in ("device_id", "member_id", "sign_in_id")}
    kind = DeviceKind.WEB_PUSH
    return DeviceAddress(**ids, kind=kind, value=endpoint, p256dh=browser.p256dh, auth=browser.auth, language=None)


def carrier(serving: Settings, url: str, seconds: float = 5) -> WebPush:
    browsers = load_browsers(serving)
    assert browsers
    return WebPush(browsers, seconds, url)


@pytest.mark.parametrize(("host", "alone"), [("nothere.notify.windows.com", True), ("web.push.apple.com", False)])
def test_a_host_that_only_a_wildcard_covers_and_does_not_answer_stops_nobody_else(
    serving: Settings, host: str, alone: bool
) -> None:
    sent = parcel(address(Browser(), f"https://{host}/x"))
    answer = carrier(serving, "http://127.0.0.1:9").send(sent, datetime.now(UTC))
    assert (answer.result, answer.of_this_one) == (PushResult.NO_ANSWER, alone)


def test_a_push_arrives_sealed_and_only_the_browser_reads_it(serving: Settings, push_service: PushService) -> None:
    """VAPID's signature, its audience and the form of the request are checked by the service."""
    browser, endpoint = Browser(), an_endpoint()
    push_service.browsers[endpoint] = browser
    sent = parcel(address(browser, endpoint))
    answer = carrier(serving, push_service.url).send(sent, datetime.now(UTC))
    assert (answer.result, push_service.kept.misshapen) == (PushResult.ACCEPTED, [])
    [arrived] = push_service.accepted
    assert (arrived.title, arrived.body) == (sent.title, sent.body)
    assert (arrived.data, arrived.payload["tag"]) == (dict(sent.data), sent.collapse_key)
    assert arrived.collapse_keys == {sent.collapse_key}
    [raw] = push_service.kept.raw
    first, body = raw.split(b"\n\n", 1)
    head = message_from_bytes(first.split(b"\n", 1)[1])
    assert (head["Urgency"], head["Content-Encoding"]) == ("high", "aes128gcm")
    assert 3590 <= int(head["TTL"]) <= 3600
    assert sent.title.encode() not in raw
    # The library that others open it with reads the same; a stranger's key does not.
    options = {"auth_secret": browser.secret, "version": "aes128gcm"}
    said = http_ece.decrypt(body, private_key=browser.key, **options)
    assert (len(said), json.loads(said)["title"]) == (BYTES, sent.title)
    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(body, private_key=ec.generate_private_key(ec.SECP256R1()), **options)


@pytest.mark.parametrize(
    ("fault", "result", "later"),
    [
        (faults.GONE, PushResult.UNREGISTERED, None),
        (faults.UNREGISTERED, PushResult.UNREGISTERED, None),
        (faults.TOO_LARGE, PushResult.REFUSED, None),
        (faults.UNAUTHENTICATED, PushResult.REFUSED, None),
        (faults.SENDER_ID_MISMATCH, PushResult.REFUSED, None),
        (faults.INTERNAL, PushResult.SERVER_ERROR, None),
        (faults.UNAVAILABLE.after(7), PushResult.SERVER_ERROR, timedelta(seconds=7)),
        (faults.QUOTA_EXCEEDED.after(3), PushResult.TOO_OFTEN, timedelta(seconds=3)),
        (faults.GARBAGE, PushResult.GARBLED, None),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_what_a_push_service_answers_is_understood(
    serving: Settings, push_service: PushService, fault: Any, result: PushResult, later: timedelta | None
) -> None:
    push_service.fail(fault)
    answer = carrier(serving, push_service.url).send(parcel(address(Browser(), an_endpoint())), datetime.now(UTC))
    assert (answer.result, answer.retry_after) == (result, later)
    assert len(push_service.kept.pushes) == 1, "it is sent once, whatever comes of it"


def test_silence_a_redirect_and_a_host_that_is_known_no_more_end_a_try(
    serving: Settings, push_service: PushService
) -> None:
    sent = parcel(address(Browser(), an_endpoint()))
    push_service.fail(faults.SILENCE)
    quiet = carrier(serving, push_service.url, seconds=0.2).send(sent, datetime.now(UTC))
    nobody = carrier(serving, "http://127.0.0.1:9").send(sent, datetime.now(UTC))
    assert (quiet.result, nobody.result) == (PushResult.NO_ANSWER, PushResult.NO_ANSWER)
    fewer = replace(serving, web_push_hosts=("fcm.googleapis.com",))
    arrived = len(push_service.kept.pushes)
    assert carrier(fewer, push_service.url).send(sent, datetime.now(UTC)).result is PushResult.REFUSED
    assert len(push_service.kept.pushes) == arrived
    with _one_that_sends_on(push_service.url) as url:
        assert carrier(serving, url).send(sent, datetime.now(UTC)).result is PushResult.GARBLED
    assert len(push_service.kept.pushes) == arrived


@contextmanager
def _one_that_sends_on(elsewhere: str) -> Iterator[str]:
    """A host that answers every POST by sending its sender to another."""

    class SendsOn(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", f"{elsewhere}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), SendsOn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
