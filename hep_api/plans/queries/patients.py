"""The patient behind a read of plans, scoped by the viewer, with the clinic's setting on ended plans and the state of
what a phone shows of the plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.plans.models.states import PlanState


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient whose plans the viewer may read. `state` changes with all that a phone shows of plans."""

    clinic_id: UUID
    patient_id: UUID
    zone: str
    day_starts_at: time
    readable_days: int
    state: UUID | None
    is_viewer: bool

    def today(self, now: datetime) -> date:
        """Return the patient's local date."""
        return clock.local_date(now, self.zone, self.day_starts_at)

    def ended_after(self, today: date) -> date:
        """Return the date after which a plan must have ended to be readable: a patient no longer reads older ones."""
        return today - timedelta(days=self.readable_days) if self.is_viewer else date.min

    def marks(self, today: date, languages: Sequence[str]) -> tuple[str, ...]:
        """Return what decides how a phone's reads of plans come out, for their ETag."""
        own = (self.state, self.zone, self.day_starts_at, self.ended_after(today), today)
        return (str(self.patient_id), *map(str, own), ",".join(languages).casefold())


def known_patient(session: Session, viewer: Viewer, patient_id: UUID) -> KnownPatient:
    """Return the patient in one statement; 404 when not theirs to see."""
    return let_through(session, viewer, session.execute(patients(viewer, patient_id)).one_or_none())


def patients(viewer: Viewer, patient_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return the query of `known_patient`, for who adds columns to it and lets the row through."""
    return (
        select(
            Patient.clinic_id,
            Patient.id,
            Patient.zone,
            Patient.day_starts_at,
            Clinic.ended_plan_readable_days,
            PlanState.state,
        )
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .outerjoin(PlanState, (PlanState.clinic_id == Patient.clinic_id) & (PlanState.patient_id == Patient.id))
        .where(access.may_see_patient(viewer), Patient.id == patient_id)
    )


def let_through(session: Session, viewer: Viewer, row: Any) -> KnownPatient:
    """Return the patient of a row of `patients`; 404 for none."""
    if row is None:
        raise not_found("patient")
    access.note_patient(session, viewer, row.id)
    return KnownPatient(
        clinic_id=row.clinic_id,
        patient_id=row.id,
        zone=row.zone,
        day_starts_at=row.day_starts_at,
        readable_days=row.ended_plan_readable_days,
        state=row.state,
        is_viewer=viewer.role is Role.PATIENT,
    )
