"""Take over what a plan prescribes: into a plan of another patient, a new episode of the same, or a template.

Exercises, doses, schedules and phases are taken over, each exercise as it reads now. What was said of or by the
patient is not: goals, their own why, notes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import FieldError, conflict, invalid
from hep_api.library.actions import templates as library
from hep_api.library.queries.templates import MISSING, ExerciseState, NamedExercise, named_exercises
from hep_api.library.vocabulary import Scope
from hep_api.plans import repeats
from hep_api.plans.actions import laying_out
from hep_api.plans.actions.laying_out import LaidOut
from hep_api.plans.course import Course
from hep_api.plans.phases import Origin
from hep_api.plans.queries.courses import course_ahead
from hep_api.plans.queries.plans import PlanInCare

Named = Mapping[UUID, NamedExercise]
WhyNot = Callable[[UUID, Named], tuple[str, str] | None]
# Of an item of a course: its name was that of the plan, and the copy has the exercise's own.
PRESCRIBED = ("exercise_id", "prescription_id", "dose", "schedule", "progression", "course")
NOT_THERE = "{}: there is no such exercise any more, or it is not yours to see."
IN_ARCHIVE = "{} is in the archive; choose another, or have it restored."
ONES_OWN = "{} is a draft, which only its author sees; give it to the clinic first."


def copy_plan(
    session: Session, viewer: Viewer, found: PlanInCare, patient: Patient, body: Mapping[str, Any], now: datetime
) -> LaidOut:
    """Make a plan for a patient from what another plan has in force and ahead, both locked by the caller; sent again it
    is the same plan.

    Errors: 409 for a plan with nothing to copy, or an id used otherwise;
    422 naming each exercise that cannot be prescribed any more, unless it says to leave these out.
    """
    digest = repeats.digest_of({**body, "copies": found.plan.id})
    repeated = laying_out.laid_out_before(session, patient, body, digest)
    if repeated is not None:
        return repeated
    course = _without_notes(course_ahead(session, found.plan, found.today(now)))
    course = _of_what_is_there(session, viewer, course, _why_not, leaving_out=body["without_missing"])
    about = {**body, "title": body["title"] or found.plan.title, "goals": []}
    sending = laying_out.sending_of(body, digest, Origin(copied_from_plan_id=found.plan.id))
    return laying_out.lay_out(session, viewer, patient, about, course, sending, now)


def make_template(session: Session, viewer: Viewer, found: PlanInCare, body: Mapping[str, Any], now: datetime) -> UUID:
    """Make a template of the clinic's from what a plan has in force and ahead, and return its id.

    Errors: 409 for a plan with nothing in it, or an id used otherwise; 422 naming each exercise that the clinic does
    not have: gone, archived, or somebody's draft.
    """
    course = course_ahead(session, found.plan, found.today(now))
    if not body["with_notes"]:
        course = _without_notes(course)
    course = _of_what_is_there(session, viewer, course, _why_not_the_clinics, leaving_out=body["without_missing"])
    content = {name: value for name, value in body.items() if name not in ("with_notes", "without_missing")}
    return library.add_template(session, viewer, {**content, "phases": course}, now)


def _without_notes(course: Course) -> Course:
    return [{**phase, "note": ""} for phase in course]


def _of_what_is_there(
    session: Session, viewer: Viewer, course: Course, why_not: WhyNot, *, leaving_out: bool
) -> Course:
    """Return the course as it can be prescribed now; what cannot is left out, or refused by its place in the course."""
    exercise_ids = {item["exercise_id"] for phase in course for item in phase["items"]}
    named = named_exercises(session, viewer, exercise_ids, ())
    if leaving_out:
        course = _without(course, named, why_not)
    errors = list(_errors(course, named, why_not))
    if errors:
        raise invalid(*errors)
    return [
        {**phase, "items": [{name: item[name] for name in PRESCRIBED} for item in phase["items"]]} for phase in course
    ]


def _without(course: Course, named: Named, why_not: WhyNot) -> Course:
    """Return the course without what cannot be prescribed, and without phases that are left with nothing."""
    kept = [
        {**phase, "items": [item for item in phase["items"] if why_not(item["exercise_id"], named) is None]}
        for phase in course
    ]
    if not kept[0]["items"]:
        raise conflict("plan_id", "empty", "None of the first phase's exercises can be prescribed any more.")
    return [phase for phase in kept if phase["items"]]


def _errors(course: Course, named: Named, why_not: WhyNot) -> Iterator[FieldError]:
    """Yield what is wrong in the words of the plan: whoever reads it has sent no items."""
    for place, phase in enumerate(course):
        for number, item in enumerate(phase["items"]):
            why = why_not(item["exercise_id"], named)
            if why is not None:
                yield FieldError(f"/phases/{place}/items/{number}/exercise_id", why[0], why[1].format(item["name"]))


def _why_not(exercise_id: UUID, named: Named) -> tuple[str, str] | None:
    """Return the rule and the words by which an exercise cannot be prescribed."""
    match named.get(exercise_id, MISSING).state:
        case ExerciseState.MISSING:
            return "unknown_exercise", NOT_THERE
        case ExerciseState.ARCHIVED:
            return "archived", IN_ARCHIVE
        case _:
            return None


def _why_not_the_clinics(exercise_id: UUID, named: Named) -> tuple[str, str] | None:
    """The same for what all of the clinic shall prescribe."""
    is_draft = named.get(exercise_id, MISSING).scope is Scope.DRAFT
    return _why_not(exercise_id, named) or (("draft", ONES_OWN) if is_draft else None)
