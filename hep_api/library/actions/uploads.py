"""Writes of resumable uploads. A piece counts once its file is in the store and the row says so; the last one makes the
asset and wakes the worker in the same transaction, so that an upload that is whole is never forgotten.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import Problem, not_found
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.media.sniffing import TYPES, MediaType
from hep_api.library.actions import media
from hep_api.library.models.assets import Asset, MediaUpload

GOES_ON_WITHIN = timedelta(days=1)
# So long a phone whose answer was lost learns that all has arrived.
KNOWN_FOR = timedelta(days=7)
# Their names stand in one row.
MOST_PIECES = 2_000


def begin_upload(
    session: Session, viewer: Viewer, fields: Mapping[str, Any], kind: MediaType, size: int, quota: int, now: datetime
) -> MediaUpload:
    """Begin an upload whose room is the sender's from now on; begun again, return the one that is there.

    Errors: 409 for an id that stands for something else, 422 when the clinic's room does not suffice.
    """
    upload_id = fields["id"] or new_id()
    digest = media.digest_of_sending(fields, kind.content_type, size)
    found = session.get(MediaUpload, (viewer.clinic_id, upload_id))
    if found is None:
        media.refuse_over_quota(session, viewer.clinic_id, size, quota, now, "/Upload-Length")
        if session.get(Asset, (viewer.clinic_id, upload_id)):
            raise media.id_is_taken()
        row: dict[str, Any] = {
            "clinic_id": viewer.clinic_id,
            "id": upload_id,
            "uploaded_by": viewer.member_id,
            "content_type": kind.content_type,
            "total_bytes": size,
            "received_bytes": 0,
            "pieces": [],
            "about": {**{name: fields[name] for name in media.ABOUT}, "id": str(upload_id)},
            "sent_digest": digest,
            "created_at": now,
            "expires_at": now + GOES_ON_WITHIN,
        }
        session.execute(insert(MediaUpload).values(row).on_conflict_do_nothing())
        found = session.get_one(MediaUpload, (viewer.clinic_id, upload_id))
    if found.sent_digest != digest or found.uploaded_by != viewer.member_id:
        raise media.id_is_taken()
    return found


def upload_for(session: Session, viewer: Viewer, upload_id: UUID, now: datetime) -> MediaUpload:
    """Return an upload of the viewer's own; 404 otherwise, 410 when its time is over."""
    found = session.scalar(_own(viewer, upload_id))
    if found is None:
        raise not_found("upload")
    if found.expires_at <= now:
        raise Problem("upload_expired", 410, "The upload was not gone on with for a day; begin anew.")
    return found


def upload_to_change(session: Session, viewer: Viewer, upload_id: UUID, now: datetime) -> MediaUpload:
    """Return an upload of the viewer's own, locked; 423 while another request adds to it, else as `upload_for`."""
    found = session.scalar(_own(viewer, upload_id).with_for_update(skip_locked=True))
    if found is None:
        upload_for(session, viewer, upload_id, now)
        raise Problem("upload_locked", 423, "Another request adds to this upload; ask how far it is, and go on.")
    return found


def add_piece(session: Session, viewer: Viewer, upload: MediaUpload, path: str, size: int, now: datetime) -> None:
    """Count a piece that lies in the store; the last one makes the asset."""
    if len(upload.pieces) >= MOST_PIECES:
        raise Problem("too_many_pieces", 413, f"An upload has at most {MOST_PIECES} pieces; send larger ones.")
    upload.pieces = [*upload.pieces, path]
    upload.received_bytes += size
    upload.expires_at = now + GOES_ON_WITHIN
    if upload.received_bytes == upload.total_bytes:
        fields = {**upload.about, "id": upload.id}
        kind = TYPES[upload.content_type]
        asset = media.claim_asset(
            session, viewer, fields, kind, upload.total_bytes, upload.sent_digest, now, quota=None
        )
        media.have_prepared(session, asset, now)
        upload.finished_at, upload.expires_at = now, now + KNOWN_FOR
    session.flush()


def _own(viewer: Viewer, upload_id: UUID) -> Select[MediaUpload]:
    return select(MediaUpload).where(
        MediaUpload.clinic_id == viewer.clinic_id,
        MediaUpload.id == upload_id,
        MediaUpload.uploaded_by == viewer.member_id,
    )
