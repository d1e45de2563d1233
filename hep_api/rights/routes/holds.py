"""HTTP doors of holds: that one patient's record is kept, whoever wishes it erased."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import LEADERS, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.rights.actions import holds
from hep_api.rights.models import RetentionHold
from hep_api.rights.schemas import HoldIn, HoldOut

routes = Routes("holds", "Holds on records that have to be kept.")


@routes.put("/patients/<uuid:patient_id>/hold")
@signed_in(*LEADERS)
@takes(HoldIn)
@returns(HoldOut)
def set_hold(patient_id: UUID, body: dict[str, Any]) -> RetentionHold:
    """Hold a patient's record up to a date, in place of an earlier hold.

    An approved erasure that is not carried out yet waits for a decision again.

    Errors: 422 naming `/held_until` when it has passed.
    """
    with transaction() as session:
        return holds.set_hold(session, viewer(), patient_id, body["reason"], body["held_until"], clock.now())


@routes.get("/patients/<uuid:patient_id>/hold")
@signed_in(*LEADERS)
@returns(HoldOut)
def get_hold(patient_id: UUID) -> RetentionHold:
    """Show the hold on a patient's record."""
    with transaction() as session:
        return holds.get_hold_for(session, viewer(), patient_id)


@routes.delete("/patients/<uuid:patient_id>/hold")
@signed_in(*LEADERS)
@returns(None, 204)
def lift_hold(patient_id: UUID) -> None:
    """Lift the hold on a patient's record."""
    with transaction() as session:
        holds.lift_hold(session, viewer(), patient_id)
