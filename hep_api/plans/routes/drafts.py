"""HTTP doors of drafts: one for each plan, prepared by the care team, seen by no patient, published when ready."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, makes_or_changes, needs_if_match, returns, signed_in, takes
from hep_api.plans.actions import drafts as actions
from hep_api.plans.queries import draft_changes, drafts, plans, revisions
from hep_api.plans.queries.draft_changes import DraftChanges
from hep_api.plans.queries.drafts import ShownDraft
from hep_api.plans.queries.revisions import Published
from hep_api.plans.routes import tags
from hep_api.plans.schemas.comparing import DraftChangesOut, DraftChangesQuery
from hep_api.plans.schemas.drafts import DraftIn, DraftOut, DraftPublishIn, PublishedOut

routes = Routes("drafts", "What is being prepared for a plan: the care team's, until it is published.")


@routes.get("/plans/<uuid:plan_id>/draft")
@signed_in(*EVERYONE)
@returns(DraftOut, tag=etags.by_version)
def get_draft(plan_id: UUID) -> ShownDraft:
    """Read the plan's draft; 404 where there is none, and always for the patient."""
    with transaction() as session:
        return drafts.draft_for(session, viewer(), plan_id, asked_languages())


@routes.get("/plans/<uuid:plan_id>/draft/changes")
@signed_in(*EVERYONE)
@asks(DraftChangesQuery)
@returns(DraftChangesOut)
def compare_draft(plan_id: UUID, query: dict[str, Any]) -> DraftChanges:
    """Show what publishing the draft would change, against what is in force or planned, as data and in words.

    Exercises that it adds read as the library has them now. 404 where there is none, and always for the patient.

    Errors: 422 naming `/effective_on`, or the phase that would begin after the plan's end.
    """
    with transaction() as session:
        return draft_changes.draft_changes_for(
            session, viewer(), plan_id, query["effective_on"], asked_languages(), clock.now()
        )


@routes.put("/plans/<uuid:plan_id>/draft")
@signed_in(Role.PRACTITIONER)
@makes_or_changes
@takes(DraftIn)
@returns(DraftOut, tag=etags.by_version)
def save_draft(plan_id: UUID, body: dict[str, Any]) -> ShownDraft:
    """Save the plan's draft: the first one with `If-None-Match: *` in place of If-Match, later states with If-Match.

    Phases begin on day 0 and each later than the one before. A phase may have no exercises yet. An exercise that goes
    on from a phase to the next stands in both, by the same `exercise_id` or `prescription_id`. `based_on` says with
    which revision in view it was written; to say a newer one is to rebase it.

    Errors: 409 when the plan has ended; 412 when it was changed meanwhile; 422 naming the phase, item and field.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        draft = actions.save_draft(session, viewer(), found, body, clock.now())
        return drafts.shown(session, viewer(), found.plan, draft, asked_languages())


@routes.delete("/plans/<uuid:plan_id>/draft")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@returns(None, 204)
def discard_draft(plan_id: UUID) -> None:
    """Discard the plan's draft; needs If-Match with the draft's ETag."""
    with transaction() as session:
        actions.discard_draft(session, plans.plan_to_change(session, viewer(), plan_id))


@routes.post("/plans/<uuid:plan_id>/draft/publish")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(DraftPublishIn)
@returns(PublishedOut, 201, tag=tags.of_plan)
def publish_draft(plan_id: UUID, body: dict[str, Any]) -> Published:
    """Publish the plan's draft and remove it; needs If-Match with the draft's ETag and answers the plan's new one.

    Each phase becomes a revision, the first in force from `effective_on`, the others so many days later.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 409 when the plan has ended, and when it has a revision that the draft is not based on (`outdated_draft`,
    with both numbers): save it anew then, based on that one. 422 naming the phase that is empty or begins too late.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        published = actions.publish_draft(session, viewer(), found, body, clock.now())
        shown = [revisions.in_language(each, asked_languages()) for each in published]
        return Published(found.plan.id, found.plan.version, shown)
