"""The HTTP door of those who were invited. Hashing happens between two transactions, so that people who wait for their
turn to hash hold no connection.
"""

from typing import Any

from hep_api.accounts import tries
from hep_api.accounts.devices import Device
from hep_api.accounts.familiar import whereabouts
from hep_api.accounts.passwords import Proof, passwords
from hep_api.accounts.tokens import tokens
from hep_api.clinics.actions import accept, enter
from hep_api.clinics.actions.enter import Entered
from hep_api.clinics.schemas.entrance import AcceptanceIn, EnteredOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, takes

routes = Routes("invitations", "Coming in for the first time.")


@routes.post("/invitations/accept")
@open_to_anyone("The one-time code in the body says who is invited.")
@takes(AcceptanceIn)
@returns(EnteredOut, 201)
def accept_invitation(body: dict[str, Any]) -> Entered:
    """Accept an invitation and sign in.

    The password becomes that of a new account; if the invited e-mail has an account already, it must be that account's.
    Patients give their birth date. A code takes ten tries, right or wrong.

    Errors: 404 `invitation_invalid`, the same for unknown, used, expired and replaced codes; 422 naming `/birth_date`,
    or `/password` with the rule `common` or `own`; 401 `credentials_wrong` when the account's password is another;
    401 `second_factor_needed` as for signing in, the invitation then being accepted; 429 as for signing in.
    """
    device = Device(body["device_name"], body["device_id"])
    with transaction() as session:
        invited = accept.try_invitation(session, body["code"], clock.now())
    with accept.noting_refusals(invited):
        accept.refuse_wrong_birth_date(invited, body["birth_date"])
        proof = _prove_or_hash(invited, body["password"], device)
    with transaction() as session:
        outcome = accept.accept_invitation(session, tokens(), invited, proof, device, clock.now())
    return enter.let_in(outcome)


def _prove_or_hash(invited: accept.Invited, password: str, device: Device) -> Proof | str:
    if invited.credentials is None:
        accept.refuse_weak_password(invited, password)
        return passwords().make_hash(password)
    # Codes are the clinic's to make, as many as it likes: an account's password is not to be guessed by them either.
    tried = tries.count_try(invited.email, whereabouts(device.digest))
    with transaction() as session:
        tries.refuse_stranger(session, tried, invited.credentials)
    proof = passwords().prove(invited.credentials, password)
    tries.forget_tries(tried)
    return proof
