"""How an exercise's content becomes a row: the words it is found by, and a digest that tells whether it changed.

Every way onto a shelf (a person's door, the starter set, an importer) goes through here, so none can be unfindable.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from hep_api.foundation.languages import FALLBACK
from hep_api.library import translating
from hep_api.library.indexing import index_exercises
from hep_api.library.models.exercises import Exercise
from hep_api.library.vocabulary import Scope

Content = Mapping[str, Any]

CONTENT_FIELDS = (
    "name",
    "summary",
    "steps",
    "cues",
    "mistakes",
    "precautions",
    "contraindications",
    "body_region",
    "joints",
    "goals",
    "position",
    "equipment",
    "sides",
    "difficulty",
    "default_dose",
    "default_schedule",
    "tags",
    "synonyms",
    "language",
    "author",
    "source_url",
)
# What not every source tells.
UNSAID = {"language": FALLBACK, "author": "", "source_url": None}
NEVER_REWRITTEN = {"clinic_id", "id", "source", "source_key", "created_at", "version", "archived_at"}
AT_A_TIME = 200
PROSE_FIELDS = ("steps", "cues", "mistakes", "precautions", "contraindications")


@dataclass(frozen=True, slots=True)
class Shelved:
    """How many exercises were added, rewritten, and found as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where exercises go and what they have in common; `author_id` is None for what no member wrote."""

    clinic_id: UUID
    scope: Scope
    source: str
    licence: str
    author_id: UUID | None = None


def content_of(loaded: Content) -> dict[str, Any]:
    """Return the content among loaded fields in plain JSON types, enums as their words, dose and schedule as stored."""
    content = {field: loaded[field] if field in loaded else UNSAID[field] for field in CONTENT_FIELDS}
    return plain(content)


def plain(content: Content) -> dict[str, Any]:
    """Return fields in plain JSON types, as the columns hold them."""
    told: dict[str, Any] = json.loads(json.dumps(content, default=lambda dosing: dosing.to_json()))
    return told


def digest_of(shelf: Shelf, content: Content) -> bytes:
    """Return the digest by which the same content is known again; whose it is belongs to it."""
    whose = [shelf.scope.value, shelf.licence, str(shelf.author_id)]
    return digest_of_sent([whose, content])


def digest_of_sent(sent: Any) -> bytes:
    """Return the digest of something in plain JSON types."""
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).digest()


def row_of(
    shelf: Shelf, content: Content, exercise_id: UUID, now: datetime, source_key: str | None = None
) -> dict[str, Any]:
    """Return the columns of an exercise; `content` as `content_of` gives it, with a `drawing_digest` if it has one."""
    return {
        **{field: content[field] for field in CONTENT_FIELDS},
        "drawing_digest": content.get("drawing_digest"),
        "clinic_id": shelf.clinic_id,
        "id": exercise_id,
        "scope": shelf.scope,
        "author_id": shelf.author_id,
        "source": shelf.source,
        "source_key": source_key,
        "licence": shelf.licence,
        "version": 1,
        "content_digest": digest_of(shelf, content),
        "created_at": now,
        "archived_at": None,
    }


def make_found(session: Session, clinic_id: UUID, exercise_ids: Collection[UUID]) -> None:
    """Let exercises of one shelf, whose rows or translations were written, be found by what they say now."""
    index_exercises(session, clinic_id, exercise_ids)


def shelve(
    session: Session,
    shelf: Shelf,
    contents: Mapping[str, Content],
    now: datetime,
    make_id: Callable[[str], UUID],
) -> Shelved:
    """Put contents on a shelf by their key in the source; what stands there unchanged is not touched.

    A content may have `translations`, by language; they are part of it and replace those that are there.
    """
    same_source = (Exercise.clinic_id == shelf.clinic_id) & (Exercise.source == shelf.source)
    query = select(Exercise.source_key, Exercise.content_digest).where(same_source)
    there = {row.source_key: row.content_digest for row in session.execute(query)}
    differing = {key: content for key, content in contents.items() if there.get(key) != digest_of(shelf, content)}
    keys = sorted(differing)
    for start in range(0, len(keys), AT_A_TIME):
        rows = [row_of(shelf, differing[key], make_id(key), now, key) for key in keys[start : start + AT_A_TIME]]
        written = {row.source_key: row.id for row in session.execute(_write(rows))}
        translating.replace_translations(
            session, shelf.clinic_id, {written[key]: differing[key].get("translations", {}) for key in written}
        )
        make_found(session, shelf.clinic_id, written.values())
    changed = len(differing.keys() & there.keys())
    return Shelved(len(differing) - changed, changed, len(contents) - len(differing))


def _write(rows: Sequence[Mapping[str, Any]]) -> ReturningInsert[*tuple[Any, ...]]:
    """Return the statement that adds rows, or rewrites those whose key in the source is there: id and birth stay."""
    adding = insert(Exercise).values(rows)
    rewritten = {name: adding.excluded[name] for name in rows[0] if name not in NEVER_REWRITTEN}
    return adding.on_conflict_do_update(
        index_elements=["clinic_id", "source", "source_key"],
        set_={**rewritten, "version": Exercise.version + 1},
        where=Exercise.content_digest != adding.excluded.content_digest,
    ).returning(Exercise.id, Exercise.source_key)
