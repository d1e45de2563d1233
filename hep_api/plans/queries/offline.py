"""All that a phone needs to work out any day by itself: each plan with every version, its dates and its pauses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.models.revisions import Prescription, PrescriptionVersion
from hep_api.plans.queries.patients import patient_with_policy


@dataclass(frozen=True, slots=True)
class OfflinePrescription:
    id: UUID
    exercise: dict[str, Any]
    versions: list[PrescriptionVersion]


@dataclass(frozen=True, slots=True)
class OfflinePlan:
    plan: Plan
    pauses: Sequence[PlanPause]
    prescriptions: Sequence[OfflinePrescription]


@dataclass(frozen=True, slots=True)
class OfflineBundle:
    """The plans of a patient that are running, planned, or ended within the days the clinic keeps them readable."""

    patient_id: UUID
    zone: str
    day_starts_at: time
    plans: Sequence[OfflinePlan]


def get_offline_for(session: Session, viewer: Viewer, patient_id: UUID, now: datetime) -> OfflineBundle:
    """Return the bundle in four statements, however many plans; 404 when the viewer may not see the patient."""
    patient, readable_days = patient_with_policy(session, viewer, patient_id)
    today = clock.local_date(now, patient.zone, patient.day_starts_at)
    ended_after = today - timedelta(days=readable_days)
    plans = session.scalars(
        select(Plan)
        .where(
            Plan.clinic_id == patient.clinic_id,
            Plan.patient_id == patient.id,
            Plan.ends_on.is_(None) | (Plan.ends_on > ended_after),
        )
        .order_by(Plan.starts_on, Plan.id)
    ).all()
    pauses = _pauses(session, patient, plans)
    prescriptions = _prescriptions(session, patient, plans)
    return OfflineBundle(
        patient_id=patient.id,
        zone=patient.zone,
        day_starts_at=patient.day_starts_at,
        plans=[OfflinePlan(plan, pauses[plan.id], prescriptions[plan.id]) for plan in plans],
    )


def _pauses(session: Session, patient: Patient, plans: Sequence[Plan]) -> dict[UUID, list[PlanPause]]:
    rows = session.scalars(
        select(PlanPause)
        .where(
            PlanPause.clinic_id == patient.clinic_id,
            PlanPause.plan_id.in_([plan.id for plan in plans]),
            PlanPause.replaced_at.is_(None),
            PlanPause.withdrawn.is_(False),
        )
        .order_by(PlanPause.from_on)
    )
    found: dict[UUID, list[PlanPause]] = defaultdict(list)
    for pause in rows:
        found[pause.plan_id].append(pause)
    return found


def _prescriptions(session: Session, patient: Patient, plans: Sequence[Plan]) -> dict[UUID, list[OfflinePrescription]]:
    """Return the prescriptions of each plan in the order of their newest versions' places, each version by date."""
    rows = session.execute(
        select(PrescriptionVersion, Prescription.exercise)
        .join(
            Prescription,
            (Prescription.clinic_id == PrescriptionVersion.clinic_id)
            & (Prescription.id == PrescriptionVersion.prescription_id),
        )
        .where(
            PrescriptionVersion.clinic_id == patient.clinic_id,
            PrescriptionVersion.plan_id.in_([plan.id for plan in plans]),
        )
        .order_by(PrescriptionVersion.prescription_id, PrescriptionVersion.valid_from)
    )
    found: dict[UUID, dict[UUID, OfflinePrescription]] = defaultdict(dict)
    for version, exercise in rows:
        fresh = OfflinePrescription(version.prescription_id, exercise, [])
        found[version.plan_id].setdefault(version.prescription_id, fresh).versions.append(version)
    ordered: dict[UUID, list[OfflinePrescription]] = defaultdict(list)
    for plan_id, by_id in found.items():
        ordered[plan_id] = sorted(by_id.values(), key=lambda each: each.versions[-1].position)
    return ordered
