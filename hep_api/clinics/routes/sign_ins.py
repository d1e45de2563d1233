"""HTTP doors to one's own sign-ins: where one is signed in, and ending what is not needed or not one's own."""

from typing import Any
from uuid import UUID

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.clinics.queries import sign_ins
from hep_api.clinics.schemas.sign_ins import EndedOut, SignInsOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in

routes = Routes("own sign-ins", "Where one is signed in.")


@routes.get("/me/sign-ins")
@signed_in(*EVERYONE)
@returns(SignInsOut)
def list_sign_ins() -> dict[str, Any]:
    """List where one's account is signed in, in all its clinics."""
    with transaction() as session:
        return {"items": sign_ins.list_sign_ins_for(session, viewer())}


@routes.delete("/me/sign-ins/<uuid:sign_in_id>")
@signed_in(*EVERYONE)
@returns(None, 204)
def end_sign_in(sign_in_id: UUID) -> None:
    """End one of one's own sign-ins at once, in whatever clinic."""
    with transaction() as session:
        accounts.end_sign_in_of_account(session, viewer().account_id, sign_in_id, clock.now())


@routes.post("/me/sign-ins/end-others")
@signed_in(*EVERYONE)
@returns(EndedOut)
def end_other_sign_ins() -> dict[str, int]:
    """End all of one's sign-ins but the one that asks, in all clinics."""
    with transaction() as session:
        at = viewer()
        ended = accounts.end_sign_ins_of_account(
            session, at.account_id, "ended_by_owner", clock.now(), but_for=at.sign_in_id
        )
    return {"ended": ended}
