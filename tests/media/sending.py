"""Sends files as a browser or a phone does, and lets them show an exercise."""

import io
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.world import Person


def send(
    person: Person, content: bytes, declared: str = "image/jpeg", name: str = "a.jpg", **fields: Any
) -> TestResponse:
    # Not by the client itself, which leaves a file open behind what is large.
    file = FileStorage(io.BytesIO(content), name, content_type=declared)
    boundary, body = encode_multipart({"file": file, **fields})
    return person.http.post("/v1/media", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def let_show(person: Person, exercise_id: UUID, *asset_ids: str) -> TestResponse:
    """Let assets show an exercise, under the ETag that it has now."""
    path = f"/v1/exercises/{exercise_id}/media"
    tag = {"If-Match": person.http.get(path).headers["ETag"]}
    return person.http.put(path, json={"asset_ids": list(asset_ids)}, headers=tag)


def rules(answer: TestResponse) -> list[tuple[str, str]]:
    return [(error["field"], error["rule"]) for error in answer.json["errors"]]
