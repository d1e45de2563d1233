"""The way of a piece of an upload from a request into the store: bounded in memory, and kept as far as it has come.

A request may bring the whole file. It is put away in pieces of 8 MB, each counted by itself, so that neither a lost
connection nor a killed process costs more than the piece in hand, and any process takes the next one.
"""

from collections.abc import Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import request
from werkzeug.exceptions import ClientDisconnected

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.errors import Problem
from hep_api.foundation.files.store import CHUNK_BYTES, files
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.media.sniffing import FEWEST_BYTES, HEAD_BYTES, TYPES
from hep_api.foundation.web.receiving import recognised_again
from hep_api.library import media_files
from hep_api.library.actions import uploads
from hep_api.library.actions.sweeping import folder_of_uploads
from hep_api.library.models.assets import MediaUpload

PIECE_BYTES = 8 * 1024 * 1024
READ_AT_ONCE = 64 * 1024
TYPE_POINTER = "/Upload-Metadata/filetype"


def take_pieces(viewer: Viewer, upload: MediaUpload, offset: int, now: datetime) -> MediaUpload:
    """Put away what the request brings from `offset` on, and return the upload as it is then.

    Errors: 409 for another offset than where it stands, 413 for more than was declared, 423 while another request adds
    to it, 422 for what is not of the declared type; that upload is gone.
    """
    _refuse_offset(upload, offset)
    if (request.content_length or 0) > upload.total_bytes - offset:
        raise Problem("too_large", 413, f"The upload was declared with {upload.total_bytes} bytes.")
    for piece, size in _pieces(upload.total_bytes - offset):
        upload = _take(viewer, upload, offset, piece, size, now)
        offset += size
    return upload


def remove(viewer: Viewer, upload_id: UUID, now: datetime) -> None:
    """Take back an upload with all that has come of it; what has become an asset stays."""
    with recognised_again() as session:
        upload = uploads.upload_to_change(session, viewer, upload_id, now)
        pieces = [] if upload.finished_at else upload.pieces
        if not upload.finished_at:
            session.delete(upload)
    for path in pieces:
        files().delete(path)


def _take(viewer: Viewer, upload: MediaUpload, offset: int, piece: IO[bytes], size: int, now: datetime) -> MediaUpload:
    path = f"{folder_of_uploads(viewer.clinic_id)}/{upload.id}/{offset:012d}-{new_id()}"
    whole = offset + size == upload.total_bytes
    if offset == 0 and size >= FEWEST_BYTES:
        _refuse_lies(viewer, upload, piece.read(HEAD_BYTES), now)
        piece.seek(0)
    files().put(path, piece)
    try:
        if whole and offset:
            _refuse_lies(viewer, upload, media_files.first_bytes(files(), [*upload.pieces, path]), now)
        elif whole and size < FEWEST_BYTES:
            _refuse_lies(viewer, upload, b"", now)
        with recognised_again() as session:
            locked = uploads.upload_to_change(session, viewer, upload.id, now)
            _refuse_offset(locked, offset)
            uploads.add_piece(session, viewer, locked, path, size, now)
            if not whole:
                notes.leave_out_door(session)
            return locked
    except Problem:
        files().delete(path)
        raise


def _refuse_lies(viewer: Viewer, upload: MediaUpload, head: bytes, now: datetime) -> None:
    try:
        media_files.refuse_lies(head, TYPES[upload.content_type], TYPE_POINTER)
    except Problem:
        remove(viewer, upload.id, now)
        raise


def _refuse_offset(upload: MediaUpload, offset: int) -> None:
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
