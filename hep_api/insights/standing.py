"""How a patient stands, as far as the rules of the attention list look: made of what is stored, judged by `rules`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from hep_api.adherence.entries import Event
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.trends import Median
from hep_api.clinics.models import MemberStatus
from hep_api.dosing.schedule import Schedule, ScheduleKind

DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local dates `[from_on, to_on)`; `to_on` None is open."""

    from_on: date
    to_on: date | None

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True, slots=True)
class Course:
    """A plan that runs today: when it asked for anything, its pauses, and today's schedules."""

    asks: Sequence[Stretch]
    pauses: Sequence[Stretch]
    schedules: Sequence[Schedule]

    def is_silent_on(self, day: date) -> bool:
        """Tell whether the plan asks for nothing on the day: nothing is in force but what is done as needed, or it is
        paused.
        """
        return not any(day in stretch for stretch in self.asks) or self.is_paused_on(day)

    def is_paused_on(self, day: date) -> bool:
        return any(day in pause for pause in self.pauses)

    @property
    def interval(self) -> Fraction | None:
        """Return the days from one doing to the next, of what is done most often; None: only as needed."""
        intervals = [each for each in map(interval_of, self.schedules) if each is not None]
        return min(intervals, default=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait: `last_seq` is the last one that has waited too long, None when none has."""

    conversation_id: UUID
    messages: int
    first_seq: int
    last_seq: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A red flag that nobody has acknowledged."""

    flag_id: UUID
    causes: int
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Unheeded:
    """Reminders that arrived on `days` days, from the first to the last, without an event since."""

    days: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One patient at one moment. `today` is the patient's, `last_closed` the day before it.

    `courses` are the plans that run today; `week` and `month` the completion over the trailing 7 and 28 closed days;
    `sessions` the median pain of the last 14 dates that have one; `telling` the entries in force of the last 7 that
    tell of pain or of a reason not to exercise, the newest first.
    """

    patient_id: UUID
    status: MemberStatus
    today: date
    last_closed: date
    zone: str
    response_hours: int
    courses: Sequence[Course]
    last_event_on: date | None
    week: Ratio
    month: Ratio
    sessions: Sequence[Median]
    telling: Sequence[Event]
    unanswered: Waiting | None
    unread: Waiting | None
    invited_at: datetime | None
    alert: Alert | None
    unheeded: Unheeded | None
    now: datetime

    @property
    def present_courses(self) -> list[Course]:
        """Return the plans that prescribe anything and are not paused today: without one, nobody drops off."""
        return [course for course in self.courses if course.schedules and not course.is_paused_on(self.today)]

    @property
    def week_ago(self) -> date:
        """Return the first of the 7 dates that end with today."""
        return self.today - timedelta(days=DAYS_OF_WEEK - 1)


def interval_of(schedule: Schedule) -> Fraction | None:
    """Return the mean days between two due days of a schedule; None: it asks for none."""
    match schedule.kind:
        case ScheduleKind.DAILY:
            return Fraction(1)
        case ScheduleKind.WEEKDAYS:
            return Fraction(DAYS_OF_WEEK, len(schedule.weekdays))
        case ScheduleKind.EVERY_N_DAYS:
            assert schedule.every_n_days is not None, "a schedule without its n cannot be made"
            return Fraction(schedule.every_n_days)
        case ScheduleKind.WEEKLY_QUOTA:
            assert schedule.times_per_week is not None, "a quota without its n cannot be made"
            return Fraction(DAYS_OF_WEEK, schedule.times_per_week)
        case ScheduleKind.AS_NEEDED:
            return None
