"""How receipts grow: the highest number, never backwards, never past the last message. What is read is delivered."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.messaging import access

RECEIVE = """
WITH mine AS ({mine}),
reported AS (
    SELECT clinic_id, id, LEAST(last_seq, GREATEST(CAST(:delivered_seq AS int), :read_seq)) AS delivered_seq,
           LEAST(last_seq, CAST(:read_seq AS int)) AS read_seq
      FROM mine
),
before AS (
    SELECT receipt.*
      FROM receipt JOIN mine ON receipt.clinic_id = mine.clinic_id AND receipt.conversation_id = mine.id
     WHERE receipt.member_id = :member_id
),
after AS (
    INSERT INTO receipt AS kept (clinic_id, conversation_id, member_id, delivered_seq, read_seq)
    SELECT clinic_id, id, :member_id, delivered_seq, read_seq FROM reported
    ON CONFLICT (clinic_id, conversation_id, member_id) DO UPDATE
       SET delivered_seq = GREATEST(kept.delivered_seq, excluded.delivered_seq),
           read_seq = GREATEST(kept.read_seq, excluded.read_seq)
    RETURNING delivered_seq, read_seq
)
SELECT (after.delivered_seq, after.read_seq) IS DISTINCT FROM (before.delivered_seq, before.read_seq) AS has_changed,
       after.delivered_seq, after.read_seq, mine.patient_id, mine.kind, {rooms} AS rooms
  FROM mine JOIN after ON true LEFT JOIN before ON true
"""


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """How far one participant is."""

    conversation_id: UUID
    member_id: UUID
    delivered_seq: int
    read_seq: int


@dataclass(frozen=True, slots=True)
class Received:
    """The receipt as it stands now, whether this report moved it, and where that is to be told."""

    receipt: ShownReceipt
    has_changed: bool
    rooms: tuple[str, ...]


def receive(session: Session, viewer: Viewer, conversation_id: UUID, delivered_seq: int, read_seq: int) -> Received:
    """Move the viewer's receipt in one statement; 404 when the conversation is not theirs."""
    statement, constants = STATEMENTS[viewer.role]
    reported = {
        "clinic_id": viewer.clinic_id,
        "member_id": viewer.member_id,
        "conversation_id": conversation_id,
        "delivered_seq": delivered_seq,
        "read_seq": read_seq,
    }
    row = session.execute(statement, constants | reported).one_or_none()
    if row is None:
        raise access.no_such_conversation()
    access.note_conversation(session, viewer, row.patient_id, row.kind)
    receipt = ShownReceipt(conversation_id, viewer.member_id, row.delivered_seq, row.read_seq)
    return Received(receipt, row.has_changed, tuple(row.rooms))


def _statement(role: Role) -> tuple[TextClause, dict[str, Any]]:
    mine, constants = access.visible_sql(role)
    return text(RECEIVE.format(mine=mine, rooms=access.rooms_sql("mine"))), constants


STATEMENTS = {role: _statement(role) for role in (Role.PATIENT, Role.PRACTITIONER)}
