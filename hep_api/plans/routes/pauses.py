"""HTTP doors of pauses: pausing a plan, moving and withdrawing a pause, listing them."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.actions import pause
from hep_api.plans.actions.pause import RecordedPause
from hep_api.plans.models.plans import PlanPause
from hep_api.plans.queries import pauses, plans
from hep_api.plans.routes import tags
from hep_api.plans.schemas.plans import PauseChangeIn, PauseIn, PauseOut

routes = Routes("pauses", "Stretches of a plan in which nothing is expected.")


@routes.post("/plans/<uuid:plan_id>/pauses")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(PauseIn)
@returns(PauseOut, 201, tag=tags.of_plan)
def pause_plan(plan_id: UUID, body: dict[str, Any]) -> RecordedPause:
    """Pause a plan from a date on; needs If-Match with the plan's ETag and answers the plan's new one.

    Errors: 409 when the plan has ended; 422 naming `/from` or `/to` for an empty pause or one over another.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return pause.pause_plan(session, viewer(), found, body, clock.now())


@routes.get("/plans/<uuid:plan_id>/pauses")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(PauseOut))
def list_pauses(plan_id: UUID, query: dict[str, Any]) -> Page[PlanPause]:
    """List a plan's pauses as they stand, withdrawn ones too."""
    with transaction() as session:
        return pauses.list_pauses_for(session, viewer(), plan_id, query["limit"], query["cursor"])


@routes.patch("/plans/<uuid:plan_id>/pauses/<uuid:pause_id>")
@signed_in(Role.PRACTITIONER)
@takes(PauseChangeIn)
@returns(PauseOut, tag=tags.of_plan)
def change_pause(plan_id: UUID, pause_id: UUID, body: dict[str, Any]) -> RecordedPause:
    """Move or withdraw a pause; needs If-Match with the plan's ETag and answers the plan's new one.

    What is left out stays as it is. What stood before is kept, with who and when.

    Errors: 404 for a withdrawn pause; 409 when the plan has ended; 422 as for pausing.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return pause.change_pause(session, viewer(), found, pause_id, body, clock.now())
