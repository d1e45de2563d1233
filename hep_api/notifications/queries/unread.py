"""What in conversations waits to be read, and by whom: the patient and the present care team; among staff, the team."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import run

# Somebody's own words are no news to them; what was withdrawn, and what the product itself says, to nobody.
UNREAD = """
WITH asked AS (
    SELECT clinic_id, id, patient_id, kind FROM conversation
     WHERE clinic_id = %(clinic_id)s AND id = ANY(%(conversation_ids)s::uuid[])
), people AS (
    SELECT asked.id AS conversation_id, asked.patient_id AS member_id FROM asked WHERE asked.kind = 'care_team'
     UNION
    SELECT asked.id, place.member_id
      FROM asked JOIN care_team_place AS place
        ON place.clinic_id = asked.clinic_id AND place.patient_id = asked.patient_id AND place.left_at IS NULL
       AND (place.until IS NULL OR place.until > statement_timestamp())
)
SELECT people.conversation_id, people.member_id, newest.seq, coalesce(receipt.read_seq, 0) AS read_seq
  FROM people
  JOIN member ON member.clinic_id = %(clinic_id)s AND member.id = people.member_id AND member.status = 'active'
  LEFT JOIN receipt ON receipt.clinic_id = %(clinic_id)s AND receipt.conversation_id = people.conversation_id
   AND receipt.member_id = people.member_id
  LEFT JOIN conversation_mute AS mute ON mute.clinic_id = %(clinic_id)s
   AND mute.conversation_id = people.conversation_id AND mute.member_id = people.member_id
   AND (mute.until IS NULL OR mute.until > %(now)s)
 CROSS JOIN LATERAL (
    SELECT message.seq FROM message
     WHERE message.clinic_id = %(clinic_id)s AND message.conversation_id = people.conversation_id
       AND message.seq > coalesce(receipt.read_seq, 0) AND message.kind IN ('text', 'content')
       AND message.withdrawn_at IS NULL AND message.sender_id <> people.member_id
     ORDER BY message.seq DESC LIMIT 1
 ) AS newest
 WHERE mute.member_id IS NULL
 ORDER BY people.conversation_id, people.member_id
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """That a participant who wants to hear of it has not read a conversation's message `seq`, the newest of such."""

    conversation_id: UUID
    member_id: UUID
    seq: int
    read_seq: int


def list_unread(session: Session, clinic_id: UUID, conversation_ids: Collection[UUID], now: datetime) -> list[Unread]:
    """Return who has something to read in these conversations, without those who have muted them; one statement."""
    said = {"clinic_id": clinic_id, "conversation_ids": list(conversation_ids), "now": now}
    return [Unread(row.conversation_id, row.member_id, row.seq, row.read_seq) for row in run(session, UNREAD, said)]
