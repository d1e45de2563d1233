"""HTTP doors of covers: who stands in for whom. Leaders for everybody, practitioners for themselves."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.clinics.actions import cover
from hep_api.clinics.queries import covers
from hep_api.clinics.queries.covers import ShownCover
from hep_api.clinics.schemas.covers import CoverIn, CoverOut, CoverQuery
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

routes = Routes("covers", "Who stands in for an absent practitioner: on their patients' care teams while it lasts.")


@routes.post("/covers")
@signed_in(*STAFF)
@takes(CoverIn)
@returns(CoverOut, 201)
def name_cover(body: dict[str, Any]) -> ShownCover:
    """Name a colleague who stands in for a practitioner from one instant until before another.

    Meanwhile they are on the care teams of all the absent one's patients, and hear and may do what the absent one
    hears and may do; both do. At the end they have lost it, on the instant. Sent again, the same cover comes back.

    Errors: 409 `overlaps` when somebody stands in already, `covers` or `absent` when one of the two is on the other
    side of another cover meanwhile; 422 naming `/absent_id`, `/covering_id` or `/ends_at`.
    """
    with transaction() as session:
        now = clock.now()
        cover_id = cover.name_cover(session, viewer(), body, now)
        return covers.get_cover_for(session, viewer(), cover_id, now)


@routes.get("/covers")
@signed_in(*STAFF)
@asks(CoverQuery)
@returns(page_of(CoverOut))
def list_covers(query: dict[str, Any]) -> Page[ShownCover]:
    """List covers, those that begin last first: leaders see all, practitioners those in which they have a part."""
    with transaction() as session:
        return covers.list_covers_for(session, viewer(), query, clock.now())


@routes.get("/covers/<uuid:cover_id>")
@signed_in(*STAFF)
@returns(CoverOut)
def get_cover(cover_id: UUID) -> ShownCover:
    """Show one cover."""
    with transaction() as session:
        return covers.get_cover_for(session, viewer(), cover_id, clock.now())


@routes.post("/covers/<uuid:cover_id>/end")
@signed_in(*STAFF)
@returns(CoverOut)
def end_cover(cover_id: UUID) -> ShownCover:
    """End a cover before its time, or before it has begun: who is absent, and leaders. One that is over stays so."""
    with transaction() as session:
        now = clock.now()
        cover.end_cover(session, viewer(), cover_id, now)
        return covers.get_cover_for(session, viewer(), cover_id, now)
