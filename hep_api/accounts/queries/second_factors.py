"""Which second factors an account has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.models.second_factor import Passkey, RecoveryCode, Totp
from hep_api.accounts.second_factors import Method
from hep_api.accounts.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has; recovery codes alone are no second factor."""

    totp: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0

    @property
    def methods(self) -> list[Method]:
        """Return by what the account can show a second factor, the quickest first; none when it has none."""
        if not self.any:
            return []
        had = {Method.PASSKEY: self.passkeys, Method.TOTP: self.totp, Method.RECOVERY_CODE: self.recovery_codes}
        return [method for method, has in had.items() if has]


@dataclass(frozen=True, slots=True)
class OwnFactors:
    """A person's second factors, as they see them themselves."""

    is_required: bool
    totp_since: datetime | None
    passkeys: Sequence[Passkey]
    recovery_codes_left: int


def factors_of(session: Session, account_id: UUID) -> Factors:
    """Return what the account has, in one statement."""
    counts = (
        select(func.count()).where(Totp.account_id == account_id, Totp.confirmed_at.is_not(None)),
        select(func.count()).where(Passkey.account_id == account_id),
        select(func.count()).where(RecoveryCode.account_id == account_id),
    )
    totp, passkeys, recovery_codes = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Factors(bool(totp), passkeys, recovery_codes)


def list_passkeys(session: Session, account_id: UUID) -> Sequence[Passkey]:
    """Return the account's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)).all()


def get_own_factors(session: Session, viewer: Viewer) -> OwnFactors:
    """Return the viewer's second factors."""
    account_id = viewer.account_id
    confirmed = select(Totp.confirmed_at).where(Totp.account_id == account_id, Totp.confirmed_at.is_not(None))
    left = select(func.count()).where(RecoveryCode.account_id == account_id)
    return OwnFactors(
        viewer.is_staff and viewer.second_factor_required,
        session.scalar(confirmed),
        list_passkeys(session, account_id),
        session.scalars(left).one(),
    )
