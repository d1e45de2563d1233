"""HTTP doors through which people come in. Hashing happens between two transactions, so that people who wait for their
turn to hash hold no connection.
"""

from typing import Any

from hep_api.accounts.devices import Device
from hep_api.accounts.passwords import passwords
from hep_api.accounts.queries import credentials as accounts
from hep_api.accounts.tokens import tokens
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.clinics.actions import enter
from hep_api.clinics.queries import entrance
from hep_api.clinics.schemas.entrance import EnteredOut, MeOut, SignInIn
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, signed_in, takes

routes = Routes("sign-ins", "Signing in, and who one is.")


@routes.post("/sign-ins")
@open_to_anyone("It is the door through which people sign in.")
@takes(SignInIn)
@returns(EnteredOut, 201)
def sign_in(body: dict[str, Any]) -> enter.Entered:
    """Sign in with e-mail and password.

    Errors: 401 `credentials_wrong`, the same for an unknown e-mail; with the right password 409 `clinic_choice_needed`
    listing `clinics` when the account belongs to several, 403 `no_membership` when it has no active one.
    """
    with transaction() as session:
        known = accounts.credentials_of(session, body["email"])
    device = Device(body["device_name"], body["device_id"])
    proof = passwords().prove(known, body["password"])
    with transaction() as session:
        return enter.sign_in(session, tokens(), proof, body["clinic_id"], device, clock.now())


@routes.get("/me")
@signed_in(*EVERYONE)
@returns(MeOut)
def get_me() -> entrance.Me:
    """Say who is signed in, in which role and clinic."""
    with transaction() as session:
        return entrance.get_me(session, viewer())
