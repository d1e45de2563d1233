"""Writes of attachments: added within their room, whole when all has come, then ready or refused, and taken back before
a message has them. Whoever adds may send in the conversation, and is asked about at each step.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.errors import Problem, conflict, invalid_field, not_found
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.foundation.media.keeping import Kept
from hep_api.foundation.media.sniffing import MediaType
from hep_api.foundation.uploads.claiming import claim, refuse_over_room
from hep_api.foundation.uploads.course import GOES_ON_WITHIN, Course
from hep_api.messaging import access
from hep_api.messaging.attachments import files as attachment_files
from hep_api.messaging.facts.messages import MessageWithdrawn
from hep_api.messaging.models.attachments import Attachment, AttachmentState
from hep_api.messaging.models.conversations import Conversation

PREPARE, PUT_AWAY = "messaging.prepare_attachment", "messaging.put_away_attachments"
# So long a file waits for the message that it was added for.
WAITS_FOR = timedelta(days=1)
MOST_WAITING = 20


def conversation_to_send_in(
    session: Session, viewer: Viewer, conversation_id: UUID, *, sought: str = "conversation"
) -> Conversation:
    """Return a conversation in which the viewer may send now, kept from being erased until the commit.

    Errors: 404 in the same words as for what is `sought` in it, 409 `conversation_ended` when nobody may send any more.
    """
    query = access.own_conversations(viewer).where(Conversation.id == conversation_id)
    found = session.scalar(query.with_for_update(of=Conversation, read=True, key_share=True))
    if found is None:
        raise not_found(sought)
    access.note_conversation(session, viewer, found.patient_id, found.kind)
    if found.ended_at is not None:
        raise Problem("conversation_ended", 409, "The conversation has ended; nothing can be sent in it any more.")
    return found


def claim_attachment(
    session: Session,
    viewer: Viewer,
    conversation_id: UUID,
    said: dict[str, Any],
    kind: MediaType,
    now: datetime,
    pointer: str,
) -> Attachment:
    """Add an attachment that is still to arrive, or return the one that the same sending has added; `said` has its
    `id`, `name`, `total_bytes` and `sent_digest`.

    Errors: those of `conversation_to_send_in`; 409 for an id that stands for another one; 422 naming `pointer` when the
    clinic's room does not suffice, or too many files of the sender's wait for a message.
    """
    conversation = conversation_to_send_in(session, viewer, conversation_id)

    def refuse() -> None:
        refuse_over_room(session, viewer.clinic_id, said["total_bytes"], now, pointer)
        _refuse_too_many(session, viewer, pointer)

    row = {
        **said,
        "clinic_id": viewer.clinic_id,
        "id": said["id"] or new_id(),
        "conversation_id": conversation.id,
        "patient_id": conversation.patient_id,
        "uploaded_by": viewer.member_id,
        "kind": kind.kind,
        "state": AttachmentState.ARRIVING,
        "content_type": kind.content_type,
        "kept_bytes": said["total_bytes"],
        "received_bytes": 0,
        "pieces": [],
        "renditions": {},
        "metadata_removed": False,
        "created_at": now,
        "expires_at": now + GOES_ON_WITHIN,
    }
    return claim(session, Attachment, row, refuse)


def take_in(session: Session, attachment: Attachment, now: datetime) -> None:
    """Have the worker look at an attachment, all of which lies in the store."""
    attachment.state, attachment.finished_at = AttachmentState.PROCESSING, now
    attachment.received_bytes, attachment.expires_at = attachment.total_bytes, now + WAITS_FOR
    have_prepared(session, attachment, now)
    session.flush()


def have_prepared(session: Session, attachment: Attachment, now: datetime) -> None:
    """Wake the worker for an attachment; twice is as good as once."""
    payload = {"clinic_id": str(attachment.clinic_id), "attachment_id": str(attachment.id)}
    queue.enqueue(
        session, PREPARE, payload, now=now, clinic_id=attachment.clinic_id, dedupe_key=str(attachment.id), priority=1
    )


def put_away_withdrawn(session: Session, fact: MessageWithdrawn) -> None:
    """Have the files of a message that was withdrawn put out of reach, if it has some."""
    message = fact.message
    of_message = exists().where(
        Attachment.clinic_id == fact.clinic_id,
        Attachment.conversation_id == message.conversation_id,
        Attachment.seq == message.seq,
    )
    if message.withdrawn_at is not None and session.scalar(select(of_message)):
        have_put_away(session, fact.clinic_id, message.conversation_id, message.seq, message.withdrawn_at)


def have_put_away(session: Session, clinic_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> None:
    """Have the worker put the files of a withdrawn message out of reach."""
    payload = {"clinic_id": str(clinic_id), "conversation_id": str(conversation_id), "seq": seq}
    queue.enqueue(
        session, PUT_AWAY, payload, now=now, clinic_id=clinic_id, dedupe_key=f"{conversation_id} {seq}", priority=1
    )


def finish(session: Session, viewer: Viewer, attachment: Attachment, kept: Kept | None, now: datetime) -> Attachment:
    """Say that an attachment's files are in the store: what is kept of them, or (None) as they were sent."""
    conversation_to_send_in(session, viewer, attachment.conversation_id)
    locked = session.get(
        Attachment, (attachment.clinic_id, attachment.id), with_for_update=True, populate_existing=True
    )
    if locked is None:
        raise not_found("attachment")
    if locked.state is not AttachmentState.ARRIVING:
        return locked
    if kept is None:
        locked.pieces = [piece_of(attachment)]
        take_in(session, locked, now)
        return locked
    locked.finished_at, locked.expires_at, locked.received_bytes = now, now + WAITS_FOR, locked.total_bytes
    make_ready(locked, kept)
    session.flush()
    return locked


