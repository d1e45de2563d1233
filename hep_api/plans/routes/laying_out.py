"""HTTP doors that make plans from templates and from other plans, and templates from plans."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, viewer
from hep_api.clinics import access
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.library.queries import templates
from hep_api.library.schemas.templates import TemplateOut
from hep_api.plans.actions import applying, copying
from hep_api.plans.actions.laying_out import LaidOut
from hep_api.plans.queries import drafts, plans, revisions
from hep_api.plans.schemas.laying_out import (
    LaidOutOut,
    PlanCopyIn,
    TemplateApplyIn,
    TemplateBatchIn,
    TemplateBatchOut,
    TemplateFromPlanIn,
)

routes = Routes("plans from templates", "Plans from templates and from other plans; templates from plans.")


def of_next_change(made: dict[str, Any], _: Response) -> str:
    """Return the ETag that the next change needs: the draft's where there is one, else the plan's."""
    one = made["draft"] or made["plan"]
    return etags.version_tag(one.id, one.version)


@routes.post("/templates/<uuid:template_id>/apply")
@signed_in(Role.PRACTITIONER)
@takes(TemplateApplyIn)
@returns(LaidOutOut, 201, tag=of_next_change)
def apply_template(template_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Start a plan for a patient from a template: published at once, one revision for each phase, or as a draft.

    Each phase holds from `starts_on` and as many days on as it says. An exercise that goes on from phase to phase is
    one prescription. The ETag is the draft's where there is one, else the plan's.

    Safe to send again: the same plan_id with the same content gives the same plan, with other content 409.

    Errors: 404 for a template or a patient that is not yours; 409 for an archived template; 422 naming the phase and
    item whose exercise is unknown or archived, such as `/phases/1/items/3/exercise_id`, and `/reason` for a start
    before the patient's today without one.
    """
    with transaction() as session:
        patient = access.patient_to_care_for(session, viewer(), body["patient_id"])
        return _shown(session, applying.apply_template(session, viewer(), template_id, patient, body, clock.now()))


@routes.post("/templates/<uuid:template_id>/apply-to-several")
@signed_in(Role.PRACTITIONER)
@takes(TemplateBatchIn)
@returns(TemplateBatchOut)
def apply_template_to_several(template_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Start plans from a template for several patients, each answered by itself, in the order sent.

    `applied`: there is a new plan. `duplicate`: there was, by the same sending. `rejected`, with the reason: nothing
    was done for this patient. One that is rejected holds up no other, and everything may be sent again as it was.

    Errors: 404 for a template that is not yours.
    """
    with transaction() as session:
        applying.hold_patients(session, viewer(), body)
        return {"outcomes": applying.apply_to_several(session, viewer(), template_id, body, clock.now())}


@routes.post("/plans/<uuid:plan_id>/copy")
@signed_in(Role.PRACTITIONER)
@takes(PlanCopyIn)
@returns(LaidOutOut, 201, tag=of_next_change)
def copy_plan(plan_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Start a plan for a patient, the same or another of yours, from what this plan has in force and planned ahead.

    Taken over are exercises, as they read now, with doses, schedules and the phases' distances; never goals, the
    patient's own why, or notes. The ETag is the draft's where there is one, else the plan's.

    Safe to send again: the same plan_id with the same content gives the same plan, with other content 409.

    Errors: 404 for a plan or patient not in your care; 409 for a plan with nothing to copy; 422 naming each exercise
    that is gone or archived.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        patient = access.patient_to_care_for(session, viewer(), body["patient_id"])
        return _shown(session, copying.copy_plan(session, viewer(), found, patient, body, clock.now()))


@routes.post("/plans/<uuid:plan_id>/template")
@signed_in(Role.PRACTITIONER)
@takes(TemplateFromPlanIn)
@returns(TemplateOut, 201, tag=etags.by_version)
def make_template_from_plan(plan_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Make a template of the clinic's from what a plan has in force and planned ahead; day 0 is when that took effect.

    Nothing of the patient goes into it: no goals, no own why; notes of revisions only with `with_notes`. The note in a
    dose is part of the dose: read it before.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 409 for a plan with nothing in it; 422 naming each exercise that the clinic does not have: gone, archived,
    or somebody's draft.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        template_id = copying.make_template(session, viewer(), found, body, clock.now())
        return templates.template_for(session, viewer(), template_id, asked_languages())


def _shown(session: Session, made: LaidOut) -> dict[str, Any]:
    languages = asked_languages()
    draft = made.draft and drafts.shown(session, viewer(), made.plan, made.draft, languages)
    shown = [revisions.in_language(revision, languages) for revision in made.revisions]
    return {"plan": made.plan, "revisions": shown, "draft": draft}
