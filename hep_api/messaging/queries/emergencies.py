"""The emergency text for what a patient reports: for the answer to a phone that hears nothing over a socket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.languages import language_of_patient
from hep_api.messaging.answering.notice_words import emergency_words
from hep_api.messaging.answering.policies import policy_of
from hep_api.messaging.models.flags import RedFlagCause

# An answer that was lost is asked for again soon; much later it would alarm for what is long seen to.
SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EmergencyText:
    """What to show, and the number to call, None where the clinic has named none."""

    text: str
    line: str | None


def emergency_about(
    session: Session,
    clinic_id: UUID,
    clinic_version: int,
    patient_id: UUID,
    felt: Sequence[tuple[UUID, int]],
    now: datetime,
) -> EmergencyText | None:
    """Return what to show when one of a patient's events, given with their pain, raised a flag within the last day.

    At pain under the clinic's threshold it asks nothing.
    """
    policy = policy_of(session, clinic_id, clinic_version)
    threshold = policy.red_flag_pain
    events = [] if threshold is None else [event_id for event_id, pain in felt if pain >= threshold]
    if not events or not _has_raised(session, clinic_id, patient_id, events, now):
        return None
    line = policy.emergency_line
    language = language_of_patient(session, clinic_id, patient_id)
    return EmergencyText(emergency_words(policy.emergency_text, (language, policy.language), line), line)


def _has_raised(session: Session, clinic_id: UUID, patient_id: UUID, events: Collection[UUID], now: datetime) -> bool:
    raised = select(RedFlagCause.number).where(
        RedFlagCause.clinic_id == clinic_id,
        RedFlagCause.patient_id == patient_id,
        RedFlagCause.event_id.in_(events),
        RedFlagCause.noticed_at > now - SHOWN_FOR,
    )
    return session.scalars(raised.limit(1)).first() is not None
