"""What plans hold of a patient: every plan with its goals, revisions, pauses and ends, as they were said."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Query, Section, columns_of, section
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.drafts import PlanDraft
from hep_api.plans.models.goals import GoalValue, PlanGoal
from hep_api.plans.models.plans import Plan, PlanEnd, PlanPause
from hep_api.plans.models.revisions import PlanRevision, Prescription, PrescriptionVersion, RevisionItem


def export_plans(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's plans and everything in them."""
    plans = select(*columns_of(Plan, without=("patient_id", "started_by", "sent_digest"))).where(
        Plan.clinic_id == clinic_id, Plan.patient_id == patient_id
    )
    plans = with_names(plans.order_by(Plan.started_at, Plan.id), Plan.started_by)
    yield section(session, "plans", "Treatment plans.", plans)
    for name, about, query in _parts(lambda model: _of_patient(model, clinic_id, patient_id)):
        yield section(session, name, about, query)


def _goals(of_patient: Any) -> Iterator[tuple[str, str, Query]]:
    goals = select(*columns_of(PlanGoal, without=("created_by", "outcome_by", "sent_digest")))
    goals = goals.where(of_patient(PlanGoal)).order_by(PlanGoal.plan_id, PlanGoal.position)
    yield "plan_goals", "Goals of each plan.", with_names(goals, PlanGoal.created_by, PlanGoal.outcome_by)
    values = select(*columns_of(GoalValue, without=("recorded_by", "sent_digest")))
    values = values.where(of_patient(GoalValue)).order_by(GoalValue.goal_id, GoalValue.measured_on, GoalValue.id)
    yield "goal_values", "What was measured on the way to the goals.", with_names(values, GoalValue.recorded_by)


def _parts(of_patient: Any) -> Iterator[tuple[str, str, Query]]:
    yield from _goals(of_patient)
    seen = select(*columns_of(RevisionAcknowledgement)).where(of_patient(RevisionAcknowledgement))
    seen = seen.order_by(RevisionAcknowledgement.received_at, RevisionAcknowledgement.revision_id)
    yield "acknowledgements", "Which published versions the patient has seen.", seen
    revisions = select(*columns_of(PlanRevision, without=("published_by", "sent_digest", "copied_from_plan_id")))
    revisions = revisions.where(of_patient(PlanRevision)).order_by(PlanRevision.plan_id, PlanRevision.number)
    yield "plan_revisions", "Published versions of each plan.", with_names(revisions, PlanRevision.published_by)
    drafts = select(*columns_of(PlanDraft, without=("changed_by", "copied_from_plan_id"))).where(of_patient(PlanDraft))
    drafts = drafts.order_by(PlanDraft.plan_id)
    yield "plan_drafts", "What is being prepared for each plan.", with_names(drafts, PlanDraft.changed_by)
    yield "prescriptions", "Exercises, as they read when they were prescribed.", _all(Prescription, of_patient)
    yield "plan_items", "What each revision says about each exercise.", _all(RevisionItem, of_patient)
    yield (
        "prescription_versions",
        "Which dose and schedule held from when to when.",
        _all(PrescriptionVersion, of_patient),
    )
    for model, name, about in (
        (PlanPause, "plan_pauses", "Pauses, with what was said of each before."),
        (PlanEnd, "plan_ends", "Ends, with what was said of each before."),
    ):
        words = select(*columns_of(model, without=("recorded_by",))).where(of_patient(model))
        yield name, about, with_names(words.order_by(model.recorded_at, model.id), model.recorded_by)


def _all(model: Any, of_patient: Any) -> Query:
    return select(*columns_of(model)).where(of_patient(model)).order_by(model.plan_id, model.id)


def _of_patient(model: Any, clinic_id: UUID, patient_id: UUID) -> ColumnElement[bool]:
    plans = select(Plan.id).where(Plan.clinic_id == clinic_id, Plan.patient_id == patient_id)
    of_patient: ColumnElement[bool] = (model.clinic_id == clinic_id) & model.plan_id.in_(plans)
    return of_patient
