"""What messaging reads of what patients report of their exercises. Peers know no peers, so `reactions.py` brings it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID


class ReportedEntry(Protocol):
    """What one entry says now; with neither pain nor a reason to skip, it said so until it was corrected."""

    @property
    def entry_id(self) -> UUID: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def prescription_id(self) -> UUID: ...
    @property
    def performed_on(self) -> date: ...
    @property
    def performed_at(self) -> datetime: ...
    @property
    def pain(self) -> int | None: ...
    @property
    def skip_reason(self) -> str | None: ...


class ReportedEntries(Protocol):
    """Entries of one upload; `clinic_version` is that of the clinic's settings."""

    @property
    def clinic_id(self) -> UUID: ...
    @property
    def patient_id(self) -> UUID: ...
    @property
    def clinic_version(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def entries(self) -> Sequence[ReportedEntry]: ...
