"""Reads of what changed between revisions, in the reader's language."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.library.showing import shown_exercise
from hep_api.plans.changes_in_words import change_in_words
from hep_api.plans.comparing import Change, ChangeKind, ComparedItem, Content, Json, compare
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem
from hep_api.plans.queries import plans

NOTHING = Content(())


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change as data and in words; exercises as the reader is shown them."""

    kind: ChangeKind
    prescription_id: UUID | None
    exercise: str | None
    fields: Sequence[str]
    before: Json | None
    after: Json | None
    words: str


@dataclass(frozen=True, slots=True)
class ShownChanges:
    """What a revision changed `since` another one, None where there was none before it."""

    plan_id: UUID
    number: int
    effective_on: date
    since: int | None
    language: str
    changes: Sequence[ShownChange]

    @property
    def words(self) -> list[str]:
        return [change.words for change in self.changes]


def compare_revisions_for(
    session: Session,
    viewer: Viewer,
    plan_id: UUID,
    number: int,
    since: int | None,
    asked: Sequence[str],
    now: datetime,
) -> ShownChanges:
    """Return what revision `number` changed since revision `since`, or since what governed its date before it.

    Errors: 404 for a number that the plan does not have, and for a patient whose plan ended too long ago.
    """
    found = plans.plan_for(session, viewer, plan_id)
    plans.refuse_unreadable(viewer, found, now)
    of_plan = (PlanRevision.clinic_id == found.plan.clinic_id) & (PlanRevision.plan_id == found.plan.id)
    heads = {each.number: each for each in session.scalars(select(PlanRevision).where(of_plan))}
    if number not in heads or (since is not None and since not in heads):
        raise not_found("revision")
    earlier = governed_before(heads[number], heads.values()) if since is None else heads[since]
    compared = [each for each in (earlier, heads[number]) if each is not None]
    contents = contents_of(session, found.plan.clinic_id, compared)
    return shown_changes(viewer, heads[number], earlier, contents, asked)


def shown_changes(
    viewer: Viewer,
    revision: PlanRevision,
    earlier: PlanRevision | None,
    contents: dict[UUID, Content],
    asked: Sequence[str],
) -> ShownChanges:
    """Return the changes as this reader is shown them; a rule for the next dose is the practitioner's matter."""
    before = NOTHING if earlier is None else contents[earlier.id]
    return ShownChanges(
        plan_id=revision.plan_id,
        number=revision.number,
        effective_on=revision.effective_on,
        since=None if earlier is None else earlier.number,
        language=best_language(WRITTEN, asked),
        changes=changes_for(viewer, before, contents[revision.id], asked),
    )


def changes_for(viewer: Viewer, before: Content, after: Content, asked: Sequence[str]) -> list[ShownChange]:
    """Return the changes between two contents as the viewer is shown them, in the best of the asked languages."""
    return changes_between(before, after, asked, is_patient=viewer.role is Role.PATIENT)


def changes_between(before: Content, after: Content, asked: Sequence[str], *, is_patient: bool) -> list[ShownChange]:
    """Return the changes as patients are shown them, or as the clinic's staff are."""
    return [
        _shown(change, asked, is_patient=is_patient)
        for change in compare(before, after)
        if not (is_patient and change.kind is ChangeKind.PROGRESSION)
    ]


def contents_of(session: Session, clinic_id: UUID, revisions: Collection[PlanRevision]) -> dict[UUID, Content]:
    """Return what is compared of each revision, by its id, in one statement."""
    rows = session.execute(
        select(
            RevisionItem.revision_id,
            RevisionItem.prescription_id,
            Prescription.exercise,
            RevisionItem.dose,
            RevisionItem.schedule,
            RevisionItem.progression,
        )
        .join(
            Prescription,
            (Prescription.clinic_id == RevisionItem.clinic_id) & (Prescription.id == RevisionItem.prescription_id),
        )
        .where(RevisionItem.clinic_id == clinic_id, RevisionItem.revision_id.in_([each.id for each in revisions]))
        .order_by(RevisionItem.position)
    )
    items: dict[UUID, list[ComparedItem]] = defaultdict(list)
    for row in rows:
        items[row.revision_id].append(ComparedItem(*row[1:]))
    return {each.id: Content(items[each.id], each.note) for each in revisions}


def governed_before(revision: PlanRevision, published: Collection[PlanRevision]) -> PlanRevision | None:
    """Return what governed the revision's first date until it was published."""
    earlier = [
        each for each in published if each.number < revision.number and each.effective_on <= revision.effective_on
    ]
    return max(earlier, key=lambda each: (each.effective_on, each.number), default=None)


def _shown(change: Change, asked: Sequence[str], *, is_patient: bool) -> ShownChange:
    name = None if change.exercise is None else shown_exercise(change.exercise, asked)["name"]
    return ShownChange(
        kind=change.kind,
        prescription_id=change.prescription_id,
        exercise=name,
        fields=change.fields,
        before=_side(change.before, asked, is_patient=is_patient),
        after=_side(change.after, asked, is_patient=is_patient),
        words=change_in_words(change, name or "", best_language(WRITTEN, asked)),
    )


def _side(side: Json | None, asked: Sequence[str], *, is_patient: bool) -> dict[str, Any] | None:
    if side is None:
        return None
    whole = {"exercise": None, "dose": None, "schedule": None, "progression": None, "order": None, "note": None, **side}
    if whole["exercise"] is not None:
        whole["exercise"] = shown_exercise(whole["exercise"], asked)
    return {**whole, "progression": None if is_patient else whole["progression"]}
