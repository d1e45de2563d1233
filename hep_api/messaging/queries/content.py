"""Reads of a clinic's content list, by its staff: in the language of whoever reads it, or in all for who edits."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import func

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.foundation.languages import best_language
from hep_api.foundation.web import pages
from hep_api.library.words import asked_words
from hep_api.messaging.models.content import ContentItem

MOST_WORDS = 8
# Titles and summaries alone: what is there to read may be long, and a list has many.
HEADS: ColumnElement[Any] = literal_column(
    "(SELECT jsonb_object_agg(said.key, said.value - 'paragraphs') FROM jsonb_each(content_item.texts) AS said)",
    JSONB(),
)
LISTED = (
    ContentItem.id,
    ContentItem.kind,
    ContentItem.title,
    ContentItem.language,
    ContentItem.tags,
    ContentItem.exercise_id,
    ContentItem.version,
    ContentItem.changed_at,
    ContentItem.archived_at,
)


def list_content_for(
    session: Session, viewer: Viewer, asked: Mapping[str, Any], languages: Sequence[str]
) -> pages.Page[dict[str, Any]]:
    """Return the pieces that hold every asked word and suit every filter, by title, in one statement."""
    query = select(*LISTED, HEADS.label("heads")).where(ContentItem.clinic_id == viewer.clinic_id, *_filters(asked))
    key = tuple_(ContentItem.title, ContentItem.id)
    after = pages.decode(asked["cursor"], str, UUID)
    if after:
        query = query.where(key > tuple_(*after))
    rows = session.execute(query.order_by(ContentItem.title, ContentItem.id).limit(asked["limit"] + 1)).all()
    page = pages.cut(rows, asked["limit"], lambda row: [row.title, row.id])
    return pages.Page([_listed(row, languages) for row in page.items], page.next_cursor)


def content_for(session: Session, viewer: Viewer, content_id: UUID) -> ContentItem:
    """Return a piece of the viewer's clinic; 404 otherwise."""
    return _one(session.scalar(_of_clinic(viewer).where(ContentItem.id == content_id)))


def content_to_change(session: Session, viewer: Viewer, content_id: UUID) -> ContentItem:
    """Return a piece of the viewer's clinic, its row locked until the commit; 404 otherwise."""
    query = _of_clinic(viewer).where(ContentItem.id == content_id)
    return _one(session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True)))


def item_to_send(session: Session, viewer: Viewer, content_id: UUID) -> ContentItem:
    """Return a piece as it can be sent; 422 naming `/content_id` for one that is archived or not the clinic's."""
    item = session.scalar(_of_clinic(viewer).where(ContentItem.id == content_id).with_for_update(read=True))
    if item is None:
        raise invalid_field("/content_id", "unknown_content", "The clinic has no such content.")
    if item.archived_at is not None:
        raise invalid_field("/content_id", "archived", "This piece is in the archive; choose another, or restore it.")
    found: ContentItem = item
    return found


def _of_clinic(viewer: Viewer) -> Any:
    return select(ContentItem).where(ContentItem.clinic_id == viewer.clinic_id)


def _one(item: ContentItem | None) -> ContentItem:
    if item is None:
        raise not_found("content")
    return item


def _listed(row: Any, languages: Sequence[str]) -> dict[str, Any]:
    said = row.heads[best_language(row.heads, languages, row.language)]
    others = sorted(row.heads.keys() - {row.language})
    columns = {column.key: getattr(row, column.key) for column in LISTED}
    return {**columns, "title": said["title"], "summary": said["summary"], "languages": [row.language, *others]}


def _filters(asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    archived = ContentItem.archived_at.is_not(None) if asked["archived"] else ContentItem.archived_at.is_(None)
    filters: list[ColumnElement[bool]] = [archived]
    if asked["q"] is not None:
        # Padded, so that a word is found by how it begins and not by what is in its middle.
        padded = " " + ContentItem.searched
        words = asked_words(asked["q"], MOST_WORDS)
        filters.append(and_(*(func.strpos(padded, f" {word}") > 0 for word in words)) if words else false())
    if asked["kind"] is not None:
        filters.append(ContentItem.kind == asked["kind"])
    if asked["tag"] is not None:
        filters.append(ContentItem.tags.contains([asked["tag"]]))
    return filters
