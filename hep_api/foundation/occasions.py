"""What is going on at a door, for the audit. The foundation keeps none: it tells a witness.

A door announces each occasion before it works, so that what is written in its transactions can say who did it and from
where. A refusal is told to the witness after the rollback.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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


@contextmanager
def at_door(occasion: Occasion) -> Iterator[None]:
    """Let this be what is going on within the block, and tell the witness when it is refused."""
    g.occasion = occasion
    try:
        yield
    except Problem as problem:
        if occasion.claims is not None and problem.status in TOLD:
            _witness().refused(occasion, problem)
        raise
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
