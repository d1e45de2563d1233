"""Reads of templates. Staff see the starter set's and their clinic's; exercises are named in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, false, func, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.models.templates import Template, TemplateVersion
from hep_api.library.queries.exercises import may_see_exercise
from hep_api.library.queries.translations import NAMES
from hep_api.library.translating import in_best_language
from hep_api.library.vocabulary import Scope
from hep_api.library.words import asked_words

MOST_WORDS = 8
SUMMARY = (
    Template.id,
    Template.clinic_id,
    Template.title,
    Template.summary,
    Template.body_region,
    Template.tags,
    Template.language,
    Template.phase_count,
    Template.exercise_count,
    Template.version,
    Template.created_at,
    Template.archived_at,
)
IN_FULL = (*SUMMARY, Template.author_id, Template.copied_from_id, Template.copied_from_version)


class ExerciseState(StrEnum):
    """Whether an exercise that is named somewhere can still be prescribed by the reader."""

    AVAILABLE = "available"
    ARCHIVED = "archived"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NamedExercise:
    """An exercise's name in the reader's language, and whether it is to be had."""

    name: str | None
    state: ExerciseState
    scope: Scope | None = None


MISSING = NamedExercise(None, ExerciseState.MISSING)


def list_templates_for(session: Session, viewer: Viewer, asked: Mapping[str, Any]) -> pages.Page[dict[str, Any]]:
    """Return the templates that hold every asked word and suit every filter, by title, in one statement."""
    query = select(*SUMMARY).where(_on_shelves(viewer), *_filters(asked))
    after = pages.decode(asked["cursor"], str, UUID)
    key = tuple_(Template.title, Template.id)
    if after:
        query = query.where(key > tuple_(*after))
    rows = session.execute(query.order_by(Template.title, Template.id).limit(asked["limit"] + 1)).all()
    page = pages.cut(rows, asked["limit"], lambda row: [row.title, row.id])
    return pages.Page([_summary(row) for row in page.items], page.next_cursor)


def template_for(
    session: Session, viewer: Viewer, template_id: UUID, languages: Sequence[str], version: int | None = None
) -> dict[str, Any]:
    """Return a template in full as it reads now, or as it read in `version`, in two statements; 404 otherwise."""
    row = template_row(session, viewer, template_id, version)
    content = row.content
    named = named_exercises(session, viewer, exercises_in(content), languages)
    return {
        **_summary(row),
        **{field: content[field] for field in ("title", "summary", "body_region", "tags", "language", "goals")},
        "phase_count": len(content["phases"]),
        "exercise_count": len(exercises_in(content)),
        "version": row.written_version,
        "phases": [{**phase, "items": [_shown(item, named) for item in phase["items"]]} for phase in content["phases"]],
        "author_id": row.author_id,
        "copied_from": row.copied_from_id and {"id": row.copied_from_id, "version": row.copied_from_version},
        "written_at": row.written_at,
        "written_by": row.written_by,
    }


def template_row(
    session: Session, viewer: Viewer, template_id: UUID, version: int | None = None
) -> Row[*tuple[Any, ...]]:
    """Return a template's row with `content`, `written_version`, `written_at` and `written_by` of a version; 404."""
    said = (TemplateVersion.clinic_id == Template.clinic_id) & (TemplateVersion.template_id == Template.id)
    row = session.execute(
        select(
            *IN_FULL,
            TemplateVersion.content,
            TemplateVersion.version.label("written_version"),
            TemplateVersion.written_at,
            TemplateVersion.written_by,
        )
        .join(TemplateVersion, said)
        .where(_on_shelves(viewer), Template.id == template_id)
        .where(TemplateVersion.version == (Template.version if version is None else version))
    ).one_or_none()
    if row is None:
        raise not_found("template")
    return row


def exercises_in(content: Mapping[str, Any]) -> set[UUID]:
    """Return the ids of all exercises that a template's content names."""
    return {UUID(item["exercise_id"]) for phase in content["phases"] for item in phase["items"]}


def named_exercises(
    session: Session, viewer: Viewer, exercise_ids: Collection[UUID], languages: Sequence[str]
) -> dict[UUID, NamedExercise]:
    """Return by id the exercises of these that the viewer sees, in one statement; the others are missing."""
    columns = (Exercise.id, Exercise.scope, Exercise.archived_at, Exercise.language, Exercise.name, NAMES)
    rows = session.execute(select(*columns).where(may_see_exercise(viewer), Exercise.id.in_(exercise_ids)))
    return {
        row.id: NamedExercise(
            in_best_language(row._asdict(), languages)["name"],
            ExerciseState.AVAILABLE if row.archived_at is None else ExerciseState.ARCHIVED,
            row.scope,
        )
        for row in rows
    }


def _shown(item: Mapping[str, Any], named: Mapping[UUID, NamedExercise]) -> dict[str, Any]:
    exercise = named.get(UUID(item["exercise_id"]), MISSING)
    return {**item, "exercise_name": exercise.name, "exercise_state": exercise.state}


def _summary(row: Any) -> dict[str, Any]:
    columns = {column.key: getattr(row, column.key) for column in SUMMARY}
    return {**columns, "scope": "starter" if row.clinic_id == STARTER_SHELF else "clinic"}


def _on_shelves(viewer: Viewer) -> ColumnElement[bool]:
    return Template.clinic_id.in_((STARTER_SHELF, viewer.clinic_id))


def _filters(asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    archived = Template.archived_at.is_not(None) if asked["archived"] else Template.archived_at.is_(None)
    filters: list[ColumnElement[bool]] = [archived]
    if asked["q"] is not None:
        # Padded, so that a word is found by how it begins and not by what is in its middle.
        padded = " " + Template.searched
        words = asked_words(asked["q"], MOST_WORDS)
        filters.append(and_(*(func.strpos(padded, f" {word}") > 0 for word in words)) if words else false())
    if asked["body_region"] is not None:
        filters.append(Template.body_region == asked["body_region"])
    if asked["tag"] is not None:
        filters.append(Template.tags.contains([asked["tag"]]))
    if asked["scope"] is not None:
        starters = Template.clinic_id == STARTER_SHELF
        filters.append(starters if asked["scope"] == "starter" else ~starters)
    return filters
