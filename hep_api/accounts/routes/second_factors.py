"""HTTP doors of one's own second factors: what one has, the authenticator app, the recovery codes. Those that set a
first one up are open to staff who owe their clinic one.
"""

from typing import Any

from hep_api.accounts.actions.second_factors import add, remove
from hep_api.accounts.means import means
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.schemas.second_factors import (
    AddedOut,
    OfferedTotpOut,
    RecoveryCodesOut,
    SecondFactorsOut,
    TotpConfirmationIn,
)
from hep_api.accounts.second_factors import wrong
from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, open_to_whoever_owes, returns, signed_in, takes

routes = Routes("second factors", "One's own second factors: authenticator app, passkeys, recovery codes.")


@routes.get("/me/second-factors")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(SecondFactorsOut)
def get_second_factors() -> dict[str, Any]:
    """Show which second factors one has, and whether the clinic requires one."""
    with transaction() as session:
        own = queries.get_own_factors(session, viewer())
    return {
        "is_required": own.is_required,
        "totp": None if own.totp_since is None else {"confirmed_at": own.totp_since},
        "passkeys": own.passkeys,
        "passkeys_possible": means().relying_party is not None,
        "recovery_codes_left": own.recovery_codes_left,
    }


@routes.post("/me/second-factors/totp")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(OfferedTotpOut, 201)
def begin_totp() -> add.OfferedTotp:
    """Begin to set up an authenticator app.

    It counts, in place of an older one, when it was confirmed by a code within the hour.

    Errors: 403 `fresh_sign_in_needed` without a second factor when one signed in more than ten minutes ago;
    403 `second_factor_needed` with one that was not shown in the last ten minutes.
    """
    with transaction() as session:
        add.refuse_unproven(session, viewer(), clock.now())
        return add.begin_totp(session, means(), viewer(), clock.now())


@routes.post("/me/second-factors/totp/confirmation")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@takes(TotpConfirmationIn)
@returns(AddedOut)
def confirm_totp(body: dict[str, Any]) -> add.Added:
    """Confirm the authenticator app by a code that it shows.

    With the first second factor come ten recovery codes, shown this once. This sign-in has shown it with that.

    Errors: 409 when none is being set up; 403 `second_factor_wrong`; 403 `second_factor_needed` when there is another
    one by now; 429 after ten wrong codes within an hour.
    """
    with transaction() as session:
        added = add.confirm_totp(session, means(), viewer(), body["totp_code"], clock.now())
    if added is None:
        raise wrong()
    return added


@routes.delete("/me/second-factors/totp")
@signed_in(*EVERYONE)
@stepped_up
@returns(None, 204)
def remove_totp() -> None:
    """Remove the authenticator app; with the last second factor the recovery codes go too."""
    with transaction() as session:
        remove.remove_totp(session, viewer(), clock.now())


@routes.post("/me/second-factors/recovery-codes")
@signed_in(*EVERYONE)
@stepped_up
@returns(RecoveryCodesOut, 201)
def renew_recovery_codes() -> dict[str, Any]:
    """Make ten new recovery codes; the older ones are good no more.

    Errors: 409 without a second factor that they could stand in for.
    """
    with transaction() as session:
        return {"recovery_codes": add.renew_recovery_codes(session, viewer(), clock.now())}
