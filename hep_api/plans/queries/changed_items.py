"""What changed of plans, as a phone keeps it: each thing whole, or the word that it is gone.

Not scoped by a viewer: for reads that have let the viewer through to the patient already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.changes import Shown
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.models.revisions import PlanRevision
from hep_api.plans.queries.changed import Changed
from hep_api.plans.queries.held import HeldPlan, plans_held, versions_held
from hep_api.plans.queries.held_goals import HeldGoal, goals_from
from hep_api.plans.queries.offline import OfflinePlan, beside_a_plan, plans_from, readable

REVISION = ("id", "plan_id", "number", "effective_on", "phase", "phase_name", "note", "published_at")
ACKNOWLEDGEMENT = ("plan_id", "revision_id", "acknowledged_at", "received_at")
# What a phone may have to forget; revisions and acknowledgements only ever go with their plan.
MAY_GO = (Shown.PLAN, Shown.PAUSE, Shown.GOAL)


@dataclass(frozen=True, slots=True)
class Gone:
    """A thing that a phone shall forget; a plan together with all that names it."""

    kind: Shown
    id: UUID
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class ChangedItems:
    """Things of plans by kind, each in the order of the changes; rows have the names of the JSON."""

    plans: Sequence[OfflinePlan] = ()
    revisions: Sequence[dict[str, Any]] = ()
    pauses: Sequence[dict[str, Any]] = ()
    goals: Sequence[dict[str, Any]] = ()
    acknowledgements: Sequence[dict[str, Any]] = ()
    gone: list[Gone] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom things are read: whose they are, what the patient's today is, from when on an end hides a plan."""

    clinic_id: UUID
    patient_id: UUID
    today: date
    ended_after: date
    languages: Sequence[str]


def items_of(session: Session, reader: Reader, changes: Sequence[Changed]) -> ChangedItems:
    """Return what became of the changes, in five statements at most, however many; none for none."""
    if not changes:
        return ChangedItems()
    ids = {kind: [each.id for each in changes if each.kind is kind] for kind in Shown}
    held = _plans(session, reader, {each.plan_id for each in changes})
    goals = [(each.plan.id, goal) for each in held.values() for goal in goals_from(each.more[0])]
    found: dict[Shown, dict[UUID, Any]] = {
        Shown.PLAN: _as_kept(session, reader, [held[each] for each in ids[Shown.PLAN] if each in held]),
        Shown.GOAL: {goal.id: _goal(plan_id, goal) for plan_id, goal in goals},
        Shown.PAUSE: _rows(session, _pauses(reader, ids[Shown.PAUSE]), ids[Shown.PAUSE]),
        Shown.REVISION: _rows(session, _revisions(reader, ids[Shown.REVISION]), ids[Shown.REVISION]),
        Shown.ACKNOWLEDGEMENT: _acknowledgements(session, reader, ids[Shown.ACKNOWLEDGEMENT]),
    }
    # Of a plan that is not readable nothing is; children of it that are still there stay with us.
    there = [each for each in changes if each.plan_id in held and each.id in found[each.kind]]
    of_kind = {kind: [found[kind][each.id] for each in there if each.kind is kind] for kind in Shown}
    missing = [each for each in changes if each.kind in MAY_GO and each not in there]
    return ChangedItems(
        plans=of_kind[Shown.PLAN],
        revisions=of_kind[Shown.REVISION],
        pauses=of_kind[Shown.PAUSE],
        goals=of_kind[Shown.GOAL],
        acknowledgements=of_kind[Shown.ACKNOWLEDGEMENT],
        gone=[Gone(each.kind, each.id, each.plan_id) for each in missing],
    )


def _plans(session: Session, reader: Reader, plan_ids: Iterable[UUID]) -> dict[UUID, HeldPlan]:
    held = plans_held(
        session,
        *readable(reader.clinic_id, reader.patient_id, reader.ended_after),
        Plan.id.in_(plan_ids),
        more=beside_a_plan(),
        values={"today": reader.today},
    )
    return {each.plan.id: each for each in held}


def _as_kept(session: Session, reader: Reader, held: Sequence[HeldPlan]) -> dict[UUID, OfflinePlan]:
    if not held:
        return {}
    versions = versions_held(session, reader.clinic_id, [each.plan.id for each in held])
    return {plan.id: plan for plan in plans_from(held, versions, reader.languages)}


def _goal(plan_id: UUID, goal: HeldGoal) -> dict[str, Any]:
    return {"plan_id": plan_id, **{each.name: getattr(goal, each.name) for each in fields(HeldGoal)}}


def _pauses(reader: Reader, ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    pause = PlanPause
    return select(
        pause.pause_id.label("id"),
        pause.plan_id,
        pause.from_on.label("from"),
        pause.to_on.label("to"),
        pause.reason,
        pause.recorded_at,
    ).where(
        pause.clinic_id == reader.clinic_id,
        pause.pause_id.in_(ids),
        pause.replaced_at.is_(None),
        pause.withdrawn.is_(False),
    )


def _revisions(reader: Reader, ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    columns = [getattr(PlanRevision, name) for name in REVISION]
    return select(*columns).where(PlanRevision.clinic_id == reader.clinic_id, PlanRevision.id.in_(ids))


def _acknowledgements(session: Session, reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Any]:
    word = RevisionAcknowledgement
    columns = [getattr(word, name) for name in ACKNOWLEDGEMENT]
    query = (
        select(word.revision_id.label("id"), PlanRevision.number, *columns)
        .join(PlanRevision, (PlanRevision.clinic_id == word.clinic_id) & (PlanRevision.id == word.revision_id))
        .where(word.clinic_id == reader.clinic_id, word.revision_id.in_(ids))
    )
    return _rows(session, query, ids)


def _rows(session: Session, query: Select[*tuple[Any, ...]], ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = session.execute(query).mappings() if ids else ()
    return {row["id"]: dict(row) for row in rows}
