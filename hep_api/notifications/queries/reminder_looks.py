"""What looking at reminders needs to know, of a block of a clinic's patients in a few statements. For jobs alone, and
for reads that have let the viewer through to the patient already.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.clock import local_date
from hep_api.foundation.database import run
from hep_api.notifications.reminding.due import Asked, DayStanding, Quota
from hep_api.notifications.reminding.wishes import ClinicsWishes, Effective, OwnWishes, effective

# How far back what somebody ignored is looked for: weekly reminders of two months.
REMEMBERED = timedelta(days=60)
Run = tuple[date, date | None]

# Where somebody is: the zone of the phone that was heard of last, else that of the record. Beside a row of `patient`.
DEVICE_ZONE = """
(SELECT device.zone FROM device
  WHERE device.clinic_id = patient.clinic_id AND device.member_id = patient.id AND device.ended_at IS NULL
    AND device.zone IS NOT NULL ORDER BY device.refreshed_at DESC, device.id DESC LIMIT 1)
"""
_PEOPLE = f"""
SELECT patient.id, patient.zone, patient.day_starts_at, {DEVICE_ZONE} AS device_zone,
       member.status = 'active' AND patient.erased_at IS NULL AS is_there,
       own.is_on, own.times, own.nudge, own.nudge_at, own.version > 0 AS is_own, own.changed_at,
       clinics.clinic_id AS clinics_id, clinics.is_on AS clinics_is_on, clinics.times AS clinics_times,
       clinics.nudge AS clinics_nudge, clinics.nudge_at AS clinics_nudge_at,
       (SELECT jsonb_agg(jsonb_build_array(plan.starts_on, plan.ends_on, (
                   SELECT max(pause.to_on) FROM plan_pause AS pause
                    WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
                      AND pause.replaced_at IS NULL AND NOT pause.withdrawn AND pause.to_on <= CAST(%(now)s AS date)
               ))) FROM plan
         WHERE plan.clinic_id = patient.clinic_id AND plan.patient_id = patient.id
           AND (plan.ends_on IS NULL OR plan.ends_on >= CAST(%(now)s AS date) - 1)) AS plans
  FROM patient
  JOIN member ON member.clinic_id = patient.clinic_id AND member.id = patient.id
  LEFT JOIN reminder_setting AS own ON own.clinic_id = patient.clinic_id AND own.patient_id = patient.id
  LEFT JOIN reminder_default AS clinics ON clinics.clinic_id = patient.clinic_id
 WHERE patient.clinic_id = %(clinic_id)s AND patient.id = ANY (%(ids)s)
"""  # noqa: S608 - made of the constant above
_ASKED = "unnest(CAST(%(ids)s AS uuid[]), CAST(%(days)s AS date[])) AS asked (patient_id, day)"
_DUE = f"""
SELECT asked.patient_id, one.expected, one.due, one.entries,
       least(one.completed, one.expected) + one.partial + cardinality(one.skip_reasons) AS recorded
  FROM {_ASKED}
  JOIN prescription_day AS one
    ON one.clinic_id = %(clinic_id)s AND one.patient_id = asked.patient_id AND one.day = asked.day
"""  # noqa: S608 - the same
# A week's quota stands on its last eligible day, which may be another; eligible is a day on which the version holds and
# the plan runs and is not paused.
_QUOTAS = f"""
SELECT asked.patient_id, coalesce(booked.missing, 0) AS missing, coalesce(today.recorded, false) AS recorded,
       spare.days_left
  FROM {_ASKED}
  JOIN plan ON plan.clinic_id = %(clinic_id)s AND plan.patient_id = asked.patient_id AND plan.starts_on <= asked.day
   AND (plan.ends_on IS NULL OR plan.ends_on > asked.day)
  JOIN prescription_version AS held ON held.clinic_id = plan.clinic_id AND held.plan_id = plan.id
   AND held.valid_from <= asked.day AND (held.valid_to IS NULL OR held.valid_to > asked.day)
   AND held.schedule ->> 'kind' = 'weekly_quota'
 CROSS JOIN LATERAL (
       SELECT count(*) AS days_left, bool_or(day.on_date = asked.day) AS is_eligible
         FROM (SELECT CAST(asked.day + n AS date) AS on_date
                 FROM generate_series(0, 7 - CAST(extract(isodow FROM asked.day) AS int)) AS n) AS day
        WHERE (plan.ends_on IS NULL OR day.on_date < plan.ends_on)
          AND (held.valid_to IS NULL OR day.on_date < held.valid_to)
          AND NOT EXISTS (
              SELECT 1 FROM plan_pause AS pause
               WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id AND pause.replaced_at IS NULL
                 AND NOT pause.withdrawn AND pause.from_on <= day.on_date
                 AND (pause.to_on IS NULL OR pause.to_on > day.on_date))
       ) AS spare
  LEFT JOIN LATERAL (
       SELECT sum(week.expected - week.completed) AS missing FROM prescription_day AS week
        WHERE week.clinic_id = plan.clinic_id AND week.patient_id = asked.patient_id
          AND week.prescription_id = held.prescription_id AND NOT week.due AND week.expected > 0
          AND week.day BETWEEN asked.day + 1 - CAST(extract(isodow FROM asked.day) AS int)
                           AND asked.day + 7 - CAST(extract(isodow FROM asked.day) AS int)
       ) AS booked ON true
  LEFT JOIN LATERAL (
       SELECT one.entries > 0 AS recorded FROM prescription_day AS one
        WHERE one.clinic_id = plan.clinic_id AND one.patient_id = asked.patient_id
          AND one.prescription_id = held.prescription_id AND one.day = asked.day
       ) AS today ON true
 WHERE spare.is_eligible
