"""What counting needs to know of prescriptions: the plan's terms, every version, and what each version number named.

Not scoped by a viewer: for reactions and jobs, and for reads that have let the viewer through to the patient already.
Everything is cut from what was recorded, so it can also be asked as it was known at an earlier instant.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.database import run
from hep_api.plans.models.plans import PlanEnd
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.queries.contents import contents_of_plans
from hep_api.plans.timeline import Item, RevisionContent, VersionInForce, cut_timeline

# Every upload asks these, so they go the short way (`run`).
_WANTED = """
    SELECT q.id, q.plan_id, p.patient_id, q.exercise ->> 'name' AS exercise_name, p.starts_on, p.ends_on
      FROM prescription q JOIN plan p ON p.clinic_id = q.clinic_id AND p.id = q.plan_id
     WHERE p.clinic_id = %(clinic_id)s AND p.patient_id = ANY (%(patients)s)
       AND (cast(%(plan_id)s AS uuid) IS NULL OR p.id = %(plan_id)s)
       AND (cast(%(prescriptions)s AS uuid[]) IS NULL OR q.id = ANY (cast(%(prescriptions)s AS uuid[])))
       AND (cast(%(known_at)s AS timestamptz) IS NULL OR p.started_at <= %(known_at)s)
     ORDER BY p.starts_on, p.id, q.id
"""
_PAUSES = """
    SELECT plan_id, from_on, to_on FROM plan_pause
     WHERE clinic_id = %(clinic_id)s AND plan_id = ANY (%(plans)s) AND NOT withdrawn
       AND CASE WHEN cast(%(known_at)s AS timestamptz) IS NULL THEN replaced_at IS NULL
                ELSE recorded_at <= %(known_at)s AND (replaced_at IS NULL OR replaced_at > %(known_at)s) END
     ORDER BY from_on
"""


@dataclass(frozen=True, slots=True)
class PrescriptionHistory:
    """One prescription through all revisions of its plan.

    `versions` are those in force at some time, by date; `named` gives what a version number means, also for numbers
    that a back-dated revision has since taken out of force.
    """

    plan_id: UUID
    prescription_id: UUID
    exercise_name: str
    terms: PlanTerms
    versions: Sequence[VersionInForce]
    named: Mapping[int, Item]


def histories_of_patient(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    *,
    plan_id: UUID | None = None,
    prescription_ids: Collection[UUID] | None = None,
    known_at: datetime | None = None,
) -> dict[UUID, PrescriptionHistory]:
    """Return the patient's prescriptions by id, of one plan or of those named when asked so.

    Costs three statements, four with `known_at`, which leaves out all that was recorded after that instant. A
    prescription that is not this patient's is not in the answer.
    """
    session.flush()
    wanted = _prescriptions(session, clinic_id, [patient_id], plan_id, prescription_ids, known_at)
    return _histories(session, clinic_id, wanted, prescription_ids, known_at)


def histories_of_patients(
    session: Session, clinic_id: UUID, patient_ids: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, dict[UUID, PrescriptionHistory]]:
    """Return the prescriptions of several patients by patient and id, in as many statements as of one."""
    session.flush()
    wanted = _prescriptions(session, clinic_id, patient_ids, None, None, known_at)
    found: dict[UUID, dict[UUID, PrescriptionHistory]] = {patient_id: {} for patient_id in patient_ids}
    patients = {row.id: row.patient_id for row in wanted}
    for prescription_id, history in _histories(session, clinic_id, wanted, None, known_at).items():
        found[patients[prescription_id]][prescription_id] = history
    return found


def _histories(
    session: Session,
    clinic_id: UUID,
    wanted: Sequence[Any],
    prescription_ids: Collection[UUID] | None,
    known_at: datetime | None,
) -> dict[UUID, PrescriptionHistory]:
    plan_ids = {row.plan_id for row in wanted}
    if not plan_ids:
        return {}
    ends = _ends_known(session, clinic_id, plan_ids, known_at) if known_at else {r.plan_id: r.ends_on for r in wanted}
    pauses = _pauses(session, clinic_id, plan_ids, known_at)
    contents = contents_of_plans(session, clinic_id, plan_ids, prescription_ids=prescription_ids, known_at=known_at)
    timelines = {plan_id: _by_prescription(contents[plan_id]) for plan_id in plan_ids}
    return {
        row.id: PrescriptionHistory(
            plan_id=row.plan_id,
            prescription_id=row.id,
            exercise_name=row.exercise_name,
            terms=PlanTerms(row.starts_on, ends.get(row.plan_id), tuple(pauses[row.plan_id])),
            versions=timelines[row.plan_id].get(row.id, []),
            named={each.number: each.items[row.id] for each in contents[row.plan_id] if row.id in each.items},
        )
        for row in wanted
    }


def _prescriptions(
    session: Session,
    clinic_id: UUID,
    patient_ids: Collection[UUID],
    plan_id: UUID | None,
    prescription_ids: Collection[UUID] | None,
    known_at: datetime | None,
) -> list[Any]:
    said = {
        "clinic_id": clinic_id,
        "patients": list(patient_ids),
        "plan_id": plan_id,
        "prescriptions": None if prescription_ids is None else list(prescription_ids),
        "known_at": known_at,
    }
    return list(run(session, _WANTED, said))


def _ends_known(session: Session, clinic_id: UUID, plan_ids: set[UUID], known_at: datetime) -> dict[UUID, date]:
    rows = session.execute(
        select(PlanEnd.plan_id, PlanEnd.ends_on)
        .where(PlanEnd.clinic_id == clinic_id, PlanEnd.plan_id.in_(plan_ids), PlanEnd.recorded_at <= known_at)
        .order_by(PlanEnd.plan_id, PlanEnd.change)
    )
    # The newest word comes last and so stays.
    return {row.plan_id: row.ends_on for row in rows}


def _pauses(
    session: Session, clinic_id: UUID, plan_ids: set[UUID], known_at: datetime | None
) -> dict[UUID, list[tuple[date, date | None]]]:
    found: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    said = {"clinic_id": clinic_id, "plans": list(plan_ids), "known_at": known_at}
    for row in run(session, _PAUSES, said):
        found[row.plan_id].append((row.from_on, row.to_on))
    return found


def _by_prescription(contents: Sequence[RevisionContent]) -> dict[UUID, list[VersionInForce]]:
    found: dict[UUID, list[VersionInForce]] = defaultdict(list)
    for version in cut_timeline(contents):
        found[version.prescription_id].append(version)
    return found
