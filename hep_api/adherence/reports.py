"""A report: one event as a phone sends it, read and strict, before the server has judged it.

Which values a field takes is the schema's to decide (`schemas.uploads`), whether the report may stand is `judging`'s.
"""

import hashlib
import json
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from hep_api.adherence.entries import Event, EventKind, SkipReason
from hep_api.adherence.models.events import Difficulty, Source
from hep_api.dosing.dose import Load

# Whoever reports for themselves may leave the source out, so naming it makes no other content.
_BESIDE_THE_REPORTER = frozenset({Source.CARER, Source.DEVICE, Source.PAPER})
# Stored digests are of this form of JSON, so it stays.
_as_json = json.JSONEncoder().encode


class Report(NamedTuple):
    """What the phone said; `performed_at` keeps its offset, amounts are per set."""

    id: UUID
    entry_id: UUID
    revision: int
    prescription_id: UUID
    version: int
    kind: EventKind
    slot: int | None
    performed_at: datetime
    zone: str
    performed_on: date
    sets: int | None
    reps: int | None
    seconds: int | None
    sides: int | None
    load: Load | None
    pain: int | None
    effort: int | None
    difficulty: Difficulty | None
    comment: str | None
    skip_reason: SkipReason | None
    reason: str | None
    source: Source | None = None

    @property
    def is_correction(self) -> bool:
        return self.id != self.entry_id

    def event(self, *, late: bool) -> Event:
        """Return what scoring needs of it."""
        return Event(
            id=self.id,
            entry_id=self.entry_id,
            revision=self.revision,
            prescription_id=self.prescription_id,
            version=self.version,
            kind=self.kind,
            performed_on=self.performed_on,
            slot=self.slot,
            sets=self.sets,
            reps=self.reps,
            seconds=self.seconds,
            sides=self.sides,
            pain=self.pain,
            effort=self.effort,
            skip_reason=self.skip_reason,
            late=late,
        )

    @property
    def digest(self) -> bytes:
        """Return what tells a repeat from another content; how the JSON was spelled plays no part."""
        said = [
            self.id.hex,
            self.entry_id.hex,
            self.revision,
            self.prescription_id.hex,
            self.version,
            self.kind,
            self.slot,
            self.performed_at.isoformat(),
            self.zone,
            self.performed_on.isoformat(),
            self.sets,
            self.reps,
            self.seconds,
            self.sides,
            None if self.load is None else self.load.to_json(),
            self.pain,
            self.effort,
            self.difficulty,
            self.comment,
            self.skip_reason,
            self.reason,
        ]
        if self.source in _BESIDE_THE_REPORTER:
            said.append(self.source)
        return hashlib.sha256(_as_json(said).encode()).digest()
