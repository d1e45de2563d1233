"""Reads of what was sent of a clinic's content in a conversation: as it read then, and who has opened it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.messaging import access
from hep_api.messaging.models.content import ContentKind
from hep_api.messaging.models.messages import Message
from hep_api.messaging.models.sent_content import ContentOpening, SentContent

OF_MESSAGE = (
    (Message.clinic_id == SentContent.clinic_id)
    & (Message.conversation_id == SentContent.conversation_id)
    & (Message.seq == SentContent.seq)
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opened it first when."""

    member_id: UUID
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A piece as it was sent, in all its languages; `exercise` as a prescription keeps one."""

    patient_id: UUID
    conversation_id: UUID
    seq: int
    sent_by: UUID
    sent_at: datetime
    content_id: UUID
    version: int
    kind: ContentKind
    language: str
    texts: dict[str, Any]
    exercise: dict[str, Any] | None
    opened: Sequence[Opening]


def sent_content_for(session: Session, viewer: Viewer, conversation_id: UUID, seq: int) -> Sent:
    """Return what a message carries, in three statements; 404 for one that carries nothing, or was withdrawn."""
    conversation = access.conversation_for(session, viewer, conversation_id)
    row = session.execute(_sent(viewer, conversation_id).where(Message.seq == seq)).one_or_none()
    if row is None:
        raise not_found("content")
    opened = _openings(session, viewer, conversation_id, [seq])
    return Sent(conversation.patient_id, **row._asdict(), opened=opened[seq])


def list_sent_content_for(
    session: Session, viewer: Viewer, conversation_id: UUID, query: dict[str, Any]
) -> pages.Page[Sent]:
    """Return what was sent in a conversation, the newest first, in three statements; 404 when it is not theirs."""
    conversation = access.conversation_for(session, viewer, conversation_id)
    sent = _sent(viewer, conversation_id)
    before = pages.decode(query["cursor"], int)
    if before:
        sent = sent.where(Message.seq < before[0])
    rows = session.execute(sent.order_by(Message.seq.desc()).limit(query["limit"] + 1)).all()
    page = pages.cut(rows, query["limit"], lambda row: [row.seq])
    opened = _openings(session, viewer, conversation_id, [row.seq for row in page.items])
    items = [Sent(conversation.patient_id, **row._asdict(), opened=opened[row.seq]) for row in page.items]
    return pages.Page(items, page.next_cursor)


def was_sent(session: Session, viewer: Viewer, conversation_id: UUID, client_id: UUID) -> bool:
    """Tell whether the viewer has said something in a conversation under this `client_id`."""
    query = select(Message.seq).where(
        Message.clinic_id == viewer.clinic_id,
        Message.conversation_id == conversation_id,
        Message.sender_id == viewer.member_id,
        Message.client_id == client_id,
    )
    return session.scalar(query) is not None


def _sent(viewer: Viewer, conversation_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            SentContent.conversation_id,
            SentContent.seq,
            Message.sender_id.label("sent_by"),
            Message.sent_at,
            SentContent.content_id,
            SentContent.version,
            SentContent.kind,
            SentContent.language,
            SentContent.texts,
            SentContent.exercise,
        )
        .join(Message, OF_MESSAGE)
        .where(
            SentContent.clinic_id == viewer.clinic_id,
            SentContent.conversation_id == conversation_id,
            Message.withdrawn_at.is_(None),
        )
    )


def _openings(
    session: Session, viewer: Viewer, conversation_id: UUID, seqs: Collection[int]
) -> dict[int, list[Opening]]:
    found: dict[int, list[Opening]] = defaultdict(list)
    query = select(ContentOpening).where(
        ContentOpening.clinic_id == viewer.clinic_id,
        ContentOpening.conversation_id == conversation_id,
        ContentOpening.seq.in_(seqs),
    )
    for row in session.scalars(query.order_by(ContentOpening.opened_at, ContentOpening.member_id)):
        found[row.seq].append(Opening(row.member_id, row.opened_at))
    return found
