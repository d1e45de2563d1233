"""How a message gets its number, in one statement and one round trip.

Whoever may not see the conversation gets nothing. A message that the sender sent before is found again. Else the
conversation's row is locked by taking its next number, and the message is inserted with it: numbers have no gaps, as
a rollback takes the number back, and their order is the order of the commits, as the lock is held until then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, TextualSelect, column, select, text, update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.messaging import access
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.shown import About, ShownMessage, shown

SEND = """
WITH mine AS ({mine}),
earlier AS (
    SELECT message.*
      FROM message JOIN mine ON message.clinic_id = mine.clinic_id AND message.conversation_id = mine.id
     WHERE message.sender_id = :member_id AND message.client_id = :client_id
),
numbered AS (
    UPDATE conversation SET last_seq = conversation.last_seq + 1, active_at = :now
      FROM mine
     WHERE conversation.clinic_id = mine.clinic_id AND conversation.id = mine.id AND NOT EXISTS (SELECT FROM earlier)
    RETURNING conversation.clinic_id, conversation.id, conversation.last_seq
),
inserted AS (
    INSERT INTO message (clinic_id, conversation_id, seq, sender_id, client_id, body, about_kind, about_id, sent_at)
    SELECT clinic_id, id, last_seq, :member_id, :client_id, :body, :about_kind, CAST(:about_id AS uuid), :now
      FROM numbered
    ON CONFLICT ON CONSTRAINT message_sent_once_key DO NOTHING
    RETURNING seq
)
SELECT mine.patient_id, mine.kind, {rooms} AS rooms, inserted.seq AS new_seq,
       earlier.conversation_id, earlier.seq, earlier.sender_id, earlier.client_id, earlier.body, earlier.about_kind,
       earlier.about_id, earlier.sent_at
  FROM mine
  LEFT JOIN earlier ON true LEFT JOIN inserted ON true
"""

# Named, so that SQLAlchemy works out once, and not for every message, what a row is.
MESSAGE = ("conversation_id", "seq", "sender_id", "client_id", "body", "about_kind", "about_id", "sent_at")
COLUMNS: list[ColumnClause[Any]] = [column(name) for name in ("patient_id", "kind", "rooms", "new_seq", *MESSAGE)]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message with its number: new, or the one that was sent before. `rooms` are where it is to be told."""

    message: ShownMessage
    is_new: bool
    patient_id: UUID
    rooms: tuple[str, ...]


def number(
    session: Session,
    viewer: Viewer,
    conversation_id: UUID,
    client_id: UUID,
    body: str,
    about: About | None,
    now: datetime,
) -> Numbered:
    """Insert the viewer's message, or find the one with this `client_id`; 404 when the conversation is not theirs."""
    statement, constants = STATEMENTS[viewer.role]
    said = {
        "clinic_id": viewer.clinic_id,
        "member_id": viewer.member_id,
        "conversation_id": conversation_id,
        "client_id": client_id,
        "body": body,
        "about_kind": about.kind.value if about else None,
        "about_id": about.id if about else None,
        "now": now,
    }
    row = session.execute(statement, constants | said).one_or_none()
    if row is None:
        raise access.no_such_conversation()
    access.note_conversation(session, viewer, row.patient_id, row.kind)
    rooms = tuple(row.rooms)
    if row.new_seq is not None:
        message = ShownMessage(conversation_id, row.new_seq, viewer.member_id, client_id, body, about, now)
        return Numbered(message, True, row.patient_id, rooms)
    earlier = row if row.seq is not None else _sent_meanwhile(session, viewer, conversation_id, client_id)
    return Numbered(shown(earlier), False, row.patient_id, rooms)


def _sent_meanwhile(session: Session, viewer: Viewer, conversation_id: UUID, client_id: UUID) -> Any:
    """Give the number back and return the same message, which another connection sent while we waited for the row.

    The row is still locked by us, so nobody has seen the number that we took.
    """
    session.execute(
        update(Conversation)
        .where(Conversation.clinic_id == viewer.clinic_id, Conversation.id == conversation_id)
        .values(last_seq=Conversation.last_seq - 1)
    )
    return session.execute(
        select(Message.__table__).where(
            Message.clinic_id == viewer.clinic_id,
            Message.conversation_id == conversation_id,
            Message.sender_id == viewer.member_id,
            Message.client_id == client_id,
        )
    ).one()


def _statement(role: Role) -> tuple[TextualSelect, dict[str, Any]]:
    mine, constants = access.visible_sql(role)
    return text(SEND.format(mine=mine, rooms=access.rooms_sql("mine"))).columns(*COLUMNS), constants


STATEMENTS = {role: _statement(role) for role in (Role.PATIENT, Role.PRACTITIONER)}
