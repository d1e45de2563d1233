"""How often each door may be used. The doors ask here before they read the body and before they ask the database.

    @routes.post("/me/export")
    @signed_in(*EVERYONE)
    @limited(5, HOUR)

Somebody signed in is counted by sign-in, over all doors, and at a `limited` door by account; anyone else by address.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hep_api.foundation.limits import rates
from hep_api.foundation.limits.gate import limits
from hep_api.foundation.limits.rates import Rate
from hep_api.foundation.web import requests
from hep_api.foundation.web.addresses import network_of

View = Callable[..., Any]


def limited(most: int, seconds: int = rates.MINUTE) -> Callable[[View], View]:
    """Let one account, or at an open door one address, use the door so often; right below the door's own decorator."""

    def decorate(view: View) -> View:
        view.rate = rates.at_most(most, seconds, f"at {view.__name__}")  # type: ignore[attr-defined]
        return view

    return decorate


def spend_of_sign_in(view: View, claims: Mapping[str, Any]) -> None:
    """Count a request with a token of ours; 429 when there were too many."""
    limits().spend(rates.REQUESTS, str(claims["sid"]))
    if own := _own_rate(view):
        limits().spend(own, str(claims["sub"]))


def spend_of_address(view: View, rate: Rate) -> None:
    """Count a request at a door that anyone may use; 429 when there were too many from there."""
    address = network_of(requests.client_address())
    limits().spend(rate, view.__name__, address)
    if own := _own_rate(view):
        limits().spend(own, address)


def spend_on_bad_token(address: str | None) -> None:
    """Count a token that is none of ours, or is missing; 429 in place of 401 when there were too many from there."""
    limits().spend(rates.BAD_TOKENS, network_of(address))


def _own_rate(view: View) -> Rate | None:
    return getattr(view, "rate", None)
