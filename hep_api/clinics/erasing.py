"""What is removed of a person in a clinic. Member and record stay as rows without a name: their ids are used up."""

from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import erasing as accounts
from hep_api.clinics.facts import MemberDisabled, PatientErased
from hep_api.clinics.models import CareTeamPlace, EmergencyAccess, Invitation, Member, MemberStatus, Patient
from hep_api.clinics.names import folded
from hep_api.foundation import tenancy
from hep_api.foundation.facts import publish
from hep_api.foundation.jobs.forgetting import forget_jobs_naming
from hep_api.foundation.mail.models import MailBounce, SentMail
from hep_api.foundation.tenancy import Key

NAME = "Erased"
# Addresses are unique in a clinic; this one can never be anybody's (RFC 2606).
EMAIL = "{}@erased.invalid"
ZONE = "UTC"


def erase_person(session: Session, fact: PatientErased) -> None:
    """Make the patient a tombstone: signed out, on no care team, without invitation, account, name or birth date."""
    of_clinic = {"clinic_id": fact.clinic_id, "id": fact.patient_id}
    member = session.get_one(Member, of_clinic, with_for_update=True, populate_existing=True)
    patient = session.get_one(Patient, of_clinic, with_for_update=True, populate_existing=True)
    session.execute(
        delete(CareTeamPlace).where(
            CareTeamPlace.clinic_id == fact.clinic_id, CareTeamPlace.patient_id == fact.patient_id
        )
    )
    session.execute(
        delete(Invitation).where(Invitation.clinic_id == fact.clinic_id, Invitation.member_id == fact.patient_id)
    )
    for table in (SentMail, MailBounce):
        session.execute(delete(table).where(table.clinic_id == fact.clinic_id, table.member_id == fact.patient_id))
    # That somebody looked stays, as in the audit; why they did is about the person.
    session.execute(
        update(EmergencyAccess)
        .where(EmergencyAccess.clinic_id == fact.clinic_id, EmergencyAccess.patient_id == fact.patient_id)
        .values(reason="")
    )
    accounts.erase_sign_ins(session, fact.clinic_id, fact.patient_id, fact.at)
    account_id = member.account_id
    _blank(member, patient, fact)
    session.flush()
    if account_id is not None:
        _erase_account(session, account_id)
    publish(session, MemberDisabled(fact.clinic_id, fact.patient_id))


def _blank(member: Member, patient: Patient, fact: PatientErased) -> None:
    member.account_id = None
    member.location_id = None
    member.status = MemberStatus.DISABLED
    member.name, member.name_folded = NAME, folded(NAME)
    member.email = EMAIL.format(fact.patient_id)
    patient.birth_date = None
    patient.zone = ZONE
    patient.day_starts_at = patient.day_starts_at.min
    patient.language = None
    patient.erased_at = patient.erased_at or fact.at


def _erase_account(session: Session, account_id: UUID) -> None:
    """Remove the account and the letters that wait for it, unless it is a member elsewhere too."""
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    if session.scalar(select(exists().where(Member.account_id == account_id))):
        return
    accounts.erase_account(session, account_id)
    forget_jobs_naming(session, account_id)
