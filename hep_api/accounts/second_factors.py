"""The words of second factors: by what one is shown, and the refusals that ask for one.

An account has a second factor when it has an authenticator app (TOTP) or a passkey. Recovery codes stand in for either;
they come with the first one and go with the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hep_api.foundation.errors import Problem

# So long a shown second factor, or a sign-in that has just begun, is proof enough for what is sensitive.
FRESH_FOR = timedelta(minutes=10)


class Method(StrEnum):
    """By what a person proves more than that they are signed in."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    PASSWORD = "password"  # noqa: S105 - a word, no password


class Ceremony(StrEnum):
    """What an authenticator signs a challenge for."""

    REGISTER = "register"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody shows as their second factor; one of the three."""

    totp_code: str | None = None
    recovery_code: str | None = None
    passkey: Mapping[str, Any] | None = None


def second_factor_needed(methods: Sequence[Method]) -> Problem:
    """Return the refusal of somebody signed in who has to show a second factor first, naming what they have.

    Nothing named means that they have none and set one up first.
    """
    detail = "Show a second factor first, by POST /v1/me/step-up; it counts for ten minutes."
    if not methods:
        detail = "This needs a second factor and you have none: set one up first, by POST /v1/me/second-factors/totp."
    return Problem("second_factor_needed", 403, detail, extra={"methods": [method.value for method in methods]})


def setup_needed() -> Problem:
    """Return the refusal of staff whose clinic requires a second factor and who have none."""
    detail = "Your clinic requires a second factor; set one up, and go on."
    return Problem("second_factor_setup_needed", 403, detail)


def wrong_for_guest() -> Problem:
    """Return the refusal of a second factor of somebody who is about to sign in."""
    return Problem("second_factor_wrong", 401, _WRONG, headers={"WWW-Authenticate": "Bearer"})


def wrong() -> Problem:
    """Return the refusal of a second factor of somebody who is signed in, and stays so."""
    return Problem("second_factor_wrong", 403, _WRONG)


_WRONG = "This is not a second factor of yours, or it was used already."
