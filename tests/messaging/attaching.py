"""Adds files to a conversation as a phone does, and asks for them back."""

import io
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.foundation.media.scanning import Scanner
from tests.media import making
from tests.media.fetching import Fetched, fetch
from tests.messaging.conftest import Scene
from tests.world import Person

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def add(
    scene: Scene, person: Person, content: bytes, declared: str = "image/jpeg", name: str = "a.jpg", **fields: Any
) -> TestResponse:
    file = FileStorage(io.BytesIO(content), name, content_type=declared)
    boundary, body = encode_multipart({"file": file, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return person.http.post(scene.path("/attachments"), data=body, content_type=kind)


def added(scene: Scene, person: Person, content: bytes, declared: str = "image/jpeg", **more: Any) -> str:
    """Add a file that is to be taken, and return its id."""
    answer = add(scene, person, content, declared, **more)
    assert answer.status_code == 201, answer.json
    found: str = answer.json["id"]
    return found


def links(scene: Scene, person: Person, *ids: str) -> TestResponse:
    return person.http.post(scene.path("/attachment-links"), json={"attachment_ids": list(ids)})


def fetched(scene: Scene, person: Person, attachment_id: str) -> dict[str, Fetched]:
    """Fetch every file of an attachment by the links that this person gets."""
    answer = links(scene, person, attachment_id)
    assert answer.status_code == 200, answer.json
    [item] = answer.json["items"]
    return {link["rendition"]: fetch(scene.world.app, link["url"]) for link in item["links"]}


def state(scene: Scene, person: Person, attachment_id: str) -> dict[str, Any]:
    answer = person.http.get(scene.path(f"/attachments/{attachment_id}"))
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def begin(scene: Scene, person: Person, length: int, filetype: str, **said: str) -> TestResponse:
    """Begin a resumable upload."""
    told = {"filetype": filetype, **said}
    metadata = ",".join(f"{key} {b64encode(text.encode()).decode()}" for key, text in told.items())
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    return person.http.post(scene.path("/attachments/uploads"), headers=headers)


def go_on(person: Person, url: str, offset: int, content: bytes) -> TestResponse:
    headers = {**TUS, "Upload-Offset": str(offset)}
    return person.http.patch(url, data=content, content_type=PIECE, headers=headers)


def work(app: Flask) -> None:
    """Let the worker do what is due."""
    with app.app_context():
        run_due_jobs()


def files_of(scene: Scene) -> list[str]:
    """Return the paths of all files of the scene's patient."""
    store = scene.world.app.extensions["hep_files"]
    clinic, patient = scene.patient.clinic_id, scene.patient.patient_id
    prefixes = (f"clinics/{clinic}/patients/{patient}", f"arriving/{clinic}/{patient}")
    return sorted(file.path for prefix in prefixes for file in store.list_under(prefix))


def set_up(app: Flask, monkeypatch: pytest.MonkeyPatch, scan: str = "", **settings: Any) -> None:
    """Let the app have FFmpeg, small limits, and perhaps a scanner, for one test."""
    small = {"media_picture_bytes": 300_000, "media_video_bytes": 3_000_000, "media_document_bytes": 3_000_000}
    changed = {"ffmpeg": making.FFMPEG, **small, **settings}
    monkeypatch.setitem(app.extensions, "hep_settings", replace(app.extensions["hep_settings"], **changed))
    monkeypatch.setitem(app.extensions, "hep_scanner", Scanner.load(scan))
