"""Raw events as counting takes them: all events of every entry that touches the asked days.

Not scoped by a viewer: for recounts, and for reads that have let the viewer through to the patient already.
"""

from collections.abc import Collection, Sequence
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
_EVENTS_OF_MANY = f"""
    SELECT e.*, m.patient_id FROM unnest(cast(%(patients)s AS uuid[])) AS m(patient_id)
     CROSS JOIN LATERAL ({_EVENTS.replace("%(patient_id)s", "m.patient_id")}) AS e
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
    return [_event(row) for row in rows.all()]


def events_of_patients(
    session: Session,
    clinic_id: UUID,
    patient_ids: Collection[UUID],
    first: date,
    last: date,
    *,
    known_at: datetime | None = None,
) -> dict[UUID, list[Event]]:
    """Return the events of every entry with an event performed in the days, by patient: an id may come twice."""
    said = {"clinic_id": clinic_id, "patients": list(patient_ids), "first": first, "last": last, "known_at": known_at}
    rows = run(session, _EVENTS_OF_MANY, {**said, "prescriptions": None, "whole_day": None})
    found: dict[UUID, list[Event]] = {patient_id: [] for patient_id in patient_ids}
    for row in rows:
        found[row.patient_id].append(_event(row))
    return found


def _event(row: Sequence[Any]) -> Event:
    """Return the event of a row of `_COLUMNS`, by place: a recount of a busy patient reads thousands."""
    return Event._make((*row[:5], _KINDS[row[5]], *row[6:14], _REASONS[row[14]], row[15]))


_KINDS = {kind.value: kind for kind in EventKind}
_REASONS: dict[str | None, SkipReason | None] = {None: None, **{reason.value: reason for reason in SkipReason}}
