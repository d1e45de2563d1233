"""Who has missed what was due for days in a row. Not scoped by a viewer: for jobs alone."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import run

# A phone may be a day ahead, so what it reported for tomorrow ends the row too.
_MISSED = """
SELECT asked.patient_id, missed.day
  FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(since)s AS date[]), CAST(%(closed)s AS date[]))
       AS asked (patient_id, since, closed)
 CROSS JOIN LATERAL (
       SELECT max(reported.day) AS day FROM prescription_day AS reported
        WHERE reported.clinic_id = %(clinic_id)s AND reported.patient_id = asked.patient_id
          AND reported.day <= asked.closed + 2 AND reported.entries > 0
       ) AS last
 CROSS JOIN LATERAL (
       SELECT DISTINCT due.day FROM prescription_day AS due
        WHERE due.clinic_id = %(clinic_id)s AND due.patient_id = asked.patient_id AND due.due
          AND due.day BETWEEN greatest(asked.since, coalesce(last.day + 1, asked.since)) AND asked.closed
        ORDER BY due.day OFFSET %(days)s - 1 LIMIT 1
       ) AS missed
"""


def missed_days(
    session: Session, clinic_id: UUID, patients: Mapping[UUID, tuple[date, date]], days: int
) -> dict[UUID, date]:
    """Return of patients who have missed `days` days in a row the last of these days, by id; in one statement.

    `patients` has for each the first date that counts and the last closed day. A day is missed when something was due
    on it by a schedule and nothing was recorded, of no plan; days without anything due neither count nor end the row.
    """
    asked = {
        "clinic_id": clinic_id,
        "ids": list(patients),
        "since": [since for since, _ in patients.values()],
        "closed": [closed for _, closed in patients.values()],
        "days": days,
    }
    return {row.patient_id: row.day for row in run(session, _MISSED, asked)} if patients else {}
