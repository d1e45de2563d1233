"""The way of a piece of an upload from a request into the store: bounded in memory, and kept as far as it has come.

A request may bring the whole file. It is put away in pieces of 8 MB, each counted by itself, so that neither a lost
connection nor a killed process costs more than the piece in hand, and any process takes the next one.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import request
from werkzeug.exceptions import ClientDisconnected

from hep_api.foundation.errors import Problem
from hep_api.foundation.files.store import CHUNK_BYTES, files
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.media.sniffing import FEWEST_BYTES, HEAD_BYTES
from hep_api.foundation.uploads.columns import Arriving
from hep_api.foundation.uploads.course import Course, U
from hep_api.foundation.web.receiving import recognised_again

PIECE_BYTES = 8 * 1024 * 1024
READ_AT_ONCE = 64 * 1024


def take_pieces(course: Course[U], upload: U, offset: int, now: datetime) -> U:
    """Put away what the request brings from `offset` on, and return the upload as it is then.

    Errors: 409 for another offset than where it stands, 413 for more than was declared, 423 while another request adds
    to it, 422 for what is not of the declared type; that upload is gone.
    """
    _refuse_offset(upload, offset)
    if (request.content_length or 0) > upload.total_bytes - offset:
        raise Problem("too_large", 413, f"The upload was declared with {upload.total_bytes} bytes.")
    for piece, size in _pieces(upload.total_bytes - offset):
        upload = _take(course, upload, offset, piece, size, now)
        offset += size
    return upload


def remove(course: Course[U], upload_id: UUID, now: datetime) -> None:
    """Take back an upload with all that has come of it; one that is whole stays what it has become."""
    with recognised_again() as session:
        upload = course.upload_to_change(session, upload_id, now)
        pieces = [] if upload.finished_at else upload.pieces
        if not upload.finished_at:
            session.delete(upload)
    for path in pieces:
        files().delete(path)


def _take(course: Course[U], upload: U, offset: int, piece: IO[bytes], size: int, now: datetime) -> U:
    path = f"{course.folder(upload)}/{offset:012d}-{new_id()}"
    whole = offset + size == upload.total_bytes
    if offset == 0 and size >= FEWEST_BYTES:
        _refuse_lies(course, upload, piece.read(HEAD_BYTES), now)
        piece.seek(0)
    files().put(path, piece)
    try:
        if whole and offset:
            _refuse_lies(course, upload, _first_bytes([*upload.pieces, path]), now)
        elif whole and size < FEWEST_BYTES:
            _refuse_lies(course, upload, b"", now)
        with recognised_again() as session:
            locked = course.upload_to_change(session, upload.id, now)
            _refuse_offset(locked, offset)
            course.add_piece(session, locked, path, size, now)
            if not whole:
                course.note_part(session)
            return locked
    except Problem:
        files().delete(path)
        raise


def _refuse_lies(course: Course[U], upload: U, head: bytes, now: datetime) -> None:
    try:
        course.refuse_lies(upload, head)
    except Problem:
        remove(course, upload.id, now)
        raise


def _first_bytes(paths: Iterable[str]) -> bytes:
    """Return the beginning of what lies in these files, one after the other."""
    head = b""
    for path in paths:
        for chunk in files().stream(path):
            head += chunk
            if len(head) >= HEAD_BYTES:
                return head
    return head


def _refuse_offset(upload: Arriving, offset: int) -> None:
    if upload.received_bytes != offset:
        at = str(upload.received_bytes)
        raise Problem("upload_offset", 409, f"The upload stands at {at}; go on there.", headers={"Upload-Offset": at})


def _pieces(most: int) -> Iterator[tuple[IO[bytes], int]]:
    """Yield what comes, in files of up to 8 MB, each with its size; also what came before the connection was lost."""
    while most > 0:
        with SpooledTemporaryFile(max_size=CHUNK_BYTES) as piece:
            size = _fill(piece, min(PIECE_BYTES, most))
            if size:
                yield piece, size
        if size < PIECE_BYTES:
            return
        most -= size


def _fill(piece: IO[bytes], most: int) -> int:
    """Write up to so many bytes of the body, and return how many there were."""
    size = 0
    while size < most and (chunk := _read(request.stream, min(READ_AT_ONCE, most - size))):
        size += piece.write(chunk)
    piece.seek(0)
    return size


def _read(stream: Any, most: int) -> bytes:
    try:
        return bytes(stream.read(most))
    except (ClientDisconnected, OSError):
        return b""