def piece_of(attachment: Attachment) -> str:
    """Return where what came in one form lies until it has been looked at."""
    return f"{attachment_files.folder_of_pieces(attachment)}/sent"


def make_ready(attachment: Attachment, kept: Kept) -> None:
    """Note what is kept of an attachment."""
    attachment.state, attachment.renditions, attachment.kept_bytes = (
        AttachmentState.READY,
        kept.renditions,
        kept.total_bytes,
    )
    attachment.duration_seconds, attachment.metadata_removed = kept.duration_seconds, kept.metadata_removed


def take_back(session: Session, viewer: Viewer, conversation_id: UUID, attachment_id: UUID) -> None:
    """Remove an attachment of the viewer's own that no message has; 404 otherwise.

    Errors: 409 when a message has it: withdraw that.
    """
    conversation_to_send_in(session, viewer, conversation_id, sought="attachment")
    found = session.scalar(_own(viewer, conversation_id, attachment_id).with_for_update())
    if found is None:
        raise not_found("attachment")
    if found.seq is not None:
        raise conflict("/attachment_id", "attached", "A message has it; withdraw the message.")
    forget(session, found)


def forget(session: Session, attachment: Attachment) -> None:
    """Remove an attachment, and its files once that is committed."""
    session.delete(attachment)
    for folder in (attachment_files.folder_of_pieces(attachment), attachment_files.folder_of(attachment)):
        attachment_files.delete_after_commit(session, folder)


def course_of(viewer: Viewer, conversation_id: UUID) -> Course[Attachment]:
    """Return how the viewer's resumable uploads to a conversation go on."""

    def own(session: Session, upload_id: UUID) -> Select[Attachment]:
        conversation_to_send_in(session, viewer, conversation_id, sought="upload")
        return _own(viewer, conversation_id, upload_id)

    return Course(attachment_files.taken(), own, attachment_files.folder_of_pieces, take_in, notes.leave_out_door)


def _own(viewer: Viewer, conversation_id: UUID, attachment_id: UUID) -> Select[Attachment]:
    return select(Attachment).where(
        Attachment.clinic_id == viewer.clinic_id,
        Attachment.id == attachment_id,
        Attachment.conversation_id == conversation_id,
        Attachment.uploaded_by == viewer.member_id,
    )


def _refuse_too_many(session: Session, viewer: Viewer, pointer: str) -> None:
    """The lock on the clinic's room lets those who add wait for one another, so the count holds."""
    waiting = select(func.count()).where(
        Attachment.clinic_id == viewer.clinic_id, Attachment.uploaded_by == viewer.member_id, Attachment.seq.is_(None)
    )
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        words = f"{MOST_WAITING} files of yours wait for a message already: send them, or take some back."
        raise invalid_field(pointer, "waiting", words)
