"""Inviting a patient: the member, the record, the care team's lead and the code, in one go.

With an id made by the client the invitation may be sent again, for an answer may be lost: the same patient comes back
with a fresh code, as the first one was shown to nobody.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.actions import invitation_mails, invite
from hep_api.clinics.facts import PatientInvited
from hep_api.clinics.locations import refuse_unknown_location
from hep_api.clinics.models import CareTeamPlace, Clinic, Location, Member, MemberStatus, Patient
from hep_api.clinics.queries import members, patients
from hep_api.clinics.queries.patients import PatientShown
from hep_api.foundation import clock
from hep_api.foundation.errors import Problem, conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id


def invite_patient(
    session: Session, viewer: Viewer, body: dict[str, Any], link_start: str, now: datetime
) -> PatientShown:
    """Make a patient of the clinic and return them with the invitation.

    Errors: 409 naming `/email` or `/id` when taken; 422 naming `/lead_member_id`, `/location_id`, `/birth_date`.
    """
    known = _sent_before(session, viewer, body["id"])
    if known is not None:
        return _invite_again(session, viewer, known, body, link_start, now)
    patient_id = body["id"] or new_id()
    _add(session, viewer, patient_id, body, now)
    publish(session, PatientInvited(viewer.clinic_id, patient_id))
    return _invited(session, viewer, patient_id, body, link_start, now)


def refuse_future_birth(birth_date: date | None, zone: str, now: datetime) -> None:
    """Refuse a birth date that has not come where the person lives."""
    if birth_date is not None and birth_date > clock.local_date(now, zone):
        raise invalid_field("/birth_date", "range", "Must not lie in the future.")


def _sent_before(session: Session, viewer: Viewer, member_id: UUID | None) -> Member | None:
    """Return the member whose id was sent; a second sending waits here for the first to be decided."""
    if member_id is None:
        return None
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(member_id), 0))))
    return session.get(Member, (viewer.clinic_id, member_id))


def _invite_again(
    session: Session, viewer: Viewer, known: Member, body: dict[str, Any], link_start: str, now: datetime
) -> PatientShown:
    try:
        # Not merely read: a fresh code is a way in.
        access.patient_to_administer(session, viewer, known.id)
        shown = patients.get_patient_for(session, viewer, known.id)
    except Problem:
        raise conflict("/id", "taken", "This id is taken.") from None
    if (shown.name, shown.email, shown.birth_date) != (body["name"], body["email"], body["birth_date"]):
        raise conflict("/id", "taken", "This id was sent before with another person.")
    if shown.status is not MemberStatus.INVITED:
        return shown
    return _invited(session, viewer, known.id, body, link_start, now)


def _add(session: Session, viewer: Viewer, patient_id: UUID, body: dict[str, Any], now: datetime) -> None:
    lead = _lead(session, viewer, body["lead_member_id"])
    zone = body["zone"] or session.get_one(Clinic, viewer.clinic_id).zone
    refuse_future_birth(body["birth_date"], zone, now)
    ids = {"clinic_id": viewer.clinic_id, "id": patient_id}
    location_id = _location(session, viewer.clinic_id, body["location_id"] or lead.location_id)
    member = Member(**ids, role=Role.PATIENT, name=body["name"], email=body["email"], created_at=now)
    invite.add_member(session, member)
    patient = Patient(
        **ids,
        location_id=location_id,
        birth_date=body["birth_date"],
        zone=zone,
        day_starts_at=body["day_starts_at"],
        language=body["language"],
        created_at=now,
    )
    session.add(patient)
    session.flush()
    session.add(
        CareTeamPlace(clinic_id=viewer.clinic_id, patient_id=patient_id, member_id=lead.id, is_lead=True, joined_at=now)
    )
    session.flush()


def _lead(session: Session, viewer: Viewer, named: UUID | None) -> Member:
    if viewer.role is Role.PRACTITIONER:
        if named not in (None, viewer.member_id):
            raise invalid_field("/lead_member_id", "own", "Who invites a patient leads; leave it out.")
        return members.practitioner_named(session, viewer.clinic_id, viewer.member_id, "/lead_member_id")
    if named is None:
        raise invalid_field("/lead_member_id", "required", "Name the practitioner who leads.")
    return members.practitioner_named(session, viewer.clinic_id, named, "/lead_member_id")


def _location(session: Session, clinic_id: UUID, wished: UUID | None) -> UUID:
    """Return the wished location, else the clinic's only one."""
    if wished is not None:
        refuse_unknown_location(session, clinic_id, wished)
        return wished
    two = session.scalars(select(Location.id).where(Location.clinic_id == clinic_id).limit(2)).all()
    if len(two) != 1:
        raise invalid_field("/location_id", "required", "Name the location; the clinic has several.")
    return two[0]


def _invited(
    session: Session, viewer: Viewer, patient_id: UUID, body: dict[str, Any], link_start: str, now: datetime
) -> PatientShown:
    invitation = invite.issue_invitation(session, viewer.clinic_id, patient_id, viewer.member_id, link_start, now)
    if body["send_mail"]:
        invitation_mails.mail_invitation(session, viewer.clinic_id, patient_id, now)
    return replace(patients.get_patient_for(session, viewer, patient_id), invitation=invitation)
