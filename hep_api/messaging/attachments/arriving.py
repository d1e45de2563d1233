"""The way of a file from a form to an attachment: more than one transaction, since none is held while bytes move.

First it is judged; then it is claimed, with its id and its room; then its files go into the store; then it is ready, or
the worker is told. Whatever breaks off in between goes on when it is sent again, or is swept.
"""

from datetime import datetime
from uuid import UUID

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.files.store import files
from hep_api.foundation.media.keeping import Kept
from hep_api.foundation.media.pictures import Picture
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.uploads.claiming import digest_of_sending
from hep_api.foundation.uploads.forms import POINTER, SentFile, read_form, refuse_acting, remade
from hep_api.foundation.web.receiving import recognised_again
from hep_api.messaging.actions import attachments as actions
from hep_api.messaging.attachments import files as attachment_files
from hep_api.messaging.models.attachments import Attachment, AttachmentState
from hep_api.messaging.schemas.attachments import AttachmentFieldsIn

_FIELDS = AttachmentFieldsIn()


def add_from_form(viewer: Viewer, conversation_id: UUID, now: datetime) -> Attachment:
    """Add the file of the request's form to a conversation; the errors are those of the door."""
    sent = read_form(_FIELDS, attachment_files.taken())
    at_once = attachment_files.can_be_kept_at_once(sent.kind)
    made = _judged(sent) if at_once else None
    said = {
        "id": sent.fields["id"],
        "name": attachment_files.name_to_show(sent.name, sent.kind),
        "total_bytes": sent.size,
        "sent_digest": digest_of_sending(viewer.member_id, conversation_id, sent.kind.content_type, sent.sha256),
    }
    with recognised_again() as session:
        notes.leave_out_door(session)
        attachment = actions.claim_attachment(session, viewer, conversation_id, said, sent.kind, now, POINTER)
    if attachment.state is not AttachmentState.ARRIVING:
        return attachment
    kept = _kept(attachment, sent, made) if at_once else None
    if kept is None:
        files().put(actions.piece_of(attachment), sent.content)
    with recognised_again() as session:
        return actions.finish(session, viewer, attachment, kept, now)


def _judged(sent: SentFile) -> Picture | None:
    """Make a picture anew, or look into a PDF, before anything is claimed."""
    if sent.kind.kind is MediaKind.PICTURE:
        return remade(sent)
    refuse_acting(sent)
    return None


def _kept(attachment: Attachment, sent: SentFile, made: Picture | None) -> Kept:
    place = attachment_files.place_of(attachment)
    if made is not None:
        return attachment_files.keeper().keep_picture(made, place)
    return attachment_files.keeper().keep_document(sent.content, sent.kind, place)
