"""Doors that answer at once those whom the process remembers, and let the database prove them with the first statement.

    @routes.get("/patients/<uuid:patient_id>/today")
    @signed_in(*EVERYONE)
    @at_once(_today_at_once)

What is given runs before anybody is recognised, so its first statement must prove the viewer and record the access. It
takes what the address names. None sends the request the long way, as does whoever is not remembered.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from hep_api.foundation.web.policy import Policy

View = Callable[..., Any]
Quickly = Callable[..., Response | None]


def at_once(quickly: Quickly) -> Callable[[View], View]:
    """Let a door answer its remembered viewers by `quickly`; stands directly under `signed_in`."""

    def decorate(view: View) -> View:
        view.at_once = quickly  # type: ignore[attr-defined]
        return view

    return decorate


def answer(view: View, remembered: Any, policy: Policy, arguments: dict[str, Any]) -> Response | None:
    """Return the answer to a viewer who is remembered and proven, else None, with nobody recognised."""
    quickly: Quickly | None = getattr(view, "at_once", None)
    if quickly is None or remembered is None or remembered.role not in policy.roles or _asks_for_more():
        return None
    g.viewer = g.occasion.actor = remembered
    answered = quickly(**arguments)
    if answered is None:
        g.viewer = g.occasion.actor = None
    elif getattr(view, "is_list", False):
        answered.vary.add("Accept")
    return answered


def _asks_for_more() -> bool:
    """Say whether the request has a query, or may want CSV in place of JSON: both are for the long way to read."""
    return bool(request.query_string) or "text/" in request.environ.get("HTTP_ACCEPT", "")
