"""HTTP doors of the link to a Firebase account. Signing in by it needs a membership: it is in clinics.

Google is asked between two transactions, so that nobody holds a connection meanwhile.
"""

from datetime import datetime
from typing import Any

from hep_api.accounts.actions import firebase as actions
from hep_api.accounts.firebase import firebase
from hep_api.accounts.queries import firebase as queries
from hep_api.accounts.schemas.firebase import FirebaseLinkIn, FirebaseLinkOut
from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.audit import notes
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes

routes = Routes("firebase", "Signing in by a Firebase account that is linked to one's own.")


@routes.get("/me/firebase")
@signed_in(*EVERYONE)
@returns(FirebaseLinkOut)
def get_firebase_link() -> dict[str, datetime | None]:
    """Say whether a Firebase account may sign in as one's own."""
    with transaction() as session:
        return {"linked_at": queries.linked_since(session, viewer().account_id)}


@routes.put("/me/firebase")
@signed_in(*EVERYONE)
@stepped_up
@takes(FirebaseLinkIn)
@returns(FirebaseLinkOut)
def link_firebase(body: dict[str, Any]) -> dict[str, datetime]:
    """Let a Firebase account sign in as one's own, in place of the one that could; it is told by mail.

    Errors: 401 `firebase_token_invalid` or `firebase_token_expired`; 409 when the Firebase account is linked to another
    account; 404 `firebase_not_offered`; 503 while Google cannot be asked.
    """
    with transaction() as session:
        notes.leave_out_door(session)
    uid = firebase().verify(body["id_token"])
    with transaction() as session:
        return {"linked_at": actions.link_firebase(session, viewer(), uid, clock.now())}


@routes.delete("/me/firebase")
@signed_in(*EVERYONE)
@stepped_up
@returns(None, 204)
def unlink_firebase() -> None:
    """Let no Firebase account sign in as one's own any more; it is told by mail."""
    with transaction() as session:
        actions.unlink_firebase(session, viewer(), clock.now())
