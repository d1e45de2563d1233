"""What a draft would change if it were published: each phase against what would govern its date before it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.errors import FieldError, Problem, not_found
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.library.queries import exercises as library
from hep_api.plans import dating, phases
from hep_api.plans.comparing import ComparedItem, Content, Json
from hep_api.plans.dating import NearDay
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription
from hep_api.plans.phases import Phase, counted
from hep_api.plans.queries import comparing, drafts, plans
from hep_api.plans.queries.comparing import NOTHING, ShownChange

# A draft is looked at for a date; the reason for one in the past is given when it is published.
LOOKED_AT = "looked at"


@dataclass(frozen=True, slots=True)
class PhaseChanges:
    """What a phase would change from `effective_on` on, since a revision or an earlier phase of the draft, from 1."""

    name: str
    effective_on: date
    since: int | None
    since_phase: int | None
    changes: Sequence[ShownChange]

    @property
    def words(self) -> list[str]:
        return [change.words for change in self.changes]


@dataclass(frozen=True, slots=True)
class DraftChanges:
    """The changes phase by phase. `refused` names what could not be prescribed any more; it is left out of them."""

    plan_id: UUID
    version: int
    based_on: int
    last_revision: int
    outdated: bool
    language: str
    phases: Sequence[PhaseChanges]
    refused: Sequence[FieldError]


class Drafted:
    """The phases of a draft as they are compared. What is new has no id yet: it gets one that is taken out again."""

    def __init__(self, found: Sequence[Phase], carried: Mapping[str, Json], new: Mapping[UUID, Json]) -> None:
        self._carried, self._new = carried, new
        self._exercise_of: dict[UUID, UUID] = {}
        self._made: dict[tuple[str, int], UUID] = {}
        self.contents = [self._content(phase) for phase in found]

    def named(self, change: ShownChange) -> ShownChange:
        """Return a change without the ids that were made up; in an order, what is new stands by its exercise."""
        known = None if change.prescription_id in self._exercise_of else change.prescription_id
        sides = [self._ordered(side) for side in (change.before, change.after)]
        return replace(change, prescription_id=known, before=sides[0], after=sides[1])

    def _ordered(self, side: Json | None) -> Json | None:
        if side is None or side["order"] is None:
            return side
        ids = [UUID(each) for each in side["order"]]
        return {**side, "order": [str(self._exercise_of.get(each, each)) for each in ids]}

    def _content(self, phase: Phase) -> Content:
        items = []
        for item, again in counted(phase.items):
            said = (item["dose"], item["schedule"], item.get("progression"))
            if item["prescription_id"]:
                items.append(ComparedItem(UUID(item["prescription_id"]), self._carried[item["prescription_id"]], *said))
            elif UUID(item["exercise_id"]) in self._new:
                exercise_id = UUID(item["exercise_id"])
                made = self._made.setdefault((item["exercise_id"], again), new_id())
                self._exercise_of[made] = exercise_id
                items.append(ComparedItem(made, self._new[exercise_id], *said))
        return Content(items, phase.note)


def draft_changes_for(
    session: Session,
    viewer: Viewer,
    plan_id: UUID,
    effective_on: date | NearDay | None,
    asked: Sequence[str],
    now: datetime,
) -> DraftChanges:
    """Return what the draft would change, published for that day, the patient's next one when left out.

    Errors: 404 without a draft, and always for the patient; 422 for a day outside the plan.
    """
    if viewer.role is Role.PATIENT:
        raise not_found("draft")
    found = plans.plan_for(session, viewer, plan_id)
    plan, today = found.plan, found.today(now)
    draft = drafts.draft_of(session, plan)
    if draft is None:
        raise not_found("draft")
    day = dating.first_day_of_revision(effective_on, today, plan.starts_on, plan.ends_on, LOOKED_AT)
    dated = phases.dated(draft.content["phases"], day, today, plan)
    new, refused = _new_exercises(session, viewer, dated)
    drafted = Drafted(dated, _carried_exercises(session, plan, dated), new)
    return DraftChanges(
        plan_id=plan.id,
        version=draft.version,
        based_on=draft.based_on,
        last_revision=plan.last_revision,
        outdated=plan.last_revision > draft.based_on,
        language=best_language(WRITTEN, asked),
        phases=_changes(session, plan, dated, drafted, asked),
        refused=refused,
    )


def _changes(
    session: Session, plan: Plan, dated: Sequence[Phase], drafted: Drafted, asked: Sequence[str]
) -> list[PhaseChanges]:
    """Compare each phase with the revision, or the earlier phase, that would govern its date without it."""
    of_plan = (PlanRevision.clinic_id == plan.clinic_id) & (PlanRevision.plan_id == plan.id)
    published = session.scalars(select(PlanRevision).where(of_plan)).all()
    before = [_governing(published, phase.effective_on) for phase in dated]
    known = comparing.contents_of(session, plan.clinic_id, {each.id: each for each in before if each}.values())
    found = []
    for place, phase in enumerate(dated):
        revision = before[place]
        governing = NOTHING if revision is None else known[revision.id]
        # The phase before takes the place of a revision of its date; one that is planned between the two holds again.
        is_phase = place > 0 and (revision is None or dated[place - 1].effective_on >= revision.effective_on)
        earlier = drafted.contents[place - 1] if is_phase else governing
        changes = comparing.changes_between(earlier, drafted.contents[place], asked, is_patient=False)
        found.append(
            PhaseChanges(
                name=phase.name,
                effective_on=phase.effective_on,
                since=None if is_phase or revision is None else revision.number,
                since_phase=place if is_phase else None,
                changes=[drafted.named(change) for change in changes],
            )
        )
    return found


def _governing(published: Collection[PlanRevision], day: date) -> PlanRevision | None:
    held = [each for each in published if each.effective_on <= day]
    return max(held, key=lambda each: (each.effective_on, each.number), default=None)


def _carried_exercises(session: Session, plan: Plan, dated: Sequence[Phase]) -> dict[str, Json]:
    ids = {item["prescription_id"] for phase in dated for item in phase.items if item["prescription_id"]}
    rows = session.execute(
        select(Prescription.id, Prescription.exercise).where(
            Prescription.clinic_id == plan.clinic_id, Prescription.plan_id == plan.id, Prescription.id.in_(ids)
        )
    )
    return {str(row.id): row.exercise for row in rows}


def _new_exercises(
    session: Session, viewer: Viewer, dated: Sequence[Phase]
) -> tuple[dict[UUID, dict[str, Any]], list[FieldError]]:
    """Return the exercises of new items as they read now, and by its place each that publishing would refuse."""
    placed = [
        (f"{phase.pointer}/items/{place}/exercise_id", UUID(item["exercise_id"]))
        for phase in dated
        for place, item in enumerate(phase.items)
        if item["exercise_id"]
    ]
    try:
        return library.exercises_for_plan(session, viewer, [each for _, each in placed], "{}"), []
    except Problem as refusal:
        why = {int(error.field): error for error in refusal.errors}
    left = [exercise_id for place, (_, exercise_id) in enumerate(placed) if place not in why]
    refused = [FieldError(placed[place][0], error.rule, error.detail) for place, error in why.items()]
    return library.exercises_for_plan(session, viewer, left, "{}"), refused
