"""A picture or a small video in one request: judged by its bytes, made anew, added once, and within its limits."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.library.models.assets import Asset
from tests.media import making
from tests.media.fetching import fetch
from tests.media.sending import rules, send
from tests.world import Person, World


def rendition(answer: TestResponse, name: str) -> dict[str, Any]:
    return next(each for each in answer.json["renditions"] if each["name"] == name)


@pytest.fixture
def person(media_world: World) -> Person:
    return media_world.practitioner(media_world.clinic())


def test_a_picture_is_kept_clean_and_shown_by_links(media_world: World, person: Person) -> None:
    said = {"alt": "Heel slide", "licence": "CC0-1.0", "author": "Kim", "source": "own"}
    added = send(person, making.photograph(), **said)
    assert added.status_code == 201, added.json
    assert {name: added.json[name] for name in said} == said
    assert (added.json["kind"], added.json["state"], added.json["metadata_removed"]) == ("picture", "ready", True)
    assert [each["name"] for each in added.json["renditions"]] == ["original", "thumbnail"]
    original = rendition(added, "original")
    got = fetch(media_world.app, original["url"])
    assert (got.status, len(got.body), got.headers["Content-Type"]) == (200, original["bytes"], "image/jpeg")
    assert making.SECRET not in got.body
    read = person.http.get(f"/v1/media/{added.json['id']}")
    assert (read.json["version"], read.json["uploaded_by"]) == (added.json["version"], str(person.member_id))
    listed = person.http.get("/v1/media").json["items"]
    assert [each["id"] for each in listed] == [added.json["id"]]
    assert person.http.get("/v1/media?kind=video").json["items"] == []


def test_a_video_is_ready_when_the_worker_has_been_over_it(media_world: World, person: Person) -> None:
    added = send(person, making.video("mp4"), "video/mp4", id=str(uuid4()))
    assert (added.status_code, added.json["state"], added.json["renditions"]) == (201, "processing", [])
    with media_world.app.app_context():
        run_due_jobs()
    read = person.http.get(f"/v1/media/{added.json['id']}")
    assert (read.json["state"], read.json["metadata_removed"]) == ("ready", True)
    assert read.json["duration_seconds"] == pytest.approx(1.0, abs=0.3)
    video, poster, small = (rendition(read, name) for name in ("original", "poster", "thumbnail"))
    assert (video["width"], video["height"], video["content_type"]) == (128, 96, "video/mp4")
    assert (poster["content_type"], small["width"]) == ("image/jpeg", 128)
    got = fetch(media_world.app, video["url"], Range="bytes=4-7")
    assert (got.status, got.body) == (206, b"ftyp")
    assert making.SECRET not in fetch(media_world.app, video["url"]).body
    files = media_world.app.extensions["hep_files"]
    kept = [file.path.rpartition("/")[2] for file in files.list_under(f"clinics/{person.clinic_id}/media")]
    assert sorted(kept) == ["original", "poster", "thumbnail"]


def test_without_ffmpeg_a_video_stays_as_it_was_sent_and_says_so(
    folder_app: Flask, folder_person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        folder_app.extensions, "hep_settings", replace(folder_app.extensions["hep_settings"], ffmpeg="")
    )
    content = making.video("webm")
    added = send(folder_person, content, "video/webm")
    with folder_app.app_context():
        run_due_jobs()
    read = folder_person.http.get(f"/v1/media/{added.json['id']}")
    assert (read.json["state"], read.json["metadata_removed"]) == ("ready", False)
    assert [each["name"] for each in read.json["renditions"]] == ["original"]
    assert fetch(folder_app, rendition(read, "original")["url"]).body == content
    archive(folder_person, read)


def test_a_video_that_cannot_be_read_is_refused_by_the_worker_and_takes_no_room(
    folder_app: Flask, folder_person: Person
) -> None:
    added = send(folder_person, making.video("mp4")[:500], "video/mp4")
    with folder_app.app_context():
        run_due_jobs()
    read = folder_person.http.get(f"/v1/media/{added.json['id']}")
    assert (read.json["state"], read.json["refused_rule"]) == ("refused", "media_broken")
    assert (read.json["renditions"], read.json["total_bytes"]) == ([], 0)
    files = folder_app.extensions["hep_files"]
    assert list(files.list_under(f"clinics/{folder_person.clinic_id}/media/{added.json['id']}")) == []
    archive(folder_person, read)


def archive(person: Person, answer: TestResponse) -> None:
    tag = {"If-Match": answer.headers["ETag"]}
    changed = person.http.patch(f"/v1/media/{answer.json['id']}", json={"archived": True}, headers=tag)
    assert changed.status_code == 200


def test_sent_twice_it_is_added_once(media_world: World, person: Person) -> None:
    asset_id, content = str(uuid4()), making.picture("PNG")
    first, again = (send(person, content, "image/png", id=asset_id, alt="A") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["ETag"].partition(".")[0] == again.headers["ETag"].partition(".")[0]
    before = fetch(media_world.app, rendition(first, "original")["url"]).body
    for other in (
        send(person, content, "image/png", id=asset_id, alt="B"),
        send(person, making.picture(), id=asset_id),
    ):
        assert (other.status_code, rules(other)) == (409, [("/id", "id_taken")])
    assert fetch(media_world.app, rendition(again, "original")["url"]).body == before
    with media_world.transaction() as session:
        assert session.query(Asset).filter(Asset.clinic_id == person.clinic_id).count() == 1


Refused = tuple[bytes, str, int, str]


@pytest.mark.parametrize(
    ("content", "declared", "status", "rule"),
    [
        (making.picture("PNG"), "image/jpeg", 422, "declared_type"),
        (making.video("mp4"), "video/webm", 422, "declared_type"),
        (making.picture("JPEG"), "video/mp4", 422, "declared_type"),
        (making.SVG, "image/svg+xml", 422, "media_type"),
        (making.SVG, "image/png", 422, "media_type"),
        (making.HTML, "text/html", 422, "media_type"),
        (making.HTML, "image/jpeg", 422, "media_type"),
        (making.picture("GIF"), "image/gif", 422, "media_type"),
        (making.picture("JPEG"), "application/octet-stream", 422, "media_type"),
        (b"", "image/jpeg", 422, "size"),
        (making.picture("PNG")[:60], "image/png", 422, "media_broken"),
        (making.bomb(), "image/png", 422, "pixels"),
        (making.picture("PNG") + b"\0" * 300_000, "image/png", 413, "size"),
    ],
)
def test_what_is_not_what_it_says_or_cannot_be_shown_is_refused(
    folder_person: Person, content: bytes, declared: str, status: int, rule: str
) -> None:
    answer = send(folder_person, content, declared)
    assert (answer.status_code, rules(answer)) == (status, [("/file", rule)])
    assert folder_person.http.get("/v1/media").json["items"] == []


@pytest.fixture(scope="module")
def folder_person(folder_app: Any) -> Person:
    world = World(folder_app)
    return world.practitioner(world.clinic())


def test_a_name_leads_nowhere(folder_person: Person) -> None:
    for name in ("../../../etc/passwd", "a.jpg\0.html", "C:\\x.jpg", "x" * 3000, "", "<script>.svg", "a/../b"):
        answer = send(folder_person, making.picture(), name=name or "x")
        assert answer.status_code == 201, name
        for each in answer.json["renditions"]:
            assert fetch(folder_person.http._client.application, each["url"]).headers["Content-Type"] == "image/jpeg"
        archive(folder_person, answer)


Form = Callable[[], dict[str, Any]]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (dict, "/file"),
        (lambda: {"file": "text"}, "/file"),
        (lambda: {"other": (io.BytesIO(b"x"), "x")}, "/file"),
        (lambda: {"file": [(io.BytesIO(making.picture()), "x", "image/jpeg")] * 2}, "/file"),
        (lambda: {"file": (io.BytesIO(making.picture()), "x", "image/jpeg"), "alt": "x" * 301}, "/alt"),
        (lambda: {"file": (io.BytesIO(making.picture()), "x", "image/jpeg"), "alt": ["a", "b"]}, "/alt"),
        (lambda: {"file": (io.BytesIO(making.picture()), "x", "image/jpeg"), "id": "../x"}, "/id"),
        (lambda: {"file": (io.BytesIO(making.picture()), "x", "image/jpeg"), "clinic_id": str(uuid4())}, "/clinic_id"),
    ],
)
def test_a_form_that_breaks_a_rule_is_refused_by_the_field(folder_person: Person, form: Form, field: str) -> None:
    answer = folder_person.http.post("/v1/media", data=form(), content_type="multipart/form-data")
    assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])


def test_a_body_of_another_kind_or_over_every_limit_is_refused(folder_person: Person) -> None:
    assert folder_person.http.post("/v1/media", json={}).status_code == 415
    large = send(folder_person, making.video("mp4") + b"\0" * 3_200_000, "video/mp4")
    assert large.status_code == 413
    cut = folder_person.http.post("/v1/media", data=b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x")
    assert cut.status_code == 422
    assert folder_person.http.post("/v1/media", data=b"", content_type="multipart/form-data").status_code == 422


def test_the_clinic_has_so_much_room(media_world: World, person: Person) -> None:
    video = making.video("mp4") + b"\0" * 2_900_000
    answers = [send(person, video, "video/mp4", id=str(uuid4())) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert rules(answers[2]) == [("/file", "clinic_quota")]
    other = media_world.practitioner(media_world.clinic())
    assert send(other, making.picture()).status_code == 201


def test_patients_add_nothing_and_other_clinics_see_nothing(media_world: World, person: Person) -> None:
    added = send(person, making.picture())
    patient = media_world.patient(person)
    assert send(patient, making.picture()).status_code == 403
    stranger = media_world.practitioner(media_world.clinic())
    path = f"/v1/media/{added.json['id']}"
    assert stranger.http.get(path).status_code == patient.http.get(path).status_code + 1 == 404
    assert stranger.http.get("/v1/media").json["items"] == []
    changing = {"json": {"alt": "x"}, "headers": {"If-Match": added.headers["ETag"]}}
    assert stranger.http.patch(path, **changing).status_code == 404


def test_what_is_said_of_it_is_changed_under_its_etag_and_it_is_archived_and_taken_back(person: Person) -> None:
    added = send(person, making.picture())
    path, tag = f"/v1/media/{added.json['id']}", {"If-Match": added.headers["ETag"]}
    words = {"alt": "Bridge", "alt_translations": {"de": "Brücke"}, "licence": "CC-BY-4.0"}
    changed = person.http.patch(path, json={**words, "archived": True}, headers=tag)
    assert {name: changed.json[name] for name in words} == words
    assert changed.json["archived_at"]
    assert person.http.get("/v1/media").json["items"] == []
    assert len(person.http.get("/v1/media?archived=true").json["items"]) == 1
    assert person.http.patch(path, json={"alt": "x"}, headers=tag).status_code == 412
    refused = person.http.patch(path, json={"alt_translations": {"tlh": "x"}}, headers=tag)
    assert rules(refused) == [("/alt_translations/tlh", "choice")]
    back = person.http.patch(path, json={"archived": False}, headers={"If-Match": changed.headers["ETag"]})
    assert (back.json["archived_at"], back.json["alt"]) == (None, "Bridge")
