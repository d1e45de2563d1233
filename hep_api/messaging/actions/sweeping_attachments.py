"""What is removed of attachments by itself: those that no message came for, and files that belong to none. What should
have been looked at long ago, is again.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import files
from hep_api.messaging.actions import attachments
from hep_api.messaging.attachments.files import folder_of_arriving
from hep_api.messaging.models.attachments import Attachment, AttachmentState

# Younger files may be on their way to their row.
STRAY_AFTER = timedelta(days=2)
# A scanner that was away for long has used up the tries of the jobs.
LOOKED_AT_WITHIN = timedelta(hours=12)


def sweep_attachments(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Sweep a clinic; files go after the commit, so that a row never stands without its files."""
    _forget_expired(session, clinic_id, now)
    _wake_for_forgotten(session, clinic_id, now)
    _delete_strays(session, clinic_id, now)


def _forget_expired(session: Session, clinic_id: UUID, now: datetime) -> None:
    expired = select(Attachment).where(
        Attachment.clinic_id == clinic_id, Attachment.seq.is_(None), Attachment.expires_at <= now
    )
    # One that a message is just getting is let be.
    for attachment in session.scalars(expired.with_for_update(skip_locked=True)).all():
        attachments.forget(session, attachment)


def _wake_for_forgotten(session: Session, clinic_id: UUID, now: datetime) -> None:
    forgotten = select(Attachment).where(
        Attachment.clinic_id == clinic_id,
        Attachment.state == AttachmentState.PROCESSING,
        Attachment.finished_at <= now - LOOKED_AT_WITHIN,
    )
    for attachment in session.scalars(forgotten).all():
        attachments.have_prepared(session, attachment, now)


def _delete_strays(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Delete old files of no row: a process was killed between the two."""
    known = {str(each) for each in session.scalars(select(Attachment.id).where(Attachment.clinic_id == clinic_id))}
    arriving, kept = folder_of_arriving(clinic_id), f"clinics/{clinic_id}/patients"
    for prefix, owner_at in ((arriving, 1), (kept, 3)):
        for file in files().list_under(prefix):
            parts = file.path.removeprefix(f"{prefix}/").split("/")
            of_attachment = prefix == arriving or parts[1:2] == ["attachments"]
            is_known = len(parts) > owner_at and parts[owner_at] in known
            if of_attachment and not is_known and file.changed_at <= now - STRAY_AFTER:
                after_commit(session, partial(files().delete, file.path))
