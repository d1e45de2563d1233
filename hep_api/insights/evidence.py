"""What an entry rests on: numbers, dates and ids, never what somebody wrote; JSON in the shape of its schema."""

from collections.abc import Iterable
from datetime import date
from typing import Any

Json = dict[str, Any]

# Newest first; more would be no easier to look at.
MOST_EVENTS = 50

NOTHING: Json = {
    "flag_id": None,
    "causes": None,
    "from": None,
    "to": None,
    "event_ids": [],
    "last_event_on": None,
    "days_without_event": None,
    "days_allowed": None,
    "completion_7_days": None,
    "completion_28_days": None,
    "points": None,
    "highest_pain": None,
    "sessions": [],
    "skips": [],
    "conversation_id": None,
    "messages": None,
    "first_seq": None,
    "last_seq": None,
    "waiting_since": None,
    "hours_allowed": None,
    "reminded_days": None,
}


def evidence(**known: Any) -> Json:
    """Return the evidence with every key that any rule has, those that are not this rule's empty."""
    assert known.keys() - {"from_on", "to_on"} <= NOTHING.keys(), known
    renamed = {"from_on": "from", "to_on": "to"}
    return {**NOTHING, **{renamed.get(name, name): _plain(value) for name, value in known.items()}}


def newest(event_ids: Iterable[Any]) -> list[str]:
    """Return the ids as JSON has them, no more than are kept; they come newest first."""
    return [str(each) for _, each in zip(range(MOST_EVENTS), event_ids, strict=False)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
