"""A demo patient's plans: started, published, stepped up, paused, ended, each on its day.

It calls the plans' own actions with the time at which each thing happened, so the timeline is the product's. What the
phone then reports is decided by `diary`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.demo.cast import GRADUATED, SLUG, STEPPED_UP, ZONE, DemoPatient, Way
from hep_api.demo.courses import COURSES, Course, Item, stepped_up
from hep_api.library.starter_set import starter_id
from hep_api.plans.actions.end import end_plan
from hep_api.plans.actions.pause import pause_plan
from hep_api.plans.actions.publish import publish_revision
from hep_api.plans.actions.start import start_plan
from hep_api.plans.models.plans import DischargeReason, Plan
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.queries import contents, plans
from hep_api.plans.timeline import RevisionContent, VersionInForce, cut_timeline

Json = dict[str, Any]

CONSULTATION = time(10, 0)
STEPPED_UP_AFTER = 28
GRADUATED_AFTER = 35
PAUSED_AFTER, PAUSED_DAYS = 22, 14
# Who is away right now: a pause without an end, since so many days.
STILL_PAUSED_DAYS = 6


@dataclass(frozen=True, slots=True)
class InCare:
    """A patient on the clinic's books: as whom they and their lead act, when they are seeded, and the date there."""

    patient: DemoPatient
    himself: Viewer
    lead: Viewer
    now: datetime
    today: date

    def day(self, number: int) -> date:
        """Return the date of day `number` of the treatment, from 0."""
        return self.today + timedelta(days=number - self.patient.days)

    def consultation(self, day: date) -> datetime:
        """Return when the practitioner writes plans on a day, which is never later than now."""
        return min(self.now, datetime.combine(day, CONSULTATION, tzinfo=ZoneInfo(ZONE)))

    def named(self, what: str) -> UUID:
        """Return the id that `what` of this patient has at every seeding."""
        return uuid5(NAMESPACE_URL, f"{SLUG}/{self.patient.email}/{what}")


@dataclass(frozen=True, slots=True)
class Treatment:
    """One plan as it came to be: what its phone is asked to do, from one day to before another."""

    versions: list[VersionInForce]
    terms: PlanTerms
    first: int
    until: int


def treat(session: Session, care: InCare) -> list[Treatment]:
    """Make the patient's plans and return what they ask for."""
    course = COURSES[care.patient.course]
    if GRADUATED not in care.patient.traits:
        return [_treat_once(session, care, "plan", course, 0, care.patient.days)]
    first = _treat_once(session, care, "plan", course, 0, GRADUATED_AFTER)
    plan = plans.plan_to_change(session, care.lead, care.named("plan"))
    body = {
        "discharge_reason": DischargeReason.GOALS_MET,
        "ends_on": None,
        "reason": None,
        "summary": "You reached both goals. Go on with the exercises for strength, and come back when the knee hurts.",
        "note": "Both goals are met; goes on with a second plan for strength.",
    }
    end_plan(session, care.lead, plan, body, care.consultation(care.day(GRADUATED_AFTER)))
    again = Course("Strength for good", ("Keep what was won",), course.own_why, tuple(map(stepped_up, course.items)))
    return [first, _treat_once(session, care, "second plan", again, GRADUATED_AFTER, care.patient.days)]


def _treat_once(session: Session, care: InCare, name: str, course: Course, first: int, until: int) -> Treatment:
    plan = _start(session, care, name, course, care.day(first))
    _publish(session, care, plan, course.items, care.day(first))
    if STEPPED_UP in care.patient.traits:
        items = tuple(map(stepped_up, course.items[:2])) + course.items[2:]
        _publish(session, care, plan, items, care.day(first + STEPPED_UP_AFTER))
    pauses = _pause(session, care, plan) if care.patient.way is Way.PAUSED else ()
    ends_on = care.day(until) if until < care.patient.days else None
    return Treatment(_versions(session, plan), PlanTerms(plan.starts_on, ends_on, pauses), first, until)


def _start(session: Session, care: InCare, name: str, course: Course, day: date) -> Plan:
    body = {
        "id": care.named(name),
        "title": course.title,
        "goals": list(course.goals),
        "own_why": course.own_why,
        "visits_prescribed": 8,
        "starts_on": day,
        "reason": None,
    }
    patient = access.patient_to_care_for(session, care.lead, care.himself.member_id)
    return start_plan(session, care.lead, patient, body, care.consultation(day))


def _publish(session: Session, care: InCare, plan: Plan, items: tuple[Item, ...], day: date) -> None:
    """Publish the items from a day on; exercises that the plan has already keep their prescription."""
    found = plans.plan_to_change(session, care.lead, plan.id)
    before = _contents(session, plan)
    known = list(before[-1].items) if before else [None] * len(items)
    body = {
        "id": care.named(f"{plan.id}/revision {len(before) + 1}"),
        "effective_on": day,
        "reason": None,
        "note": "One more set of the first two exercises." if before else "",
        "items": [
            {
                "exercise_id": None if prescription else starter_id(item.exercise),
                "prescription_id": prescription,
                "dose": item.dose,
                "schedule": item.schedule,
            }
            for item, prescription in zip(items, known, strict=True)
        ],
    }
    publish_revision(session, care.lead, found, body, care.consultation(day))


def _pause(session: Session, care: InCare, plan: Plan) -> tuple[tuple[date, date | None], ...]:
    """Pause the plan for a holiday; one patient is still away."""
    still_away = care.patient.lead.startswith("Nora")
    first = care.patient.days - STILL_PAUSED_DAYS if still_away else PAUSED_AFTER
    span = (care.day(first), None if still_away else care.day(first + PAUSED_DAYS))
    body: Json = {"from_on": span[0], "to_on": span[1], "reason": "In hospital." if still_away else "On holiday."}
    pause_plan(session, care.lead, plans.plan_to_change(session, care.lead, plan.id), body, care.consultation(span[0]))
    return (span,)


def _versions(session: Session, plan: Plan) -> list[VersionInForce]:
    """Return the plan's versions in the order of its exercises: ids are drawn anew at every seeding, lots are not."""
    said = _contents(session, plan)
    order = list(said[0].items)
    return sorted(cut_timeline(said), key=lambda version: (order.index(version.prescription_id), version.valid_from))


def _contents(session: Session, plan: Plan) -> list[RevisionContent]:
    return contents.contents_of_plans(session, plan.clinic_id, [plan.id])[plan.id]
