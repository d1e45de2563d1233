"""Second factors of the scene's people, so that a request for each of their doors needs nothing that is not there yet.

Everyone has an authenticator app of one secret, the same app once more being set up, and a question to their
authenticator that waits for an answer.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import select

from hep_api.accounts import totp
from hep_api.accounts.actions.second_factors.ask import digest_of
from hep_api.accounts.models.identity import Account
from hep_api.accounts.models.second_factor import PasskeyChallenge, SignInChallenge, Totp
from hep_api.accounts.second_factors import Ceremony
from tests.authenticator import Authenticator, encoded
from tests.contract.canaries import NOBODYS
from tests.world import Person, World

DOMAIN = "clinic.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
QUESTION = bytes(32)
TOKEN = "a-challenge-of-the-scene-"
LONG_AGO, BEFORE_ALL_CODES = datetime(2020, 1, 1, tzinfo=UTC), 0


def give_factors(world: World, people: Collection[Person]) -> None:
    """Give everyone what their doors ask for."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with world.transaction() as session:
        for person in people:
            session.add_all(_apps(world, person.account_id))
            session.add(
                PasskeyChallenge(
                    bound_to=person.sign_in_id,
                    ceremony=Ceremony.REGISTER,
                    account_id=person.account_id,
                    challenge=QUESTION,
                    expires_at=tomorrow,
                )
            )


def ask(world: World, entered: dict[str, Any]) -> str:
    """Let somebody who came in be asked for their second factor, and return the challenge."""
    token = TOKEN + entered["member"]["id"]
    with world.transaction() as session:
        account = session.scalars(select(Account).where(Account.email == entered["email"])).one()
        session.add_all(_apps(world, account.id))
        session.add(
            SignInChallenge(
                clinic_id=UUID(entered["clinic"]["id"]),
                account_id=account.id,
                password_version=account.password_version,
                digest=digest_of(token),
                device_name=NOBODYS,
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )
        )
    return token


def code() -> str:
    """Return what the app shows now."""
    return pyotp.TOTP(SECRET).now()


def new_passkey() -> dict[str, Any]:
    """Return what an authenticator answers to the question that waits."""
    return Authenticator().create({"rp": {"id": DOMAIN}, "challenge": encoded(QUESTION)})


def _apps(world: World, account_id: UUID) -> list[Totp]:
    sealer = world.app.extensions["hep_means"].sealer
    sealed = totp.seal_secret(sealer, SECRET, account_id.bytes)
    now = datetime.now(UTC)
    confirmed = Totp(
        account_id=account_id,
        sealed_secret=sealed,
        created_at=LONG_AGO,
        confirmed_at=LONG_AGO,
        last_counter=BEFORE_ALL_CODES,
    )
    return [confirmed, Totp(account_id=account_id, sealed_secret=sealed, created_at=now)]
