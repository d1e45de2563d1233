"""How a block of patients stand: what the rules look at, in five statements whatever the number of patients.

Not scoped by a viewer: for jobs alone.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.adherence.entries import Event, EventKind, SkipReason, entries_in_force
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.trends import Median, median
from hep_api.clinics.models import MemberStatus
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.clock import last_closed_day
from hep_api.foundation.database import run
from hep_api.insights.queries import looking
from hep_api.insights.rules.hurting import HIGH_PAIN, TELLING_REASONS
from hep_api.insights.rules.keeping_in_touch import UNREAD_HOURS
from hep_api.insights.standing import Alert, Course, Standing, Stretch, Unheeded, Waiting
from hep_api.messaging.answering.policies import Policy, policy_of

NO_RATIO = Ratio(Fraction(0), 0)


def standings_of(
    session: Session, clinic_id: UUID, patient_ids: Collection[UUID], now: datetime
) -> dict[UUID, Standing]:
    """Return how patients stand, by id; those who are erased, or not the clinic's, are left out."""
    scope: dict[str, Any] = {"clinic_id": clinic_id, "ids": sorted(patient_ids)}
    people = run(session, looking.PEOPLE, scope).all()
    if not people:
        return {}
    closed = {row.id: last_closed_day(now, row.zone, row.day_starts_at) for row in people}
    scope |= {"ids": list(closed), "closed": list(closed.values())}
    policy = policy_of(session, clinic_id, people[0].clinic_version)
    limits = _limits(policy, people, now)
    courses, counts = _courses(session, scope), {row.patient_id: row for row in run(session, looking.COUNTS, scope)}
    telling, talks = _telling(session, scope | limits), _talks(session, scope | limits)
    return {
        row.id: Standing(
            patient_id=row.id,
            status=MemberStatus(row.status),
            today=closed[row.id] + timedelta(days=1),
            last_closed=closed[row.id],
            zone=row.zone,
            response_hours=policy.response_hours,
            courses=courses[row.id],
            last_event_on=counts[row.id].last_event_on,
            week=_ratio(counts[row.id].week_done, counts[row.id].week_expected),
            month=_ratio(counts[row.id].month_done, counts[row.id].month_expected),
            sessions=_sessions(counts[row.id].pains or ()),
            telling=_newest_first(telling[row.id], closed[row.id] - timedelta(days=5)),
            unanswered=_waiting(talks.get(row.id), "unanswered"),
            unread=_waiting(talks.get(row.id), "unread"),
            invited_at=row.invited_at,
            alert=None if row.flag_id is None else Alert(row.flag_id, row.flag_causes, row.flagged_at),
            unheeded=None if row.unheeded_days is None else _unheeded(row),
            now=now,
        )
        for row in people
    }


def _limits(policy: Policy, people: Sequence[Any], now: datetime) -> dict[str, Any]:
    return {
        "answered_by": [policy.overdue_before(row.location_id, now) for row in people],
        "read_by": now - timedelta(hours=UNREAD_HOURS),
        "high_pain": HIGH_PAIN,
        "reasons": [reason.value for reason in TELLING_REASONS],
    }


def _courses(session: Session, scope: dict[str, Any]) -> dict[UUID, list[Course]]:
    found: dict[UUID, list[Course]] = defaultdict(list)
    for row in run(session, looking.COURSES, scope):
        schedules = [Schedule.from_json(each) for each in row.schedules or ()]
        found[row.patient_id].append(Course(_stretches(row.asks), _stretches(row.pauses), schedules))
    return found


def _stretches(spans: Sequence[tuple[str, str | None]] | None) -> list[Stretch]:
    return [Stretch(_day(first), _day(behind) if behind else None) for first, behind in spans or ()]


def _telling(session: Session, scope: dict[str, Any]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = defaultdict(list)
    for row in run(session, looking.TELLING, scope):
        found[row.patient_id].append(
            Event(
                id=row.id,
                entry_id=row.entry_id,
                revision=row.revision,
                prescription_id=row.prescription_id,
                version=row.version,
                kind=EventKind(row.kind),
                performed_on=row.performed_on,
                pain=row.pain,
                skip_reason=None if row.skip_reason is None else SkipReason(row.skip_reason),
            )
        )
    return found


def _newest_first(events: Sequence[Event], first: date) -> list[Event]:
    """Return the entries in force from a date on; a correction may have moved one out, or taken back what it told."""
    entries = [each for each in entries_in_force(events) if each.performed_on >= first]
    return sorted(entries, key=lambda each: (each.performed_on, each.entry_id), reverse=True)


def _talks(session: Session, scope: dict[str, Any]) -> dict[UUID, Any]:
    return {row.patient_id: row for row in run(session, looking.TALKS, scope)}


def _waiting(row: Any, what: str) -> Waiting | None:
    if row is None or not getattr(row, f"{what}_messages"):
        return None
    messages, first_seq, last_seq, since = (
        getattr(row, f"{what}_{name}") for name in ("messages", "first_seq", "last_seq", "since")
    )
    return Waiting(row.conversation_id, messages, first_seq, last_seq, since)


def _ratio(done: int | None, expected: int | None) -> Ratio:
    return Ratio(Fraction(int(done or 0)), int(expected)) if expected else NO_RATIO


def _unheeded(row: Any) -> Unheeded:
    return Unheeded(row.unheeded_days, row.unheeded_first_on, row.unheeded_last_on)


def _sessions(rated: Sequence[tuple[str, list[int]]]) -> list[Median]:
    """Return the median pain by date; several exercises of a date are one session."""
    by_day: dict[str, list[int]] = defaultdict(list)
    for day, pains in rated:
        by_day[day].extend(pains)
    return [Median(_day(day), median(pains)) for day, pains in sorted(by_day.items())]


def _day(text: str) -> date:
    return date.fromisoformat(text)
