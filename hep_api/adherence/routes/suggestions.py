"""HTTP doors of suggested doses: for practitioners; patients do not see them."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.adherence.actions import suggesting
from hep_api.adherence.models.suggestions import SuggestionState
from hep_api.adherence.queries import suggestions
from hep_api.adherence.queries.suggestions import ShownSuggestion
from hep_api.adherence.schemas.suggestions import AcceptSuggestionIn, DismissSuggestionIn, SuggestionOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.queries import plans

routes = Routes("suggestions", "Next doses whose rule is met: suggested to practitioners, never applied by themselves.")

SuggestionPageOut = page_of(SuggestionOut)


@routes.get("/patients/<uuid:patient_id>/suggestions")
@signed_in(*STAFF)
@asks(PageQuery)
@returns(SuggestionPageOut)
def list_suggestions_of_patient(patient_id: UUID, query: dict[str, Any]) -> Page[ShownSuggestion]:
    """List what was suggested for a patient, the newest first, with what became of it."""
    with transaction() as session:
        return suggestions.list_of_patient_for(session, viewer(), patient_id, query["limit"], query["cursor"])


@routes.get("/suggestions")
@signed_in(*STAFF)
@asks(PageQuery)
@returns(SuggestionPageOut)
def list_suggestions(query: dict[str, Any]) -> Page[ShownSuggestion]:
    """List the open suggestions for the patients in one's care, the newest first."""
    with transaction() as session:
        return suggestions.list_open_for(session, viewer(), query["limit"], query["cursor"])


@routes.post("/suggestions/<uuid:suggestion_id>/accept")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@takes(AcceptSuggestionIn)
@returns(SuggestionOut)
def accept_suggestion(suggestion_id: UUID, body: dict[str, Any]) -> ShownSuggestion:
    """Publish the plan with the suggested dose, all else as it is; needs If-Match with the plan's ETag.

    Safe to send again: what was accepted already is answered alike.

    Errors: 409 for a suggestion that was dismissed or is outdated; 422 naming `/effective_on` or `/reason`.
    """
    with transaction() as session:
        shown = suggestions.suggestion_to_settle(session, viewer(), suggestion_id)
        if shown.suggestion.state is SuggestionState.ACCEPTED:
            return shown
        found = plans.plan_to_change(session, viewer(), shown.plan_id)
        etags.require_match(found.plan.id, found.plan.version)
        return suggesting.accept_suggestion(session, viewer(), found, shown, body, clock.now())


@routes.post("/suggestions/<uuid:suggestion_id>/dismiss")
@signed_in(Role.PRACTITIONER)
@takes(DismissSuggestionIn)
@returns(SuggestionOut)
def dismiss_suggestion(suggestion_id: UUID, body: dict[str, Any]) -> ShownSuggestion:
    """Dismiss a suggestion with a reason; the same rule is not suggested again while the dose stays as it is.

    Errors: 409 for a suggestion that is settled already.
    """
    with transaction() as session:
        shown = suggestions.suggestion_to_settle(session, viewer(), suggestion_id)
        return suggesting.dismiss_suggestion(session, viewer(), shown, body["reason"], clock.now())
