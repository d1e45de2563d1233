"""Raw events as counting takes them: all events of every entry that touches the asked days.

Not scoped by a viewer: for recounts, and for reads that have let the viewer through to the patient already.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.adherence.entries import Event, EventKind, SkipReason
from hep_api.adherence.weeks import Week
from hep_api.foundation.database import run

_COLUMNS = """id, entry_id, revision, prescription_id, version, kind, performed_on, slot, sets, reps, seconds, sides,
           pain, effort, skip_reason, late, received_at"""
# An entry may have been moved into these days or out of them. Its events elsewhere are corrections, of which there are
# few and which have an index of their own, and the originals of corrections found in the days. So whatever the planner
# believes while its statistics lag behind an upload, nothing here grows with the square of a patient's events.
_EVENTS = f"""
    WITH found AS MATERIALIZED (
        SELECT {_COLUMNS} FROM adherence_event
         WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s AND performed_on BETWEEN %(first)s AND %(last)s
           AND (cast(%(prescriptions)s AS uuid[]) IS NULL OR prescription_id = ANY (cast(%(prescriptions)s AS uuid[]))
                OR performed_on = %(whole_day)s)
    ), corrections AS MATERIALIZED (
        SELECT {_COLUMNS} FROM adherence_event
         WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s AND revision > 0
    ), corrected AS MATERIALIZED (
        SELECT DISTINCT entry_id FROM found WHERE revision > 0
    ), originals AS (
        SELECT {_COLUMNS} FROM adherence_event
         WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s AND id IN (SELECT entry_id FROM corrected)
    ), events AS (
        SELECT * FROM found
         UNION SELECT * FROM corrections WHERE entry_id IN (SELECT entry_id FROM found)
         UNION SELECT * FROM originals
    )
    SELECT * FROM events WHERE cast(%(known_at)s AS timestamptz) IS NULL OR received_at <= %(known_at)s
"""  # noqa: S608 - made of the constant above


def events_of_weeks(
    session: Session, clinic_id: UUID, patient_id: UUID, weeks: Collection[Week], known_at: datetime | None = None
) -> list[Event]:
    """Return the events of every entry in one of the weeks, and maybe of others, as known at an instant or now."""
    mondays = [week.monday for week in weeks]
    last = max(mondays) + timedelta(days=6)
    prescriptions = {week.prescription_id for week in weeks}
    return events_of_days(session, clinic_id, patient_id, min(mondays), last, prescriptions, known_at=known_at)


def events_of_days(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    first: date,
    last: date,
    prescriptions: Collection[UUID] | None = None,
    *,
    whole_day: date | None = None,
    known_at: datetime | None = None,
) -> list[Event]:
    """Return the events of every entry with an event performed from `first` to `last`, both included: all, or only
    those of some prescriptions, but of one of the days all.
    """
    rows = run(
        session,
        _EVENTS,
        {
            "clinic_id": clinic_id,
            "patient_id": patient_id,
            "first": first,
            "last": last,
            "prescriptions": None if prescriptions is None else list(prescriptions),
            "whole_day": whole_day,
            "known_at": known_at,
        },
    )
    return _events(rows)


def _events(rows: Iterable[Any]) -> list[Event]:
    return [
        Event(
            id=row.id,
            entry_id=row.entry_id,
            revision=row.revision,
            prescription_id=row.prescription_id,
            version=row.version,
            kind=EventKind(row.kind),
            performed_on=row.performed_on,
            slot=row.slot,
            sets=row.sets,
            reps=row.reps,
            seconds=row.seconds,
            sides=row.sides,
            pain=row.pain,
            effort=row.effort,
            skip_reason=None if row.skip_reason is None else SkipReason(row.skip_reason),
            late=row.late,
        )
        for row in rows
    ]
