"""Resumable uploads as tus clients make them: in pieces, from anywhere, each byte once, and of the declared type."""

import io
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.exceptions import ClientDisconnected
from werkzeug.test import TestResponse

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.library.actions.sweeping import sweep_media
from tests.media import making
from tests.media.fetching import fetch
from tests.media.sending import rules
from tests.world import Person, World

PATH = "/v1/media/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def begin(person: Person, length: Any, filetype: str = "video/mp4", **said: str) -> TestResponse:
    metadata = ",".join(
        f"{key} {b64encode(text.encode()).decode()}" for key, text in {"filetype": filetype, **said}.items()
    )
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    return person.http.post(PATH, headers=headers)


def go_on(person: Person, url: str, offset: int, content: Any, method: str = "PATCH", **headers: str) -> TestResponse:
    sent = {**TUS, "Upload-Offset": str(offset), **headers}
    return person.http.send(method, url, data=content, content_type=PIECE, headers=sent)


def offset_of(person: Person, url: str) -> int:
    head = person.http.send("HEAD", url, headers=TUS)
    assert (head.status_code, head.headers["Cache-Control"], head.headers["Tus-Resumable"]) == (
        200,
        "no-store",
        "1.0.0",
    )
    return int(head.headers["Upload-Offset"])


@pytest.fixture
def person(media_world: World) -> Person:
    return media_world.practitioner(media_world.clinic())


@pytest.fixture(scope="module")
def sender(folder_app: Flask) -> Person:
    world = World(folder_app)
    return world.practitioner(world.clinic())


def test_a_video_comes_in_pieces_to_several_processes_and_becomes_an_asset(media_world: World, person: Person) -> None:
    content, asset_id = making.video("mp4"), str(uuid4())
    begun = begin(person, len(content), id=asset_id, alt="Lunge", filename="../../x.mp4")
    url = begun.headers["Location"]
    assert (begun.status_code, url) == (201, f"{PATH}/{asset_id}")
    assert begun.headers["Upload-Expires"].endswith("GMT")
    assert offset_of(person, url) == 0
    half = len(content) // 2
    first = go_on(person, url, 0, content[:half])
    assert (first.status_code, first.headers["Upload-Offset"], first.data) == (204, str(half), b"")
    for wrong in (0, half - 1, half + 1):
        refused = go_on(person, url, wrong, content[half:])
        assert (refused.status_code, refused.headers.get("Upload-Offset")) == (
            (413, None) if wrong > half + 1 else (409, str(half))
        )
    assert offset_of(person, url) == half
    assert go_on(person, url, half, content[half:], "POST", **{"X-HTTP-Method-Override": "PATCH"}).status_code == 204
    assert offset_of(person, url) == len(content)
    assert begin(person, len(content), id=asset_id, alt="Lunge", filename="y").headers["Upload-Offset"] == str(
        len(content)
    )
    assert person.http.get(f"/v1/media/{asset_id}").json["state"] == "processing"
    with media_world.app.app_context():
        run_due_jobs()
    ready = person.http.get(f"/v1/media/{asset_id}").json
    assert (ready["state"], ready["alt"], len(ready["renditions"])) == ("ready", "Lunge", 3)
    assert fetch(media_world.app, ready["renditions"][0]["url"]).status == 200
    assert list(media_world.app.extensions["hep_files"].list_under(f"uploads/{person.clinic_id}")) == []


def test_a_picture_in_three_hundred_pieces(media_world: World, person: Person) -> None:
    content = making.picture("PNG", size=(400, 300)) + making.HTML
    url = begin(person, len(content), "image/png").headers["Location"]
    step = -(-len(content) // 300)
    for offset in range(0, len(content), step):
        assert go_on(person, url, offset, content[offset : offset + step]).status_code == 204
    with media_world.app.app_context():
        run_due_jobs()
    ready = person.http.get(f"/v1/media/{url.rpartition('/')[2]}").json
    assert ready["state"] == "ready"
    assert b"<script>" not in fetch(media_world.app, ready["renditions"][0]["url"]).body


class _Lost:
    """A connection that is lost after some bytes."""

    def __init__(self, content: bytes) -> None:
        self._left = io.BytesIO(content)

    def read(self, most: int = -1) -> bytes:
        found = self._left.read(most)
        if not found:
            raise ClientDisconnected
        return found


def test_what_has_come_before_a_connection_is_lost_is_kept(sender: Person, folder_app: Flask) -> None:
    content = making.video("mp4")
    url = begin(sender, len(content)).headers["Location"]
    environ = {"wsgi.input": _Lost(content[:1000]), "CONTENT_LENGTH": str(len(content)), "CONTENT_TYPE": PIECE}
    headers = {**TUS, "Upload-Offset": "0", "Authorization": f"Bearer {sender.token}"}
    folder_app.test_client().patch(url, headers=headers, environ_overrides=environ, buffered=True)
    assert offset_of(sender, url) == 1000
    assert go_on(sender, url, 1000, content[1000:]).status_code == 204


def test_of_pieces_that_come_at_once_one_counts(sender: Person) -> None:
    content = making.video("mp4")
    url = begin(sender, len(content)).headers["Location"]
    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(lambda _: go_on(sender, url, 0, content[:2000]).status_code, range(4)))
    assert min(answers) == 204
    assert answers.count(204) == 1
    assert set(answers) <= {204, 409, 423}
    assert offset_of(sender, url) == 2000


