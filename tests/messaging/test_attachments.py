"""Files of messages: added to the conversation, of one message, seen by those who may read it, and by nobody else."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.media import making
from tests.media.documents import ACTING, HONEST
from tests.media.sending import rules
from tests.messaging.attaching import (
    add,
    files_of,
    set_up,
)
from tests.messaging.conftest import Scene, make_scene

NOT_THEIRS = (422, [("/attachment_ids/0", "attachment")])


@pytest.fixture(autouse=True)
def with_ffmpeg(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(app, monkeypatch)


def refusal(answer: TestResponse) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, rules(answer)


@pytest.mark.parametrize(
    ("content", "declared", "status", "rule"),
    [
        (making.picture("PNG"), "image/jpeg", 422, "declared_type"),
        (making.video("mp4"), "audio/webm", 422, "declared_type"),
        (making.SVG, "image/svg+xml", 422, "media_type"),
        (making.HTML, "application/pdf", 422, "media_type"),
        (b"\n" + HONEST, "application/pdf", 422, "media_type"),
        (b"GIF89a" + HONEST, "image/gif", 422, "media_type"),
        (b"", "audio/ogg", 422, "size"),
        (making.bomb(), "image/png", 422, "pixels"),
        (making.picture("PNG")[:60], "image/png", 422, "media_broken"),
        (making.picture() + bytes(300_000), "image/jpeg", 413, "size"),
        *((content, "application/pdf", 422, rule) for content, rule in ACTING.values() if len(content) < 99_000),
    ],
)
def test_what_is_not_what_it_says_or_acts_by_itself_is_refused(
    scene_of_all: Scene, content: bytes, declared: str, status: int, rule: str
) -> None:
    assert refusal(add(scene_of_all, scene_of_all.patient, content, declared)) == (status, [("/file", rule)])
    assert files_of(scene_of_all) == []


@pytest.fixture(scope="module")
def scene_of_all(app: Flask) -> Scene:
    from tests.world import World

    return make_scene(World(app))
