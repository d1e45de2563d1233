"""The file store: a folder of this machine, or a bucket of S3's kind. The database never holds a file.

A path is made of plain parts joined by slashes, and begins with what it belongs to, so that everything of one owner is
found, and removed, by one prefix. What is put is there whole or not at all. A store that is full or cannot be reached
is a 503 for whoever waits, and tried again by a job.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any, TypeVar

import obstore
import structlog
from flask import current_app
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from hep_api.foundation.errors import unavailable
from hep_api.foundation.greenlets import off_the_loop
from hep_api.foundation.settings import Settings, SettingsError

CHUNK_BYTES = 256 * 1024
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# How obstore names what it has not finished writing to a folder; its own listing passes over it.
_UNFINISHED = re.compile(r".*#\d+")
# How obstore says what the system said: its words also name the path, which is somebody's.
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_AWAY = (GenericError, PermissionDeniedError, UnauthenticatedError)

Content = bytes | IO[bytes] | Iterable[bytes]
T = TypeVar("T")

log = structlog.get_logger()


class NoSuchFile(Exception):
    """There is no file at the path."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there."""

    path: str
    size_bytes: int
    changed_at: datetime


class Files:
    """One store: a folder of this machine, which is made when it is first needed, or else a bucket."""

    def __init__(self, kept_in: Path | S3Store) -> None:
        self.folder = kept_in if isinstance(kept_in, Path) else None
        self.bucket = kept_in if isinstance(kept_in, S3Store) else None

    def put(self, path: str, content: Content, *, name: str = "file", content_type: str = "") -> None:
        """Put a file, in place of one that is there. A bucket will send it as an attachment called `name`, or, with a
        `content_type`, to be shown as that.
        """
        attributes: Any = None
        if self.bucket is not None:
            # A link to a folder's file says so when it is made.
            attributes = {"Content-Disposition": f'attachment; filename="{checked(name)}"'}
            if content_type:
                attributes = {"Content-Disposition": "inline", "Content-Type": content_type}
        _ask(partial(obstore.put, self._store, checked(path), content, attributes=attributes))

    def stream(self, path: str) -> Iterator[bytes]:
        """Yield a file's bytes in chunks; raise NoSuchFile before the first."""
        try:
            found = _ask(partial(obstore.get, self._store, checked(path)))
        except FileNotFoundError:
            raise NoSuchFile(path) from None
        chunks = iter(found.stream(min_chunk_size=CHUNK_BYTES))
        while (chunk := _ask(partial(next, chunks, None))) is not None:
            yield bytes(chunk)

    def copy_into(self, file: IO[bytes], paths: Iterable[str]) -> None:
        """Append files, one after the other, to an open one; raise NoSuchFile for the first that is not there."""
        for path in paths:
            for chunk in self.stream(path):
                file.write(chunk)

    def has(self, path: str) -> bool:
        """Return whether there is a file at the path."""
        try:
            _ask(partial(obstore.head, self._store, checked(path)))
        except FileNotFoundError:
            return False
        return True

    def move(self, path: str, to: str) -> None:
        """Move a file to another path; moved before, it stays there. Raise NoSuchFile when it is at neither."""
        try:
            _ask(partial(obstore.rename, self._store, checked(path), checked(to)))
        except FileNotFoundError:
            if not self.has(to):
                raise NoSuchFile(path) from None

    def list_under(self, prefix: str) -> Iterator[StoredFile]:
        """Yield the files under a prefix, which ends where a part of a path does; of a folder the finished ones."""
        batches = iter(obstore.list(self._store, checked(prefix)))
        while (batch := _ask(partial(next, batches, None))) is not None:
            for found in batch:
                yield StoredFile(found["path"], found["size"], found["last_modified"])

    def delete(self, path: str) -> None:
        """Delete a file; one that is not there is no error."""
        try:
            _ask(partial(obstore.delete, self._store, checked(path)))
        except FileNotFoundError:
            return

    def delete_under(self, prefix: str) -> int:
        """Delete everything under a prefix, in a folder also what was left unfinished; return how many files it was."""
        paths = [file.path for file in self.list_under(prefix)]
        if paths:
            _ask(partial(obstore.delete, self._store, paths))
        if self.folder is not None:
            shutil.rmtree(self.folder / checked(prefix), ignore_errors=True)
        return len(paths)

    def delete_unfinished(self, before: datetime) -> int:
        """Delete what killed processes left half written in the folder. A bucket's own rules do that for a bucket."""
        if self.folder is None:
            return 0
        left = [file for file in self.folder.rglob("*#*") if _UNFINISHED.fullmatch(file.name)]
        old = [file for file in left if datetime.fromtimestamp(file.stat().st_mtime, UTC) < before]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        if self.bucket is not None:
            return self.bucket
        assert self.folder is not None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Folders are named by the id of what they belong to; they go with their last file.
        return LocalStore(self.folder, automatic_cleanup=True)


def _ask(work: Callable[[], T]) -> T:
    """Return what the store says, without holding up the other greenlets; 503 when it is full or cannot be reached."""
    try:
        return off_the_loop(work)
    except _AWAY as error:
        said = _OS_ERROR.search(str(error))
        reason = os.strerror(int(said[1])) if said else ""
        log.warning("files_unavailable", error_type=type(error).__name__, reason=reason)
        raise unavailable("Files cannot be kept or read just now; try again shortly.") from None


def checked(path: str) -> str:
    """Return the path; ValueError unless it is plain parts joined by slashes."""
    if not all(_PART.fullmatch(part) for part in path.split("/")):
        raise ValueError("A path is letters, digits, dots, hyphens and underscores, joined by slashes.")
    return path


def load_files(settings: Settings) -> Files:
    """Return the store that the settings name; SettingsError when the bucket's address cannot be read."""
    if not settings.files_url:
        return Files(settings.files_folder)
    try:
        return Files(S3Store.from_url(settings.files_url))
    except (BaseError, ValueError) as error:
        raise SettingsError(f"HEP_FILES_URL cannot be used: {str(error).splitlines()[0]}") from None


def files() -> Files:
    """Return the current app's store."""
    found: Files = current_app.extensions["hep_files"]
    return found
