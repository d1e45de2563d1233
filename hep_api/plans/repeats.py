"""Sending again with the same client-made id: the same content gets the same answer, other content is refused."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from hep_api.dosing.dose import Dose
from hep_api.dosing.progression import Progression
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.errors import Problem, conflict


def digest_of(content: Mapping[str, Any]) -> bytes:
    """Return a digest of a loaded body that is the same for the same content, however it was written."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).digest()


def id_is_taken() -> Problem:
    return conflict("/id", "used", "This id was used already, with other content; make a new one.")


def _plain(value: Any) -> Any:
    if isinstance(value, Dose | Schedule | Progression):
        return value.to_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a body")
