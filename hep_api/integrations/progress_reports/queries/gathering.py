"""Gathers what stands in a new report: figures, goals, exercises, changes, as they are known now.

For a plan that the issuer may change, with its row and its patient's locked: nothing moves while it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.queries.figures import Figures, WindowFigures, get_plan_figures_for
from hep_api.adherence.series import Bucket
from hep_api.adherence.windows import Window, whole_plan
from hep_api.clinics.models import Member
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation import clock
from hep_api.foundation.errors import invalid_field
from hep_api.integrations.headings import Heading, heading_of, initials
from hep_api.integrations.progress_reports.content import (
    Content,
    ReportedChange,
    ReportedExercise,
    ReportedPatient,
    ReportedPause,
    ReportedPlan,
    Wishes,
)
from hep_api.integrations.progress_reports.models import Audience
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription
from hep_api.plans.queries.comparing import NOTHING, changes_between, contents_of, governed_before
from hep_api.plans.queries.goals import goals_of
from hep_api.plans.queries.histories import histories_of_patient
from hep_api.plans.queries.pauses import spans_in_force
from hep_api.plans.queries.plans import PlanInCare

MOST_DAYS = 53 * 7


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which plan is reported on, over which closed days, and how."""

    plan: Plan
    window: Window
    wishes: Wishes


def gather(session: Session, viewer: Viewer, found: PlanInCare, wishes: Wishes, now: datetime) -> Content:
    """Return what stands in a report on a plan, which the caller holds locked.

    Errors: 422 naming `/from` or `/to` for a period that is longer than 53 weeks or does not touch the plan.
    """
    plan, patient = found.plan, found.patient
    window = period_of(found, wishes, now)
    asked = _Asked(plan, window, wishes)
    heading = heading_of(session, patient)
    figures = _figures(session, viewer, plan, window, now)
    return Content(
        id=wishes.id,
        plan_id=plan.id,
        audience=wishes.audience,
        language=wishes.language,
        as_known_on=now,
        zone=patient.zone,
        clinic=heading.clinic,
        location=heading.location,
        author=_name(session, viewer),
        practitioner=heading.practitioner,
        recipient=wishes.recipient,
        note=wishes.note,
        patient=_patient(found, heading, wishes),
        plan=_plan(plan, wishes),
        from_on=window.first,
        to_on=window.last,
        total=figures.total,
        weeks=figures.series or [],
        exercises=_exercises(session, asked, figures.prescriptions),
        goals=[each for each in goals_of(session, plan) if each.goal.state is not GoalState.WITHDRAWN],
        pauses=_pauses(session, asked),
        changes=_changes(session, asked),
    )


def period_of(found: PlanInCare, wishes: Wishes, now: datetime) -> Window:
    """Return the closed days that a report is about: the asked ones within the plan, else the plan's last 53 weeks."""
    plan, patient = found.plan, found.patient
    whole = whole_plan(plan.starts_on, plan.ends_on, clock.last_closed_day(now, patient.zone, patient.day_starts_at))
    last = whole.last if wishes.to_on is None else min(wishes.to_on, whole.last)
    if wishes.from_on is None:
        return Window(max(whole.first, last - timedelta(days=MOST_DAYS - 1)), last)
    first = max(whole.first, wishes.from_on)
    if first > last:
        raise invalid_field("/from", "range", "No day of the plan that is over lies in this period.")
    if (last - first).days >= MOST_DAYS:
        raise invalid_field("/from", "length", "A report covers 53 weeks at most.")
    return Window(first, last)


def _patient(found: PlanInCare, heading: Heading, wishes: Wishes) -> ReportedPatient:
    born = found.patient.birth_date if wishes.name and wishes.audience is Audience.DOCTOR else None
    return ReportedPatient(heading.patient if wishes.name else initials(heading.patient), born)


def _plan(plan: Plan, wishes: Wishes) -> ReportedPlan:
    return ReportedPlan(
        title=plan.title,
        own_why=plan.own_why if wishes.audience is Audience.PATIENT else "",
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        discharge_reason=plan.discharge_reason,
        visits_prescribed=plan.visits_prescribed,
    )


def _pauses(session: Session, asked: _Asked) -> list[ReportedPause]:
    spans = sorted(spans_in_force(session, asked.plan), key=lambda span: span[0])
    first, last = asked.window.first, asked.window.last
    return [ReportedPause(begin, end) for begin, end in spans if begin <= last and (end is None or end > first)]


def _figures(session: Session, viewer: Viewer, plan: Plan, window: Window, now: datetime) -> WindowFigures:
    query = {"from_on": window.first, "to_on": window.last, "window": None, "as_known_on": None, "by": Bucket.WEEK}
    return get_plan_figures_for(session, viewer, plan.id, query, now).windows[0]


def _name(session: Session, viewer: Viewer) -> str:
    return session.execute(
        select(Member.name).where(Member.clinic_id == viewer.clinic_id, Member.id == viewer.member_id)
    ).scalar_one()


def _exercises(session: Session, asked: _Asked, figures: Sequence[Figures]) -> list[ReportedExercise]:
    """Return the exercises that were prescribed on a day of the period, in the order in which they came."""
    plan, language = asked.plan, asked.wishes.language
    histories = histories_of_patient(session, plan.clinic_id, plan.patient_id, plan_id=plan.id)
    measured = {each.prescription_id: each.measures for each in figures}
    names = _names(session, asked)
    found: list[tuple[date, ReportedExercise]] = []
    for prescription_id, history in histories.items():
        if prescription_id not in measured:
            continue
        last = next((each for each in history.versions if each.covers(asked.window.last)), None)
        words = prescription_in_words(last.dose, last.schedule, language) if last else None
        measures = measured[prescription_id]
        exercise = ReportedExercise(prescription_id, names[prescription_id], words, measures.completion, measures.dose)
        found.append((history.versions[0].valid_from, exercise))
    return [each for _, each in sorted(found, key=lambda each: (each[0], each[1].name, each[1].prescription_id))]


def _names(session: Session, asked: _Asked) -> dict[UUID, str]:
    rows = session.execute(
        select(Prescription.id, Prescription.exercise).where(
            Prescription.clinic_id == asked.plan.clinic_id, Prescription.plan_id == asked.plan.id
        )
    )
    return {row.id: shown_exercise(row.exercise, [asked.wishes.language])["name"] for row in rows}


def _changes(session: Session, asked: _Asked) -> list[ReportedChange]:
    """Return what each revision that took effect in the period changed, as the audience is told it."""
    plan, window = asked.plan, asked.window
    of_plan = (PlanRevision.clinic_id == plan.clinic_id) & (PlanRevision.plan_id == plan.id)
    heads = session.scalars(select(PlanRevision).where(of_plan).order_by(PlanRevision.number)).all()
    pairs = [(governed_before(each, heads), each) for each in heads if each.effective_on in window]
    contents = contents_of(session, plan.clinic_id, [each for pair in pairs for each in pair if each is not None])
    changes = []
    for before, after in pairs:
        earlier = NOTHING if before is None else contents[before.id]
        is_patient = asked.wishes.audience is Audience.PATIENT
        told = changes_between(earlier, contents[after.id], [asked.wishes.language], is_patient=is_patient)
        changes.append(ReportedChange(after.number, after.effective_on, [each.words for each in told]))
    return sorted(changes, key=lambda each: (each.effective_on, each.number))
