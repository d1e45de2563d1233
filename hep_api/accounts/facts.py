"""What happens to sign-ins that others may care about."""

from dataclasses import dataclass
from uuid import UUID


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
