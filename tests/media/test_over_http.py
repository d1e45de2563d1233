"""The doors for files behind a real server: a lost connection, a body without a length, one that is too long."""

import http.client
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.media import making
from tests.media.test_uploads import PIECE, TUS, begin, go_on, offset_of
from tests.world import Person, World


@pytest.fixture(scope="module")
def port(folder_app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, folder_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def sender(folder_app: Flask) -> Person:
    world = World(folder_app)
    return world.practitioner(world.clinic())


def headers(sender: Person, **more: str) -> dict[str, str]:
    said = {name.replace("_", "-"): text for name, text in more.items()}
    return {**TUS, "Authorization": f"Bearer {sender.token}", "Content-Type": PIECE, "Upload-Offset": "0", **said}


def test_a_connection_that_is_lost_halfway_costs_nothing_that_has_come(port: int, sender: Person) -> None:
    content = making.video("mp4")
    url = begin(sender, len(content)).headers["Location"]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest("PATCH", url)
    for name, text in headers(sender, Content_Length=str(len(content))).items():
        connection.putheader(name, text)
    connection.endheaders(content[:3000])
    connection.close()
    for _ in range(100):
        if at := offset_of(sender, url):
            break
        threading.Event().wait(0.05)
    assert at == 3000
    assert go_on(sender, url, at, content[at:]).status_code == 204


def test_a_body_in_chunks_names_no_length_and_is_taken(port: int, sender: Person) -> None:
    content = making.video("webm")
    url = begin(sender, len(content), "video/webm").headers["Location"]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PATCH", url, iter([content[:100], content[100:]]), headers(sender), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(len(content)))
    connection.close()


def test_a_body_over_every_limit_is_refused_unread(port: int, sender: Person) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest("POST", "/v1/media")
    form = {"Content_Type": "multipart/form-data; boundary=x", "Content_Length": str(10**12)}
    for name, text in headers(sender, **form).items():
        connection.putheader(name, text)
    connection.endheaders(b"--x\r\n")
    assert connection.getresponse().status == 413
    connection.close()
