"""HTTP doors of changes: what a revision changed, what a patient has yet to acknowledge, and acknowledging it."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.actions import acknowledging
from hep_api.plans.actions.acknowledging import Acknowledged
from hep_api.plans.queries import acknowledging as waiting
from hep_api.plans.queries import comparing
from hep_api.plans.queries.acknowledging import Unacknowledged
from hep_api.plans.queries.comparing import ShownChanges
from hep_api.plans.schemas.acknowledging import (
    AcknowledgementIn,
    AcknowledgementOut,
    PatientChangesOut,
    UnacknowledgedOut,
)
from hep_api.plans.schemas.comparing import ChangesOut, ChangesQuery

routes = Routes("changes", "What revisions changed, in words and as data, and that patients have seen it.")


@routes.get("/plans/<uuid:plan_id>/revisions/<int(max=2147483647):number>/changes")
@signed_in(*EVERYONE)
@asks(ChangesQuery)
@returns(ChangesOut)
def compare_revisions(plan_id: UUID, number: int, query: dict[str, Any]) -> ShownChanges:
    """Show what a revision changed, since another one or since what governed its date before it.

    The words are in the language that Accept-Language asks for.

    Errors: 404 for a number that the plan does not have.
    """
    with transaction() as session:
        return comparing.compare_revisions_for(
            session, viewer(), plan_id, number, query["since"], asked_languages(), clock.now()
        )


@routes.put("/plans/<uuid:plan_id>/revisions/<int(max=2147483647):number>/acknowledgement")
@signed_in(Role.PATIENT)
@takes(AcknowledgementIn)
@returns(AcknowledgementOut)
def acknowledge_revision(plan_id: UUID, number: int, body: dict[str, Any]) -> Acknowledged:
    """Say that one has seen a revision; safe to send again, and late. The first word on it stays.

    It holds for the earlier revisions of the plan as well.

    Errors: 422 naming `/acknowledged_at`, which has the same bounds as what is reported of exercises.
    """
    with transaction() as session:
        return acknowledging.acknowledge_revision(session, viewer(), plan_id, number, body, clock.now())


@routes.get("/patients/<uuid:patient_id>/changes")
@signed_in(*EVERYONE)
@returns(PatientChangesOut)
def list_changes(patient_id: UUID) -> dict[str, Any]:
    """List what the patient has yet to acknowledge, the oldest first, with what it changes in words.

    A revision that lies ahead is listed from the day before it takes effect.
    """
    with transaction() as session:
        return {
            "items": waiting.list_changes_for(session, viewer(), patient_id, asked_languages(), clock.now()),
        }


@routes.get("/unacknowledged-revisions")
@signed_in(*STAFF)
@asks(PageQuery)
@returns(page_of(UnacknowledgedOut))
def list_unacknowledged(query: dict[str, Any]) -> Page[Unacknowledged]:
    """List what patients in one's care have yet to acknowledge, the oldest first.

    Leaders see those of all patients where the clinic lets them read records.
    """
    with transaction() as session:
        return waiting.list_unacknowledged_for(session, viewer(), query["limit"], query["cursor"], clock.now())
