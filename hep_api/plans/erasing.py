"""What is removed of plans when a patient is erased: all of it."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.assets import PrescriptionAsset
from hep_api.plans.models.changes import NumberedChange
from hep_api.plans.models.drafts import PlanDraft
from hep_api.plans.models.goals import GoalValue, PlanGoal
from hep_api.plans.models.plans import Plan, PlanEnd, PlanPause
from hep_api.plans.models.revisions import PlanRevision, Prescription, PrescriptionVersion, RevisionItem
from hep_api.plans.models.states import PlanState

# Those that refer to others come first.
PARTS = (
    NumberedChange,
    RevisionAcknowledgement,
    PlanDraft,
    PrescriptionAsset,
    GoalValue,
    PlanGoal,
    PrescriptionVersion,
    RevisionItem,
    Prescription,
    PlanRevision,
    PlanPause,
    PlanEnd,
)


def erase_plans(session: Session, fact: PatientErased) -> None:
    """Remove the patient's plans with every revision, pause and end; what was copied from them no longer names them."""
    plans = session.scalars(
        select(Plan.id)
        .where(Plan.clinic_id == fact.clinic_id, Plan.patient_id == fact.patient_id)
        # Whoever is changing a plan now comes before us, or finds none.
        .with_for_update()
    ).all()
    for copied in (PlanDraft, PlanRevision):
        of_theirs = (copied.clinic_id == fact.clinic_id) & copied.copied_from_plan_id.in_(plans)
        session.execute(update(copied).where(of_theirs).values(copied_from_plan_id=None))
    for model in PARTS:
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.plan_id.in_(plans)))
    session.execute(delete(Plan).where(Plan.clinic_id == fact.clinic_id, Plan.id.in_(plans)))
    session.execute(
        delete(PlanState).where(PlanState.clinic_id == fact.clinic_id, PlanState.patient_id == fact.patient_id)
    )
