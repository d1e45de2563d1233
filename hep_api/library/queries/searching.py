"""The search of the library: one statement a page, with favourites, uses and facets.

First comes how good the hit is, in the bands of `matching`; inside a band one's favourites, then what one used last,
then points, then the name. Without a query all are in one band.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Subquery,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field
from hep_api.foundation.web import pages
from hep_api.library.indexing import OWN_LANGUAGE
from hep_api.library.matching import Shelves, matches, same_exercise
from hep_api.library.models.assets import Asset
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.models.favourites import MemberExercise
from hep_api.library.models.words import ExerciseCard
from hep_api.library.queries import facets
from hep_api.library.queries.exercises import LISTED
from hep_api.library.queries.media import entry_of, first_asset_of, has_video
from hep_api.library.showing import media_of, shown_media
from hep_api.library.translating import in_best_language

AnyRow = Row[*tuple[Any, ...]]
Json = dict[str, Any]
AnySelect = Select[*tuple[Any, ...]]

# The sort key: band, favourites first, used last first, most points first, name, id; each smallest first.
KEY = ("band", "not_favourite", "minus_used", "minus_points", "sort_name", "exercise_id")
CURSOR = (str, int, int, pages.Big, pages.Big, str, UUID)
MICROSECONDS = 1_000_000
# What of a request does not make it another search.
NOT_OF_THE_SEARCH = ("cursor", "limit", "facets")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the search; `total` and `facets` only when they were asked for."""

    items: Sequence[Json]
    next_cursor: str | None
    total: int | None = None
    facets: Mapping[str, Any] | None = None


def list_exercises_for(
    session: Session, viewer: Viewer, asked: Mapping[str, Any], languages: Sequence[str] = ()
) -> Found:
    """Return a page of the exercises that `q` finds under the filters, best first, in the best of the languages.

    Raises 422 for a cursor of another search.
    """
    search = _digest_of(asked, languages)
    candidates = _candidates(viewer, asked, languages)
    if not asked["facets"]:
        rows = session.execute(_shown(_page(candidates.subquery(), asked, search))).all()
        return Found(*_cut(rows, asked, search, languages))
    every = candidates.cte("candidate")
    page = _page(select(every).where(every.c.missed.is_(None)).subquery(), asked, search)
    rows = session.execute(_shown(page, facets.counts_of(every))).all()
    counts = rows[0].counts
    found = [row for row in rows if row.id is not None]
    return Found(*_cut(found, asked, search, languages), facets.total(counts), facets.shown(counts))


def _cut(
    rows: Sequence[AnyRow], asked: Mapping[str, Any], search: str, languages: Sequence[str]
) -> tuple[Sequence[Json], str | None]:
    page = pages.cut(rows, asked["limit"], lambda row: (search, *(getattr(row, name) for name in KEY)))
    return [_said(row, languages) for row in page.items], page.next_cursor


def _said(row: AnyRow, languages: Sequence[str]) -> Json:
    exercise = in_best_language(row._asdict(), languages)
    media = media_of([entry_of(row.Asset)] if row.Asset else [], row.drawing_digest, exercise["name"])[:1]
    return {**exercise, "media": shown_media(media, exercise["name"], exercise["language"])}


def _candidates(viewer: Viewer, asked: Mapping[str, Any], languages: Sequence[str]) -> AnySelect:
    """Return the cards of what is found, with the sort key; for facets also of what misses a single filter."""
    shelves = Shelves((STARTER_SHELF, viewer.clinic_id), viewer.member_id, asked["archived"])
    known = (
        (MemberExercise.clinic_id == viewer.clinic_id)
        & (MemberExercise.member_id == viewer.member_id)
        & (MemberExercise.exercise_id == ExerciseCard.exercise_id)
    )
    band: ColumnElement[Any] = literal(0)
    points: ColumnElement[Any] = literal(0)
    query = select(ExerciseCard.clinic_id).outerjoin(MemberExercise, known).where(shelves.show())
    if asked["q"].strip():
        match = matches(asked["q"], shelves)
        if match is None:
            query = query.where(false())
        else:
            same = same_exercise(match.c, ExerciseCard.__table__.c)
            query, band, points = query.join(match, same), match.c.band, match.c.points
    if asked["favourite"] is not None:
        query = query.where(MemberExercise.favourite_since.is_not(None) == asked["favourite"])
    if asked["has_video"] is not None:
        query = query.where(has_video(ExerciseCard) == asked["has_video"])
    return _filtered(query.add_columns(*_key(band, points, languages)), asked)


