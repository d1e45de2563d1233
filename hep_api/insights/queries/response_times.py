"""How long a clinic, a practitioner's or a location's patients wait for an answer: figures over the clock of answers.

Who belongs to a group is decided as of now. Small groups are hidden from whoever could not see each patient, and so are
figures over the clocks of a few: an answer more, or one who waits no more, would tell whose it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.groups import SMALLEST_SHOWN_GROUP
from hep_api.adherence.queries.groups.figures import (
    location_named,
    practitioner_named,
    sees_whole_clinic,
    sees_whole_practice,
)
from hep_api.adherence.ratios import Ratio
from hep_api.foundation.clock import local_date
from hep_api.foundation.database import run
from hep_api.foundation.errors import invalid_field
from hep_api.messaging.answering.policies import Policy, policy_of

USUAL_DAYS = 28
MOST_DAYS = 366

# Of patients who are somebody's alone, or a location's, or of all; what is not asked for is null.
FIGURES = """
WITH mine AS (
    SELECT patient.id, patient.location_id FROM patient
     WHERE patient.clinic_id = %(clinic_id)s AND patient.erased_at IS NULL
       AND patient.location_id = coalesce(%(location_id)s, patient.location_id)
       AND (CAST(%(lead_id)s AS uuid) IS NULL OR EXISTS (
           SELECT FROM care_team_place AS lead
            WHERE lead.clinic_id = patient.clinic_id AND lead.patient_id = patient.id
              AND lead.member_id = CAST(%(lead_id)s AS uuid) AND lead.is_lead AND lead.left_at IS NULL))
),
stopped AS (
    SELECT one.patient_id, one.open_seconds, one.within FROM response AS one JOIN mine ON mine.id = one.patient_id
     WHERE one.clinic_id = %(clinic_id)s AND one.opened_at >= %(since)s AND one.opened_at < %(until)s
),
running AS (
    SELECT talk.patient_id, talk.waiting_since <= CASE WHEN own.location_id IS NULL THEN
               CAST(%(overdue)s AS timestamptz) ELSE own.overdue END AS is_overdue
      FROM conversation AS talk JOIN mine ON mine.id = talk.patient_id
      LEFT JOIN unnest(CAST(%(locations)s AS uuid[]), CAST(%(overdues)s AS timestamptz[]))
                AS own (location_id, overdue) ON own.location_id = mine.location_id
     WHERE talk.clinic_id = %(clinic_id)s AND talk.kind = 'care_team'
       AND talk.waiting_since >= %(since)s AND talk.waiting_since < %(until)s
),
answered AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE within) AS kept, count(DISTINCT patient_id) AS patients,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY open_seconds) AS median_seconds,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY open_seconds) AS p90_seconds
      FROM stopped
),
waiting AS (SELECT count(*) AS waiting, count(*) FILTER (WHERE is_overdue) AS overdue FROM running),
behind AS (SELECT patient_id FROM stopped UNION SELECT patient_id FROM running)
SELECT (SELECT count(*) FROM behind) AS group_size, answered.*, waiting.* FROM answered, waiting
"""


@dataclass(frozen=True, slots=True)
class ResponseFigures:
    """Seconds are those in which it was open, by nearest rank; None without any answer."""

    n: int
    patients: int
    median_seconds: int | None
    p90_seconds: int | None
    within_promise: Ratio
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """A group's figures over the clinic's dates from and to, both included; None: of too few for the viewer to see."""

    id: UUID
    name: str
    from_on: date
    to_on: date
    figures: ResponseFigures | None


def get_clinic_times_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> ResponseTimes:
    """Return the clinic's figures; all of the staff may see them."""
    policy = policy_of(session, viewer.clinic_id)
    sees_all = sees_whole_clinic(session, viewer)
    return _times(session, policy, (viewer.clinic_id, policy.name), {}, sees_all, query, now)


def get_practitioner_times_for(
    session: Session, viewer: Viewer, member_id: UUID, query: Mapping[str, Any], now: datetime
) -> ResponseTimes:
    """Return the figures of the patients whom a practitioner leads; another practitioner's are 404 to one."""
    named = (member_id, practitioner_named(session, viewer, member_id))
    policy = policy_of(session, viewer.clinic_id)
    return _times(session, policy, named, {"lead_id": member_id}, sees_whole_practice(viewer), query, now)


def get_location_times_for(
    session: Session, viewer: Viewer, location_id: UUID, query: Mapping[str, Any], now: datetime
) -> ResponseTimes:
    """Return the figures of a location's patients; 404 for a location that is not the clinic's."""
    named = (location_id, location_named(session, viewer, location_id))
    policy = policy_of(session, viewer.clinic_id)
    return _times(session, policy, named, {"location_id": location_id}, _reads(viewer), query, now)


def _reads(viewer: Viewer) -> Callable[[], bool]:
    return lambda: viewer.managers_may_read_records


def _times(
    session: Session,
    policy: Policy,
    named: tuple[UUID, str],
    group: Mapping[str, UUID],
    sees_all: Callable[[], bool],
    query: Mapping[str, Any],
    now: datetime,
) -> ResponseTimes:
    first, last = _period(query, local_date(now, policy.hours.zone))
    locations = list(policy.hours_of_locations)
    scope = {
        "clinic_id": policy.clinic_id,
        "lead_id": group.get("lead_id"),
        "location_id": group.get("location_id"),
        "since": _midnight(first, policy.hours.zone),
        "until": _midnight(last + timedelta(days=1), policy.hours.zone),
        "overdue": policy.overdue_before(None, now),
        "locations": locations,
        "overdues": [policy.overdue_before(each, now) for each in locations],
    }
    row = run(session, FIGURES, scope).one()
    is_shown = row.group_size >= SMALLEST_SHOWN_GROUP or sees_all()
    return ResponseTimes(*named, first, last, _figures(row) if is_shown else None)


def _figures(row: Any) -> ResponseFigures:
    return ResponseFigures(
        n=row.n,
        patients=row.patients,
        median_seconds=row.median_seconds,
        p90_seconds=row.p90_seconds,
        within_promise=Ratio(Fraction(row.kept), row.n),
        waiting=row.waiting,
        overdue=row.overdue,
    )


def _period(query: Mapping[str, Any], today: date) -> tuple[date, date]:
    """Return the first and the last date asked for; 422 for more than a year."""
    last = query["to_on"] or today
    first = query["from_on"] or last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise invalid_field("/from", "order", "Must not lie in the future.")
    if (last - first).days >= MOST_DAYS:
        raise invalid_field("/from", "range", f"Ask for at most {MOST_DAYS} days.")
    return first, last


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
