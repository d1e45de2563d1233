"""Writes of templates: what practitioners put down as their clinic's protocols. The starter set is read only."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, Problem, conflict, invalid, not_found
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.web import etags
from hep_api.library.models.exercises import STARTER_SHELF
from hep_api.library.models.templates import Template
from hep_api.library.queries import templates
from hep_api.library.queries.templates import MISSING, ExerciseState, NamedExercise
from hep_api.library.template_rows import Origin, columns_of, content_of, digest_of, version_of, write_template
from hep_api.library.vocabulary import Scope

Content = Mapping[str, Any]


def add_template(session: Session, viewer: Viewer, body: Content, now: datetime) -> UUID:
    """Add a template of the clinic's and return its id; sent again with the same content it is the same one.

    Errors: 409 for an id used otherwise, 422 naming each item whose exercise the clinic does not have.
    """
    content = content_of(body)
    origin = Origin(viewer.clinic_id, viewer.member_id)
    template_id = body["id"] or new_id()
    if _is_repeated(session, origin, template_id, content):
        return template_id
    refuse_exercises(session, viewer, content)
    return _write(session, origin, template_id, content, now)


def copy_template(session: Session, viewer: Viewer, template_id: UUID, body: Content, now: datetime) -> UUID:
    """Copy a template, as it reads now, into the clinic's own and return the copy's id; 404 for one not theirs to see.

    What later happens to the one leaves the other as it is.
    """
    copied = templates.template_row(session, viewer, template_id)
    content = {**copied.content, "title": body["title"] or copied.content["title"]}
    origin = Origin(viewer.clinic_id, viewer.member_id, copied_from=(copied.id, copied.written_version))
    copy_id = body["id"] or new_id()
    if _is_repeated(session, origin, copy_id, content):
        return copy_id
    return _write(session, origin, copy_id, content, now)


def change_template(session: Session, viewer: Viewer, template_id: UUID, body: Content, now: datetime) -> None:
    """Write the template's next version, under its ETag; what says the same as before makes none.

    Errors: 404, 409 for one that is read only or archived, 412, 422 as for adding.
    """
    template = _template_to_change(session, viewer, template_id)
    etags.require_match(template.id, template.version)
    if template.archived_at is not None:
        raise conflict("template_id", "archived", "This template is archived; restore it first.")
    content = content_of(body)
    if content == templates.template_row(session, viewer, template_id).content:
        return
    refuse_exercises(session, viewer, content)
    template.version += 1
    for name, value in columns_of(content).items():
        setattr(template, name, value)
    session.add(version_of(Origin(viewer.clinic_id, viewer.member_id), template_id, template.version, content, now))
    session.flush()


def archive_template(session: Session, viewer: Viewer, template_id: UUID, now: datetime) -> None:
    """Take a template out of the lists, from where it can no longer be applied; a second time it stays so."""
    template = _template_to_change(session, viewer, template_id)
    template.archived_at = template.archived_at or now
    session.flush()


def restore_template(session: Session, viewer: Viewer, template_id: UUID) -> None:
    """Put an archived template back; one that is not archived stays as it is."""
    _template_to_change(session, viewer, template_id).archived_at = None
    session.flush()


def refuse_exercises(session: Session, viewer: Viewer, content: Content) -> None:
    """Refuse what the clinic does not have: unknown exercises, archived ones, drafts, which are their author's alone.

    422 names each item, such as /phases/1/items/3/exercise_id.
    """
    named = templates.named_exercises(session, viewer, templates.exercises_in(content), ())
    errors = list(_errors(content["phases"], named))
    if errors:
        raise invalid(*errors)


def _errors(phases: Sequence[Content], named: Mapping[UUID, NamedExercise]) -> Iterator[FieldError]:
    for place, phase in enumerate(phases):
        for number, item in enumerate(phase["items"]):
            exercise = named.get(UUID(item["exercise_id"]), MISSING)
            field = f"/phases/{place}/items/{number}/exercise_id"
            if exercise.state is ExerciseState.MISSING:
                words = "There is no such exercise, or it is not yours to see."
                yield FieldError(field, "unknown_exercise", words)
            elif exercise.state is ExerciseState.ARCHIVED:
                yield FieldError(
                    field, "archived", f"{exercise.name} is in the archive; choose another, or have it restored."
                )
            elif exercise.scope is Scope.DRAFT:
                yield FieldError(field, "draft", f"{exercise.name} is a draft, which only its author sees.")


def _is_repeated(session: Session, origin: Origin, template_id: UUID, content: Content) -> bool:
    """Tell whether the same sending was here before; 409 when the id stands for something else."""
    on_both_shelves = Template.clinic_id.in_((STARTER_SHELF, origin.clinic_id))
    digests = session.scalars(select(Template.sent_digest).where(on_both_shelves, Template.id == template_id)).all()
    if any(other != digest_of(content, origin) for other in digests):
        raise conflict("/id", "id_taken", "This id already stands for another template.")
    return bool(digests)


def _write(session: Session, origin: Origin, template_id: UUID, content: Content, now: datetime) -> UUID:
    if not write_template(session, origin, template_id, content, now):
        # The same id came twice at once: the other one has committed by now, so it can be compared.
        _is_repeated(session, origin, template_id, content)
    return template_id


def _template_to_change(session: Session, viewer: Viewer, template_id: UUID) -> Template:
    """Return a template of the clinic's with its row locked until the commit; 404, or 409 for the starter set's."""
    on_both_shelves = Template.clinic_id.in_((STARTER_SHELF, viewer.clinic_id))
    whose = session.scalar(select(Template.clinic_id).where(on_both_shelves, Template.id == template_id))
    if whose is None:
        raise not_found("template")
    if whose == STARTER_SHELF:
        raise read_only()
    own = (Template.clinic_id == viewer.clinic_id) & (Template.id == template_id)
    return session.scalars(select(Template).where(own).with_for_update()).one()


def read_only() -> Problem:
    return conflict("template_id", "read_only", "The starter set is read only; copy the template and change the copy.")
