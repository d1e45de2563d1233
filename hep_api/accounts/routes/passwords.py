"""HTTP doors of passwords: changing one's own, and choosing a new one when it was forgotten. Hashing happens between
two transactions, so that people who wait for their turn to hash hold no connection.
"""

from typing import Any

from hep_api.accounts.actions import passwords as actions
from hep_api.accounts.passwords import passwords
from hep_api.accounts.schemas.passwords import PasswordChangeIn, PasswordResetIn, PasswordResetUseIn
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, signed_in, takes

routes = Routes("passwords", "Changing a password, and choosing a new one.")


@routes.put("/me/password")
@signed_in(*EVERYONE)
@takes(PasswordChangeIn)
@returns(None, 204)
def change_password(body: dict[str, Any]) -> None:
    """Change one's own password.

    It ends all other sign-ins of the account, in all its clinics, and is told by mail. Ten tries an hour.

    Errors: 403 `password_wrong` when the present password is another; 422 naming `/password` with the rule `common` or
    `own`; 429 `too_many_guesses`.
    """
    with transaction() as session:
        known = actions.try_change(session, viewer(), body["password"], clock.now())
    proof = passwords().prove_own(known, body["current_password"])
    new_hash = passwords().make_hash(body["password"])
    with transaction() as session:
        actions.change_password(session, viewer(), proof, new_hash, clock.now())


@routes.post("/password-resets")
@open_to_anyone("Who forgot the password cannot sign in.")
@takes(PasswordResetIn)
@returns(None, 202)
def ask_for_reset(body: dict[str, Any]) -> None:
    """Ask for a link by mail that lets choose a new password.

    The answer is the same whether or not the e-mail has an account. The link is good once, for ten minutes; asked for
    again after five, a new one ends the older.
    """
    with transaction() as session:
        actions.ask_for_reset(session, body["email"], clock.now())


@routes.post("/password-resets/use")
@open_to_anyone("The one-time token in the body says whose password it is.")
@takes(PasswordResetUseIn)
@returns(None, 204)
def reset_password(body: dict[str, Any]) -> None:
    """Choose a new password with the token of a mailed link.

    It ends every sign-in of the account and signs nobody in. A second factor is asked for when signing in, as before.

    Errors: 404 `reset_invalid`, the same for unknown, used, expired and replaced tokens; 422 naming `/password` with
    the rule `common` or `own`, which leaves the token good.
    """
    with transaction() as session:
        actions.refuse_reset(session, body["token"], body["password"], clock.now())
    new_hash = passwords().make_hash(body["password"])
    with transaction() as session:
        actions.reset_password(session, body["token"], new_hash, clock.now())
