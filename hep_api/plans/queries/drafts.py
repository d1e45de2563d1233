"""Reads of drafts: for the care team, and for whoever else may read the record. A patient never sees one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.errors import not_found
from hep_api.library.queries.templates import MISSING, ExerciseState, NamedExercise, named_exercises
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.drafts import PlanDraft
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import Prescription
from hep_api.plans.queries import plans

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft with its items named; `outdated` once its plan has a revision that it is not based on."""

    id: UUID
    plan_id: UUID
    based_on: int
    last_revision: int
    outdated: bool
    phases: Sequence[Json]
    template: Json | None
    copied_from: UUID | None
    version: int
    changed_at: datetime
    changed_by: UUID


def draft_for(session: Session, viewer: Viewer, plan_id: UUID, languages: Sequence[str]) -> ShownDraft:
    """Return the plan's draft, its exercises named in the reader's language; 404 where there is none."""
    if viewer.role is Role.PATIENT:
        raise not_found("draft")
    plan = plans.plan_for(session, viewer, plan_id).plan
    draft = draft_of(session, plan)
    if draft is None:
        raise not_found("draft")
    return shown(session, viewer, plan, draft, languages)


def draft_of(session: Session, plan: Plan) -> PlanDraft | None:
    """Return the plan's draft, which whoever holds the plan's row locked may change; None where there is none."""
    return session.scalar(select(PlanDraft).where(PlanDraft.clinic_id == plan.clinic_id, PlanDraft.plan_id == plan.id))


def shown(session: Session, viewer: Viewer, plan: Plan, draft: PlanDraft, languages: Sequence[str]) -> ShownDraft:
    """Return a draft as it is shown, in two more statements whatever it holds."""
    phases = draft.content["phases"]
    carried = _carried(session, plan, _ids(phases, "prescription_id"), languages)
    library = named_exercises(session, viewer, _ids(phases, "exercise_id"), languages)
    return ShownDraft(
        id=draft.id,
        plan_id=plan.id,
        based_on=draft.based_on,
        last_revision=plan.last_revision,
        outdated=plan.last_revision > draft.based_on,
        phases=[{**phase, "items": [_named(item, carried, library) for item in phase["items"]]} for phase in phases],
        template=_template(draft),
        copied_from=draft.copied_from_plan_id,
        version=draft.version,
        changed_at=draft.changed_at,
        changed_by=draft.changed_by,
    )


def _template(draft: PlanDraft) -> Json | None:
    return {"id": draft.template_id, "version": draft.template_version} if draft.template_id else None


def _ids(phases: Sequence[Json], name: str) -> set[UUID]:
    return {UUID(item[name]) for phase in phases for item in phase["items"] if item[name]}


def _carried(
    session: Session, plan: Plan, prescription_ids: set[UUID], languages: Sequence[str]
) -> dict[UUID, NamedExercise]:
    """Return by prescription the exercise as it was prescribed, which goes on whatever the library says of it now."""
    of_plan = (Prescription.clinic_id == plan.clinic_id) & (Prescription.plan_id == plan.id)
    rows = session.execute(
        select(Prescription.id, Prescription.exercise).where(of_plan, Prescription.id.in_(prescription_ids))
    )
    return {
        row.id: NamedExercise(shown_exercise(row.exercise, languages)["name"], ExerciseState.AVAILABLE) for row in rows
    }


def _named(
    item: Mapping[str, Any], carried: Mapping[UUID, NamedExercise], library: Mapping[UUID, NamedExercise]
) -> Json:
    if item["prescription_id"]:
        exercise = carried[UUID(item["prescription_id"])]
    else:
        exercise = library.get(UUID(item["exercise_id"]), MISSING)
    return {**item, "exercise_name": exercise.name, "exercise_state": exercise.state}
