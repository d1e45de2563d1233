"""Where what is stored is not what the raw rows say: field by field, by prescription and day and by week.

Everything is read in one snapshot, so that a phone may upload meanwhile and nothing is locked: an upload puts its
events and their counts in place in one transaction, and the snapshot sees all of it or nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.adherence.proving.keeping import kept_days, today_of
from hep_api.adherence.proving.records import events_of, plans_of
from hep_api.adherence.proving.stored import FIELDS_OF_DAY, stored_days, stored_weeks
from hep_api.adherence.proving.weeks import sum_weeks
from hep_api.foundation import tenancy
from hep_api.foundation.database import run

Row = dict[str, Any]

_PATIENT = "SELECT zone, day_starts_at FROM patient WHERE clinic_id = %(clinic_id)s AND id = %(patient_id)s"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is stored otherwise than counted. Without a prescription it is the week that begins on `day`.

    `field` is `row` where there is none, or should be none; then one of the two is None.
    """

    patient_id: UUID
    prescription_id: UUID | None
    day: date
    field: str
    stored: Any
    expected: Any

    @property
    def table(self) -> str:
        return "patient_week" if self.prescription_id is None else "prescription_day"


def snapshot_of(session: Session, clinic_id: UUID) -> None:
    """Let a new transaction see one moment of a clinic's rows until it ends."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    tenancy.act_for(session, clinic_id)


def differences_of(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> list[Difference]:
    """Return each difference of a patient's stored counts, days first; `session` is a snapshot."""
    asked = {"clinic_id": clinic_id, "patient_id": patient_id}
    patient = run(session, _PATIENT, asked).one()
    today = today_of(now, patient.zone, patient.day_starts_at)
    plans, events = plans_of(session, clinic_id, patient_id), events_of(session, clinic_id, patient_id)
    days = kept_days(plans, events, today)
    weeks = sum_weeks((day, counts) for (_, day), counts in days.items())
    told = {key: _told(counts) for key, counts in days.items()}
    found = [
        Difference(patient_id, prescription_id, day, *each)
        for (prescription_id, day), each in _compared(stored_days(session, clinic_id, patient_id), told)
    ]
    return found + [
        Difference(patient_id, None, monday, *each)
        for monday, each in _compared(stored_weeks(session, clinic_id, patient_id), weeks)
    ]


def _told(counts: Row) -> Row:
    """Return the counts in the terms in which they are stored; the order of a list says nothing."""
    return {**{name: counts[name] for name in FIELDS_OF_DAY}, "skip_reasons": sorted(map(str, counts["skip_reasons"]))}


def _compared(stored: Mapping[Any, Row], told: Mapping[Any, Row]) -> Iterator[tuple[Any, tuple[str, Any, Any]]]:
    """Yield (key, (field, stored, expected)) of all that differs."""
    for key in sorted(stored.keys() | told.keys()):
        if key not in stored:
            yield key, ("row", None, told[key])
        elif key not in told:
            yield key, ("row", stored[key], None)
        else:
            for name, value in told[key].items():
                if stored[key][name] != value:
                    yield key, (name, stored[key][name], value)
