"""What the second implementation counts from: a patient's raw rows, read by itself and in plain dicts.

A plan is {"id", "starts_on", "ends_on", "counted_until", "pauses": [(from, to)], "revisions": [{"number",
"effective_on", "items": {prescription_id: {"dose", "schedule"}}}]}; an event has the fields of its upload.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import run

Row = dict[str, Any]

_PLANS = """
    SELECT p.id, p.starts_on, c.counted_until,
           (SELECT e.ends_on FROM plan_end e
             WHERE e.clinic_id = p.clinic_id AND e.plan_id = p.id
               AND (cast(%(known_at)s AS timestamptz) IS NULL OR e.recorded_at <= %(known_at)s)
             ORDER BY e.change DESC LIMIT 1) AS ends_on
      FROM plan p LEFT JOIN counted_plan c ON c.clinic_id = p.clinic_id AND c.plan_id = p.id
     WHERE p.clinic_id = %(clinic_id)s AND p.patient_id = %(patient_id)s
       AND (cast(%(known_at)s AS timestamptz) IS NULL OR p.started_at <= %(known_at)s)
     ORDER BY p.id
"""
# Of each pause what was said last; said to be withdrawn, it is none.
_PAUSES = """
    SELECT * FROM (
        SELECT DISTINCT ON (s.plan_id, s.pause_id) s.plan_id, s.from_on, s.to_on, s.withdrawn
          FROM plan_pause s JOIN plan p ON p.clinic_id = s.clinic_id AND p.id = s.plan_id
         WHERE p.clinic_id = %(clinic_id)s AND p.patient_id = %(patient_id)s
           AND (cast(%(known_at)s AS timestamptz) IS NULL OR s.recorded_at <= %(known_at)s)
         ORDER BY s.plan_id, s.pause_id, s.change DESC
    ) AS said WHERE NOT withdrawn
"""
_REVISIONS = """
    SELECT r.plan_id, r.number, r.effective_on, i.prescription_id, i.dose, i.schedule
      FROM plan_revision r
      JOIN plan p ON p.clinic_id = r.clinic_id AND p.id = r.plan_id
      LEFT JOIN revision_item i ON i.clinic_id = r.clinic_id AND i.revision_id = r.id
     WHERE p.clinic_id = %(clinic_id)s AND p.patient_id = %(patient_id)s
       AND (cast(%(known_at)s AS timestamptz) IS NULL OR r.published_at <= %(known_at)s)
     ORDER BY r.plan_id, r.number
"""
_EVENTS = """
    SELECT id, entry_id, revision, prescription_id, version, kind, performed_on, slot, sets, reps, seconds, sides,
           pain, effort, skip_reason
      FROM adherence_event
     WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s
       AND (cast(%(known_at)s AS timestamptz) IS NULL OR received_at <= %(known_at)s)
"""


def plans_of(session: Session, clinic_id: UUID, patient_id: UUID, known_at: datetime | None = None) -> list[Row]:
    """Return the patient's plans with all that was said of them, up to an instant when one is named."""
    asked = {"clinic_id": clinic_id, "patient_id": patient_id, "known_at": known_at}
    plans = {row.id: {**row._asdict(), "pauses": [], "revisions": {}} for row in run(session, _PLANS, asked)}
    for row in run(session, _PAUSES, asked):
        if row.plan_id in plans:
            plans[row.plan_id]["pauses"].append((row.from_on, row.to_on))
    for row in run(session, _REVISIONS, asked):
        if row.plan_id in plans:
            said = {"number": row.number, "effective_on": row.effective_on, "items": {}}
            revision = plans[row.plan_id]["revisions"].setdefault(row.number, said)
            if row.prescription_id is not None:
                revision["items"][row.prescription_id] = {"dose": row.dose, "schedule": row.schedule}
    return [{**plan, "revisions": list(plan["revisions"].values())} for plan in plans.values()]


def events_of(session: Session, clinic_id: UUID, patient_id: UUID, known_at: datetime | None = None) -> list[Row]:
    """Return all events of the patient, also those that were corrected since."""
    asked = {"clinic_id": clinic_id, "patient_id": patient_id, "known_at": known_at}
    return [row._asdict() for row in run(session, _EVENTS, asked)]
