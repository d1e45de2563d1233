"""The starter set: exercises of our own writing (CC0), one JSON file per body region, and how they reach the tables.

An exercise keeps its id in every installation: it is made from its key. Loading again changes only what was rewritten,
and archives what is no longer in the set: templates and favourites may point to it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation import tenancy
from hep_api.foundation.web.fields import Several, Text
from hep_api.library import shelving, starter_drawings, starter_templates, starter_translations
from hep_api.library.linking import LINK_LISTS, Link, link_between
from hep_api.library.models.exercises import STARTER_SHELF, STARTER_SOURCE, Exercise, ExerciseLink
from hep_api.library.schemas.exercises import ExerciseContentIn
from hep_api.library.shelving import Shelf, Shelved
from hep_api.library.showing import AUTHOR, LICENCE
from hep_api.library.vocabulary import BodyRegion, Scope

FOLDER = Path(__file__).parent / "starter"
SHELF = Shelf(STARTER_SHELF, Scope.STARTER, STARTER_SOURCE, licence=LICENCE)
IDS = UUID("6f1c0f5e-5d0e-5b3e-9a55-3d6b1f6f7a10")
# Any number will do, as long as nothing else locks it.
LOADING = 4_817_201


class StarterExerciseIn(ExerciseContentIn):
    """One entry of the files: the content, its key, and the keys that it points to."""

    key = Text(most=60, required=True)
    easier = Several(Text(most=60), most=5, load_default=list)
    harder = Several(Text(most=60), most=5, load_default=list)
    alternatives = Several(Text(most=60), most=5, load_default=list)


def read_starter_set() -> list[dict[str, Any]]:
    """Return all entries as the schema loads them; raises ValidationError for one that breaks a rule."""
    files = [FOLDER / f"{region}.json" for region in sorted(BodyRegion)]
    entries = [entry for file in files for entry in json.loads(file.read_text("utf-8"))]
    loaded: list[dict[str, Any]] = StarterExerciseIn(many=True).load(entries)
    return loaded


def starter_id(key: str) -> UUID:
    """Return the id of a starter exercise, the same in every installation."""
    return uuid5(IDS, key)


def draw_starter_set() -> None:
    """Draw what the loading will want, before it opens a transaction: drawing takes seconds, more on a busy machine."""
    starter_drawings.draw({entry["key"]: entry["name"] for entry in read_starter_set()})


def load_starter_set(session: Session, now: datetime) -> Shelved:
    """Bring the tables to what the files say, templates too, and return what that changed of the exercises.

    A second time it changes nothing.
    """
    shelved = shelve_entries(session, read_starter_set(), now)
    starter_templates.shelve_templates(session, starter_templates.read_starter_templates(), starter_id, now)
    return shelved


def shelve_entries(session: Session, entries: Sequence[Mapping[str, Any]], now: datetime) -> Shelved:
    """Make the starter shelf hold these entries, and let all others rest in the archive."""
    # Several processes may start at once: one loads, the others then find nothing to do.
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOADING})
    digests = starter_drawings.add_drawings(session, {entry["key"]: entry["name"] for entry in entries})
    translations = starter_translations.read_translations()
    contents = {
        entry["key"]: {
            **shelving.content_of({**entry, "author": entry["author"] or AUTHOR}),
            "drawing_digest": digests.get(entry["key"]),
            "translations": translations.get(entry["key"], {}),
        }
        for entry in entries
    }
    with tenancy.acting_for(session, STARTER_SHELF):
        shelved = shelving.shelve(session, SHELF, contents, now, make_id=starter_id)
        _archive_all_but(session, contents, now)
        _link(session, entries)
    return shelved


def _archive_all_but(session: Session, contents: Mapping[str, Any], now: datetime) -> None:
    """Archive what left the files, and take out of the archive what is in them again."""
    on_shelf = update(Exercise).where(Exercise.clinic_id == STARTER_SHELF).values(version=Exercise.version + 1)
    stays = Exercise.source_key.in_(contents.keys())
    gone = on_shelf.where(~stays, Exercise.archived_at.is_(None)).values(archived_at=now)
    back = on_shelf.where(stays, Exercise.archived_at.is_not(None)).values(archived_at=None)
    moved = [session.scalars(statement.returning(Exercise.id)).all() for statement in (gone, back)]
    shelving.make_found(session, STARTER_SHELF, [*moved[0], *moved[1]])


def _link(session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    """Make the links of the starter shelf exactly those of the entries."""
    wanted = {
        link_between(starter_id(entry["key"]), field, starter_id(key))
        for entry in entries
        for field in LINK_LISTS
        for key in entry[field]
    }
    triple = (ExerciseLink.exercise_id, ExerciseLink.kind, ExerciseLink.linked_id)
    there = {Link(*row) for row in session.execute(select(*triple).where(ExerciseLink.clinic_id == STARTER_SHELF))}
    if gone := there - wanted:
        session.execute(delete(ExerciseLink).where(ExerciseLink.clinic_id == STARTER_SHELF, tuple_(*triple).in_(gone)))
    if new := wanted - there:
        rows = [{"clinic_id": STARTER_SHELF, **link._asdict()} for link in sorted(new)]
        session.execute(insert(ExerciseLink), rows)
