"""HTTP doors of one's own passkeys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hep_api.accounts.actions.second_factors import add, remove, rename
from hep_api.accounts.means import means
from hep_api.accounts.models.second_factor import Passkey
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.schemas.second_factors import (
    AddedPasskeyOut,
    PasskeyChangeIn,
    PasskeyIn,
    PasskeyOptionsOut,
    PasskeyOut,
    PasskeysOut,
)
from hep_api.accounts.second_factors import wrong
from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_whoever_owes, returns, signed_in, takes

routes = Routes("passkeys", "One's own passkeys, as second factors.")


@routes.get("/me/passkeys")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(PasskeysOut)
def list_passkeys() -> dict[str, Sequence[Passkey]]:
    """List one's passkeys, the oldest first."""
    with transaction() as session:
        return {"items": queries.list_passkeys(session, viewer().account_id)}


@routes.post("/me/passkeys/options")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(PasskeyOptionsOut)
def begin_passkey() -> dict[str, Any]:
    """Ask for what an authenticator needs to make a passkey.

    It is good once, for five minutes, on this sign-in.

    Errors: 409 `passkeys_off` where the installation has no domain for them, 409 when one has too many;
    403 `fresh_sign_in_needed` and `second_factor_needed` as for the authenticator app.
    """
    with transaction() as session:
        add.refuse_unproven(session, viewer(), clock.now())
        return {"public_key": add.begin_passkey(session, means(), viewer(), clock.now())}


@routes.post("/me/passkeys")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@takes(PasskeyIn)
@returns(AddedPasskeyOut, 201)
def register_passkey(body: dict[str, Any]) -> add.Added:
    """Register the passkey that an authenticator made.

    With the first second factor come ten recovery codes, shown this once. This sign-in has shown it with that.

    Errors: 403 `second_factor_wrong` when the answer is not right, or not to the newest question; 403
    `second_factor_needed` when there is another one by now; 409 when it is known.
    """
    with transaction() as session:
        added = add.register_passkey(session, means(), viewer(), body["credential"], body["name"], clock.now())
    if added is None:
        raise wrong()
    return added


@routes.patch("/me/passkeys/<uuid:passkey_id>")
@signed_in(*EVERYONE)
@takes(PasskeyChangeIn)
@returns(PasskeyOut)
def rename_passkey(passkey_id: UUID, body: dict[str, Any]) -> Passkey:
    """Call a passkey something else."""
    with transaction() as session:
        return rename.rename_passkey(session, viewer(), passkey_id, body["name"])


@routes.delete("/me/passkeys/<uuid:passkey_id>")
@signed_in(*EVERYONE)
@stepped_up
@returns(None, 204)
def remove_passkey(passkey_id: UUID) -> None:
    """Remove a passkey; with the last second factor the recovery codes go too."""
    with transaction() as session:
        remove.remove_passkey(session, viewer(), passkey_id, clock.now())
