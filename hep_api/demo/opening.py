"""How the demo clinic's people come in: by invitation, each accepted, as anyone comes into any clinic.

All of them get one password, hashed once; nothing else is done otherwise than at the doors.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.devices import Device
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.tokens import Tokens
from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.actions import accept, assign, enter, invite_member, invite_patient, open_clinic, settle
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.demo.cast import CLINIC, HILLSIDE, RIVERSIDE, SECOND, SLUG, STAFF, ZONE, DemoPatient, Way

# The link in an invitation that is accepted at once leads nowhere.
NO_LINK = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """What coming in needs: who issues tokens, the hash of the one password, and when the doors opened."""

    tokens: Tokens
    password_hash: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class OpenClinic:
    """The clinic with its staff at work: locations by name, and as whom each member of the staff acts, by name."""

    clinic_id: UUID
    locations: dict[str, UUID]
    staff: dict[str, Viewer]

    def colleague_of(self, patient: DemoPatient) -> Viewer:
        """Return another practitioner than the patient's lead."""
        names = [member.name for member in STAFF if member.role is Role.PRACTITIONER and member.name != patient.lead]
        return self.staff[names[0]]


def open_demo_clinic(session: Session, reception: Reception) -> OpenClinic:
    """Open the clinic; its owner and staff come in."""
    owner, *others = STAFF
    terms = {
        "name": CLINIC,
        "slug": SLUG,
        "zone": ZONE,
        "location": RIVERSIDE,
        "owner_name": owner.name,
        "owner_email": owner.email,
    }
    opened = open_clinic.open_clinic(session, terms, NO_LINK, reception.opened_at)
    head = _come_in(session, reception, opened.clinic_id, opened.invitation, None, reception.opened_at)
    # Inviting managers asks for a second factor, and nobody sits there to show one.
    head = replace(head, second_factor_at=reception.opened_at)
    hillside = settle.add_location(session, head, HILLSIDE, reception.opened_at)
    locations = {RIVERSIDE: opened.location_id, HILLSIDE: hillside.id}
    staff = {owner.name: head}
    for member in others:
        body = {
            "name": member.name,
            "email": member.email,
            "role": member.role,
            "location_id": locations[member.location],
            "send_mail": False,
        }
        staff[member.name] = _employ(session, reception, opened.clinic_id, head, body)
    return OpenClinic(opened.clinic_id, locations, staff)


def id_of(patient: DemoPatient) -> UUID:
    return uuid5(NAMESPACE_URL, f"{SLUG}/{patient.email}")


def take_on(
    session: Session, reception: Reception, clinic: OpenClinic, patient: DemoPatient, now: datetime
) -> Viewer | None:
    """Invite a patient and return as whom they act; None for the one who has not come in yet."""
    lead = clinic.staff[patient.lead]
    patient_id, birth_date = id_of(patient), _birth_date(patient)
    body = {
        "id": patient_id,
        "name": patient.name,
        "email": patient.email,
        "location_id": clinic.locations[patient.location],
        "zone": ZONE,
        "day_starts_at": time(0),
        "language": None,
        "birth_date": birth_date,
        "lead_member_id": None,
        "send_mail": False,
    }
    invited = invite_patient.invite_patient(session, lead, body, NO_LINK, now)
    if SECOND in patient.traits:
        record = access.patient_to_administer(session, lead, patient_id)
        assign.join_care_team(session, record, clinic.colleague_of(patient).member_id, now)
    if patient.way is Way.INVITED:
        return None
    return _come_in(session, reception, clinic.clinic_id, invited.invitation, birth_date, now)


def _employ(session: Session, reception: Reception, clinic_id: UUID, owner: Viewer, body: dict[str, Any]) -> Viewer:
    invited = invite_member.invite_member(session, owner, body, NO_LINK, reception.opened_at)
    return _come_in(session, reception, clinic_id, invited.invitation, None, reception.opened_at)


def _come_in(
    session: Session,
    reception: Reception,
    clinic_id: UUID,
    invitation: IssuedInvitation | None,
    birth_date: date | None,
    now: datetime,
) -> Viewer:
    """Accept an invitation, and return as whom its person acts; nobody sits at the device, so it is signed out."""
    assert invitation is not None, "who was never here before is given a code"
    invited = accept.try_invitation(session, invitation.code, now)
    accept.refuse_wrong_birth_date(invited, birth_date)
    outcome = accept.accept_invitation(
        session, reception.tokens, invited, reception.password_hash, Device("seeding"), now
    )
    entered = enter.let_in(outcome)
    at = (SignIn.clinic_id == clinic_id) & (SignIn.member_id == entered.member.id)
    sign_in = session.execute(select(SignIn.id.label("sid"), SignIn.account_id.label("sub")).where(at)).one()
    viewer = access.recognise_viewer(session, sign_in._asdict())
    accounts.end_sign_in(session, viewer.sign_in_id, "seeded", now)
    return viewer


def _birth_date(patient: DemoPatient) -> date:
    """Return a birth date that is the same at every seeding."""
    return date(1938, 1, 1) + timedelta(days=uuid5(NAMESPACE_URL, patient.email).int % (60 * 365))
