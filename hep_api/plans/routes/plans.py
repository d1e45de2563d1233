"""HTTP doors of plans themselves: starting, listing, reading, rewording, ending."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.clinics import access
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.actions import end, reword, start
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries import discharge, plans
from hep_api.plans.queries.discharge import Discharge
from hep_api.plans.schemas.discharge import DischargeOut
from hep_api.plans.schemas.plans import OwnWhyIn, PlanChangeIn, PlanEndIn, PlanIn, PlanOut

routes = Routes("plans", "Treatment plans: one episode of care for one patient.")


@routes.post("/patients/<uuid:patient_id>/plans")
@signed_in(Role.PRACTITIONER)
@takes(PlanIn)
@returns(PlanOut, 201, tag=etags.by_version)
def start_plan(patient_id: UUID, body: dict[str, Any]) -> Plan:
    """Start a plan; its exercises come with its first revision.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 422 naming `/reason` for a start before the patient's today without one.
    """
    with transaction() as session:
        patient = access.patient_to_care_for(session, viewer(), patient_id)
        return start.start_plan(session, viewer(), patient, body, clock.now())


@routes.get("/patients/<uuid:patient_id>/plans")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(PlanOut))
def list_plans(patient_id: UUID, query: dict[str, Any]) -> Page[Plan]:
    """List a patient's plans, the one started last first."""
    with transaction() as session:
        return plans.list_plans_for(session, viewer(), patient_id, query["limit"], query["cursor"])


@routes.get("/plans/<uuid:plan_id>")
@signed_in(*EVERYONE)
@returns(PlanOut, tag=etags.by_version)
def get_plan(plan_id: UUID) -> Plan:
    """Read a plan without its exercises."""
    with transaction() as session:
        return plans.plan_for(session, viewer(), plan_id).plan


@routes.patch("/plans/<uuid:plan_id>")
@signed_in(Role.PRACTITIONER)
@takes(PlanChangeIn)
@returns(PlanOut, tag=etags.by_version)
def change_plan(plan_id: UUID, body: dict[str, Any]) -> Plan:
    """Change a plan's title, the patient's own words, values and preferences, or the visits prescribed; needs If-Match.

    Errors: 409 when the plan has ended.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return reword.reword_plan(session, found, body, clock.now())


@routes.put("/plans/<uuid:plan_id>/own-why")
@signed_in(Role.PATIENT, Role.PRACTITIONER)
@takes(OwnWhyIn)
@returns(PlanOut, tag=etags.by_version)
def write_own_why(plan_id: UUID, body: dict[str, Any]) -> Plan:
    """Write why the patient wants it, in their own words: by themself or by their practitioner; needs If-Match.

    Errors: 409 when the plan has ended.
    """
    with transaction() as session:
        found = plans.plan_to_take_part_in(session, viewer(), plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return reword.reword_plan(session, found, body, clock.now())


@routes.post("/plans/<uuid:plan_id>/end")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(PlanEndIn)
@returns(PlanOut, tag=etags.by_version)
def end_plan(plan_id: UUID, body: dict[str, Any]) -> Plan:
    """End a plan with the reason of the discharge; needs If-Match.

    Ended today, it expects nothing from today on. An end that still lies ahead can be set anew. The patient goes on
    reading the exercises until `exercises_readable_until`, and everything else as long as the record is kept.

    Errors: 409 when its end has come already; 422 naming `/ends_on` or `/reason`.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return end.end_plan(session, viewer(), found, body, clock.now())


@routes.get("/plans/<uuid:plan_id>/discharge")
@signed_in(*EVERYONE)
@returns(DischargeOut)
def get_discharge(plan_id: UUID) -> Discharge:
    """Read how and why a plan ended, with what became of its goals; 404 while no end is set.

    The note is for the care team and is not shown to the patient.
    """
    with transaction() as session:
        return discharge.get_discharge_for(session, viewer(), plan_id, clock.now())