@pytest.mark.parametrize(
    ("declared", "pieces"),
    [
        ("video/mp4", [making.HTML]),
        ("video/mp4", [making.picture("PNG")]),
        ("image/png", [making.SVG[:10], making.SVG[10:]]),
        ("image/jpeg", [b"x"]),
    ],
)
def test_an_upload_that_lies_about_its_type_is_gone(sender: Person, declared: str, pieces: list[bytes]) -> None:
    url = begin(sender, sum(map(len, pieces)), declared).headers["Location"]
    offset = 0
    for piece in pieces:
        answer = go_on(sender, url, offset, piece)
        offset += len(piece)
    assert answer.status_code == 422
    assert rules(answer)[0][0] == "/Upload-Metadata/filetype"
    assert sender.http.send("HEAD", url, headers=TUS).status_code == 404


def test_what_cannot_be_begun(sender: Person) -> None:
    for length, filetype, status, field in (
        ("-1", "video/mp4", 422, "/Upload-Length"),
        ("", "video/mp4", 422, "/Upload-Length"),
        ("9" * 30, "video/mp4", 422, "/Upload-Length"),
        ("0", "video/mp4", 422, "/Upload-Length"),
        ("3000001", "video/mp4", 413, "/Upload-Length"),
        ("300001", "image/png", 413, "/Upload-Length"),
        ("9", "image/svg+xml", 422, "/Upload-Metadata/filetype"),
        ("9", "", 422, "/Upload-Metadata/filetype"),
    ):
        refused = begin(sender, length, filetype)
        assert (refused.status_code, rules(refused)[0][0]) == (status, field)
    bad = {**TUS, "Upload-Length": "9", "Upload-Metadata": "filetype not base64!"}
    assert rules(sender.http.post(PATH, headers=bad)) == [("/Upload-Metadata", "base64")]
    old = sender.http.post(PATH, headers={"Tus-Resumable": "0.2.2", "Upload-Length": "9"})
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    url = begin(sender, 100).headers["Location"]
    assert sender.http.patch(url, data=b"x", content_type="text/plain", headers={**TUS}).status_code == 415
    assert go_on(sender, url, 0, b"x" * 101).status_code == 413
    assert go_on(sender, url, 0, b"x", "POST").status_code == 405
    options = sender.http.send("OPTIONS", PATH)
    assert (options.headers["Tus-Version"], options.headers["Tus-Max-Size"]) == ("1.0.0", "3000000")
    assert options.headers["Tus-Extension"] == "creation,expiration,termination"


def test_room_is_promised_once_however_many_begin_at_once(folder_app: Flask) -> None:
    world = World(folder_app)
    sender = world.practitioner(world.clinic())
    with ThreadPoolExecutor(6) as at_once:
        begun = list(at_once.map(lambda _: begin(sender, 2_900_000), range(6)))
    assert sorted(answer.status_code for answer in begun) == [201, 201, 422, 422, 422, 422]
    kept = next(answer for answer in begun if answer.status_code == 201)
    assert sender.http.delete(kept.headers["Location"], headers=TUS).status_code == 204
    assert begin(sender, 2_900_000).status_code == 201


def test_an_upload_is_its_senders_alone_and_is_begun_once(sender: Person, folder_app: Flask) -> None:
    world, asset_id = World(folder_app), str(uuid4())
    first, again = (begin(sender, 50, id=asset_id) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Location"]) == (201, 201, first.headers["Location"])
    other = begin(sender, 51, id=asset_id)
    assert (other.status_code, rules(other)) == (409, [("/id", "id_taken")])
    url = first.headers["Location"]
    for stranger in (world.practitioner(sender.clinic_id), world.practitioner(world.clinic())):
        assert stranger.http.get(url).status_code == 404
        assert go_on(stranger, url, 0, b"x").status_code == 404
        assert stranger.http.delete(url, headers=TUS).status_code == 404
    assert begin(world.patient(sender), 50).status_code == 403


def test_what_is_not_gone_on_with_expires_and_is_swept(media_world: World, person: Person) -> None:
    content = making.video("mp4")
    url = begin(person, len(content)).headers["Location"]
    go_on(person, url, 0, content[:1000])
    files = media_world.app.extensions["hep_files"]
    assert len(list(files.list_under(f"uploads/{person.clinic_id}"))) == 1
    later = clock.now() + timedelta(days=1, minutes=1)
    with media_world.app.app_context(), transaction() as session:
        sweep_media(session, later)
    assert list(files.list_under(f"uploads/{person.clinic_id}")) == []
    assert person.http.get(url).status_code == 404


def test_an_expired_upload_is_gone_before_it_is_swept(sender: Person, folder_app: Flask) -> None:
    world = World(folder_app)
    url = begin(sender, 100).headers["Location"]
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=True):
        again = world.sign_in(sender)
        assert again.http.get(url).status_code == 410
        assert go_on(again, url, 0, b"x").status_code == 410
