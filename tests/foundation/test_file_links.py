"""Links to files of the folder: ten minutes, one file, and nothing to be learned from those that are no good."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from itsdangerous import URLSafeSerializer

from hep_api.accounts.keys import create_key
from hep_api.foundation.files.links import ADDRESS, Links
from hep_api.foundation.files.store import Files
from tests.world import Phone, World

CONTENT = b"0123456789"
PATH = "owners/1/a.zip"


@pytest.fixture
def files(app: Flask) -> Files:
    store: Files = app.extensions["hep_files"]
    store.put(PATH, CONTENT)
    return store


@pytest.fixture
def links(app: Flask) -> Links:
    made: Links = app.extensions["hep_file_links"]
    return made


@pytest.fixture
def anyone(world: World) -> Phone:
    return world.anyone()


def now() -> datetime:
    return datetime.now(UTC)


def test_whoever_has_the_link_gets_the_file_and_nothing_is_shown_in_the_browser(
    anyone: Phone, links: Links, files: Files
) -> None:
    link = links.make(PATH, "yours.zip", now())
    answer = anyone.get(link.url)
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert answer.headers["Content-Disposition"] == "attachment; filename=yours.zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/octet-stream"


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-0", 206, b"0"),
        ("bytes=10-", 416, None),
    ],
)
def test_a_broken_download_goes_on(
    anyone: Phone, links: Links, files: Files, asked: str, status: int, body: bytes | None
) -> None:
    answer = anyone.get(links.make(PATH, "yours.zip", now()).url, headers={"Range": asked})
    assert answer.status_code == status
    assert body is None or answer.data == body


def test_a_link_lives_ten_minutes(anyone: Phone, links: Links, files: Files) -> None:
    with time_machine.travel("2026-05-06T10:00:00+00:00", tick=False) as traveller:
        link = links.make(PATH, "yours.zip", now())
        assert link.expires_at == now() + timedelta(minutes=10)
        traveller.shift(timedelta(minutes=9, seconds=59))
        assert anyone.get(link.url).status_code == 200
        traveller.shift(timedelta(seconds=1))
        assert anyone.get(link.url).status_code == 404


Spoil = Callable[[str], str]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:],
        lambda token: "A" + token[1:],
        lambda token: token.partition(".")[0],
        lambda token: token + "AAAA",
        lambda _: "owners",
        lambda _: "..%2Fowners%2F1%2Fa.zip",
        lambda _: "." * 500,
        lambda _: URLSafeSerializer("guessed").dumps([PATH, "a", 4102444800]),
    ],
)
def test_a_forged_link_finds_nothing(anyone: Phone, links: Links, files: Files, spoil: Spoil) -> None:
    token = links.make(PATH, "yours.zip", now()).url.removeprefix(ADDRESS)
    assert anyone.get(ADDRESS + token).status_code == 200
    answer = anyone.get(ADDRESS + spoil(token))
    assert answer.status_code == 404
    assert "owners" not in answer.json["detail"]


def test_a_link_to_what_was_deleted_or_is_a_folder_finds_nothing(anyone: Phone, links: Links, files: Files) -> None:
    to_folder, to_file = (links.make(path, "yours.zip", now()).url for path in ("owners/1", PATH))
    assert anyone.get(to_folder).status_code == 404
    files.delete(PATH)
    assert anyone.get(to_file).status_code == 404
    assert anyone.get(ADDRESS).status_code == 404


def test_a_link_outlives_a_change_of_keys_and_ends_with_the_key_that_signed_it(files: Files, tmp_path: Path) -> None:
    create_key(tmp_path, now() - timedelta(days=1))
    (first,) = tmp_path.glob("*.pem")
    token = Links(files, tmp_path).make(PATH, "yours.zip", now()).url.removeprefix(ADDRESS)
    create_key(tmp_path, now())
    both = Links(files, tmp_path)
    assert both.read(token, now()) is not None
    newer = both.make(PATH, "yours.zip", now()).url.removeprefix(ADDRESS)
    first.unlink()
    rotated = Links(files, tmp_path)
    assert rotated.read(token, now()) is None
    assert rotated.read(newer, now()) is not None
