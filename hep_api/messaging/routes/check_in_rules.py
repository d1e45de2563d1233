"""HTTP doors of the rules by which check-ins are asked: of one patient by the care team, of all by leaders."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, LEADERS, STAFF, Role, viewer
from hep_api.clinics import access
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import returns, signed_in, takes
from hep_api.messaging.actions import check_in_rules as actions
from hep_api.messaging.queries import check_in_rules as rules
from hep_api.messaging.routes import check_in_templates
from hep_api.messaging.schemas.check_in_rules import CheckInRuleIn, CheckInRuleOut, CheckInRulesOut

# The contract has them under one heading with the templates that are asked.
routes = check_in_templates.routes


@routes.get("/check-in-rules")
@signed_in(*STAFF)
@returns(CheckInRulesOut)
def list_check_in_rules() -> dict[str, Any]:
    """List the rules by which every patient of the clinic is asked."""
    with transaction() as session:
        return {"items": rules.list_rules_of_clinic_for(session, viewer())}


@routes.post("/check-in-rules")
@signed_in(*LEADERS)
@takes(CheckInRuleIn)
@returns(CheckInRuleOut, 201)
def make_check_in_rule(body: dict[str, Any]) -> dict[str, Any]:
    """Let a template be asked of every patient of the clinic whose plan runs, and of those who get one.

    Safe to send again: the same id with the same content gives the same rule, with other content 409. A rule is not
    changed: stop it and make another. It asks nothing that was due before it was made.
    """
    with transaction() as session:
        return actions.make_rule(session, viewer(), None, body, clock.now())


@routes.delete("/check-in-rules/<uuid:check_in_rule_id>")
@signed_in(*LEADERS)
@returns(None, 204)
def stop_check_in_rule(check_in_rule_id: UUID) -> None:
    """Let a rule ask no more; what it has asked stays, and may still be answered."""
    with transaction() as session:
        actions.stop_rule(session, viewer(), rules.rule_to_stop(session, viewer(), check_in_rule_id, None), clock.now())


@routes.get("/patients/<uuid:patient_id>/check-in-rules")
@signed_in(*EVERYONE)
@returns(CheckInRulesOut)
def list_check_in_rules_of_patient(patient_id: UUID) -> dict[str, Any]:
    """List the rules by which a patient is asked, those of the whole clinic among them."""
    with transaction() as session:
        return {"items": rules.list_rules_of_patient_for(session, viewer(), patient_id)}


@routes.post("/patients/<uuid:patient_id>/check-in-rules")
@signed_in(Role.PRACTITIONER)
@takes(CheckInRuleIn)
@returns(CheckInRuleOut, 201)
def make_check_in_rule_of_patient(patient_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Let a template be asked of one patient by a rule, while a plan runs and is not paused.

    Safe to send again: the same id with the same content gives the same rule, with other content 409.
    """
    with transaction() as session:
        patient = access.patient_to_care_for(session, viewer(), patient_id)
        return actions.make_rule(session, viewer(), patient, body, clock.now())


@routes.delete("/patients/<uuid:patient_id>/check-in-rules/<uuid:check_in_rule_id>")
@signed_in(Role.PRACTITIONER)
@returns(None, 204)
def stop_check_in_rule_of_patient(patient_id: UUID, check_in_rule_id: UUID) -> None:
    """Let a patient's own rule ask no more; what it has asked stays, and may still be answered."""
    with transaction() as session:
        patient = access.patient_to_care_for(session, viewer(), patient_id)
        rule = rules.rule_to_stop(session, viewer(), check_in_rule_id, patient.id)
        actions.stop_rule(session, viewer(), rule, clock.now())
