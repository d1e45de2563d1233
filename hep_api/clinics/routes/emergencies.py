"""HTTP doors of emergency access: taking it, listing what was taken, ending it."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.clinics.actions import emergency
from hep_api.clinics.models import EmergencyAccess
from hep_api.clinics.queries import emergencies
from hep_api.clinics.queries.emergencies import ShownEmergencyAccess
from hep_api.clinics.schemas.emergencies import EmergencyAccessIn, EmergencyAccessOut, EmergencyAccessQuery, TakenOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

routes = Routes("emergency access", "Reading a record that is not yours to read, for a reason, under everyone's eyes.")


@routes.post("/emergency-accesses")
@signed_in(*STAFF)
@takes(EmergencyAccessIn)
@returns(TakenOut, 201)
def take_emergency_access(body: dict[str, Any]) -> EmergencyAccess:
    """Let yourself read a patient's record for at most four hours.

    It lets read and never write. The clinic's owners are told at once, the patient sees it among the accesses to their
    record, and all that you read by it is marked. Sent again while it lasts, the same access comes back.

    Errors: 404 for a patient that your clinic has not; 409 `patient_choice_needed` listing `patients` when several have
    that name and birth date, and when you may read the record anyway.
    """
    with transaction() as session:
        return emergency.take_emergency_access(session, viewer(), body, clock.now())


@routes.get("/emergency-accesses")
@signed_in(*STAFF)
@asks(EmergencyAccessQuery)
@returns(page_of(EmergencyAccessOut))
def list_emergency_accesses(query: dict[str, Any]) -> Page[ShownEmergencyAccess]:
    """List the emergency accesses that were taken, the newest first: owners see all, others their own."""
    with transaction() as session:
        return emergencies.list_emergency_accesses_for(session, viewer(), query, clock.now())


@routes.delete("/emergency-accesses/<uuid:access_id>")
@signed_in(*STAFF)
@returns(None, 204)
def end_emergency_access(access_id: UUID) -> None:
    """End an emergency access before its time: your own, or as an owner anyone's.

    It counts from the next request on.
    """
    with transaction() as session:
        emergency.end_emergency_access(session, viewer(), access_id, clock.now())
