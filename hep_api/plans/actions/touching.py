"""Say that something of a patient's plans changed that a phone shows, so that no phone is told 304 any more.

Each write of it calls `touch`, whoever made it; a draft shows on no phone. What is published as a fact of plans touches
by itself (reactions.py).
"""

from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# The patient's row first, which recounting locks too: two changes of one patient never wait for each other crosswise.
TOUCH = text(
    """
    WITH held AS (
        SELECT clinic_id, id FROM patient WHERE clinic_id = :clinic_id AND id = :patient_id FOR NO KEY UPDATE
    )
    INSERT INTO plan_state AS known (clinic_id, patient_id, state)
    SELECT clinic_id, id, gen_random_uuid() FROM held
        ON CONFLICT (clinic_id, patient_id) DO UPDATE SET state = excluded.state
    """
)


class OfPatient(Protocol):
    """A fact about something of a patient's plans."""

    @property
    def clinic_id(self) -> UUID: ...

    @property
    def patient_id(self) -> UUID: ...


def touch(session: Session, clinic_id: UUID, patient_id: UUID) -> None:
    """Give what the patient's phone shows of plans a new state; the patient's row stays locked until the commit."""
    session.execute(TOUCH, {"clinic_id": clinic_id, "patient_id": patient_id})


def touch_for(session: Session, fact: OfPatient) -> None:
    """React to a fact of plans: what it tells of shows on the phone."""
    touch(session, fact.clinic_id, fact.patient_id)
