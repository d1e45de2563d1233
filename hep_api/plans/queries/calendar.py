"""Calendars of a patient and of one plan, scoped by the viewer: what is due on each day from one date to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field
from hep_api.library.showing import shown_exercise
from hep_api.plans.calendar import CalendarDay, Line, QuotaWeek, days_of, quota_weeks_of
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries import plans
from hep_api.plans.queries.held import HeldPlan, HeldVersion, plans_held, versions_held
from hep_api.plans.queries.patients import known_patient

MOST_DAYS = 366
TWO_WEEKS_LESS_A_DAY = timedelta(days=13)

Asked = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days asked for, both ends included, and the patient's today."""

    first: date
    last: date
    today: date

    @property
    def weeks(self) -> tuple[date, date]:
        """Return the Monday before and the Sunday after: a quota is told with its whole week."""
        sunday = self.last + timedelta(days=6 - self.last.weekday())
        return self.first - timedelta(days=self.first.weekday()), sunday


@dataclass(frozen=True, slots=True)
class NamedPrescription:
    """A prescription that a calendar names, by its exercise's name."""

    plan_id: UUID
    prescription_id: UUID
    exercise_name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is due from `first` to `last`; the weeks of `quotas` are whole ones, also beyond these days."""

    patient_id: UUID
    first: date
    last: date
    today: date
    prescriptions: Sequence[NamedPrescription]
    days: Sequence[CalendarDay]
    quotas: Sequence[QuotaWeek]


def calendar_for(
    session: Session, viewer: Viewer, patient_id: UUID, asked: Asked, languages: Sequence[str], now: datetime
) -> Calendar:
    """Return the calendar over all of a patient's plans, in three statements; `asked` are its ends, as in the query.

    A patient no longer sees a plan that ended longer ago than the clinic allows. Errors: 404 when not theirs to see,
    422 for ends that make no sense.
    """
    patient = known_patient(session, viewer, patient_id)
    stretch = stretch_of(asked, patient.today(now))
    held = plans_held(
        session,
        Plan.clinic_id == patient.clinic_id,
        Plan.patient_id == patient_id,
        Plan.starts_on <= stretch.weeks[1],
        Plan.ends_on.is_(None) | (Plan.ends_on > patient.ended_after(stretch.today)),
    )
    return _calendar(session, viewer, patient_id, held, stretch, languages)


def calendar_of_plan_for(
    session: Session, viewer: Viewer, plan_id: UUID, asked: Asked, languages: Sequence[str], now: datetime
) -> Calendar:
    """Return the calendar of one plan, as `calendar_for`; 404 also for a patient whose plan ended too long ago."""
    found = plans.plan_for(session, viewer, plan_id)
    plans.refuse_unreadable(viewer, found, now)
    stretch = stretch_of(asked, found.today(now))
    held = plans_held(session, Plan.clinic_id == found.plan.clinic_id, Plan.id == plan_id)
    return _calendar(session, viewer, found.plan.patient_id, held, stretch, languages)


def stretch_of(asked: Asked, today: date) -> Stretch:
    """Return the days asked for: from today on and for two weeks where an end is left out; 422 naming `/to`."""
    first = asked[0] or today
    last = asked[1] or first + TWO_WEEKS_LESS_A_DAY
    if last < first:
        raise invalid_field("/to", "order", f"Must not be before from, {first}.")
    if (last - first).days >= MOST_DAYS:
        raise invalid_field("/to", "range", f"Ask for at most {MOST_DAYS} days at once.")
    return Stretch(first, last, today)


def _calendar(
    session: Session,
    viewer: Viewer,
    patient_id: UUID,
    held: Sequence[HeldPlan],
    stretch: Stretch,
    languages: Sequence[str],
) -> Calendar:
    first, last = stretch.weeks
    found = versions_held(session, viewer.clinic_id, [each.plan.id for each in held], first=first, last=last)
    lines = lines_of(held, found)
    return Calendar(
        patient_id=patient_id,
        first=stretch.first,
        last=stretch.last,
        today=stretch.today,
        prescriptions=_named(found, languages),
        days=days_of(lines, stretch.first, stretch.last),
        quotas=quota_weeks_of(lines, stretch.first, stretch.last),
    )


def lines_of(held: Sequence[HeldPlan], versions: Sequence[HeldVersion]) -> list[Line]:
    """Return the versions plan by plan, each with its plan's terms, in the order of their places."""
    of_plan: dict[UUID, list[HeldVersion]] = {each.plan.id: [] for each in held}
    for each in versions:
        of_plan[each.plan_id].append(each)
    return [Line(plan.plan.id, plan.terms, each.version) for plan in held for each in of_plan[plan.plan.id]]


def _named(versions: Sequence[HeldVersion], languages: Sequence[str]) -> list[NamedPrescription]:
    return [
        NamedPrescription(each.plan_id, each.version.prescription_id, shown_exercise(each.exercise, languages)["name"])
        for each in versions
        if each.exercise is not None
    ]
