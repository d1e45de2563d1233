"""The production server with its own configuration: it serves both doors, and ends without losing anyone."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
import requests
from sqlalchemy import text

from development import children
from hep_api.foundation.settings import Settings
from tests.messaging import live, nginx
from tests.messaging.conftest import Scene
from tests.messaging.live import ROOT, PythonClient, Served
from tests.realtime.conftest import free_port
from tests.realtime.raw import RawSocket, Refused
from tests.realtime.test_several_processes import Queue

METRICS = f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    with TemporaryDirectory(dir="/tmp") as folder:  # A Unix socket's path is short.
        started = Queue(Path(folder))
        started.start()
        yield started
        started.kill()


@pytest.fixture(scope="module")
def web(settings: Settings, queue: Queue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One process for all tests; the last one ends it."""
    with gunicorn(settings, queue, tmp_path_factory.mktemp("gunicorn")) as served:
        yield served


@contextmanager
def gunicorn(settings: Settings, queue: Queue, folder: Path) -> Iterator[Served]:
    """Serve as in production, behind one proxy."""
    port, log = free_port(), folder / "log"
    own = {"HEP_BIND": f"127.0.0.1:{port}", "HEP_TRUSTED_PROXIES": "1", "HEP_METRICS_BIND": METRICS}
    child = children.start(
        "gunicorn",
        [sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py", "wsgi:app"],
        environment=live.environment(settings, queue.url) | own,
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


def test_metrics_are_served_beside_what_phones_reach(web: Served, scene: Scene) -> None:
    phone = PythonClient(web.url, scene.patient.token)
    phone.asks("message.send", {"conversation_id": str(scene.id), **body()})
    told = requests.get(f"http://{METRICS}/metrics", timeout=10).text
    for line in (
        'hep_commands_total{command="message.send",outcome="ok"} 1.0',
        'hep_command_seconds_count{command="message.send"} 1.0',
        'hep_messages_total{outcome="new"} 1.0',
        'hep_broadcasts_total{event="message.created"} 1.0',
        'hep_introductions_total{outcome="ok"} 1.0',
        "hep_connections_introduced 1.0",
        "hep_queue_connected 1.0",
    ):
        assert line in told, line
    assert str(scene.id) not in told
    phone.close()
    assert requests.get(f"{web.url}/metrics", timeout=10).status_code == 404


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


def body(text: str = "my knee hurts") -> dict[str, str]:
    return {"client_id": str(uuid4()), "body": text}


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.skipif(not nginx.find(), reason="this machine has no nginx; `apt install nginx` brings it")
def test_behind_the_shipped_proxy_a_process_ends_without_a_failed_request(
    web: Served, settings: Settings, queue: Queue, scene: Scene, tmp_path: Path
) -> None:
    path, sent, failed = f"/v1/conversations/{scene.id}/messages", [], []
    with gunicorn(settings, queue, tmp_path) as other, nginx.proxying(tmp_path, web.port, other.port) as proxy:
        for origin, status in ((f"https://127.0.0.1:{proxy.port}", 101), ("https://evil.example", 403)):
            assert proxy.handshake(origin) == status
        assert proxy.asks_in_the_clear("/v1/exercises") == 403
        phone, desk = (PythonClient(proxy.url, each.token) for each in (scene.patient, scene.lead))
        until = threading.Event()

        def write() -> None:
            while not until.is_set():
                answer = proxy.http("POST", path, scene.patient.token, json=body())
                (sent if answer.status_code == 201 else failed).append(answer.json())

        writer = threading.Thread(target=write)
        writer.start()
        desk.hears("message.created")
        # A live connection goes to whichever process has fewest, so one of the two is there.
        live.stop_in_background(other.child).join(20)
        assert other.child.exit_code() == 0
        closed = [each for each in (phone, desk) if not each.hears_nothing_of("connection.closing")]
        assert closed
        assert phone.is_back()
        assert desk.is_back()
        until.set()
        writer.join()
        last = phone.asks("message.send", {"conversation_id": str(scene.id), **body("the end")})
        while desk.hears("message.created")["seq"] < last["seq"]:
            pass
        for client in (phone, desk):
            client.close()
    assert failed == []
    assert len(sent) > 10
    kept = scene.read(scene.lead, "?limit=200")["items"]
    assert [each["client_id"] for each in kept] == [each["client_id"] for each in [*sent, last]]


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
