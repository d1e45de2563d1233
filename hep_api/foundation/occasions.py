"""What is going on at a door, for the audit. The foundation keeps none: it tells a witness.

A door announces each occasion before it works, so that what is written in its transactions can say who did it and from
where. A refusal is told to the witness after the rollback.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g

from hep_api.foundation.errors import Problem

TOLD = frozenset({401, 403, 404})


@dataclass(slots=True)
class Occasion:
    """One use of a door: `action` is the door's name, `writes` whether it may change anything, `named` what its
    address names.

    `claims` are those of the token, if the door asks for one; `actor` is the viewer, once recognised.
    """

    action: str
    writes: bool
    named: Mapping[str, Any]
    address: str | None
    request_id: str | None
    claims: Mapping[str, Any] | None = None
    actor: Any = None


@dataclass(frozen=True, slots=True)
class Witness:
    """Who keeps the audit; `app.py` fills it in. `refused` hears of each refusal to somebody who showed a token."""

    refused: Callable[[Occasion, Problem], None]


class at_door:  # noqa: N801 - reads as what it is used for
    """Let this be what is going on within the block, and tell the witness when it is refused."""

    __slots__ = ("_occasion",)

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion

    def __enter__(self) -> None:
        g.occasion = self._occasion

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        try:
            if isinstance(error, Problem) and self._occasion.claims is not None and error.status in TOLD:
                _witness().refused(self._occasion, error)
        finally:
            g.occasion = None


def present() -> Occasion | None:
    """Return what is going on; None in jobs and commands."""
    found: Occasion | None = g.get("occasion")
    return found


def name_also(**ids: Any) -> None:
    """Add what only the body names, so that a refusal tells of it too."""
    occasion = present()
    if occasion is not None:
        occasion.named = {**occasion.named, **ids}


def _witness() -> Witness:
    found: Witness = current_app.extensions["hep_witness"]
    return found
