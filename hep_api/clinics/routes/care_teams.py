"""HTTP doors of care teams. Who may change one: those on it now, and the clinic's leaders."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, STAFF, viewer
from hep_api.clinics import access
from hep_api.clinics.actions import assign
from hep_api.clinics.queries import care_teams
from hep_api.clinics.queries.care_teams import CareTeam
from hep_api.clinics.schemas.care_teams import CareTeamOut, PlaceIn
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes

routes = Routes("care teams", "Who cares for a patient; access to the record follows it.")


@routes.get("/patients/<uuid:patient_id>/care-team")
@signed_in(*EVERYONE)
@returns(CareTeamOut)
def get_care_team(patient_id: UUID) -> CareTeam:
    """Show who cares for a patient now, the lead first."""
    with transaction() as session:
        return care_teams.get_care_team_for(session, viewer(), patient_id)


@routes.post("/patients/<uuid:patient_id>/care-team")
@signed_in(*STAFF)
@takes(PlaceIn)
@returns(CareTeamOut)
def join_care_team(patient_id: UUID, body: dict[str, Any]) -> CareTeam:
    """Put a practitioner on the care team, or hand them the lead; sent again, nothing changes.

    Errors: 422 naming `/member_id` for anyone but a practitioner of the clinic who is not disabled.
    """
    with transaction() as session:
        patient = access.patient_to_administer(session, viewer(), patient_id)
        assign.join_care_team(session, patient, body["member_id"], clock.now())
        if body["lead"]:
            assign.hand_lead_to(session, patient, body["member_id"])
        return care_teams.get_care_team(session, patient.clinic_id, patient_id)


@routes.delete("/patients/<uuid:patient_id>/care-team/<uuid:member_id>")
@signed_in(*STAFF)
@returns(None, 204)
def leave_care_team(patient_id: UUID, member_id: UUID) -> None:
    """Take a practitioner off the care team; they lose access at once.

    Errors: 409 `last` for the only one, `lead` for the lead of several, who hands the lead on first.
    """
    with transaction() as session:
        patient = access.patient_to_administer(session, viewer(), patient_id)
        assign.leave_care_team(session, patient, member_id, clock.now())
