"""What one kind of resumable uploads is made of, and its rows: found by their sender, locked, grown piece by piece.

A piece counts once its file is in the store and the row says so; the last one takes the file in, in the same
transaction, so that an upload that is whole is never forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from hep_api.foundation.errors import Problem, not_found
from hep_api.foundation.media.sniffing import HEAD_BYTES, TYPES
from hep_api.foundation.media.taking import Taken
from hep_api.foundation.uploads.columns import Arriving

U = TypeVar("U", bound=Arriving)

GOES_ON_WITHIN = timedelta(days=1)
# Their names stand in one row.
MOST_PIECES = 2_000
TYPE_POINTER = "/Upload-Metadata/filetype"


@dataclass(frozen=True, slots=True)
class Course(Generic[U]):
    """Uploads of one kind, as whoever asks now may go on with them.

    `own` selects one of theirs by its id, and raises when they may send no more; `folder` is where its pieces lie;
    `take_in` is called with the one that is whole, `note_part` when a piece counts that is not the last.
    """

    taken: Taken
    own: Callable[[Session, UUID], Select[U]]
    folder: Callable[[U], str]
    take_in: Callable[[Session, U, datetime], None]
    note_part: Callable[[Session], None]

    def upload_for(self, session: Session, upload_id: UUID, now: datetime) -> U:
        """Return an upload of the sender's own; 404 otherwise, 410 when its time is over."""
        found = session.scalar(self.own(session, upload_id))
        if found is None:
            raise not_found("upload")
        if found.expires_at <= now:
            raise Problem("upload_expired", 410, "The upload was not gone on with for a day; begin anew.")
        return found

    def upload_to_change(self, session: Session, upload_id: UUID, now: datetime) -> U:
        """Return an upload of the sender's own, locked; 423 while another request adds to it, else as `upload_for`."""
        found = session.scalar(self.own(session, upload_id).with_for_update(skip_locked=True))
        if found is None:
            self.upload_for(session, upload_id, now)
            raise Problem("upload_locked", 423, "Another request adds to this upload; ask how far it is, and go on.")
        return found

    def add_piece(self, session: Session, upload: U, path: str, size: int, now: datetime) -> None:
        """Count a piece that lies in the store; the last one takes the file in."""
        if len(upload.pieces) >= MOST_PIECES:
            raise Problem("too_many_pieces", 413, f"An upload has at most {MOST_PIECES} pieces; send larger ones.")
        upload.pieces = [*upload.pieces, path]
        upload.received_bytes += size
        upload.expires_at = now + GOES_ON_WITHIN
        if upload.received_bytes == upload.total_bytes:
            upload.finished_at = now
            self.take_in(session, upload, now)
        session.flush()

    def refuse_lies(self, upload: U, head: bytes) -> None:
        """Refuse with 422 what does not begin like its declared type."""
        self.taken.refuse_lies(head[:HEAD_BYTES], TYPES[upload.content_type], TYPE_POINTER)
