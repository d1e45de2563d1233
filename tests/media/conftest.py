"""The app over a folder and over a bucket: the same tests run against both. The bucket is moto's, in a process of its
own, and checks nothing but the protocol; FFmpeg is the one that comes with a wheel.
"""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from tests.everything import keep_connected
from tests.media import making
from tests.world import World

BUCKET = "hep-media"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 server with one bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _make_bucket(address)
        yield address
    finally:
        server.kill()
        server.wait()


def _make_bucket(address: str) -> None:
    making_it = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")  # noqa: S310 - loopback
    for _ in range(200):
        try:
            urllib.request.urlopen(making_it).close()  # noqa: S310 - loopback
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto's server did not start")


def media_settings(settings: Settings) -> Settings:
    """Small limits, so that what is too large is quickly made."""
    return replace(
        settings,
        media_picture_bytes=300_000,
        media_video_bytes=3_000_000,
        media_clinic_megabytes=8,
        ffmpeg=making.FFMPEG,
    )


@pytest.fixture(scope="session")
def folder_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(media_settings(settings))
    with keep_connected(app):
        yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture(scope="session")
def bucket_app(settings: Settings, s3: str) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": s3,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            patched.setenv(name, value)
        app = create_app(replace(media_settings(settings), files_url=f"s3://{BUCKET}/product"))
    with keep_connected(app):
        yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture(params=["folder_app", "bucket_app"])
def media_app(request: pytest.FixtureRequest) -> Flask:
    app: Flask = request.getfixturevalue(request.param)
    return app


@pytest.fixture
def media_world(media_app: Flask) -> World:
    return World(media_app)
