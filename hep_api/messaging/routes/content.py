"""HTTP doors of a clinic's content list: what its staff may send to patients. Staff read and write it."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.messaging.actions import content as actions
from hep_api.messaging.models.content import ContentItem
from hep_api.messaging.queries import content
from hep_api.messaging.schemas.content import (
    ContentChangeIn,
    ContentIn,
    ContentOut,
    ContentQuery,
    ContentSummaryOut,
)

routes = Routes("content", "Articles and exercises that a clinic has to send, and what was sent of them.")


@routes.get("/content")
@signed_in(*STAFF)
@asks(ContentQuery)
@returns(page_of(ContentSummaryOut))
def list_content(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """List the clinic's content by title, or what holds every word and suits every filter.

    A word is found as it begins, in titles, summaries, paragraphs and tags of all languages.
    """
    with transaction() as session:
        return content.list_content_for(session, viewer(), query, asked_languages())


@routes.post("/content")
@signed_in(*STAFF)
@takes(ContentIn)
@returns(ContentOut, 201, tag=etags.by_version)
def add_content(body: dict[str, Any]) -> ContentItem:
    """Add an article or an exercise to the clinic's content.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 422 naming `/exercise_id` for an exercise that is unknown, archived, or somebody's draft.
    """
    with transaction() as session:
        return actions.add_content(session, viewer(), body, clock.now())


@routes.get("/content/<uuid:content_id>")
@signed_in(*STAFF)
@returns(ContentOut, tag=etags.by_version)
def get_content(content_id: UUID) -> ContentItem:
    """Read a piece in all its languages, as it is now."""
    with transaction() as session:
        return content.content_for(session, viewer(), content_id)


@routes.put("/content/<uuid:content_id>")
@signed_in(*STAFF)
@takes(ContentChangeIn)
@returns(ContentOut, tag=etags.by_version)
def change_content(content_id: UUID, body: dict[str, Any]) -> ContentItem:
    """Write a piece anew; needs If-Match. What was sent before stays as the patient got it.

    Errors: 409 for an archived piece; 422 as for adding.
    """
    with transaction() as session:
        return actions.change_content(session, viewer(), content_id, body, clock.now())


@routes.post("/content/<uuid:content_id>/archive")
@signed_in(*STAFF)
@returns(ContentOut, tag=etags.by_version)
def archive_content(content_id: UUID) -> ContentItem:
    """Take a piece out of the list; it is sent no more, and can still be read and restored."""
    with transaction() as session:
        return actions.archive_content(session, viewer(), content_id, clock.now())


@routes.post("/content/<uuid:content_id>/restore")
@signed_in(*STAFF)
@returns(ContentOut, tag=etags.by_version)
def restore_content(content_id: UUID) -> ContentItem:
    """Put an archived piece back into the list."""
    with transaction() as session:
        return actions.restore_content(session, viewer(), content_id)
