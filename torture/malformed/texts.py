"""JSON as no library would write it: numbers that are none, halves of characters, a key twice, whatever Raw holds."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Raw:
    """Text that goes into the JSON as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Twice:
    """An object in which one key stands twice."""

    members: dict[str, Any]
    key: str


def write(value: Any) -> str:
    """Write a value as JSON, with all that is wrong with it."""
    match value:
        case Raw(text):
            return text
        case Twice(members, key):
            again = f"{json.dumps(key)}:{write(members[key])}"
            return "{" + ",".join([*_members(members), again]) + "}"
        case dict():
            return "{" + ",".join(_members(value)) + "}"
        case list():
            return "[" + ",".join(map(write, value)) + "]"
        case _:
            return json.dumps(value)


def _members(members: dict[str, Any]) -> list[str]:
    return [f"{json.dumps(name)}:{write(value)}" for name, value in members.items()]
