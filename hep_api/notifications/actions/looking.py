"""When to look at a patient's reminders: each change that may move the next moment adds the look, and a job for it.

One job of a clinic waits for the next look of any of its patients, so that nobody scans for what is not due.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import MemberEnabled, PatientEntered, PatientMoved
from hep_api.foundation import clock
from hep_api.foundation.database import run
from hep_api.foundation.jobs import queue
from hep_api.notifications.facts.devices import DeviceEnded, DeviceZoneReported
from hep_api.notifications.models.reminders import Reminder
from hep_api.notifications.queries.reminder_looks import DEVICE_ZONE
from hep_api.notifications.queries.reminders import next_look
from hep_api.plans.facts import PlanEnded, PlanStarted

REMIND = "notifications.remind_due"
KEPT_FOR = timedelta(days=90)

# Somebody who has settled nothing goes by the clinic.
_WISHES = """
COALESCE((SELECT own.is_on FROM reminder_setting AS own
           WHERE own.clinic_id = patient.clinic_id AND own.patient_id = patient.id),
         (SELECT clinics.is_on FROM reminder_default AS clinics WHERE clinics.clinic_id = patient.clinic_id), false)
"""
_OUTLOOK = f"""
INSERT INTO reminder_outlook AS outlook (clinic_id, patient_id, look_at, settled_at, zone, zone_since)
SELECT patient.clinic_id, patient.id, CAST(%(now)s AS timestamptz), %(now)s, coalesce({DEVICE_ZONE}, patient.zone),
       %(now)s
  FROM patient
 WHERE patient.clinic_id = %(clinic_id)s AND patient.erased_at IS NULL AND {_WISHES}
"""  # noqa: S608 - made of the constants above
# What came while the patient was elsewhere, and is not settled, came there.
_MOVES = """
       zone_before = CASE WHEN outlook.zone = excluded.zone THEN outlook.zone_before
                          WHEN outlook.zone_before IS NOT NULL AND outlook.settled_at < outlook.zone_since
                          THEN outlook.zone_before ELSE outlook.zone END,
       zone_since = CASE WHEN outlook.zone = excluded.zone THEN outlook.zone_since ELSE excluded.zone_since END,
       zone = excluded.zone
"""
_LOOK_AGAIN = f"""
{_OUTLOOK} AND patient.id = %(patient_id)s
    ON CONFLICT (clinic_id, patient_id) DO UPDATE
   SET settled_at = CASE WHEN outlook.look_at IS NULL THEN excluded.settled_at ELSE outlook.settled_at END,
       look_at = least(outlook.look_at, excluded.look_at),
       {_MOVES}
 WHERE %(anyway)s OR outlook.zone <> excluded.zone
RETURNING outlook.patient_id
"""  # noqa: S608 - made of the constants above
# New settings ask for nothing from before; whoever has times of their own goes by them as before.
_LOOK_ANEW = f"""
{_OUTLOOK} AND (patient.id = %(patient_id)s OR CAST(%(patient_id)s AS uuid) IS NULL AND EXISTS (
           SELECT 1 FROM plan WHERE plan.clinic_id = patient.clinic_id AND plan.patient_id = patient.id
              AND (plan.ends_on IS NULL OR plan.ends_on >= CAST(%(now)s AS date) - 1)
       ) AND NOT EXISTS (
           SELECT 1 FROM reminder_setting AS own WHERE own.clinic_id = patient.clinic_id AND own.patient_id = patient.id
              AND own.is_on IS NOT NULL AND own.times IS NOT NULL
              AND (own.nudge IS FALSE OR own.nudge AND own.nudge_at IS NOT NULL)))
    ON CONFLICT (clinic_id, patient_id) DO UPDATE
   SET look_at = excluded.look_at, settled_at = excluded.settled_at, zone = excluded.zone,
       zone_since = excluded.zone_since, zone_before = NULL
RETURNING outlook.patient_id
"""  # noqa: S608 - the same
_OVERLOOKED = f"""
{_OUTLOOK} AND NOT EXISTS (
           SELECT 1 FROM reminder_outlook AS known
            WHERE known.clinic_id = patient.clinic_id AND known.patient_id = patient.id)
   AND EXISTS (
           SELECT 1 FROM plan WHERE plan.clinic_id = patient.clinic_id AND plan.patient_id = patient.id
              AND (plan.ends_on IS NULL OR plan.ends_on >= CAST(%(now)s AS date) - 1))
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - the same


def look_again(session: Session, fact: PlanStarted | PlanEnded | PatientMoved | PatientEntered) -> None:
    """React to what may bring a patient something to be reminded of, or another clock."""
    _look_again(session, fact.clinic_id, fact.patient_id, anyway=True)


def look_again_at_member(session: Session, fact: MemberEnabled) -> None:
    """React to somebody's coming back; of the staff nobody is reminded."""
    _look_again(session, fact.clinic_id, fact.member_id, anyway=True)


def look_where_they_are(session: Session, fact: DeviceZoneReported | DeviceEnded) -> None:
    """React to a phone that is elsewhere, or is no more: look again if the patient is in another zone by that."""
    _look_again(session, fact.clinic_id, fact.member_id, anyway=False)


def look_anew(session: Session, clinic_id: UUID, patient_id: UUID | None, now: datetime) -> None:
    """Look at a patient whose settings are others now, or (None) at all whom the clinic's settings concern."""
    session.flush()
    if run(session, _LOOK_ANEW, {"clinic_id": clinic_id, "patient_id": patient_id, "now": now}).first() is not None:
        wake(session, clinic_id, now, now)


def tend(session: Session, clinic_id: UUID, now: datetime) -> None:
    """See that nobody was overlooked who is to be reminded, that a job waits for the next look, and that nothing is
    kept of reminders of long ago.
    """
    session.execute(delete(Reminder).where(Reminder.clinic_id == clinic_id, Reminder.due_at < now - KEPT_FOR))
    run(session, _OVERLOOKED, {"clinic_id": clinic_id, "now": now})
    look_at = next_look(session, clinic_id)
    if look_at is not None:
        wake(session, clinic_id, max(look_at, now), now)


def wake(session: Session, clinic_id: UUID, at: datetime, now: datetime, part: int = 0) -> None:
    """Add the job that looks at whom it is time for, or let the one that waits run as early as this; `part` tells jobs
    apart that look side by side.
    """
    payload = {"clinic_id": str(clinic_id), "part": part}
    key = f"{clinic_id}:{part}"
    queue.enqueue(session, REMIND, payload, now=now, clinic_id=clinic_id, run_at=at, dedupe_key=key)


def _look_again(session: Session, clinic_id: UUID, patient_id: UUID, *, anyway: bool) -> None:
    # What the fact tells of may not be written yet.
    session.flush()
    now = clock.now()
    scope = {"clinic_id": clinic_id, "patient_id": patient_id, "now": now, "anyway": anyway}
    if run(session, _LOOK_AGAIN, scope).first() is not None:
        wake(session, clinic_id, now, now)
