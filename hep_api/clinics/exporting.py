"""What a clinic holds of a patient as a person, and of itself. Staff appear by name and role, without their ids."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts import exporting as accounts
from hep_api.accounts.viewer import STAFF
from hep_api.audit.models import AuditEntry
from hep_api.audit.queries import told_action, told_at, told_once
from hep_api.clinics.models import CareTeamPlace, Clinic, Cover, EmergencyAccess, Invitation, Location, Member, Patient
from hep_api.clinics.naming import with_names
from hep_api.foundation.mail.models import MailBounce, SentMail
from hep_api.foundation.sections import Query, Section, columns_of, section


def export_person(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield who the patient is, who cared for them, how they came in, and their account."""
    yield section(session, "patient", "Who the patient is.", _patient(clinic_id, patient_id))
    yield section(session, "care_team", "Who was or is on the care team.", _care_team(clinic_id, patient_id))
    yield section(session, "invitations", "How the person was invited.", _invitations(clinic_id, patient_id))
    mails = select(*columns_of(SentMail, without=("id", "member_id"))).where(
        SentMail.clinic_id == clinic_id, SentMail.member_id == patient_id
    )
    mails = mails.order_by(SentMail.sent_at, SentMail.id)
    yield section(session, "mails", "Mail that was sent to the person lately.", mails)
    bounces = select(*columns_of(MailBounce, without=("member_id",))).where(
        MailBounce.clinic_id == clinic_id, MailBounce.member_id == patient_id
    )
    yield section(session, "mail_bounces", "That mail to the person did not arrive.", bounces)
    yield section(session, "accesses", "Who read or changed the record.", _accesses(clinic_id, patient_id))
    emergencies = _emergencies(clinic_id, patient_id)
    yield section(session, "emergency_accesses", "Who let themself in to read, and why.", emergencies)
    yield from accounts.export_sign_ins(session, clinic_id, patient_id)
    account_id = session.scalar(select(Member.account_id).where(Member.clinic_id == clinic_id, Member.id == patient_id))
    if account_id is not None:
        yield from accounts.export_account(session, account_id)


def export_clinic(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield the clinic itself: its settings, its locations and its staff."""
    clinic = select(*columns_of(Clinic)).where(Clinic.id == clinic_id)
    yield section(session, "clinic", "The clinic and its settings.", clinic)
    locations = select(*columns_of(Location)).where(Location.clinic_id == clinic_id).order_by(Location.created_at)
    yield section(session, "locations", "Practice sites.", locations)
    staff = (
        select(*columns_of(Member, without=("account_id", "name_folded")))
        .where(Member.clinic_id == clinic_id, Member.role.in_(STAFF))
        .order_by(Member.created_at, Member.id)
    )
    yield section(session, "staff", "Practitioners, managers and owners.", staff)
    covers = (
        select(*columns_of(Cover, without=("id", "absent_id", "covering_id", "named_by", "ended_by")))
        .where(Cover.clinic_id == clinic_id)
        .order_by(Cover.starts_at, Cover.id)
    )
    covers = with_names(covers, Cover.absent_id, Cover.covering_id, Cover.named_by, Cover.ended_by)
    yield section(session, "covers", "Who stood in for whom.", covers)


def _patient(clinic_id: UUID, patient_id: UUID) -> Query:
    """Select the member and the record as one row; what both have is the record's."""
    of_member = columns_of(Member, without=("id", "account_id", "location_id", "name_folded", "version", "created_at"))
    of_record = columns_of(Patient, without=("location_id",))
    return (
        select(*of_record, *of_member, Location.name.label("location"), Clinic.name.label("clinic"))
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .join(Location, (Location.clinic_id == Patient.clinic_id) & (Location.id == Patient.location_id))
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
    )


def _care_team(clinic_id: UUID, patient_id: UUID) -> Query:
    places = select(*columns_of(CareTeamPlace, without=("id", "patient_id", "member_id", "covers_for"))).where(
        CareTeamPlace.clinic_id == clinic_id, CareTeamPlace.patient_id == patient_id
    )
    places = places.order_by(CareTeamPlace.joined_at, CareTeamPlace.id)
    return with_names(places, CareTeamPlace.member_id, CareTeamPlace.covers_for)


def _invitations(clinic_id: UUID, patient_id: UUID) -> Query:
    invitations = select(
        *columns_of(Invitation, without=("id", "member_id", "code_digest", "mailed_digest", "invited_by"))
    ).where(Invitation.clinic_id == clinic_id, Invitation.member_id == patient_id)
    return with_names(invitations.order_by(Invitation.created_at, Invitation.id), Invitation.invited_by)


def _accesses(clinic_id: UUID, patient_id: UUID) -> Query:
    # As in the product itself: what was refused did not touch the record, and looks at messages are told by the hour.
    accesses = select(told_at().label("at"), told_action().label("action"), AuditEntry.emergency_access_id)
    once = AuditEntry.seq.in_(told_once(clinic_id, patient_id))
    accesses = accesses.where(AuditEntry.clinic_id == clinic_id, once).order_by(told_at(), AuditEntry.seq)
    return with_names(accesses, AuditEntry.member_id)


def _emergencies(clinic_id: UUID, patient_id: UUID) -> Query:
    taken = select(*columns_of(EmergencyAccess, without=("patient_id", "member_id", "ended_by"))).where(
        EmergencyAccess.clinic_id == clinic_id, EmergencyAccess.patient_id == patient_id
    )
    taken = taken.order_by(EmergencyAccess.started_at, EmergencyAccess.id)
    return with_names(taken, EmergencyAccess.member_id, EmergencyAccess.ended_by)
