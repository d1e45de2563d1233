"""HTTP doors of adherence events: the upload of batches, and the list of what was recorded."""

from typing import Any
from uuid import UUID

from flask import Response

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.adherence import reading
from hep_api.adherence.actions import locking, record
from hep_api.adherence.emergencies import find_emergency
from hep_api.adherence.queries import events
from hep_api.adherence.queries.events import ShownEvent
from hep_api.adherence.schemas.events import EventOut, EventQuery
from hep_api.adherence.schemas.uploads import EventBatchIn, EventBatchOut, written
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.metrics.tallies import Tally
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

TAKEN_IN = Tally("hep_events", "Adherence events that phones sent, by how each was answered.", "outcome")

routes = Routes("events", "What patients report: uploads in batches, and the record of them.")


@routes.post("/patients/<uuid:patient_id>/events")
@signed_in(Role.PATIENT, Role.PRACTITIONER)
@takes(EventBatchIn)
@returns(EventBatchOut)
def upload_events(patient_id: UUID, body: dict[str, Any]) -> Response:
    """Upload 1 to 500 adherence events; each is answered by itself, in order.

    Safe to send again, in any order, whole or in parts. Put aside what is `applied`, `duplicate`, `conflict` or
    `rejected`; keep only `retry`. Show `emergency` at once when it is not null.

    Errors: 404 when the patient is not yours; 422 naming `/events` for a batch that is empty or over 500.
    """
    batch = reading.read_batch(body["events"])
    with transaction() as session:
        patient = locking.lock_patient_for(session, viewer(), patient_id)
        now = clock.now()
        outcomes = record.record_events(session, viewer(), patient, batch, now)
        emergency = find_emergency(session, patient, batch, outcomes, now)
    for answer in outcomes:
        TAKEN_IN.add(answer.outcome.value)
    return Response(written(outcomes, emergency), mimetype="application/json")


@routes.get("/patients/<uuid:patient_id>/events")
@signed_in(*EVERYONE)
@asks(EventQuery)
@returns(page_of(EventOut))
def list_events(patient_id: UUID, query: dict[str, Any]) -> Page[ShownEvent]:
    """List a patient's events as they came in, corrections and voids included.

    `after` takes the `seq` of the last event that one has and skips none of the later ones.
    """
    with transaction() as session:
        return events.list_events_for(session, viewer(), patient_id, query)
