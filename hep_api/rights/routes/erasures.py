"""HTTP doors of erasures: asking, looking, deciding."""

from typing import Any
from uuid import UUID

from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import EVERYONE, LEADERS, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.rights.actions import erasures as actions
from hep_api.rights.queries import erasures
from hep_api.rights.queries.erasures import ErasureShown
from hep_api.rights.schemas import Decision, DecisionIn, ErasureIn, ErasureOut, ErasureQuery

routes = Routes("erasures", "Wishes that a patient be erased.")


@routes.post("/patients/<uuid:patient_id>/erasures")
@signed_in(*EVERYONE)
@stepped_up
@takes(ErasureIn)
@returns(ErasureOut, 201)
def ask_for_erasure(patient_id: UUID, body: dict[str, Any]) -> ErasureShown:
    """Ask that a patient be erased; needs a fresh second factor.

    The patient asks, or staff on their behalf; the clinic's owner decides. While a wish is open, asking again returns
    that one.

    Errors: 403 `second_factor_needed`.
    """
    with transaction() as session:
        return actions.ask_for_erasure(session, viewer(), patient_id, body["words"], clock.now())


@routes.get("/patients/<uuid:patient_id>/erasures/<uuid:erasure_id>")
@signed_in(*EVERYONE)
@returns(ErasureOut)
def get_erasure(patient_id: UUID, erasure_id: UUID) -> ErasureShown:
    """Show a wish to be erased: to the person, to whoever asked, and to the clinic's leaders."""
    with transaction() as session:
        return erasures.get_erasure_for(session, viewer(), patient_id, erasure_id)


@routes.get("/erasures")
@signed_in(*LEADERS)
@asks(ErasureQuery)
@returns(page_of(ErasureOut))
def list_erasures(query: dict[str, Any]) -> Page[ErasureShown]:
    """List the clinic's wishes to be erased, the latest first."""
    with transaction() as session:
        return erasures.list_erasures_for(session, viewer(), query)


@routes.post("/patients/<uuid:patient_id>/erasures/<uuid:erasure_id>/decision")
@signed_in(Role.OWNER)
@stepped_up
@takes(DecisionIn)
@returns(ErasureOut)
def decide_erasure(patient_id: UUID, erasure_id: UUID, body: dict[str, Any]) -> ErasureShown:
    """Approve or refuse a wish to be erased; needs a fresh second factor.

    An approved one is carried out ten minutes later and cannot be undone; until then it can still be refused.

    Errors: 403 `second_factor_needed`; 409 `record_held`, with `held_until` and `because`, when the record has to be
    kept; 409 when it was refused before; 422 naming `/reason`.
    """
    with transaction() as session:
        at, now = viewer(), clock.now()
        if body["decision"] is Decision.APPROVE:
            return actions.approve(session, at, patient_id, erasure_id, now)
        return actions.refuse(session, at, patient_id, erasure_id, body["reason"], now)
