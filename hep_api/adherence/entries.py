"""What a phone reported, and which event of each entry is in force (docs/offline-sync.md).

Decides by revision and id alone, never by arrival, so any order and any repeats give the same answer.
What the events in force are worth is left to `doings` and `counting`.
"""

import enum
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID


class EventKind(enum.StrEnum):
    """What an event says; `void` takes its entry out of the counts."""

    DONE = "done"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    VOID = "void"


class SkipReason(enum.StrEnum):
    PAIN = "pain"
    NO_TIME = "no_time"
    FORGOT = "forgot"
    UNCLEAR = "unclear"
    NO_EQUIPMENT = "no_equipment"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    UNWELL = "unwell"
    TRAVELLING = "travelling"
    OTHER = "other"


class Event(NamedTuple):
    """One adherence event as scoring needs it; amounts are per set, None where the phone named none.

    A tuple, as days and doings and their counts are: an upload makes hundreds, and a dataclass takes twice as long.
    """

    id: UUID
    entry_id: UUID
    revision: int
    prescription_id: UUID
    version: int
    kind: EventKind
    performed_on: date
    slot: int | None = None
    sets: int | None = None
    reps: int | None = None
    seconds: int | None = None
    sides: int | None = None
    pain: int | None = None
    effort: int | None = None
    skip_reason: SkipReason | None = None
    late: bool = False

    @property
    def is_original(self) -> bool:
        """Say whether this is the first event of its entry; the entry carries its id."""
        return self.id == self.entry_id


class OfEntry(Protocol):
    """What decides which event of an entry holds."""

    @property
    def id(self) -> UUID: ...
    @property
    def entry_id(self) -> UUID: ...
    @property
    def revision(self) -> int: ...
    @property
    def prescription_id(self) -> UUID: ...


E = TypeVar("E", bound=OfEntry)


def entries_in_force(events: Iterable[Event]) -> list[Event]:
    """Return the event in force of each entry, voided entries left out, by entry id."""
    by_entry: dict[UUID, list[Event]] = {}
    for event in events:
        by_entry.setdefault(event.entry_id, []).append(event)
    ordered = sorted(by_entry.values(), key=lambda of_entry: of_entry[0].entry_id.int)
    in_force = map(event_in_force, ordered)
    return [event for event in in_force if event.kind is not EventKind.VOID]


def event_in_force(events: Iterable[E]) -> E:
    """Return which event of one entry holds: the highest revision, among equals the highest id as bytes.

    A correction may not move an entry to another prescription. Before the original arrives nobody can
    tell, so one that names another loses its effect only then.
    """
    events = events if isinstance(events, list) else list(events)
    if len(events) == 1:
        return events[0]
    original = next((event for event in events if event.id == event.entry_id), None)
    if original is not None:
        events = [event for event in events if event.prescription_id == original.prescription_id]
    return max(events, key=lambda event: (event.revision, event.id.bytes))
