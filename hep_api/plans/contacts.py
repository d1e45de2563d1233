"""When a plan was started, published, paused or ended for a patient, and when the patient answered to it."""

from uuid import UUID

from sqlalchemy import select

from hep_api.clinics.contacts import Contacts
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.goals import GoalValue
from hep_api.plans.models.plans import Plan, PlanEnd, PlanPause
from hep_api.plans.models.revisions import PlanRevision


def contacts_of_plans(clinic_id: UUID) -> Contacts:
    """Return when somebody did something about a patient's plans."""
    changes = (
        PlanRevision.published_at,
        PlanPause.recorded_at,
        PlanEnd.recorded_at,
        GoalValue.recorded_at,
        RevisionAcknowledgement.received_at,
    )
    return (
        select(Plan.patient_id, Plan.started_at).where(Plan.clinic_id == clinic_id),
        *(
            select(Plan.patient_id, at)
            .join(at.class_, (at.class_.clinic_id == Plan.clinic_id) & (at.class_.plan_id == Plan.id))
            .where(Plan.clinic_id == clinic_id)
            for at in changes
        ),
    )
