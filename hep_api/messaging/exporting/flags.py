"""What red flags hold of a patient: every alert, why it was raised, and what was done about it by whom."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.flags import RedFlag, RedFlagCause, RedFlagStep

WHOSE = ("patient_id", "held_by", "acknowledged_by")


def export_flags(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's red flags, their causes and their steps."""
    flags = select(*columns_of(RedFlag, without=WHOSE)).where(
        RedFlag.clinic_id == clinic_id, RedFlag.patient_id == patient_id
    )
    flags = with_names(flags.order_by(RedFlag.raised_at, RedFlag.id), RedFlag.held_by, RedFlag.acknowledged_by)
    yield section(session, "red_flags", "When the care team was alerted about you at once.", flags)
    causes = select(*columns_of(RedFlagCause, without=("patient_id",))).where(
        RedFlagCause.clinic_id == clinic_id, RedFlagCause.patient_id == patient_id
    )
    causes = causes.order_by(RedFlagCause.flag_id, RedFlagCause.number)
    yield section(session, "red_flag_causes", "Why: what you had reported or written.", causes)
    steps = select(*columns_of(RedFlagStep, without=("patient_id", "member_id"))).where(
        RedFlagStep.clinic_id == clinic_id, RedFlagStep.patient_id == patient_id
    )
    steps = with_names(steps.order_by(RedFlagStep.flag_id, RedFlagStep.number), RedFlagStep.member_id)
    yield section(session, "red_flag_steps", "Whose turn it was to look, and who did.", steps)