def _filtered(query: AnySelect, asked: Mapping[str, Any]) -> AnySelect:
    demands = facets.conditions(asked)
    if not asked["facets"]:
        return query.where(*demands.values())
    columns = [column.label(name) for name, column in facets.COUNTED.items()]
    query = query.add_columns(*columns, facets.missed(demands).label("missed"))
    return query.where(facets.misses(demands) <= 1)


def _key(band: ColumnElement[Any], points: ColumnElement[Any], languages: Sequence[str]) -> list[Any]:
    used = cast(extract("epoch", MemberExercise.last_used_at) * MICROSECONDS, BigInteger)
    return [
        band.label("band"),
        case((MemberExercise.favourite_since.is_not(None), 0), else_=1).label("not_favourite"),
        func.coalesce(-used, 0).label("minus_used"),
        (-points).label("minus_points"),
        _name_in(languages).collate("C").label("sort_name"),
        ExerciseCard.exercise_id,
        MemberExercise.last_used_at,
    ]


def _name_in(languages: Sequence[str]) -> ColumnElement[str]:
    """Return the SQL of the name's beginning in the language that suits best what was asked for, else in its own."""
    tags = [part for tag in languages for part in (tag.lower(), tag.lower().partition("-")[0])]
    names: list[ColumnElement[str]] = [ExerciseCard.names[tag].astext for tag in (*dict.fromkeys(tags), OWN_LANGUAGE)]
    return func.coalesce(*names)


def _page(rows: Subquery, asked: Mapping[str, Any], search: str) -> Subquery:
    columns = [rows.c[name] for name in KEY]
    query = select(rows.c.clinic_id, *columns, rows.c.last_used_at)
    after = pages.decode(asked["cursor"], *CURSOR)
    if after is not None:
        if after[0] != search:
            raise invalid_field("/cursor", "cursor", "This next_cursor belongs to another search.")
        query = query.where(tuple_(*columns) > tuple_(*(literal(part) for part in after[1:])))
    return query.order_by(*columns).limit(asked["limit"] + 1).subquery("page")


def _shown(page: Subquery, counted: Subquery | None = None) -> AnySelect:
    exercise = (Exercise.clinic_id == page.c.clinic_id) & (Exercise.id == page.c.exercise_id)
    favourite = (page.c.not_favourite == 0).label("favourite")
    of_key = (page.c[name] for name in KEY)
    shown = select(*LISTED, Exercise.drawing_digest, *of_key, favourite, page.c.last_used_at, Asset)
    if counted is None:
        shown = shown.select_from(page).join(Exercise, exercise)
    else:
        # The counts are there also when no exercise is.
        shown = shown.add_columns(counted.c.counts).select_from(counted)
        shown = shown.outerjoin(page, true()).outerjoin(Exercise, exercise)
    first = first_asset_of(page)
    shown = shown.outerjoin(first, true())
    shown = shown.outerjoin(Asset, (Asset.clinic_id == page.c.clinic_id) & (Asset.id == first.c.asset_id))
    return shown.order_by(*(page.c[name] for name in KEY))


def _digest_of(asked: Mapping[str, Any], languages: Sequence[str]) -> str:
    """Return what tells this search from others, for its cursors."""
    search = {name: value for name, value in asked.items() if name not in NOT_OF_THE_SEARCH}
    return hashlib.sha256(json.dumps([search, list(languages)], sort_keys=True).encode()).hexdigest()[:12]
