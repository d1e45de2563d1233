"""HTTP doors by which an owner helps somebody who has lost their second factor."""

from uuid import UUID

from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import Role, viewer
from hep_api.clinics import access
from hep_api.clinics.actions.reset_second_factor import reset_second_factor
from hep_api.clinics.models import Member
from hep_api.clinics.queries import members
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in

routes = Routes("lost second factors", "Helping those who have lost their second factor.")


@routes.delete("/members/<uuid:member_id>/second-factors")
@signed_in(Role.OWNER)
@stepped_up
@returns(None, 204)
def reset_second_factor_of_member(member_id: UUID) -> None:
    """Remove what a colleague has lost: all their second factors, after making sure that it is they who ask.

    Their sign-ins end, they are told by mail, and the password lets them in to set up another. Where the account serves
    in another clinic too, nothing is removed: they are told by mail whom to ask.

    Errors: 409 for the own ones.
    """
    with transaction() as session:
        member = members.lock_member(session, viewer(), member_id)
        reset_second_factor(session, viewer(), member, clock.now())


@routes.delete("/patients/<uuid:patient_id>/second-factors")
@signed_in(Role.OWNER)
@stepped_up
@returns(None, 204)
def reset_second_factor_of_patient(patient_id: UUID) -> None:
    """Remove what a patient has lost: all their second factors, after making sure that it is they who ask.

    Their sign-ins end, they are told by mail, and the password lets them in. Where the account serves in another clinic
    too, nothing is removed: they are told by mail whom to ask.
    """
    with transaction() as session:
        patient = access.patient_to_administer(session, viewer(), patient_id)
        member = session.get_one(Member, (patient.clinic_id, patient.id))
        reset_second_factor(session, viewer(), member, clock.now())
