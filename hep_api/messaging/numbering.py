"""How a message gets its number, in one statement and one round trip.

Whoever may not see the conversation gets nothing. A message that the sender sent before is found again. Else the
conversation's row is locked, its next number taken, and the message inserted with it: numbers have no gaps, as a
rollback takes the number back, and their order is the order of the commits, as the lock is held until then.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, TextualSelect, column, select, text, update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.errors import Problem, invalid_field
from hep_api.messaging import access
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.messages import Message
from hep_api.messaging.queries.showing import show_one
from hep_api.messaging.saying import Said, has_ended, opens
from hep_api.messaging.shown import ShownMessage

# `before` is read under the lock, so it is what the last commit left, also when this statement began earlier.
SEND = """
WITH mine AS ({mine}),
earlier AS (
    SELECT message.seq
      FROM message JOIN mine ON message.clinic_id = mine.clinic_id AND message.conversation_id = mine.id
     WHERE {same_sender} AND message.client_id = :client_id
),
before AS (
    SELECT conversation.*
      FROM conversation JOIN mine ON conversation.clinic_id = mine.clinic_id AND conversation.id = mine.id
     WHERE NOT EXISTS (SELECT FROM earlier)
       FOR NO KEY UPDATE OF conversation
),
numbered AS (
    UPDATE conversation
       SET last_seq = before.last_seq + 1, changes = before.changes + 1, active_at = :now,
           closed_at = CASE WHEN :opens THEN NULL ELSE before.closed_at END,
           waiting_since = CASE :clock WHEN 'starts' THEN coalesce(before.waiting_since, :now)
                                       WHEN 'runs_on' THEN before.waiting_since END,
           waiting_seq = CASE :clock WHEN 'starts' THEN coalesce(before.waiting_seq, before.last_seq + 1)
                                     WHEN 'runs_on' THEN before.waiting_seq END
      FROM before
     WHERE conversation.clinic_id = before.clinic_id AND conversation.id = before.id
       AND (before.ended_at IS NULL OR NOT :is_person)
       AND coalesce(CAST(:reply_to_seq AS int) <= before.last_seq, true)
    RETURNING conversation.clinic_id, conversation.id, conversation.last_seq, conversation.changes
),
inserted AS (
    INSERT INTO message (clinic_id, conversation_id, seq, change, kind, sender_id, client_id, body, card,
                         about_kind, about_id, reply_to_seq, sent_at)
    SELECT clinic_id, id, last_seq, changes, :kind, CAST(:member_id AS uuid), :client_id, :body, CAST(:card AS jsonb),
           :about_kind, CAST(:about_id AS uuid), CAST(:reply_to_seq AS int), :now
      FROM numbered
    ON CONFLICT ON CONSTRAINT message_sent_once_key DO NOTHING
    RETURNING seq
)
SELECT mine.patient_id, mine.kind AS conversation_kind, {rooms} AS rooms,
       (SELECT clinic.version FROM clinic WHERE clinic.id = mine.clinic_id) AS clinic_version,
       before.last_seq AS last_before, before.active_at AS active_before, before.closed_at AS closed_before,
       before.ended_at AS ended_before, before.waiting_since AS waited_since, before.waiting_seq AS waited_seq,
       numbered.last_seq AS taken_seq, numbered.changes AS taken_change, inserted.seq AS new_seq,
       earlier.seq AS earlier_seq
  FROM mine
  LEFT JOIN earlier ON true LEFT JOIN before ON true LEFT JOIN numbered ON true LEFT JOIN inserted ON true
"""
# Where nobody looks on: a conversation of the clinic that the transaction acts for.
ANY = """
SELECT conversation.clinic_id, conversation.id, conversation.patient_id, conversation.kind
  FROM conversation
 WHERE conversation.clinic_id = :clinic_id AND conversation.id = :conversation_id
"""

# Named, so that SQLAlchemy works out once, and not for every message, what a row is.
BEFORE = ("last_before", "active_before", "closed_before", "ended_before", "waited_since", "waited_seq")
TAKEN = ("taken_seq", "taken_change", "new_seq", "earlier_seq")
CIRCUMSTANCES = ("patient_id", "conversation_kind", "rooms", "clinic_version")
COLUMNS: list[ColumnClause[Any]] = [column(name) for name in (*CIRCUMSTANCES, *BEFORE, *TAKEN)]
NO_REPLY = "Must be the number of a message of this conversation."


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message with its number: new, or the one that was sent before. `rooms` are where it is to be told.

    `waited_since`, `waited_seq`: the patient's first unanswered message before this one was said. `earlier` is the
    message that was sent before, as it is kept; None when this one is new.
    """

    message: ShownMessage
    earlier: Message | None
    patient_id: UUID
    conversation_kind: ConversationKind
    rooms: tuple[str, ...]
    clinic_version: int
    waited_since: datetime | None
    waited_seq: int | None
    was_closed: bool

    @property
    def is_new(self) -> bool:
        return self.earlier is None


