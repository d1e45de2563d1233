"""HTTP doors of red flags: for the care team, and for leaders to read where they may read records. Patients have none.

Leaders are told, without anything of the record, which flags nobody acknowledges.
"""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import LEADERS, STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.messaging.actions import acknowledging
from hep_api.messaging.queries import flags
from hep_api.messaging.queries.flags import FlagInFull, ShownFlag
from hep_api.messaging.schemas.flags import AcknowledgeIn, FlagInFullOut, FlagOut, FlagQuery, UnacknowledgedFlagOut

routes = Routes("flags", "Red flags: alerts that pass on until a person acknowledges them.")


@routes.get("/flags")
@signed_in(*STAFF)
@asks(FlagQuery)
@returns(page_of(FlagOut))
def list_flags(query: dict[str, Any]) -> Page[ShownFlag]:
    """List the red flags of one's patients, those raised last first."""
    with transaction() as session:
        return flags.list_flags_for(session, viewer(), query)


@routes.get("/flags/<uuid:flag_id>")
@signed_in(*STAFF)
@returns(FlagInFullOut)
def get_flag(flag_id: UUID) -> FlagInFull:
    """Show one red flag: its causes, whose turn it is, and what happened to it."""
    with transaction() as session:
        return flags.get_flag_for(session, viewer(), flag_id)


@routes.post("/flags/<uuid:flag_id>/acknowledge")
@signed_in(Role.PRACTITIONER)
@takes(AcknowledgeIn)
@returns(FlagInFullOut)
def acknowledge_flag(flag_id: UUID, body: dict[str, Any]) -> FlagInFull:
    """Say that one has seen a red flag and takes care of it; it passes on no more.

    Anybody of the care team may, whose turn it ever is. Of one that somebody has acknowledged already it is returned
    who, and nothing changes. Nobody acknowledges what they have not seen.

    Errors: 409 naming `/cause_count` when the flag has more causes by now.
    """
    with transaction() as session:
        acknowledging.acknowledge_flag(session, viewer(), flag_id, body["cause_count"], body["note"], clock.now())
        return flags.get_flag_for(session, viewer(), flag_id)


@routes.get("/clinic/unacknowledged-flags")
@signed_in(*LEADERS)
@asks(PageQuery)
@returns(page_of(UnacknowledgedFlagOut))
def list_unacknowledged_flags(query: dict[str, Any]) -> Page[Any]:
    """List the open red flags that nobody of a care team acknowledged in time, those that have waited longest first.

    Who leads a clinic sees whose they are and asks somebody to look; why they were raised stands in the record.
    """
    with transaction() as session:
        return flags.list_unacknowledged_for(session, viewer(), query["limit"], query["cursor"])
