"""HTTP doors through which people come in. Hashing happens between two transactions, so that people who wait for their
turn to hash hold no connection.
"""

from typing import Any

from hep_api.accounts import tries
from hep_api.accounts.devices import Device
from hep_api.accounts.familiar import whereabouts
from hep_api.accounts.passwords import Credentials, Proof, passwords
from hep_api.accounts.queries import credentials as accounts
from hep_api.accounts.second_factors import Evidence, wrong_for_guest
from hep_api.accounts.tokens import tokens
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.clinics.actions import enter
from hep_api.clinics.queries import entrance
from hep_api.clinics.schemas.entrance import EnteredOut, MeOut, SecondFactorIn, SignInIn
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, signed_in, takes

routes = Routes("sign-ins", "Signing in, and who one is.")


@routes.post("/sign-ins")
@open_to_anyone("It is the door through which people sign in.")
@takes(SignInIn)
@returns(EnteredOut, 201)
def sign_in(body: dict[str, Any]) -> enter.Entered:
    """Sign in with e-mail and password.

    Too many tries for one e-mail are refused with 429, but for devices and addresses that its account was signed in
    from before: so an app sends a `device_id` that it made at random and keeps to itself.

    Errors: 401 `credentials_wrong`, the same for an unknown e-mail; with the right password 409 `clinic_choice_needed`
    listing `clinics` when the account belongs to several, 403 `no_membership` when it has no active one, and
    401 `second_factor_needed` when the account has a second factor, with these besides the usual: `methods`, of `totp`,
    `passkey` and `recovery_code`; `challenge`, to be sent along with one of them to `/v1/sign-ins/second-factor` within
    `expires_in` seconds; `passkey`, what `navigator.credentials.get` takes as `publicKey`, or null.
    """
    device = Device(body["device_name"], body["device_id"])
    tried = tries.count_try(body["email"], whereabouts(device.digest))
    with transaction() as session:
        known = accounts.credentials_of(session, body["email"])
        tries.refuse_stranger(session, tried, known)
    proof = _prove(known, body["password"])
    tries.forget_tries(tried)
    with transaction() as session:
        outcome = enter.sign_in(session, tokens(), proof, body["clinic_id"], device, clock.now())
    return enter.let_in(outcome)


@routes.post("/sign-ins/second-factor")
@open_to_anyone("The challenge in the body is given to those who have shown the account's password.")
@takes(SecondFactorIn)
@returns(EnteredOut, 201)
def finish_sign_in(body: dict[str, Any]) -> enter.Entered:
    """Finish signing in, by the account's second factor.

    A challenge takes five tries within five minutes, and is worthless once the password has changed. A TOTP code or
    recovery code is good once.

    Errors: 401 `second_factor_wrong`; 401 `challenge_invalid`: sign in again; 403 `no_membership` when it has ended;
    429 `too_many_guesses` after ten wrong TOTP codes within an hour, while the other methods go on.
    """
    token = body.pop("challenge")
    with transaction() as session:
        entered = enter.finish(session, tokens(), token, Evidence(**body), clock.now())
    if entered is None:
        raise wrong_for_guest()
    return entered


@routes.get("/me")
@signed_in(*EVERYONE)
@returns(MeOut)
def get_me() -> entrance.Me:
    """Say who is signed in, in which role and clinic."""
    with transaction() as session:
        return entrance.get_me(session, viewer())


def _prove(known: Credentials | None, password: str) -> Proof:
    try:
        return passwords().prove(known, password)
    except Problem as problem:
        with transaction() as session:
            enter.failed(session, known.account_id if known else None, problem.code)
        raise
