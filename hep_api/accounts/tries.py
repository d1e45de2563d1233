"""How often a password may be tried where people sign in, so that guessing is hopeless and nobody is kept out by it.

Tries are counted by the e-mail that is named, whether or not it has an account: from one address, and from everywhere.
When there are too many, those still pass who come from where the account was signed in before: from a device that it
was used on, whoever else tries from the same address; from an address that it was used from, whoever tries elsewhere.
The others wait, or prove by mail who they are. It is decided before anything is hashed.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.familiar import Whereabouts
from hep_api.accounts.passwords import Credentials
from hep_api.accounts.queries.familiar import known_marks
from hep_api.foundation.limits.gate import limits, too_many_requests
from hep_api.foundation.limits.rates import HOUR, Rate, at_most

# Whoever mistypes so often asks for a new password.
FROM_ADDRESS = at_most(20, HOUR, "tries_from_address")
ON_DEVICE = at_most(20, HOUR, "tries_on_device")
FROM_EVERYWHERE = Rate("tries_from_everywhere", lambda settings: settings.strange_sign_ins_per_hour, HOUR)
# Whoever has no account is looked for as long.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Try:
    """A try of a password, counted: for how many seconds there should be no other from there, and from anywhere."""

    email: str
    where: Whereabouts
    wait_here: int
    wait_everywhere: int

    @property
    def device(self) -> str:
        return (self.where.device or b"").hex()


def count_try(email: str, where: Whereabouts) -> Try:
    """Count a try of a password for an e-mail; the database is not asked."""
    here = limits().take(FROM_ADDRESS, email, where.network or "")
    return Try(email, where, here, limits().take(FROM_EVERYWHERE, email))


def refuse_stranger(session: Session, tried: Try, known: Credentials | None) -> None:
    """Refuse one try too many (429), unless it comes from where the account was signed in before."""
    if not tried.wait_here and not tried.wait_everywhere:
        return
    account_id = known.account_id if known else NOBODY
    familiar = known_marks(session, account_id, tried.where.marks(account_id))
    if tried.where.device_mark(account_id) in familiar:
        limits().spend(ON_DEVICE, tried.email, tried.device)
    elif tried.wait_here or tried.where.network_mark(account_id) not in familiar:
        raise too_many_requests(tried.wait_here or tried.wait_everywhere)


def forget_tries(tried: Try) -> None:
    """Start counting anew, after a right password."""
    limits().forget(FROM_ADDRESS, tried.email, tried.where.network or "")
    limits().forget(FROM_EVERYWHERE, tried.email)
    limits().forget(ON_DEVICE, tried.email, tried.device)
