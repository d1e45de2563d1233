"""Raw events as counting takes them: all events of every entry that touches the asked weeks or days.

Not scoped by a viewer: for recounts, and for reads that have let the viewer through to the patient already.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.adherence.entries import Event, EventKind, SkipReason
from hep_api.adherence.weeks import Week

# An entry may have been moved from one week to another, hence all its events, not only those that lie in the week.
# LATERAL with OFFSET 0 walks the indexes entry by entry; left to itself, the planner scans all of the patient's events for
# each entry as soon as its statistics lag behind an upload.
_EVENTS_OF_ENTRIES = """
    SELECT e.id, e.entry_id, e.revision, e.prescription_id, e.version, e.kind, e.performed_on, e.slot,
           e.sets, e.reps, e.seconds, e.sides, e.pain, e.effort, e.skip_reason, e.late
      FROM entries
     CROSS JOIN LATERAL (
           SELECT * FROM adherence_event x
            WHERE x.clinic_id = :clinic_id AND x.patient_id = :patient_id AND x.entry_id = entries.entry_id
           OFFSET 0) AS e
     WHERE cast(:known_at AS timestamptz) IS NULL OR e.received_at <= :known_at"""

_OF_WEEKS = text(
    f"""
    WITH entries AS MATERIALIZED (
        SELECT DISTINCT t.entry_id
          FROM unnest(cast(:prescriptions AS uuid[]), cast(:mondays AS date[])) AS k(prescription_id, monday)
         CROSS JOIN LATERAL (
               SELECT x.entry_id FROM adherence_event x
                WHERE x.clinic_id = :clinic_id AND x.patient_id = :patient_id AND x.prescription_id = k.prescription_id
                  AND x.performed_on >= k.monday AND x.performed_on < k.monday + 7
               OFFSET 0) AS t)
    {_EVENTS_OF_ENTRIES}
    """  # noqa: S608 - made of the constant above
)

_OF_DAYS = text(
    f"""
    WITH entries AS MATERIALIZED (
        SELECT DISTINCT t.entry_id
          FROM adherence_event t
         WHERE t.clinic_id = :clinic_id AND t.patient_id = :patient_id AND t.performed_on BETWEEN :first AND :last)
    {_EVENTS_OF_ENTRIES}
    """  # noqa: S608 - made of the constant above
)


def events_of_weeks(
    session: Session, clinic_id: UUID, patient_id: UUID, weeks: Collection[Week], known_at: datetime | None = None
) -> list[Event]:
    """Return the events of every entry with an event in one of the weeks, as known at an instant or now."""
    rows = session.execute(
        _OF_WEEKS,
        {
            "clinic_id": clinic_id,
            "patient_id": patient_id,
            "known_at": known_at,
            "prescriptions": [week.prescription_id for week in weeks],
            "mondays": [week.monday for week in weeks],
        },
    )
    return _events(rows)


def events_of_days(
    session: Session, clinic_id: UUID, patient_id: UUID, first: date, last: date, known_at: datetime | None = None
) -> list[Event]:
    """Return the events of every entry with an event performed from `first` to `last`, both included."""
    asked = {
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "known_at": known_at,
        "first": first,
        "last": last,
    }
    return _events(session.execute(_OF_DAYS, asked))


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
