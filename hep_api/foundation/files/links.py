"""Links to single files: whoever holds one gets that file, for ten minutes, and nothing else.

A bucket signs its own. For a folder the link is one of ours, signed with keys that are derived from the signing keys of
the access tokens: every process has those, and a link outlives a change of keys as long as the older key is there.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from hep_api.foundation.files.store import Files, checked

VALID_FOR = timedelta(minutes=10)
ADDRESS = "/v1/files/"
PURPOSE = b"hep-api: links to files"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file can be fetched, until when. The address of a folder's file is relative to this server."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """The file that a link names, and what it is to be called."""

    path: str
    name: str


class Links:
    """Makes links to the files of a store, and reads those of ours."""

    def __init__(self, files: Files, keys_folder: Path) -> None:
        self._files = files
        self._keys_folder = keys_folder

    def make(self, path: str, name: str, now: datetime) -> Link:
        """Return a link to a file that will be saved as `name`."""
        expires_at = (now + VALID_FOR).replace(microsecond=0)
        if self._files.bucket is not None:
            return Link(obstore.sign(self._files.bucket, "GET", checked(path), VALID_FOR), expires_at)
        token = self._serializer().dumps([checked(path), checked(name), int(expires_at.timestamp())])
        return Link(f"{ADDRESS}{token!s}", expires_at)

    def read(self, token: str, now: datetime) -> Named | None:
        """Return what a link of ours names; None when it is forged or has expired."""
        try:
            path, name, expires_at = self._serializer().loads(token)
        except BadData:
            return None
        return Named(path, name) if now < datetime.fromtimestamp(expires_at, UTC) else None

    def _serializer(self) -> URLSafeSerializer:
        # Links are rare and keys few, so the folder is read each time, and no process lags behind a change of keys.
        keys = [_derived(file.read_bytes()) for file in sorted(self._keys_folder.glob("*.pem"))]
        # The last one signs, all of them verify.
        return URLSafeSerializer(
            keys, salt=PURPOSE, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )


def links() -> Links:
    """Return the current app's links."""
    found: Links = current_app.extensions["hep_file_links"]
    return found


def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key)
