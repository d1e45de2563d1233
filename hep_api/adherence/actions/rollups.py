"""Counting weeks anew from raw events, and putting the counts in place of the older ones.

Never increments: whatever the order of arrival and however often something came, the rows are what the events say.
The caller holds the patient's lock.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from hep_api.adherence.actions import patient_weeks
from hep_api.adherence.counting import DayCount
from hep_api.adherence.entries import Event
from hep_api.adherence.queries.entries import events_of_weeks
from hep_api.adherence.weeks import Week, count_weeks
from hep_api.foundation.database import run
from hep_api.plans.queries.histories import PrescriptionHistory

_COUNTED = (
    "plan_id uuid, version int, expected int, completed int, done int, partial int, skip_reasons text[], "
    "credited_numerator numeric, credited_denominator numeric, volume_numerator numeric, volume_denominator numeric, "
    "due bool, as_needed_doings int, over_maximum bool, entries int, pains smallint[], efforts smallint[]"
)
_NAMES = [column.split()[0] for column in _COUNTED.split(", ")]
_REPLACE = f"""
    WITH fresh AS MATERIALIZED (
        SELECT * FROM json_to_recordset(cast(%(rows)s AS json)) AS r(prescription_id uuid, day date, {_COUNTED})
    ), gone AS (
        DELETE FROM prescription_day d
         USING json_to_recordset(cast(%(weeks)s AS json)) AS k(prescription_id uuid, monday date, sunday date)
         WHERE d.clinic_id = %(clinic_id)s AND d.patient_id = %(patient_id)s AND d.prescription_id = k.prescription_id
           AND d.day BETWEEN k.monday AND k.sunday
           AND (d.prescription_id, d.day) NOT IN (SELECT prescription_id, day FROM fresh)
    )
    INSERT INTO prescription_day AS d (clinic_id, patient_id, prescription_id, day, {", ".join(_NAMES)})
    SELECT %(clinic_id)s, %(patient_id)s, prescription_id, day, {", ".join(_NAMES)} FROM fresh
        ON CONFLICT (clinic_id, patient_id, prescription_id, day) DO UPDATE
       SET ({", ".join(_NAMES)}) = ROW({", ".join(f"excluded.{name}" for name in _NAMES)})
     WHERE ({", ".join(f"d.{name}" for name in _NAMES)})
        IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _NAMES)})
"""  # noqa: S608 - made of the constants above


def recount(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    histories: Mapping[UUID, PrescriptionHistory],
    weeks: Collection[Week],
) -> None:
    """Count the weeks anew in three statements, however many there are; `histories` has all their prescriptions."""
    count(session, clinic_id, patient_id, histories, weeks, events_of_weeks(session, clinic_id, patient_id, weeks))


def count(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    histories: Mapping[UUID, PrescriptionHistory],
    weeks: Collection[Week],
    events: Iterable[Event],
) -> None:
    """The same, from the events of every entry in the weeks, for who has them at hand."""
    rows = [row_of(history, count) for history, count in count_weeks(histories, weeks, events)]
    run(
        session,
        _REPLACE,
        {
            "clinic_id": clinic_id,
            "patient_id": patient_id,
            "weeks": orjson.dumps([{**week._asdict(), "sunday": week.sunday} for week in weeks]).decode(),
            "rows": orjson.dumps(rows).decode(),
        },
    )
    patient_weeks.sum_up(session, clinic_id, patient_id, {week.monday for week in weeks})


def row_of(history: PrescriptionHistory, count: DayCount) -> dict[str, Any]:
    """Return a count with the columns of its row, as orjson takes it; numerators and the like may be of any length."""
    return {
        "prescription_id": history.prescription_id,
        "day": count.day,
        "plan_id": history.plan_id,
        "version": count.version,
        "expected": count.expected,
        "completed": count.completed,
        "done": count.done,
        "partial": count.partial,
        "skip_reasons": count.skip_reasons,
        "credited_numerator": str(count.credited.numerator),
        "credited_denominator": str(count.credited.denominator),
        "volume_numerator": str(count.volume.numerator),
        "volume_denominator": str(count.volume.denominator),
        "due": count.due,
        "as_needed_doings": count.as_needed_doings,
        "over_maximum": count.over_maximum,
        "entries": count.entries,
        "pains": count.pains,
        "efforts": count.efforts,
    }
