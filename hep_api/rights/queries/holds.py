"""What keeps a record: the hold on a patient, and the clinic's years after the last contact."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock
from hep_api.foundation.sections import Query
from hep_api.rights import holding
from hep_api.rights.holding import Held
from hep_api.rights.models import RetentionHold
from hep_api.rights.sources import sources


def held(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> Held | None:
    """Return what keeps a patient's record longest; None when it may be erased."""
    clinic = session.get_one(Clinic, clinic_id)
    hold_until = session.scalar(
        select(RetentionHold.held_until).where(
            RetentionHold.clinic_id == clinic_id, RetentionHold.patient_id == patient_id
        )
    )
    kept_until = None
    if clinic.records_kept_years is not None:
        contact = session.execute(_last_contacts(clinic_id, patient_id)).one().last_contact
        kept_until = holding.years_after(contact, clinic.records_kept_years, clinic.zone)
    return holding.last_hold(clock.local_date(now, clinic.zone), kept_until, hold_until)


def list_outlived(session: Session, clinic: Clinic, now: datetime) -> Iterator[tuple[UUID, date]]:
    """Yield (patient, last contact) of those whose record the clinic keeps no longer, the longest ago first."""
    if clinic.records_kept_years is None:
        return
    today = clock.local_date(now, clinic.zone)
    on_hold = session.scalars(
        select(RetentionHold.patient_id).where(RetentionHold.clinic_id == clinic.id, RetentionHold.held_until >= today)
    ).all()
    for patient_id, last_contact in session.execute(_last_contacts(clinic.id)).all():
        kept_until = holding.years_after(last_contact, clinic.records_kept_years, clinic.zone)
        if kept_until < today and patient_id not in on_hold:
            yield patient_id, clock.local_date(last_contact, clinic.zone)


def _last_contacts(clinic_id: UUID, patient_id: UUID | None = None) -> Query:
    """Select each patient who is not erased with the last contact; there is one, as every record was made once."""
    contacts = union_all(*(each for source in sources().contacts for each in source(clinic_id))).subquery()
    of_patient, at = contacts.columns
    query = (
        select(Patient.id, func.max(at).label("last_contact"))
        .join(contacts, of_patient == Patient.id)
        .where(Patient.clinic_id == clinic_id, Patient.erased_at.is_(None))
        .group_by(Patient.id)
        .order_by(func.max(at), Patient.id)
    )
    return query if patient_id is None else query.where(Patient.id == patient_id)
