"""HTTP door for those who sign in by a linked Firebase account. Google is asked before the transaction begins."""

from typing import Any

from hep_api.accounts.devices import Device
from hep_api.accounts.firebase import firebase
from hep_api.accounts.queries.firebase import proof_of_link
from hep_api.accounts.tokens import tokens
from hep_api.clinics.actions import enter
from hep_api.clinics.schemas.entrance import EnteredOut
from hep_api.clinics.schemas.firebase import FirebaseSignInIn
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, takes

routes = Routes("firebase-sign-ins", "Signing in by a linked Firebase account.")


@routes.post("/sign-ins/firebase")
@open_to_anyone("The Firebase ID token in the body says who signs in.")
@takes(FirebaseSignInIn)
@returns(EnteredOut, 201)
def sign_in_by_firebase(body: dict[str, Any]) -> enter.Entered:
    """Sign in by a Firebase account that is linked to one's own.

    Errors: 401 `firebase_token_invalid` or `firebase_token_expired`; 403 `firebase_not_linked`; as with a password,
    401 `second_factor_needed` with the same members, 409 `clinic_choice_needed` and 403 `no_membership`; 404
    `firebase_not_offered`; 503 while Google cannot be asked.
    """
    uid = _verify(body["id_token"])
    device = Device(body["device_name"], body["device_id"])
    with transaction() as session:
        proof = proof_of_link(session, uid)
        if proof is None:
            enter.failed(session, None, "firebase_not_linked")
        else:
            outcome = enter.sign_in(session, tokens(), proof, body["clinic_id"], device, clock.now())
    if proof is None:
        raise Problem("firebase_not_linked", 403, "Sign in by password once, and link this Firebase account.")
    return enter.let_in(outcome)


def _verify(id_token: str) -> str:
    try:
        return firebase().verify(id_token)
    except Problem as problem:
        if problem.status == 401:
            with transaction() as session:
                enter.failed(session, None, problem.code)
        raise
