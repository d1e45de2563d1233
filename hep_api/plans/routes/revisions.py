"""HTTP doors of revisions: publishing, listing, reading."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.actions import publish
from hep_api.plans.queries import plans, revisions
from hep_api.plans.queries.revisions import ShownRevision
from hep_api.plans.routes import tags
from hep_api.plans.schemas.plans import RevisionIn, RevisionOut, RevisionSummaryOut

routes = Routes("revisions", "Published versions of a plan's exercises, each in force from a patient-local date.")


@routes.post("/plans/<uuid:plan_id>/revisions")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(RevisionIn)
@returns(RevisionOut, 201, tag=tags.of_plan)
def publish_revision(plan_id: UUID, body: dict[str, Any]) -> ShownRevision:
    """Publish the plan's exercises from a date on; needs If-Match with the plan's ETag and answers the plan's new one.

    In force from the patient's next day unless `effective_on` says today, a later day, or, with a reason, an earlier
    one; it takes a date or the words `today` and `tomorrow`. Prescriptions that are left out end on that date; those
    that stay as they are keep their version.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.

    Errors: 409 when the plan has ended; 422 naming the item and field that makes no sense.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        repeated = publish.published_before(session, found.plan, body)
        if repeated is not None:
            return revisions.in_language(repeated, asked_languages())
        etags.require_match(found.plan.id, found.plan.version)
        published = publish.publish_revision(session, viewer(), found, body, clock.now())
        return revisions.in_language(published, asked_languages())


@routes.get("/plans/<uuid:plan_id>/revisions")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(RevisionSummaryOut))
def list_revisions(plan_id: UUID, query: dict[str, Any]) -> Page[Any]:
    """List a plan's revisions without their exercises, the newest first; `in_force` says which is past, now, ahead."""
    with transaction() as session:
        return revisions.list_revisions_for(session, viewer(), plan_id, query["limit"], query["cursor"], clock.now())


@routes.get("/plans/<uuid:plan_id>/revisions/<int(max=2147483647):number>")
@signed_in(*EVERYONE)
@returns(RevisionOut)
def get_revision(plan_id: UUID, number: int) -> ShownRevision:
    """Read a revision as it was published; `in_words` is in the language that Accept-Language asks for.

    A patient reads the exercises of an ended plan for as many days as the clinic allows, then 404.
    """
    with transaction() as session:
        found = revisions.get_revision_for(session, viewer(), plan_id, number, clock.now())
        return revisions.in_language(found, asked_languages())
