"""Sending a message: once for each `client_id`, however often the phone tries."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.database import after_commit
from hep_api.foundation.errors import conflict
from hep_api.foundation.metrics.tallies import Tally
from hep_api.messaging import access, anchors, numbering
from hep_api.messaging.actions import posting
from hep_api.messaging.attachments import binding as attaching
from hep_api.messaging.models.messages import Message
from hep_api.messaging.numbering import Numbered
from hep_api.messaging.queries.versions import first_words
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import ShownMessage, about_of

SENT = Tally(
    "hep_messages", "Messages that people sent, `new` or `sent_again` by a phone that heard no answer.", "outcome"
)


def send_message(
    session: Session, viewer: Viewer, conversation_id: UUID, body: dict[str, Any], now: datetime
) -> ShownMessage:
    """Add a message, or return the one sent before under the same `client_id`; the sender is told the same both times.

    Errors: 404; 422 naming `/about/id` when it is not the patient's, `/reply_to_seq` when there is no such message, or
    `/attachment_ids/N` for a file that is not the sender's to send here; 409 when `client_id` was used for other words
    or files, or `conversation_ended`.
    """
    about = anchors.read_about(body)
    if about is not None:
        conversation = access.conversation_for(session, viewer, conversation_id)
        anchors.refuse_foreign(session, viewer, conversation, about)
    said = Said(
        client_id=body["client_id"],
        body=body["body"],
        about=about,
        reply_to_seq=body["reply_to_seq"],
        sender_id=viewer.member_id,
        attachment_ids=tuple(body.get("attachment_ids", ())),
    )
    numbered = numbering.number(session, viewer, conversation_id, said, now)
    if numbered.earlier is None:
        numbered = _with_attachments(session, viewer, numbered, said)
        posting.announce(session, viewer.clinic_id, numbered, viewer.role)
        after_commit(session, _count_new)
    elif not _is_same(session, numbered.earlier, said) or not _has_the_same(session, numbered.earlier, said):
        raise conflict("/client_id", "sent_before", "You have sent another message with this client_id.")
    else:
        SENT.add("sent_again")
    return numbered.message


def _count_new() -> None:
    SENT.add("new")


def _with_attachments(session: Session, viewer: Viewer, numbered: Numbered, said: Said) -> Numbered:
    """Let a new message have its files; one without any costs nothing."""
    if not said.attachment_ids:
        return numbered
    message = numbered.message
    bound = attaching.bind(
        session, viewer.clinic_id, message.conversation_id, message.seq, viewer.member_id, said.attachment_ids
    )
    return replace(numbered, message=replace(message, attachments=bound))


def _has_the_same(session: Session, earlier: Message, said: Said) -> bool:
    """Return whether an earlier message was sent with these files, also when it was withdrawn since."""
    place = (earlier.conversation_id, earlier.seq)
    files = attaching.attachments_of(session, earlier.clinic_id, [place]).get(place, ())
    return tuple(each.id for each in files) == said.attachment_ids


def _is_same(session: Session, earlier: Message, said: Said) -> bool:
    """Return whether an earlier message was sent with this content, whatever it says since it was edited."""
    return first_words(session, earlier) == said.body and (earlier.kind, about_of(earlier), earlier.reply_to_seq) == (
        said.kind,
        said.about,
        said.reply_to_seq,
    )
