"""HTTP door of the bundle with which a phone works out any day offline."""

from uuid import UUID

import orjson
from flask import Response

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.clinics.standing import going_on
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags, states
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.foundation.web.quick import at_once
from hep_api.plans.queries import offline
from hep_api.plans.schemas.offline import OfflineOut

routes = Routes("offline", "What a phone keeps for days without a network.")


def _offline_at_once(patient_id: UUID) -> Response | None:
    now = clock.now()
    asked = offline.offline_at_once(viewer(), patient_id, asked_languages(), now)
    if asked is None:
        return None
    tag = states.tag_of(*asked.marks)
    if states.is_held(tag):
        return states.answer(tag, asked=asked.languages)
    with going_on(viewer()) as session:
        body = orjson.dumps(offline.get_bundle(session, asked, now))
    return states.answer(tag, body, asked=asked.languages)


@routes.get("/patients/<uuid:patient_id>/offline")
@signed_in(*EVERYONE)
@at_once(_offline_at_once)
@returns(OfflineOut, tag=etags.by_body)
def get_offline(patient_id: UUID) -> Response:
    """Read all that a phone needs without a network: plans, versions, exercises, pauses, 14 days, files to prefetch.

    Holds the plans that run or will, and those that ended no longer ago than the clinic keeps them readable. Texts are
    in the language that suits Accept-Language best; Content-Language says which that is for what the product writes.

    Answers 304 to the ETag of a bundle that still holds. It changes with the plans, the patient's date and settings and
    the language, and not because the links to files were signed anew: who has only expired ones asks without it.
    """
    now = clock.now()
    with transaction() as session:
        asked = offline.offline_for(session, viewer(), patient_id, asked_languages(), now)
        tag = states.tag_of(*asked.marks)
        if states.is_held(tag):
            return states.answer(tag, asked=asked.languages)
        body = orjson.dumps(offline.get_bundle(session, asked, now))
        return states.answer(tag, body, asked=asked.languages)
