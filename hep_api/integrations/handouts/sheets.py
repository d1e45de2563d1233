"""What stands on a handout, before it is laid out."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hep_api.integrations.handouts.ticking import Week
from hep_api.integrations.handouts.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A dose and schedule in words, with the dates between which it holds where they lie within the handout's."""

    words: str
    note: str
    from_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its texts as prescribed, in the reader's language where there is one, and its pictures."""

    number: int
    texts: dict[str, Any]
    pictures: Sequence["Picture"]
    prescribed: Sequence[Prescribed]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data: address, so that nothing has to be fetched; empty while it is still in the store."""

    source: str
    alt: str
    path: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Handout:
    """A whole handout. `code` is the QR code of the address that opens the plan in the app."""

    wishes: Wishes
    title: str
    clinic: str
    location: str
    practitioner: str
    name: str
    made_on: date
    code: str
    exercises: Sequence[Exercise]
    weeks: Sequence[Week]


def in_address(content_type: str, content: bytes) -> str:
    """Return content as a data: address."""
    return f"data:{content_type};base64,{b64encode(content).decode()}"
