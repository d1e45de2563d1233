"""Say what of a patient's plans changed that a phone shows: it is told 304 no more, and pulls just that.

Each write of it publishes a fact of plans, whoever made it, and by that touches (reactions.py); a draft shows on no
phone.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from hep_api.plans.facts import (
    PauseChanged,
    PlanChanged,
    PlanEnded,
    PlanPaused,
    PlanStarted,
    RevisionAcknowledged,
    RevisionPublished,
)
from hep_api.plans.models.changes import Shown
from hep_api.plans.models.states import PlanState

OfPlan = PlanStarted | PlanChanged | RevisionPublished | RevisionAcknowledged | PlanPaused | PauseChanged | PlanEnded
Subject = tuple[Shown, UUID]

# The patient's row first, which recounting locks too: two changes of one patient never wait for each other crosswise.
# Numbers are given under that lock, so they rise in the order of commits.
TOUCH = text(
    """
    WITH held AS (
        SELECT clinic_id, id FROM patient WHERE clinic_id = :clinic_id AND id = :patient_id FOR NO KEY UPDATE
    ), counted AS (
        INSERT INTO plan_state AS known (clinic_id, patient_id, state, changes)
        SELECT clinic_id, id, gen_random_uuid(), :amount FROM held
            ON CONFLICT (clinic_id, patient_id)
            DO UPDATE SET state = excluded.state, changes = known.changes + excluded.changes
        RETURNING clinic_id, patient_id, changes
    )
    INSERT INTO plan_change (clinic_id, patient_id, kind, subject_id, plan_id, number)
    SELECT counted.clinic_id, counted.patient_id, changed.kind, changed.subject_id, :plan_id,
           counted.changes - :amount + changed.place
      FROM counted, unnest(cast(:kinds AS text[]), cast(:subject_ids AS uuid[]))
                    WITH ORDINALITY AS changed(kind, subject_id, place)
        ON CONFLICT (clinic_id, patient_id, kind, subject_id) DO UPDATE SET number = excluded.number
    """
)


def touch_for(session: Session, fact: OfPlan) -> None:
    """React to a fact of plans: number what it tells of; the patient's row stays locked until the commit."""
    subjects = subjects_of(fact)
    values = {
        "clinic_id": fact.clinic_id,
        "patient_id": fact.patient_id,
        "plan_id": fact.plan_id,
        "amount": len(subjects),
        "kinds": [kind.value for kind, _ in subjects],
        "subject_ids": [subject_id for _, subject_id in subjects],
    }
    session.execute(TOUCH, values)


def renew_epochs(session: Session, clinic_id: UUID) -> None:
    """Say of all patients of a clinic that numbers from before mean nothing now: what they count may be gone."""
    session.execute(update(PlanState).where(PlanState.clinic_id == clinic_id).values(epoch=func.gen_random_uuid()))


def subjects_of(fact: OfPlan) -> Sequence[Subject]:
    """Return what shows otherwise after the fact, each thing once. The plan tells its pauses, phases and goals too."""
    plan = (Shown.PLAN, fact.plan_id)
    match fact:
        case PlanStarted():
            return [plan, *((Shown.GOAL, goal_id) for goal_id in fact.goal_ids)]
        case PlanChanged():
            return [plan] if fact.goal_id is None else [plan, (Shown.GOAL, fact.goal_id)]
        case RevisionPublished():
            return [plan, *((Shown.REVISION, revision_id) for revision_id in fact.revision_ids)]
        case RevisionAcknowledged():
            return [(Shown.ACKNOWLEDGEMENT, fact.revision_id)]
        case PlanPaused() | PauseChanged():
            return [plan, (Shown.PAUSE, fact.pause_id)]
        case PlanEnded():
            return [plan]
