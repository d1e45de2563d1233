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
    """A dose and schedule in words, with the last date on which it holds where that lies within the handout's."""

    words: str
    note: str
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its texts as prescribed, in the reader's language where there is one, and its pictures.

    `again`: it stands above with another dose, so only the dose is told.
    """

    number: int
    texts: dict[str, Any]
    pictures: Sequence["Picture"]
    prescribed: Prescribed
    again: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What holds on the first day (`from_on` None), or is new or changed from a later day on.

    `name` is the phase's, `note` what the practitioner says to the patient with it; both may be "".
    """

    from_on: date | None
    name: str
    note: str
    exercises: Sequence[Exercise]

    @property
    def has_heading(self) -> bool:
        return bool(self.from_on or self.name)


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
    groups: Sequence[Group]
    weeks: Sequence[Week]

    @property
    def exercises(self) -> Sequence[Exercise]:
        """Return each exercise once, in order."""
        return [each for group in self.groups for each in group.exercises if not each.again]


def in_address(content_type: str, content: bytes) -> str:
    """Return content as a data: address."""
    return f"data:{content_type};base64,{b64encode(content).decode()}"
