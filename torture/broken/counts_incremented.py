"""Counts are added to and not made anew: what a correction takes out or moves stays in, and a slot counts twice."""

from typing import Any

from sqlalchemy import text

from hep_api.adherence.actions import record, rollups
from torture.broken.taking import replacing

BEFORE = text(
    "SELECT prescription_id, day, completed, done FROM prescription_day"
    " WHERE clinic_id = :clinic_id AND patient_id = :patient_id"
)
ADD = text(
    "UPDATE prescription_day SET completed = completed + :completed, done = least(expected, done + :done)"
    " WHERE clinic_id = :clinic_id AND patient_id = :patient_id AND prescription_id = :prescription_id AND day = :day"
)


def do() -> None:
    replacing(record, "events_of_weeks", lambda *_: [])
    replacing(rollups, "count", _add)


def _add(count: Any, session: Any, clinic_id: Any, patient_id: Any, histories: Any, weeks: Any, events: Any) -> None:
    whose = {"clinic_id": clinic_id, "patient_id": patient_id}
    touched = {(week.prescription_id, week.monday) for week in weeks}
    before = [row._asdict() for row in session.execute(BEFORE, whose)]
    count(session, clinic_id, patient_id, histories, weeks, events)
    for row in before:
        monday = row["day"].fromordinal(row["day"].toordinal() - row["day"].weekday())
        if (row["prescription_id"], monday) in touched:
            session.execute(ADD, {**whose, **row})
