"""The HTTP door to the pictures and videos in a patient's plans."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.library.media_links import links_to
from hep_api.plans.queries import media
from hep_api.plans.schemas.media import MediaLinksIn, MediaLinksOut

routes = Routes("plan_media", "Pictures and videos of what a patient was prescribed.")


@routes.post("/patients/<uuid:patient_id>/media-links")
@signed_in(*EVERYONE)
@takes(MediaLinksIn)
@returns(MediaLinksOut)
def make_media_links(patient_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Get links to pictures and videos that stand in the patient's plans, as many as a phone fetches at a time.

    They live about an hour, and are the same for a quarter of that. What was fetched is known again by its `sha256`.

    Errors: 422 naming each asset that stands in no plan that the reader may see.
    """
    now = clock.now()
    with transaction() as session:
        entries = media.media_in_plans_for(session, viewer(), patient_id, body["asset_ids"], now)
    links = links_to(entries, now)
    return {"items": [{**entry, "links": _listed(links.get(entry["asset_id"], {}))} for entry in entries]}


def _listed(linked: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"rendition": name, **link} for name, link in linked.items()]
