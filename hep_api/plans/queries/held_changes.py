"""What a patient has yet to acknowledge of a plan, in words, read in the statement that reads the plan.

It says what `acknowledging.list_changes_for` says, which takes statements of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from hep_api.clinics.models import Patient
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.foundation.types import INSTANT
from hep_api.plans.comparing import ChangeKind, ComparedItem, Content
from hep_api.plans.models.acknowledgements import RevisionAcknowledgement
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem
from hep_api.plans.queries import acknowledging
from hep_api.plans.queries.comparing import NOTHING, changes_between

Seen, Word = aliased(PlanRevision), aliased(RevisionAcknowledgement)
NOW = bindparam("now", type_=INSTANT)


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change in words, with what it is about; both sides stand in the plan and at `.../changes`."""

    kind: ChangeKind
    prescription_id: UUID | None
    exercise: str | None
    fields: Sequence[str]
    words: str


@dataclass(frozen=True, slots=True)
class HeldChanges:
    """A revision that waits, and its changes since the one that the patient acknowledged last, None for none."""

    plan_id: UUID
    plan_title: str
    number: int
    effective_on: date
    since: int | None
    note: str
    published_at: datetime
    language: str
    changes: Sequence[ToldChange]


@cache
def waiting_of_plan() -> ColumnElement[Any]:
    """Return the column of a `Plan`'s revisions that wait, the oldest first, each with what was seen before it.

    There are two at most, that of today and that of tomorrow; where none waits nothing else is read. It leaves a place
    for the instant `now`. Made once: putting it together took longer than running it.
    """
    seen = (
        select(func.json_build_array(Seen.number, Seen.note, _items_of(Seen)))
        .join(Word, (Word.clinic_id == Seen.clinic_id) & (Word.revision_id == Seen.id))
        .where(Seen.clinic_id == PlanRevision.clinic_id, Seen.plan_id == PlanRevision.plan_id)
        .order_by(Seen.effective_on.desc(), Seen.number.desc())
        .limit(1)
        .correlate(PlanRevision)
        .scalar_subquery()
    )
    own = (PlanRevision.number, PlanRevision.note, _items_of(PlanRevision))
    waiting = func.json_build_array(*own, PlanRevision.effective_on, PlanRevision.published_at, seen)
    return (
        select(func.json_agg(aggregate_order_by(waiting, PlanRevision.effective_on, PlanRevision.id)))
        .join(Patient, (Patient.clinic_id == Plan.clinic_id) & (Patient.id == Plan.patient_id))
        .where(PlanRevision.clinic_id == Plan.clinic_id, PlanRevision.plan_id == Plan.id, *acknowledging.waits(NOW))
        .correlate(Plan)
        .scalar_subquery()
    )


def _items_of(revision: Any) -> ColumnElement[Any]:
    item = func.json_build_array(
        RevisionItem.prescription_id,
        Prescription.exercise,
        RevisionItem.dose,
        RevisionItem.schedule,
        RevisionItem.progression,
    )
    return (
        select(func.json_agg(aggregate_order_by(item, RevisionItem.position)))
        .join(
            Prescription,
            (Prescription.clinic_id == RevisionItem.clinic_id) & (Prescription.id == RevisionItem.prescription_id),
        )
        .where(RevisionItem.clinic_id == revision.clinic_id, RevisionItem.revision_id == revision.id)
        .correlate(revision)
        .scalar_subquery()
    )


def changes_from(plan: Plan, found: list[list[Any]] | None, asked: Sequence[str]) -> list[HeldChanges]:
    """Return the changes that the column of this plan held, as patients are told them in the best of the languages."""
    told: list[HeldChanges] = []
    language = best_language(WRITTEN, asked)
    before, since = NOTHING, None
    for place, (number, note, items, effective_on, published_at, seen) in enumerate(found or ()):
        if place == 0 and seen is not None:
            since, before = seen[0], _content(*seen[1:])
        after = _content(note, items)
        changes = [
            ToldChange(each.kind, each.prescription_id, each.exercise, each.fields, each.words)
            for each in changes_between(before, after, asked, is_patient=True)
        ]
        day, instant = date.fromisoformat(effective_on), datetime.fromisoformat(published_at)
        told.append(HeldChanges(plan.id, plan.title, number, day, since, note, instant, language, changes))
        # What follows tomorrow is told against what holds today.
        since, before = number, after
    return told


def _content(note: str, items: list[list[Any]] | None) -> Content:
    return Content([ComparedItem(UUID(item[0]), *item[1:]) for item in items or ()], note)
