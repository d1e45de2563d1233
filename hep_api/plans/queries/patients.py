"""The patient behind a read of plans, scoped by the viewer, with the clinic's setting on ended plans and the state of
what a phone shows of the plans.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import access, standing
from hep_api.clinics.models import Clinic, Patient
from hep_api.clinics.written import anyone_of, later, written
from hep_api.foundation import clock
from hep_api.foundation.database import at_once, run
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
        # Clients make ids of patients, so one alone may be another clinic's, too.
        whose = str(self.clinic_id), str(self.patient_id)
        return (*whose, *map(str, own), ",".join(languages).casefold())


def known_patient(session: Session, viewer: Viewer, patient_id: UUID) -> KnownPatient:
    """Return the patient in one statement; 404 when not theirs to see."""
    return known_with(session, viewer, patient_id)[0]


def known_with(
    session: Session, viewer: Viewer, patient_id: UUID, *more: ColumnElement[Any]
) -> tuple[KnownPatient, tuple[Any, ...]]:
    """Return the patient, and the values of further columns beside it, all in one statement; 404 as `known_patient`.

    The columns are made once, not for each read.
    """
    if viewer.emergencies:
        row = session.execute(_patients(viewer, patient_id, more)).one_or_none()
    else:
        asked = {"clinic_id": viewer.clinic_id, "member_id": viewer.member_id, "patient_id": patient_id}
        statement, fixed = _written(viewer.role, viewer.managers_may_read_records, more)
        row = run(session, statement, {**fixed, **asked}).one_or_none()
    if row is None:
        raise not_found("patient")
    access.note_patient(session, viewer, patient_id)
    return _known(row, viewer)


def known_at_once(
    viewer: Viewer, patient_id: UUID, *more: ColumnElement[Any]
) -> tuple[KnownPatient, tuple[Any, ...]] | None:
    """Return what `known_with` does for a remembered viewer, proven and recorded in the same round trip; None when it
    does not come out: the long way says why.
    """
    statement, fixed = _proven(viewer.role, viewer.managers_may_read_records, more)
    asked = {**fixed, **standing.proof(viewer), "patient_id": patient_id, **notes.of_one(patient_id)}
    rows = at_once(statement, asked)
    return _known(rows[0], viewer) if rows else None


def _known(row: Sequence[Any], viewer: Viewer) -> tuple[KnownPatient, tuple[Any, ...]]:
    clinic_id, found_id, zone, day_starts_at, readable_days, state, *others = row
    is_viewer = viewer.role is Role.PATIENT
    known = KnownPatient(clinic_id, found_id, zone, day_starts_at, readable_days, state, is_viewer)
    return known, tuple(others)


@cache
def _proven(
    role: Role,
    managers_may_read_records: bool,  # noqa: FBT001 - a key of the cache
    more: tuple[ColumnElement[Any], ...],
) -> tuple[str, dict[str, Any]]:
    """Return the statement of `_written` with its proof around it."""
    statement, fixed = _written(role, managers_may_read_records, more)
    return standing.proven(statement, role), fixed


@cache
def _written(
    role: Role,
    managers_may_read_records: bool,  # noqa: FBT001 - a key of the cache
    more: tuple[ColumnElement[Any], ...],
) -> tuple[str, dict[str, Any]]:
    """Return the statement for viewers of a role as SQL, with its fixed values: phones ask all day, always the same."""
    somebody = anyone_of(role, managers_may_read_records=managers_may_read_records)
    return written(_patients(somebody, later("patient_id"), more))


def _patients(viewer: Viewer, patient_id: UUID, more: Iterable[ColumnElement[Any]]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Patient.clinic_id,
            Patient.id,
            Patient.zone,
            Patient.day_starts_at,
            Clinic.ended_plan_readable_days,
            PlanState.state,
            *more,
        )
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .outerjoin(PlanState, (PlanState.clinic_id == Patient.clinic_id) & (PlanState.patient_id == Patient.id))
        .where(access.may_see_patient(viewer), Patient.id == patient_id)
    )
