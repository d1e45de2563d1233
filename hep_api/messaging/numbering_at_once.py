"""How a patient's message gets its number where nothing about it is unusual: in one statement, the whole transaction.

It proves who sends, takes the next number, adds the message, the job that tells it and the record, and reads who hears
it (docs/decisions/0022). Where anything is otherwise than foreseen it writes nothing, and `numbering` is asked: when
the sender does not stand as remembered, sent it before, or is not to see the conversation; when that is closed or has
ended, has no message to reply to, or the clinic has changed its settings.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import IntegrityError

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import standing
from hep_api.foundation.database import at_once, violated_constraint
from hep_api.foundation.jobs import queue
from hep_api.foundation.jobs.queue import Planned
from hep_api.messaging import access
from hep_api.messaging.saying import Said

DIALECT: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]
SENT_ONCE = "message_sent_once_key"

# The order is that of the long way, so that the two never wait for each other in a circle: the conversation, the
# message, the job, and the chain of the record last. The first condition of `numbered` is looked at before any row, so
# that the clinic is set when the second wall is asked. What is `found` is what was asked for, so nothing is joined with
# it: whatever stands in this text more than once is set up for each message.
SEND = """
WITH {beginning},
numbered AS (
    UPDATE conversation
       SET last_seq = conversation.last_seq + 1, changes = conversation.changes + 1, active_at = %(now)s,
           waiting_since = coalesce(conversation.waiting_since, %(now)s),
           waiting_seq = coalesce(conversation.waiting_seq, conversation.last_seq + 1)
     WHERE (SELECT true FROM found)
       AND conversation.clinic_id = %(clinic_id)s AND conversation.id = %(conversation_id)s
       AND conversation.ended_at IS NULL AND conversation.closed_at IS NULL
       AND coalesce(CAST(%(reply_to_seq)s AS int) <= conversation.last_seq, true)
    RETURNING clinic_id, id, patient_id, conversation.kind, last_seq, changes
),
inserted AS (
    INSERT INTO message (clinic_id, conversation_id, seq, change, kind, sender_id, client_id, body, reply_to_seq,
                         sent_at)
    SELECT clinic_id, id, last_seq, changes, %(kind)s, %(member_id)s, %(client_id)s, %(body)s,
           CAST(%(reply_to_seq)s AS int), %(now)s
      FROM numbered
    RETURNING seq
),
asked AS ({job}),
recorded AS MATERIALIZED (
    SELECT append_audit(CAST(%(entries)s AS jsonb), %(lightly)s)
      FROM inserted WHERE (SELECT true FROM asked) IS NOT false
)
SELECT numbered.last_seq, numbered.changes, {rooms} FROM numbered CROSS JOIN recorded
"""
# The settings by which somebody foresaw what follows from the message.
AS_FORESEEN = "clinic.version = %(clinic_version)s"
# What the proof has compared with the clinic's row already.
REQUIRED = "%(second_factor_required)s"


def number_at_once(
    viewer: Viewer, conversation_id: UUID, said: Said, clinic_version: int, planned: Planned, now: datetime
) -> tuple[int, int, list[str]] | None:
    """Write a patient's message and what goes with it; return its `seq` and `change` and the rooms that hear of it.

    None when nothing was written. A lost connection leaves open whether it was; the long way finds out.
    """
    asked = {
        **STATEMENT[1],
        **standing.proof(viewer),
        **notes.of_one(viewer.member_id),
        **queue.values_of(planned),
        "conversation_id": conversation_id,
        "clinic_version": clinic_version,
        "kind": said.kind.value,
        "client_id": said.client_id,
        "body": said.body,
        "reply_to_seq": said.reply_to_seq,
        "now": now,
    }
    try:
        with standing.in_turn(viewer):
            rows = at_once(STATEMENT[0], asked)
    except IntegrityError as error:
        if violated_constraint(error) != SENT_ONCE:
            raise
        return None
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


def _statement() -> tuple[str, dict[str, Any]]:
    mine, constants = access.visible_sql(Role.PATIENT, DIALECT)
    words = SEND.format(
        beginning=standing.beginning(mine, Role.PATIENT, AS_FORESEEN),
        job=queue.added_with("inserted"),
        rooms=access.rooms_sql("numbered", REQUIRED),
    )
    return standing.squeezed(words), constants


STATEMENT = _statement()
