"""Links to single files: whoever holds one gets that file, for a while, and nothing else.

A link to save a file lives ten minutes. One to show a picture or a video lives longer (HEP_MEDIA_LINK_SECONDS), since
phones fetch ahead over slow lines, and is the same for a while, so that what holds it need not be sent anew.
A bucket signs its own. For a folder the link is one of ours (`foundation/signing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from hep_api.foundation.files.store import Files, checked
from hep_api.foundation.signing import signer

VALID_FOR = timedelta(minutes=10)
SHOWN_FOR = timedelta(hours=1)
ADDRESS = "/v1/files/"
PURPOSE = b"hep-api: links to files"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file can be fetched, until when. The address of a folder's file is relative to this server."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """The file that a link names, what it is to be called, and until when; with a `content_type` it is shown as that,
    else saved.
    """

    path: str
    name: str
    expires_at: datetime
    content_type: str = ""


class Links:
    """Makes links to the files of a store, and reads those of ours."""

    def __init__(self, files: Files, keys_folder: Path, shown_for: timedelta = SHOWN_FOR) -> None:
        self._files = files
        self._keys_folder = keys_folder
        self._shown_for = shown_for

    def make(self, path: str, name: str, now: datetime) -> Link:
        """Return a link to a file that will be saved as `name`."""
        expires_at = (now + VALID_FOR).replace(microsecond=0)
        if self._files.bucket is not None:
            return Link(obstore.sign(self._files.bucket, "GET", checked(path), VALID_FOR), expires_at)
        token = self._serializer().dumps([checked(path), checked(name), int(expires_at.timestamp())])
        return Link(f"{ADDRESS}{token!s}", expires_at)

    def show(self, files: Sequence[tuple[str, str]], now: datetime, shown_for: timedelta | None = None) -> list[Link]:
        """Return a link for each (path, content type), to show it where it stands; all made at once are cheap.

        A folder's links expire at the end of a quarter of their time, so that within one they are the same.
        """
        shown_for = shown_for or self._shown_for
        paths = [checked(path) for path, _ in files]
        if self._files.bucket is not None:
            urls = obstore.sign(self._files.bucket, "GET", paths, shown_for) if paths else []
            return [Link(url, (now + shown_for).replace(microsecond=0)) for url in urls]
        quarter = shown_for / 4
        begun = (now - datetime.fromtimestamp(0, UTC)) // quarter
        expires_at = datetime.fromtimestamp(0, UTC) + quarter * (begun + 5)
        sign = self._serializer().dumps
        until = int(expires_at.timestamp())
        return [Link(f"{ADDRESS}{sign([path, '', until, kind])!s}", expires_at) for path, kind in files]

    def read(self, token: str, now: datetime) -> Named | None:
        """Return what a link of ours names; None when it is forged or has expired."""
        try:
            path, name, expires_at, *kind = self._serializer().loads(token)
        except BadData:
            return None
        named = Named(path, name, datetime.fromtimestamp(expires_at, UTC), *kind)
        return named if now < named.expires_at else None

    def _serializer(self) -> URLSafeSerializer:
        return signer(self._keys_folder, PURPOSE)


def links() -> Links:
    """Return the current app's links."""
    found: Links = current_app.extensions["hep_file_links"]
    return found
