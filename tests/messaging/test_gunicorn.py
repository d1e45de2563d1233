"""The production server with its own configuration: it serves both doors, and ends without losing anyone."""

import signal
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests
from sqlalchemy import text

from development import children
from hep_api.foundation.settings import Settings
from tests.messaging import live
from tests.messaging.conftest import Scene
from tests.messaging.live import ROOT, PythonClient, Served
from tests.realtime.conftest import free_port
from tests.realtime.raw import RawSocket, Refused


@pytest.fixture(scope="module")
def web(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One process for all tests; the last one ends it."""
    port, log = free_port(), tmp_path_factory.mktemp("gunicorn") / "log"
    child = children.start(
        "gunicorn",
        [sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py", "wsgi:app"],
        environment=live.environment(settings, "") | {"HEP_BIND": f"127.0.0.1:{port}"},
        log=log,
        stop_signal=signal.SIGTERM,
        patience_seconds=20,
    )
    served = Served(port, log, child)
    try:
        live.await_ready(served)
        yield served
    finally:
        child.stop()
    assert "Traceback" not in served.log, served.log


def test_a_bad_handshake_is_answered_here_too(web: Served) -> None:
    with pytest.raises(Refused) as refused:
        RawSocket(web.port, Sec_WebSocket_Version="8")
    assert refused.value.status == 426
    assert "upgrade: websocket" in refused.value.head


def test_a_file_whose_reader_loses_access_is_broken_off_before_its_end(web: Served, scene: Scene) -> None:
    rows = "INSERT INTO location (clinic_id, id, name, created_at) SELECT :clinic_id, gen_random_uuid(), name, now()"
    names = "FROM (SELECT n || repeat('x', 10000) AS name FROM generate_series(1, 1000) AS n) AS names"
    with scene.world.transaction() as session:
        session.execute(text(f"{rows} {names}"), {"clinic_id": scene.lead.clinic_id})
    headers = {"Authorization": f"Bearer {scene.lead.token}", "Accept": "text/csv"}
    got: list[bytes] = []
    with requests.get(f"{web.url}/v1/locations", headers=headers, stream=True, timeout=10) as answer:
        assert (answer.status_code, answer.headers["Transfer-Encoding"]) == (200, "chunked")
        # More is on its way than the connection holds, so the server waits for us.
        time.sleep(0.3)
        with scene.world.transaction() as session:
            session.execute(text("UPDATE sign_in SET ended_at = now() WHERE id = :id"), {"id": scene.lead.sign_in_id})
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            got.extend(answer.iter_content(65536))
    file = b"".join(got)
    last = file.decode().splitlines()[-1]
    assert last.startswith("INCOMPLETE: this file ends before its end (sign_in_ended)")
    assert file.count(b"xxx,") < 1000


def test_it_serves_both_doors_and_on_sigterm_sends_everyone_away_and_ends(web: Served, scene: Scene) -> None:
    phone, desk = PythonClient(web.url, scene.patient.token), PythonClient(web.url, scene.lead.token)
    body = {"conversation_id": str(scene.id), "client_id": str(uuid4()), "body": "my knee hurts"}
    sent = phone.asks("message.send", body)
    assert desk.hears("message.created") == sent
    path = f"/v1/conversations/{scene.id}/messages"
    assert web.http("GET", path, scene.lead.token).json()["items"] == [sent]
    began = time.monotonic()
    ending = live.stop_in_background(web.child)
    for client in (phone, desk):
        client.hears("disconnect")
    assert time.monotonic() - began < 2
    while time.monotonic() - began < 10:
        try:
            assert requests.get(f"{web.url}/readyz", timeout=5).status_code == 503
        except requests.ConnectionError:
            break
    ending.join(15)
    assert not ending.is_alive()
    assert web.child.exit_code() == 0
    assert time.monotonic() - began < 10, "what is idle needs no patience"
    for client in (phone, desk):
        client.close()
