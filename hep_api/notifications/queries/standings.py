"""How members are told, as it stands now: their role, what they and their clinic wish, and by which wall they live."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Clinic, Member, MemberStatus, Patient
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.preferences import Audience, NotificationPolicy, NotificationPreference
from hep_api.notifications.preferring import Settled, Source, settle


@dataclass(frozen=True, slots=True)
class Standing:
    """One active member. `languages` are the person's and the clinic's; `version` is that of their own wishes."""

    member_id: UUID
    role: Role
    settled: Settled
    zone: str
    zone_source: Source
    languages: tuple[str | None, str]
    version: int


def standings(session: Session, clinic_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return how each of these members is told, in one statement; without those whose access has ended."""
    of_them = (Member.clinic_id == clinic_id) & Member.id.in_(member_ids)
    audience = case((Member.role == Role.PATIENT, Audience.PATIENTS.value), else_=Audience.STAFF.value)
    own, clinics = NotificationPreference, NotificationPolicy
    rows = session.execute(
        select(
            Member.id,
            Member.role,
            Patient.language,
            Patient.zone.label("zone_of_record"),
            _zone_of_devices().label("zone_of_devices"),
            Clinic.zone.label("zone_of_clinic"),
            Clinic.language.label("language_of_clinic"),
            own,
            clinics,
        )
        .join(Clinic, Clinic.id == Member.clinic_id)
        .outerjoin(Patient, (Patient.clinic_id == Member.clinic_id) & (Patient.id == Member.id))
        .outerjoin(own, (own.clinic_id == Member.clinic_id) & (own.member_id == Member.id))
        .outerjoin(clinics, (clinics.clinic_id == Member.clinic_id) & (clinics.audience == audience))
        .where(of_them, Member.status == MemberStatus.ACTIVE, Patient.erased_at.is_(None))
    )
    return {row.id: _standing(row) for row in rows}


def _zone_of_devices() -> Any:
    """Return the zone of the device that was refreshed last, as reminders have it: where somebody is."""
    theirs = (Device.clinic_id == Member.clinic_id) & (Device.member_id == Member.id)
    stands = Device.ended_at.is_(None) & Device.zone.is_not(None)
    newest = select(Device.zone).where(theirs, stands).order_by(Device.refreshed_at.desc(), Device.id.desc()).limit(1)
    return newest.correlate(Member).scalar_subquery()


def _standing(row: Row[Any]) -> Standing:
    own: NotificationPreference | None = row.NotificationPreference
    zone, source = _zone(row, own)
    return Standing(
        member_id=row.id,
        role=row.role,
        settled=settle(row.role, own, row.NotificationPolicy),
        zone=zone,
        zone_source=source,
        languages=(row.language, row.language_of_clinic),
        version=own.version if own else 0,
    )


def _zone(row: Row[Any], own: NotificationPreference | None) -> tuple[str, Source]:
    """Return a patient's zone, where their phone is or else as recorded; one of the staff's is own, or the clinic's."""
    if row.role is Role.PATIENT:
        if row.zone_of_devices is not None:
            return row.zone_of_devices, Source.DEVICE
        return row.zone_of_record, Source.RECORD
    if own is not None and own.zone is not None:
        return own.zone, Source.OWN
    return row.zone_of_clinic, Source.CLINIC
