"""HTTP door of the pull side: what changed since a phone last asked."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import WRITTEN, asked_languages, best_language
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.sync import queries
from hep_api.sync.queries import Pulled
from hep_api.sync.schemas import SyncOut, SyncQuery

routes = Routes("sync", "What changed since a phone last asked.")


@routes.get("/patients/<uuid:patient_id>/sync")
@signed_in(*EVERYONE)
@asks(SyncQuery)
@returns(SyncOut)
def pull_changes(patient_id: UUID, query: dict[str, Any]) -> Response:
    """Pull what changed since a cursor: plans, revisions, pauses, goals, acknowledgements, and events of all devices.

    Without a cursor it is the first sync, with one only what came later; both page by page, through this door. A page
    holds at most `limit` items, and at most 10 plans; nothing that was committed can appear before a cursor later.

    `reset` comes with the first page, and with a cursor that this server cannot have given, as after a restored backup.

    Errors: 404 when the patient is not yours to see; 422 naming `/cursor` for one that is damaged or another patient's:
    start again without one.
    """
    languages = asked_languages()
    with transaction() as session:
        pulled = queries.pull(session, viewer(), patient_id, query, languages, clock.now())
    response = Response(orjson.dumps(_written(pulled)), mimetype="application/json")
    response.vary.add("Accept-Language")
    response.headers["Content-Language"] = best_language(WRITTEN, languages)
    return response


def _written(pulled: Pulled) -> dict[str, Any]:
    items = pulled.items
    return {
        "reset": pulled.reset,
        "settings": pulled.settings,
        "plans": items.plans,
        "revisions": items.revisions,
        "pauses": items.pauses,
        "goals": items.goals,
        "acknowledgements": items.acknowledgements,
        "events": pulled.events,
        "gone": items.gone,
        "cursor": pulled.cursor,
        "more": pulled.more,
    }
