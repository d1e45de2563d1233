"""Writing what an exercise of one's own is linked with. What the writer cannot see there stays as it is."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, invalid
from hep_api.library.linking import EASIER, HARDER, LINK_LISTS, link_between
from hep_api.library.models.exercises import Exercise, ExerciseLink
from hep_api.library.queries.exercises import may_see_exercise
from hep_api.library.queries.links import links_of
from hep_api.library.vocabulary import Scope

Lists = Mapping[str, Sequence[UUID]]


def set_links(session: Session, viewer: Viewer, exercise: Exercise, lists: Lists) -> None:
    """Make the given lists of an exercise, whose row the caller holds, exactly these; other lists stay.

    An exercise of the clinic at the other end shows the link too, so its version grows.

    Errors: 422 naming each link that leads to itself, to what the viewer does not see, into the archive, from the
    clinic's exercise to a draft, or both ways.
    """
    if not lists:
        return
    _hold_other_ends(session, viewer, lists)
    shown = links_of(session, may_see_exercise(viewer), viewer.clinic_id, exercise)
    before = {which: [link["id"] for link in shown[which]] for which in LINK_LISTS}
    after = {**before, **lists}
    new = [(which, place, other) for which in lists for place, other in enumerate(lists[which])]
    new = [(which, place, other) for which, place, other in new if other not in before[which]]
    _refuse(session, viewer, exercise, new, after)
    gone = [(which, other) for which in lists for other in before[which] if other not in lists[which]]
    if gone:
        triple = tuple_(ExerciseLink.exercise_id, ExerciseLink.kind, ExerciseLink.linked_id)
        links = [link_between(exercise.id, *each) for each in gone]
        session.execute(delete(ExerciseLink).where(ExerciseLink.clinic_id == viewer.clinic_id, triple.in_(links)))
    if new:
        rows = [link_between(exercise.id, which, other)._asdict() for which, _, other in new]
        session.execute(
            insert(ExerciseLink).on_conflict_do_nothing(), [{"clinic_id": viewer.clinic_id, **row} for row in rows]
        )
    touched = {other for _, other in gone} | {other for _, _, other in new}
    if touched:
        ends = (Exercise.clinic_id == viewer.clinic_id) & Exercise.id.in_(touched)
        session.execute(update(Exercise).where(ends).values(version=Exercise.version + 1))


def refuse_links_to_drafts(session: Session, viewer: Viewer, exercise: Exercise) -> None:
    """Refuse that a draft becomes the clinic's while it leads to another draft; 422 naming `/scope`."""
    shown = links_of(session, may_see_exercise(viewer), viewer.clinic_id, exercise)
    if any(link["scope"] is Scope.DRAFT for which in LINK_LISTS for link in shown[which]):
        words = "It is linked with a draft, which the clinic does not see: take the link away first."
        raise invalid(FieldError("/scope", "linked_to_draft", words))


def _hold_other_ends(session: Session, viewer: Viewer, lists: Lists) -> None:
    """Lock the exercises of the clinic that are linked to, so that two changes cannot contradict each other."""
    others = {other for which in lists for other in lists[which]}
    if others:
        ends = (Exercise.clinic_id == viewer.clinic_id) & Exercise.id.in_(others)
        session.execute(select(Exercise.id).where(ends).order_by(Exercise.id).with_for_update())


def _refuse(
    session: Session, viewer: Viewer, exercise: Exercise, new: Sequence[tuple[str, int, UUID]], after: Lists
) -> None:
    columns = (Exercise.id, Exercise.scope, Exercise.archived_at)
    query = select(*columns).where(may_see_exercise(viewer), Exercise.id.in_({other for _, _, other in new}))
    seen = {row.id: row for row in session.execute(query)} if new else {}
    errors = []
    for which, place, other in new:
        field = f"/{which}/{place}"
        if other == exercise.id:
            errors.append(FieldError(field, "itself", "An exercise is not linked with itself."))
        elif other not in seen:
            words = "There is no such exercise, or it is not yours to see."
            errors.append(FieldError(field, "unknown_exercise", words))
        elif seen[other].archived_at is not None:
            errors.append(FieldError(field, "archived", "This exercise is in the archive."))
        elif seen[other].scope is Scope.DRAFT and exercise.scope is Scope.CLINIC:
            words = "An exercise of the clinic does not lead to a draft, which the clinic does not see."
            errors.append(FieldError(field, "draft", words))
    for place, other in enumerate(after[HARDER]):
        if other in after[EASIER]:
            words = "It is easier already, not harder too."
            errors.append(FieldError(f"/{HARDER}/{place}", "both_ways", words))
    if errors:
        raise invalid(*errors)
