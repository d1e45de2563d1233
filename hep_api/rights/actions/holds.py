"""Setting and lifting a hold on a patient's record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Clinic
from hep_api.foundation import clock
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.rights.actions import erasures
from hep_api.rights.models import RetentionHold


def set_hold(
    session: Session, viewer: Viewer, patient_id: UUID, reason: str, held_until: date, now: datetime
) -> RetentionHold:
    """Keep a patient's record up to a date, in place of an earlier hold; an approval to erase it is taken back."""
    access.patient_to_administer(session, viewer, patient_id)
    today = clock.local_date(now, session.get_one(Clinic, viewer.clinic_id).zone)
    if held_until < today:
        raise invalid_field("/held_until", "range", "Must not lie in the past.")
    said = {"reason": reason, "held_until": held_until, "set_by": viewer.member_id, "set_at": now}
    row = insert(RetentionHold).values(clinic_id=viewer.clinic_id, patient_id=patient_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=["clinic_id", "patient_id"], set_=said))
    erasures.reopen_approved(session, viewer.clinic_id, patient_id)
    return get_hold_for(session, viewer, patient_id)


def lift_hold(session: Session, viewer: Viewer, patient_id: UUID) -> None:
    """Lift the hold; 404 when there is none."""
    hold = get_hold_for(session, viewer, patient_id)
    of_patient = (RetentionHold.clinic_id == hold.clinic_id) & (RetentionHold.patient_id == hold.patient_id)
    session.execute(delete(RetentionHold).where(of_patient))


def get_hold_for(session: Session, viewer: Viewer, patient_id: UUID) -> RetentionHold:
    """Return the hold on a patient; 404 when there is none."""
    access.patient_to_administer(session, viewer, patient_id)
    query = select(RetentionHold).where(
        RetentionHold.clinic_id == viewer.clinic_id, RetentionHold.patient_id == patient_id
    )
    hold = session.scalar(query.execution_options(populate_existing=True))
    if hold is None:
        raise not_found("hold")
    return hold
