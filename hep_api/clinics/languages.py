"""In which language people are written to: a patient in their own, else, as staff, in the clinic's."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Member, MemberStatus, Patient
from hep_api.foundation import tenancy
from hep_api.foundation.tenancy import Key


def language_of_patient(session: Session, clinic_id: UUID, patient_id: UUID) -> str:
    """Return the tag of the language that a patient reads; one statement."""
    language = (
        select(func.coalesce(Patient.language, Clinic.language))
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
    )
    return str(session.scalars(language).one())


def languages_of_account(session: Session, account_id: UUID) -> list[str]:
    """Return the languages that an account's person may read, the dearest first: what they said of themself in any
    clinic, then what its clinics speak. For a transaction that acts for no clinic.
    """
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    members = session.execute(
        select(Member.clinic_id, Member.id)
        .where(Member.account_id == account_id, Member.status != MemberStatus.DISABLED)
        .order_by(Member.created_at, Member.id)
    ).all()
    found = [_languages_in(session, row.clinic_id, row.id) for row in members]
    own, clinics = [own for own, _ in found if own is not None], [spoken for _, spoken in found]
    return own + clinics


def _languages_in(session: Session, clinic_id: UUID, member_id: UUID) -> tuple[str | None, str]:
    with tenancy.acting_for(session, clinic_id):
        row = session.execute(
            select(Patient.language.label("own"), Clinic.language.label("spoken"))
            .select_from(Clinic)
            .outerjoin(Patient, (Patient.clinic_id == Clinic.id) & (Patient.id == member_id))
            .where(Clinic.id == clinic_id)
        ).one()
    return row.own, row.spoken
