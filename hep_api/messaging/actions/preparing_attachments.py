"""What the worker makes of attachments: scanned, made anew and told of; and, of a withdrawn message, put out of reach.

No lock is held while files are read. Then the conversation's row comes before the attachment's, as with whoever sends.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.files.store import NoSuchFile, files
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.keeping import Kept
from hep_api.foundation.media.sniffing import TYPES
from hep_api.messaging.actions import attachments
from hep_api.messaging.actions.noting import note_change
from hep_api.messaging.attachments import files as attachment_files
from hep_api.messaging.models.attachments import Attachment, AttachmentState, RefusedRule
from hep_api.messaging.models.conversations import Conversation


def prepare_attachment(session: Session, clinic_id: UUID, attachment_id: UUID, now: datetime) -> None:
    """Make an attachment ready, or refuse it; one that is either already is left alone.

    Errors: NotScanned while the scanner has no verdict: the job is tried again.
    """
    attachment = session.get(Attachment, (clinic_id, attachment_id))
    if attachment is None or attachment.state is not AttachmentState.PROCESSING:
        return
    kind, place = TYPES[attachment.content_type], attachment_files.place_of(attachment)
    try:
        made: Kept | RefusedRule = attachment_files.keeper().keep_sent(attachment.pieces, kind, place)
    except BrokenMedia as broken:
        made = RefusedRule(broken.rule)
    except NoSuchFile:
        # Swept, or deleted by hand: there is nothing left to make it from.
        made = RefusedRule.FILE_MISSING
    _settle(session, attachment, made, now)


def put_away(session: Session, clinic_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> None:
    """Move the files of a withdrawn message to where no link leads; they stay with the patient's record.

    Repeated, what was moved stays where it is.
    """
    query = select(Attachment).where(
        Attachment.clinic_id == clinic_id, Attachment.conversation_id == conversation_id, Attachment.seq == seq
    )
    for attachment in session.scalars(query.with_for_update()).all():
        if attachment.put_away_at is not None or attachment.state is AttachmentState.PROCESSING:
            # What is being looked at is put away when it is ready (`_settle`).
            continue
        here, apart = attachment_files.place_of(attachment), attachment_files.place_apart(attachment)
        for rendition, about in attachment.renditions.items():
            files().move(here(rendition, about["content_type"]), apart(rendition, about["content_type"]))
        attachment.put_away_at = now
    session.flush()


def _settle(session: Session, seen: Attachment, made: Kept | RefusedRule, now: datetime) -> None:
    """Note what came of it; whoever took it back, or erased the patient, meanwhile has the files removed again."""
    key = (seen.clinic_id, seen.id)
    conversation = select(Conversation.id).where(
        Conversation.clinic_id == seen.clinic_id, Conversation.id == seen.conversation_id
    )
    session.execute(conversation.with_for_update(key_share=True))
    attachment = session.get(Attachment, key, with_for_update=True, populate_existing=True)
    if attachment is None:
        attachment_files.delete_after_commit(session, attachment_files.folder_of(seen))
        return
    if attachment.state is not AttachmentState.PROCESSING:
        return
    if isinstance(made, Kept):
        attachments.make_ready(attachment, made)
    else:
        attachment.state, attachment.refused_rule, attachment.kept_bytes = AttachmentState.REFUSED, made, 0
    # Not before: a job whose commit fails is run again, and needs them.
    attachment_files.delete_after_commit(session, attachment_files.folder_of_pieces(attachment))
    attachment.pieces = []
    session.flush()
    if attachment.seq is not None:
        message = note_change(session, seen.clinic_id, seen.conversation_id, attachment.seq)
        if message.withdrawn_at is not None:
            attachments.have_put_away(session, seen.clinic_id, seen.conversation_id, attachment.seq, now)
