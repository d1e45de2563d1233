"""HTTP door of the bundle with which a phone works out any day offline."""

from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.plans.queries import offline
from hep_api.plans.queries.offline import OfflineBundle
from hep_api.plans.schemas.due import OfflineOut

routes = Routes("offline", "What a phone keeps for days without a network.")


@routes.get("/patients/<uuid:patient_id>/offline")
@signed_in(*EVERYONE)
@returns(OfflineOut, tag=etags.by_body)
def get_offline(patient_id: UUID) -> OfflineBundle:
    """Read all plans with every version, its dates, and the pauses, for use without a network.

    Holds the plans that run or will, and those that ended no longer ago than the clinic keeps them readable.
    """
    with transaction() as session:
        return offline.get_offline_for(session, viewer(), patient_id, clock.now())
