"""The search of the library: what fits the words and the filters, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.web import pages
from hep_api.library import matching
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries.exercises import LISTED, may_see_exercise
from hep_api.library.translating import in_best_language

# So short that a cursor holds it in any script; names that begin alike stand in the order they were made.
LETTERS_SORTED_BY = 24


def list_exercises_for(
    session: Session, viewer: Viewer, asked: Mapping[str, Any], languages: Sequence[str] = ()
) -> pages.Page[dict[str, Any]]:
    """Return a page of the exercises that `q` finds under the filters, best hits first, else by name.

    What is in the archive is not found. Name and summary are in the best of the `languages` that somebody reads.
    """
    visible = may_see_exercise(viewer) & Exercise.archived_at.is_(None)
    points: ColumnElement[int] = literal(0)
    query = select(*LISTED).where(visible, *_filters(asked))
    if asked["q"].strip():
        match = matching.match_of(asked["q"], visible)
        same = (match.rows.c.clinic_id == Exercise.clinic_id) & (match.rows.c.id == Exercise.id)
        query, points = query.join(match.rows, same).where(match.found), match.points
    order = (-points, func.left(Exercise.titles[1], LETTERS_SORTED_BY), Exercise.id)
    after = pages.decode(asked["cursor"], int, str, UUID)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*(literal(part) for part in after)))
    listed = query.add_columns(order[0].label("minus_points"), order[1].label("sort_name"))
    rows = session.execute(listed.order_by(*order).limit(asked["limit"] + 1)).all()
    page = pages.cut(rows, asked["limit"], lambda row: (row.minus_points, row.sort_name, row.id))
    return pages.Page([in_best_language(row._asdict(), languages) for row in page.items], page.next_cursor)


def _filters(asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    plain = ("body_region", "position", "difficulty", "sides", "scope")
    filters = [getattr(Exercise, name) == asked[name] for name in plain if asked[name] is not None]
    if asked["goal"] is not None:
        filters.append(literal(asked["goal"].value) == any_(Exercise.goals))
    if asked["equipment"] == "none":
        filters.append(func.cardinality(Exercise.equipment) == 0)
    elif asked["equipment"] is not None:
        filters.append(literal(asked["equipment"]) == any_(Exercise.equipment))
    return filters
