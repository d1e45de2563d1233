"""The clock of answers: it runs from a patient's first unanswered message to the staff's first word, while it is open.

What it shows stands on the conversation, written with each message; here an answer is put on record, and the clinic's
promise worked out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Patient
from hep_api.messaging.answering.hours import OpeningHours
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.responses import Response
from hep_api.messaging.saying import WORDS


@dataclass(frozen=True, slots=True)
class Promise:
    """Within how many hours a clinic answers, whether it is open, and what follows from both.

    `opens_at` only while it is closed, `closes_at` only while it is open; None also for what is not within ten years.
    `answer_by` is for what waits now, None where nothing does.
    """

    response_hours: int
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    answer_by: datetime | None
    emergency_line: str | None


def promise_of(policy: Policy, location_id: UUID, waiting_since: datetime | None, now: datetime) -> Promise:
    """Return what a clinic promises the patients of a location, about what has waited since an instant."""
    present = policy.hours_at(location_id).stretch(now)
    return Promise(
        response_hours=policy.response_hours,
        is_open=present.is_open,
        opens_at=None if present.is_open else present.until,
        closes_at=present.until if present.is_open else None,
        answer_by=policy.answer_by(location_id, waiting_since) if waiting_since else None,
        emergency_line=policy.emergency_line,
    )


def note_answer(session: Session, fact: MessageSent) -> None:
    """React to the staff's first word after a patient's: put on record how long it took, by the hours of now."""
    said = fact.message
    if fact.sender_role in (None, Role.PATIENT) or fact.waited_since is None or said.kind not in WORDS:
        return
    policy = policy_of(session, fact.clinic_id, fact.clinic_version)
    took = hours_for(session, policy, fact.patient_id).open_time(fact.waited_since, said.sent_at)
    answer = {
        "clinic_id": fact.clinic_id,
        "conversation_id": said.conversation_id,
        "opened_seq": fact.waited_seq,
        "patient_id": fact.patient_id,
        "opened_at": fact.waited_since,
        "answered_seq": said.seq,
        "answered_at": said.sent_at,
        "answered_by": said.sender_id,
        "open_seconds": took // timedelta(seconds=1),
        "promise_hours": policy.response_hours,
        "within": took <= policy.allowed,
    }
    session.execute(insert(Response).values(answer).on_conflict_do_nothing())


def hours_for(session: Session, policy: Policy, patient_id: UUID) -> OpeningHours:
    """Return the hours of the patient's location; asked for only where a location has hours of its own."""
    if not policy.hours_of_locations:
        return policy.hours
    location = select(Patient.location_id).where(Patient.clinic_id == policy.clinic_id, Patient.id == patient_id)
    return policy.hours_at(session.scalar(location))