def number(session: Session, viewer: Viewer, conversation_id: UUID, said: Said, now: datetime) -> Numbered:
    """Insert the viewer's message, or find the one with this `client_id`; 404 when the conversation is not theirs.

    Errors besides: 409 `conversation_ended`; 422 naming `/reply_to_seq` where there is no such message.
    """
    numbered = _number(session, viewer.clinic_id, conversation_id, said, viewer.role, STATEMENTS[viewer.role], now)
    access.note_conversation(session, viewer, numbered.patient_id, numbered.conversation_kind)
    return numbered


def number_for_clinic(
    session: Session, clinic_id: UUID, conversation_id: UUID, said: Said, role: Role | None, now: datetime
) -> Numbered:
    """Insert what is said where nobody asks who may: by a job or a reaction, in its own name or a member's."""
    statement = BY_SYSTEM if said.sender_id is None else BY_MEMBER
    return _number(session, clinic_id, conversation_id, said, role, statement, now)


Statement = tuple[TextualSelect, dict[str, Any]]


def _number(
    session: Session,
    clinic_id: UUID,
    conversation_id: UUID,
    said: Said,
    role: Role | None,
    statement: Statement,
    now: datetime,
) -> Numbered:
    named = {"clinic_id": clinic_id, "member_id": said.sender_id, "conversation_id": conversation_id, "now": now}
    words, constants = statement
    row = session.execute(words, constants | named | _content(said, role)).one_or_none()
    if row is None:
        raise access.no_such_conversation()
    circumstances = (row.patient_id, ConversationKind(row.conversation_kind), tuple(row.rooms), row.clinic_version)
    waited = (row.waited_since, row.waited_seq, row.closed_before is not None)
    if row.new_seq is not None:
        message = as_new(conversation_id, row.new_seq, said, now, row.taken_change)
        return Numbered(message, None, *circumstances, *waited)
    if row.earlier_seq is None and row.taken_seq is None:
        raise _refusal(row)
    if row.earlier_seq is None:
        _give_back(session, clinic_id, conversation_id, row)
    earlier = _sent_before(session, clinic_id, conversation_id, said)
    return Numbered(show_one(session, earlier), earlier, *circumstances, *waited)


def _content(said: Said, role: Role | None) -> dict[str, Any]:
    return {
        "client_id": said.client_id,
        "kind": said.kind.value,
        "body": said.body,
        "card": None if said.card is None else json.dumps(said.card),
        "about_kind": said.about.kind.value if said.about else None,
        "about_id": said.about.id if said.about else None,
        "reply_to_seq": said.reply_to_seq,
        "is_person": role is not None,
        "opens": opens(role, said.kind),
        "clock": said.clock(role).value,
    }


def as_new(conversation_id: UUID, seq: int, said: Said, now: datetime, change: int) -> ShownMessage:
    """Return a message as it is shown that has just got its numbers."""
    return ShownMessage(
        conversation_id=conversation_id,
        seq=seq,
        kind=said.kind,
        sender_id=said.sender_id,
        client_id=said.client_id,
        body=said.body,
        card=said.card,
        about=said.about,
        reply_to_seq=said.reply_to_seq,
        sent_at=now,
        edited_at=None,
        withdrawn_at=None,
        change=change,
    )


def _refusal(row: Any) -> Problem:
    if row.ended_before is not None:
        return has_ended()
    return invalid_field("/reply_to_seq", "reply_to_seq", NO_REPLY)


def _give_back(session: Session, clinic_id: UUID, conversation_id: UUID, row: Any) -> None:
    """Give the number back: another connection sent the same message while we waited for the conversation's row.

    The row is still locked by us, so nobody has seen what we took.
    """
    session.execute(
        update(Conversation)
        .where(Conversation.clinic_id == clinic_id, Conversation.id == conversation_id)
        .values(
            last_seq=row.last_before,
            changes=Conversation.changes - 1,
            active_at=row.active_before,
            closed_at=row.closed_before,
            waiting_since=row.waited_since,
            waiting_seq=row.waited_seq,
        )
    )


def _sent_before(session: Session, clinic_id: UUID, conversation_id: UUID, said: Said) -> Message:
    return session.scalars(
        select(Message).where(
            Message.clinic_id == clinic_id,
            Message.conversation_id == conversation_id,
            Message.sender_id == said.sender_id,
            Message.client_id == said.client_id,
        )
    ).one()


def _statement(mine: str, same_sender: str) -> TextualSelect:
    statement = SEND.format(mine=mine, rooms=access.rooms_sql("mine"), same_sender=same_sender)
    return text(statement).columns(*COLUMNS)


def _of_viewer(role: Role) -> Statement:
    mine, constants = access.visible_sql(role)
    return _statement(mine, A_MEMBERS), constants


A_MEMBERS, THE_SYSTEMS = "message.sender_id = :member_id", "message.sender_id IS NULL"
STATEMENTS = {role: _of_viewer(role) for role in (Role.PATIENT, Role.PRACTITIONER)}
BY_MEMBER: Statement = (_statement(ANY, A_MEMBERS), {})
BY_SYSTEM: Statement = (_statement(ANY, THE_SYSTEMS), {})
