"""What identity holds of a person: the account, and the sign-ins that act for one member. Secrets are no part of it."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.models.second_factor import Passkey, Totp
from hep_api.foundation.sections import Section, columns_of, section

SECRETS = ("password_hash", "password_version")
TECHNICAL = ("account_id", "member_id", "device_digest")
OF_THE_KEY = ("account_id", "credential_id", "public_key", "sign_count")


def export_account(session: Session, account_id: UUID) -> Iterator[Section]:
    """Yield the account and its second factors, which serve it in every clinic."""
    account = select(*columns_of(Account, without=SECRETS)).where(Account.id == account_id)
    yield section(session, "account", "The account that the person signs in with.", account)
    passkeys = select(*columns_of(Passkey, without=OF_THE_KEY)).where(Passkey.account_id == account_id)
    yield section(session, "passkeys", "Passkeys of the account, without the keys.", passkeys.order_by(Passkey.id))
    apps = select(Totp.id, Totp.created_at, Totp.confirmed_at).where(Totp.account_id == account_id)
    yield section(session, "authenticator_apps", "Apps that make codes for signing in.", apps.order_by(Totp.id))
    linked = select(*columns_of(FirebaseLink, without=("account_id",))).where(FirebaseLink.account_id == account_id)
    yield section(session, "firebase", "The Firebase account that may sign in as this one.", linked)


def export_sign_ins(session: Session, clinic_id: UUID, member_id: UUID) -> Iterator[Section]:
    """Yield the devices that a member signed in on, as long as they are kept."""
    sign_ins = (
        select(*columns_of(SignIn, without=TECHNICAL))
        .where(SignIn.clinic_id == clinic_id, SignIn.member_id == member_id)
        .order_by(SignIn.created_at, SignIn.id)
    )
    yield section(session, "sign_ins", "Devices that the person signed in on.", sign_ins)
