"""Writes of resumable uploads of media: begun with their room, gone on with by `Course`, and at last an asset."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.media.sniffing import TYPES, MediaType
from hep_api.foundation.uploads.claiming import claim, digest_of_sending, id_is_taken, refuse_over_room
from hep_api.foundation.uploads.course import GOES_ON_WITHIN, Course
from hep_api.library import media_files
from hep_api.library.actions import media
from hep_api.library.models.assets import Asset, MediaUpload

# So long a phone whose answer was lost learns that all has arrived.
KNOWN_FOR = timedelta(days=7)


def begin_upload(
    session: Session, viewer: Viewer, fields: Mapping[str, Any], kind: MediaType, size: int, now: datetime
) -> MediaUpload:
    """Begin an upload whose room is the sender's from now on; begun again, return the one that is there.

    Errors: 409 for an id that stands for something else, 422 when the clinic's room does not suffice.
    """
    upload_id = fields["id"] or new_id()

    def refuse() -> None:
        refuse_over_room(session, viewer.clinic_id, size, now, "/Upload-Length")
        if session.get(Asset, (viewer.clinic_id, upload_id)):
            raise id_is_taken()

    row: dict[str, Any] = {
        "clinic_id": viewer.clinic_id,
        "id": upload_id,
        "uploaded_by": viewer.member_id,
        "content_type": kind.content_type,
        "total_bytes": size,
        "received_bytes": 0,
        "pieces": [],
        "about": {**{name: fields[name] for name in media.ABOUT}, "id": str(upload_id)},
        "sent_digest": digest_of_sending(fields, kind.content_type, size),
        "created_at": now,
        "expires_at": now + GOES_ON_WITHIN,
    }
    found = claim(session, MediaUpload, row, refuse)
    if found.uploaded_by != viewer.member_id:
        raise id_is_taken()
    return found


def course_of(viewer: Viewer) -> Course[MediaUpload]:
    """Return how the viewer's uploads go on."""

    def own(_: Session, upload_id: UUID) -> Select[MediaUpload]:
        return select(MediaUpload).where(
            MediaUpload.clinic_id == viewer.clinic_id,
            MediaUpload.id == upload_id,
            MediaUpload.uploaded_by == viewer.member_id,
        )

    def folder(upload: MediaUpload) -> str:
        return f"{media_files.folder_of_uploads(viewer.clinic_id)}/{upload.id}"

    def take_in(session: Session, upload: MediaUpload, now: datetime) -> None:
        fields, kind = {**upload.about, "id": upload.id}, TYPES[upload.content_type]
        size, digest = upload.total_bytes, upload.sent_digest
        asset = media.claim_asset(session, viewer, fields, kind, size, digest, now, pointer=None)
        media.have_prepared(session, asset, now)
        upload.expires_at = now + KNOWN_FOR

    return Course(media_files.taken(), own, folder, take_in, notes.leave_out_door)
