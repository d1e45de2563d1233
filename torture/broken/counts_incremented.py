"""Counts are added to and not made anew: what a correction takes out or moves stays in, and a slot counts twice."""

from typing import Any

from sqlalchemy import text

from hep_api.adherence.actions import rollups
from torture.broken.taking import replacing

BEFORE = text(
    "SELECT prescription_id, day, completed, done FROM prescription_day"
    " WHERE clinic_id = :clinic_id AND patient_id = :patient_id"
)
NEWEST = text("SELECT max(received_at) FROM adherence_event WHERE clinic_id = :clinic_id AND patient_id = :patient_id")
OLDER = text(
    "SELECT id FROM adherence_event"
    " WHERE clinic_id = :clinic_id AND patient_id = :patient_id AND received_at < :received_at"
)
ADD = text(
    "UPDATE prescription_day SET completed = completed + :completed, done = least(expected, done + :done)"
    " WHERE clinic_id = :clinic_id AND patient_id = :patient_id AND prescription_id = :prescription_id AND day = :day"
)


def do() -> None:
    replacing(rollups, "events_of_weeks", _of_this_upload)
    replacing(rollups, "recount", _add)


def _of_this_upload(read: Any, session: Any, clinic_id: Any, patient_id: Any, weeks: Any) -> Any:
    whose = {"clinic_id": clinic_id, "patient_id": patient_id}
    older = set(session.scalars(OLDER, {**whose, "received_at": session.scalar(NEWEST, whose)}))
    return [event for event in read(session, clinic_id, patient_id, weeks) if event.id not in older]


def _add(recount: Any, session: Any, clinic_id: Any, patient_id: Any, histories: Any, weeks: Any) -> None:
    whose = {"clinic_id": clinic_id, "patient_id": patient_id}
    touched = {(week.prescription_id, week.monday) for week in weeks}
    before = [row._asdict() for row in session.execute(BEFORE, whose)]
    recount(session, clinic_id, patient_id, histories, weeks)
    for row in before:
        monday = row["day"].fromordinal(row["day"].toordinal() - row["day"].weekday())
        if (row["prescription_id"], monday) in touched:
            session.execute(ADD, {**whose, **row})
