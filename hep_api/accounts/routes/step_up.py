"""HTTP doors of stepping up: showing a second factor on a sign-in that stands, before what is sensitive."""

from typing import Any

from hep_api.accounts.actions.second_factors import questions, step_up
from hep_api.accounts.means import means
from hep_api.accounts.passwords import passwords
from hep_api.accounts.schemas.second_factors import PasskeyOptionsOut, SteppedUpOut, StepUpIn
from hep_api.accounts.second_factors import FRESH_FOR, Evidence, wrong
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_whoever_owes, returns, signed_in, takes

routes = Routes("step-up", "Showing a second factor anew, before what is sensitive.")


@routes.post("/me/step-up/passkey-options")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(PasskeyOptionsOut)
def ask_for_passkey() -> dict[str, Any]:
    """Ask for what an authenticator needs to show a passkey.

    It is good once, for five minutes, on this sign-in.

    Errors: 409 `passkeys_off` where the installation has no domain for them.
    """
    with transaction() as session:
        at = viewer()
        return {"public_key": questions.ask_to_show(session, means(), at.account_id, at.sign_in_id, clock.now())}


@routes.post("/me/step-up")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@takes(StepUpIn)
@returns(SteppedUpOut)
def step_up_sign_in(body: dict[str, Any]) -> dict[str, int]:
    """Show a second factor on this sign-in; for ten minutes it opens what is sensitive.

    Patients without any second factor give their password. Staff without one set one up first.

    Errors: 403 `second_factor_wrong` or `password_wrong`; 403 `second_factor_needed` with `methods` when the password
    is not enough; 429 `too_many_guesses` after ten wrong ones within an hour.
    """
    if "password" in body:
        _by_password(body["password"])
    else:
        with transaction() as session:
            method = step_up.step_up(session, means(), viewer(), Evidence(**body), clock.now())
        if method is None:
            raise wrong()
    return {"expires_in": int(FRESH_FOR.total_seconds())}


def _by_password(password: str) -> None:
    """Hash between two transactions: who waits for a turn to hash holds no connection."""
    with transaction() as session:
        known = step_up.try_password(session, viewer(), clock.now())
    proof = passwords().prove_own(known, password)
    with transaction() as session:
        step_up.step_up_by_password(session, viewer(), proof, clock.now())
