"""Reads of the times that a patient's own days suggest, worked out anew at each asking: nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.clinics.models import Patient
from hep_api.foundation.clock import local_date
from hep_api.foundation.database import run
from hep_api.notifications.models.reminders import ReminderSetting
from hep_api.notifications.queries.reminder_looks import people_of
from hep_api.notifications.reminding import learning
from hep_api.notifications.reminding.learning import LOOKS_BACK_DAYS, Sitting

# A time that was dismissed is not suggested again for as long.
DISMISSED_DAYS = 90
# What the patient's own phone reported; what staff enter from paper has the time at which it was entered.
_DOINGS = """
SELECT newest.performed_on, newest.performed_at, newest.performed_offset_seconds
  FROM (SELECT DISTINCT ON (event.entry_id) event.kind, event.source, event.performed_on, event.performed_at,
               event.performed_offset_seconds
          FROM adherence_event AS event
         WHERE event.clinic_id = %(clinic_id)s AND event.patient_id = %(patient_id)s
           AND event.performed_on BETWEEN %(first)s AND %(last)s
         ORDER BY event.entry_id, event.revision DESC, event.id DESC) AS newest
 WHERE newest.kind IN ('done', 'partial') AND newest.source IN ('patient', 'carer', 'device')
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A time learnt from sittings, `days`; accepted, it takes the place of `replaces` or is added (None)."""

    at: time
    replaces: time | None
    days: Sequence[Sitting]


def suggestions_of(session: Session, patient: Patient, now: datetime) -> list[Suggestion]:
    """Return the times worth suggesting to a patient, by time of day, in three statements; none to whoever has
    switched reminders off.
    """
    person = people_of(session, patient.clinic_id, [patient.id], now)[patient.id]
    setting = session.get(ReminderSetting, (patient.clinic_id, patient.id))
    if setting is not None and setting.is_on is False:
        return []
    today = local_date(now, person.zone, person.day_starts_at)
    habits = learning.habits_of(learning.sittings_of(_doings(session, patient.clinic_id, patient.id, today)))
    present = [each.at for each in person.settled.wishes.times]
    dismissed = dismissed_of(setting, today)
    return [
        Suggestion(habit.at, learning.replaced_by(habit, present, habits), habit.sittings)
        for habit in learning.worth_suggesting(habits, present, dismissed)
    ]


def dismissed_of(setting: ReminderSetting | None, today: date) -> list[time]:
    """Return the times that a patient did not want lately."""
    since = (today - timedelta(days=DISMISSED_DAYS)).isoformat()
    kept = [] if setting is None else setting.dismissed
    return [time.fromisoformat(each["at"]) for each in kept if each["on"] > since]


def _doings(session: Session, clinic_id: UUID, patient_id: UUID, today: date) -> list[tuple[date, datetime]]:
    """Return of what was done on the closed days looked back on the date as lived and the wall time there."""
    scope = {"clinic_id": clinic_id, "patient_id": patient_id, "last": today - timedelta(days=1)}
    rows = run(session, _DOINGS, scope | {"first": today - timedelta(days=LOOKS_BACK_DAYS)})
    return [
        (row.performed_on, row.performed_at.replace(tzinfo=None) + timedelta(seconds=row.performed_offset_seconds))
        for row in rows
    ]
