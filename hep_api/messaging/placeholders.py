"""What a saved reply leaves open: names in braces, which are filled in for one conversation.

A name that nobody knows is refused when the reply is saved, and one that has no value for this conversation when it is
to be used: nobody is sent a gap. Braces around anything but small letters and low lines are text.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

OPEN = re.compile(r"\{([a-z_]+)\}")


class Placeholder(StrEnum):
    """What may be left open."""

    PATIENT_NAME = "patient_name"
    PRACTITIONER_NAME = "practitioner_name"
    CLINIC_NAME = "clinic_name"
    LOCATION_NAME = "location_name"
    EMERGENCY_LINE = "emergency_line"


def unknown_in(body: str) -> list[str]:
    """Return the names in braces that are none of ours, in order."""
    known = {placeholder.value for placeholder in Placeholder}
    return [name for name in dict.fromkeys(OPEN.findall(body)) if name not in known]


def missing_in(body: str, values: Mapping[Placeholder, str | None]) -> list[Placeholder]:
    """Return what the body leaves open and nothing is known for, in order."""
    return [each for name in dict.fromkeys(OPEN.findall(body)) if not values.get(each := Placeholder(name))]


def filled(body: str, values: Mapping[Placeholder, str | None]) -> str:
    """Return the body with its values; what stands in braces within a value stays as it is."""
    return OPEN.sub(lambda found: values[Placeholder(found[1])] or "", body)