"""  # noqa: S608 - the same
_HISTORY = f"""
SELECT asked.patient_id,
       (SELECT array_agg(DISTINCT told.due_on) FROM reminder AS told
         WHERE told.clinic_id = %(clinic_id)s AND told.patient_id = asked.patient_id AND told.state = 'told'
           AND told.due_on > asked.day - CAST(%(remembered)s AS int)) AS told_on,
       (SELECT one.day FROM prescription_day AS one
         WHERE one.clinic_id = %(clinic_id)s AND one.patient_id = asked.patient_id AND one.entries > 0
           AND one.day BETWEEN asked.day - CAST(%(remembered)s AS int) AND asked.day + 1
         ORDER BY one.day DESC LIMIT 1) AS recorded_on,
       (SELECT event.received_at FROM adherence_event AS event
         WHERE event.clinic_id = %(clinic_id)s AND event.patient_id = asked.patient_id
         ORDER BY event.seq DESC LIMIT 1) AS received_at
  FROM {_ASKED}
"""  # noqa: S608 - the same


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a look is about: where they are, what holds for them, and over which dates they have plans.

    `begun_on`: when something last began for them, a plan, or anew after a pause, or by settings of their own.
    """

    patient_id: UUID
    zone: str
    is_devices_zone: bool
    day_starts_at: time
    is_there: bool
    settled: Effective
    runs: Sequence[Run]
    begun_on: date | None


@dataclass(frozen=True, slots=True)
class History:
    """On which days reminders reached somebody, and when there was last a sign of life of theirs."""

    told_on: frozenset[date] = frozenset()
    recorded_on: date | None = None
    received_at: datetime | None = None

    def heeded_on(self, person: Person) -> date | None:
        """Return the last day on which somebody heeded what was told until then, or could not have ignored it."""
        signs = [self.recorded_on, person.begun_on and person.begun_on - timedelta(days=1)]
        if self.received_at is not None:
            signs.append(local_date(self.received_at, person.zone, person.day_starts_at))
        return max((each for each in signs if each is not None), default=None)


def people_of(session: Session, clinic_id: UUID, patient_ids: Collection[UUID], now: datetime) -> dict[UUID, Person]:
    """Return patients by id, in one statement."""
    session.flush()
    scope = {"clinic_id": clinic_id, "ids": list(patient_ids), "now": now}
    return {row.id: _person(row, now) for row in run(session, _PEOPLE, scope)} if patient_ids else {}


def days_of(session: Session, clinic_id: UUID, asked: Mapping[UUID, date]) -> dict[UUID, DayStanding]:
    """Return of each patient how a day of theirs stands, in two statements."""
    if not asked:
        return {}
    scope = {"clinic_id": clinic_id, "ids": list(asked), "days": list(asked.values())}
    due: dict[UUID, list[Asked]] = defaultdict(list)
    quotas: dict[UUID, list[Quota]] = defaultdict(list)
    recorded: set[UUID] = set()
    for row in run(session, _DUE, scope):
        if row.due:
            due[row.patient_id].append(Asked(row.expected, row.recorded))
        if row.entries:
            recorded.add(row.patient_id)
    for row in run(session, _QUOTAS, scope):
        quotas[row.patient_id].append(Quota(int(row.missing), row.days_left, row.recorded))
    return {each: DayStanding(due[each], quotas[each], each in recorded) for each in asked}


def histories_of(session: Session, clinic_id: UUID, asked: Mapping[UUID, date]) -> dict[UUID, History]:
    """Return of each patient what came of reminders before a day, in one statement."""
    if not asked:
        return {}
    scope = {"clinic_id": clinic_id, "ids": list(asked), "days": list(asked.values()), "remembered": REMEMBERED.days}
    return {
        row.patient_id: History(frozenset(row.told_on or ()), row.recorded_on, row.received_at)
        for row in run(session, _HISTORY, scope)
    }


def _person(row: Any, now: datetime) -> Person:
    zone = row.device_zone or row.zone
    own = OwnWishes(row.is_on, row.times, row.nudge, row.nudge_at)
    clinic = ClinicsWishes()
    if row.clinics_id:
        clinic = ClinicsWishes(row.clinics_is_on, row.clinics_times, row.clinics_nudge, row.clinics_nudge_at, True)
    plans = [[_day(each) for each in plan] for plan in row.plans or ()]
    today = local_date(now, zone, row.day_starts_at)
    begun = [day for plan in plans for day in (plan[0], plan[2]) if day is not None and day <= today]
    # Whoever changes their reminders heeds them.
    begun += [local_date(row.changed_at, zone, row.day_starts_at)] if row.is_own else []
    return Person(
        row.id,
        zone,
        row.device_zone is not None,
        row.day_starts_at,
        bool(row.is_there),
        effective(own, clinic, row.day_starts_at),
        [(starts_on, ends_on) for starts_on, ends_on, _ in plans if starts_on is not None],
        max(begun, default=None),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
