"""How what a template says becomes rows: its content in plain JSON, the words it is found by, and a digest of it.

Every way to a template (a person's door, a copy, a plan, the starter set) goes through here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.library.models.templates import Template, TemplateVersion
from hep_api.library.words import folded

Content = Mapping[str, Any]

MOST_PHASES = 12
MOST_ITEMS = 100
# As far ahead as a plan may be dated.
LAST_DAY = 3 * 366

TITLE_FIELDS = ("title", "summary", "body_region", "tags", "language")
CONTENT_FIELDS = (*TITLE_FIELDS, "goals", "phases")
ITEM_FIELDS = ("exercise_id", "dose", "schedule", "progression")
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new template comes from; `author_id` is None for what no member wrote."""

    clinic_id: UUID
    author_id: UUID | None
    copied_from: tuple[UUID, int] | None = None
    source_key: str | None = None


def content_of(loaded: Content) -> dict[str, Any]:
    """Return the content among loaded fields in plain JSON types, doses, schedules and progressions as stored."""
    content = {field: loaded[field] for field in CONTENT_FIELDS}
    plain: dict[str, Any] = json.loads(json.dumps(content, default=_plain))
    for phase in plain["phases"]:
        phase["items"] = [_item(item) for item in phase["items"]]
    return plain


def _item(item: Content) -> dict[str, Any]:
    """Return what is kept of an item; `course` only of what was made from a plan: which prescription it is there."""
    known = {} if item.get("course") is None else {"course": item["course"]}
    return {field: item[field] for field in ITEM_FIELDS} | known


def digest_of(content: Content, origin: Origin) -> bytes:
    """Return the digest by which the same sending is known again."""
    said = [content, str(origin.author_id), str(origin.copied_from)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def write_template(session: Session, origin: Origin, template_id: UUID, content: Content, now: datetime) -> bool:
    """Add a template with its first version; say whether it is new, or its id was there already."""
    copied_from_id, copied_from_version = origin.copied_from or (None, None)
    row = {
        **columns_of(content),
        "clinic_id": origin.clinic_id,
        "id": template_id,
        "author_id": origin.author_id,
        "source_key": origin.source_key,
        "copied_from_id": copied_from_id,
        "copied_from_version": copied_from_version,
        "version": FIRST_VERSION,
        "created_at": now,
        "sent_digest": digest_of(content, origin),
    }
    adding = insert(Template).values(row).on_conflict_do_nothing().returning(Template.id)
    if session.scalar(adding) is None:
        return False
    session.add(version_of(origin, template_id, FIRST_VERSION, content, now))
    session.flush()
    return True


def version_of(origin: Origin, template_id: UUID, version: int, content: Content, now: datetime) -> TemplateVersion:
    """Return the row that keeps what a template said."""
    return TemplateVersion(
        clinic_id=origin.clinic_id,
        template_id=template_id,
        version=version,
        content=dict(content),
        written_at=now,
        written_by=origin.author_id,
    )


def columns_of(content: Content) -> dict[str, Any]:
    """Return the columns of a template that follow from what it says."""
    phases: Sequence[Content] = content["phases"]
    exercises = {item["exercise_id"] for phase in phases for item in phase["items"]}
    return {
        **{field: content[field] for field in TITLE_FIELDS},
        "phase_count": len(phases),
        "exercise_count": len(exercises),
        "searched": _searched(content),
    }


def _searched(content: Content) -> str:
    names = [phase["name"] for phase in content["phases"]]
    words = (content["title"], *content["tags"], content["body_region"] or "", content["summary"], *names)
    return folded(" ".join(words))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.to_json()
