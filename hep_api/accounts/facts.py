"""What happens to accounts and sign-ins that others may care about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hep_api.foundation.mail.models import BounceReason


@dataclass(frozen=True, slots=True)
class SignInStarted:
    """Somebody signed in. `device_digest` tells on which device: the same app on the same phone has the same one; None
    where the app has made itself no id.
    """

    clinic_id: UUID
    account_id: UUID
    sign_in_id: UUID
    device_digest: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SignInEnded:
    """A sign-in ended: signed out, reuse of a refresh token, or ended by somebody else."""

    clinic_id: UUID
    member_id: UUID
    sign_in_id: UUID


@dataclass(frozen=True, slots=True)
class SecondFactorForgotten:
    """A sign-in has shown no second factor any more: its account has none now."""

    clinic_id: UUID
    member_id: UUID
    sign_in_id: UUID


@dataclass(frozen=True, slots=True)
class LetterRefused:
    """A letter's address was refused by its server, for good. Nobody acts for a clinic meanwhile."""

    account_id: UUID
    reason: BounceReason
    at: datetime
