"""HTTP doors of patients as administration sees them: inviting, listing, changing."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, STAFF, viewer
from hep_api.clinics import access
from hep_api.clinics.actions import edit_patient, invitation_mails, invite, invite_patient
from hep_api.clinics.links import link_start
from hep_api.clinics.queries import patients
from hep_api.clinics.queries.patients import IssuedInvitation, PatientShown
from hep_api.clinics.schemas.patients import (
    InvitationOut,
    InvitationQuery,
    InvitedPatientOut,
    PatientChangeIn,
    PatientIn,
    PatientOut,
    PatientQuery,
)
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

routes = Routes("patients", "Patients and their care teams, as administration sees them.")


@routes.get("/patients")
@signed_in(*STAFF)
@asks(PatientQuery)
@returns(page_of(PatientOut))
def list_patients(query: dict[str, Any]) -> Page[PatientShown]:
    """List patients by name.

    A practitioner gets those on whose care team they are, leaders all of the clinic. No data of records.
    """
    with transaction() as session:
        return patients.list_patients_for(session, viewer(), query)


@routes.post("/patients")
@signed_in(*STAFF)
@takes(PatientIn)
@returns(InvitedPatientOut, 201, tag=etags.by_version)
def invite_new_patient(body: dict[str, Any]) -> PatientShown:
    """Invite a patient, by mail too unless `send_mail` is false.

    The code and link are shown this once and last seven days; the mail has a code of its own. Sent again with the same
    `id` and person, the same patient comes back with a fresh code, and the older codes end.

    Errors: 409 naming `/email` or `/id` when taken; 422 naming the field.
    """
    with transaction() as session:
        return invite_patient.invite_patient(session, viewer(), body, link_start(), clock.now())


@routes.get("/patients/<uuid:patient_id>")
@signed_in(*EVERYONE)
@returns(PatientOut, tag=etags.by_version)
def get_patient(patient_id: UUID) -> PatientShown:
    """Show a patient's administrative data; patients see their own."""
    with transaction() as session:
        return patients.get_patient_for(session, viewer(), patient_id)


@routes.patch("/patients/<uuid:patient_id>")
@signed_in(*EVERYONE)
@takes(PatientChangeIn)
@returns(PatientOut, tag=etags.by_version)
def change_patient(patient_id: UUID, body: dict[str, Any]) -> PatientShown:
    """Change a patient's administrative data; needs If-Match.

    Patients change their own `zone`, `day_starts_at` and `language`.

    Errors: 403 naming fields that are not the patient's own to change; 409 when the e-mail is taken or in use.
    """
    with transaction() as session:
        patient = access.patient_to_administer(session, viewer(), patient_id)
        etags.require_match(patient.id, patient.version)
        edit_patient.change_patient(session, viewer(), patient, body, clock.now())
        return patients.get_patient_for(session, viewer(), patient_id)


@routes.post("/patients/<uuid:patient_id>/invitation")
@signed_in(*STAFF)
@asks(InvitationQuery)
@returns(InvitationOut, 201)
def invite_patient_again(patient_id: UUID, query: dict[str, Any]) -> IssuedInvitation:
    """Make a fresh invitation for a patient who has not come in yet, and mail it; the older codes end.

    Errors: 409 when the patient is active or disabled.
    """
    with transaction() as session:
        access.patient_to_administer(session, viewer(), patient_id)
        at, now = viewer(), clock.now()
        if query["send_mail"]:
            invitation_mails.mail_invitation(session, at.clinic_id, patient_id, now)
        return invite.issue_invitation(session, at.clinic_id, patient_id, at.member_id, link_start(), now)
