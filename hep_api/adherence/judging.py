"""Whether a report may stand (docs/offline-sync.md): one verdict for each item, pure and in the order of the batch.

A permanent refusal is `rejected` with the rule's name, so that no phone sends it for ever. What is over the
prescription is accepted with a warning at most.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hep_api.adherence.doings import WHOLE, volume_ratio
from hep_api.adherence.entries import EventKind
from hep_api.adherence.models.events import Source
from hep_api.adherence.reports import Report
from hep_api.dosing.dose import Dose
from hep_api.foundation.errors import FieldError
from hep_api.plans.queries.histories import PrescriptionHistory

HOURS_AHEAD = timedelta(hours=26)
LATE_AFTER = timedelta(hours=24)

# By whose sign-in it is: who or what may be named as having reported.
SOURCES = {
    Source.PATIENT: frozenset({Source.PATIENT, Source.CARER, Source.DEVICE}),
    Source.PRACTITIONER: frozenset({Source.PRACTITIONER, Source.PAPER}),
}


class Outcome(enum.StrEnum):
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """What is known of an event that is there already."""

    id: UUID
    entry_id: UUID
    revision: int
    prescription_id: UUID
    kind: str
    performed_on: date
    performed_at: datetime
    pain: int | None
    skip_reason: str | None
    digest: bytes


# What came before an item in its batch is known to it as well.
Known = Mapping[UUID, KnownEvent | Report]


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    error: FieldError | None = None
    warnings: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Reception:
    """What reports are judged by: whose sign-in it is, the instant, how many days back are taken, and the patient's
    prescriptions.
    """

    reporter: Source
    now: datetime
    days_back: int
    histories: Mapping[UUID, PrescriptionHistory]


def judge(report: Report, known: Known, reception: Reception) -> Verdict:
    """Return the verdict on a report; `known` holds the patient's events with the ids that it names."""
    same = known.get(report.id)
    if same is not None:
        # Before any rule of time: a repeat stays a repeat, however long the phone keeps sending it.
        return _repeated(report, same)
    error = (
        _against_source(report, reception)
        or _against_time(report, reception)
        or _against_target(report, reception)
        or _against_entry(report, known)
    )
    if error is not None:
        return Verdict(Outcome.REJECTED, error)
    return Verdict(Outcome.APPLIED, warnings=_warnings(report, reception.histories[report.prescription_id]))


def is_late(report: Report, received_at: datetime) -> bool:
    return received_at - report.performed_at > LATE_AFTER


def _repeated(report: Report, same: KnownEvent | Report) -> Verdict:
    if same.digest == report.digest:
        return Verdict(Outcome.DUPLICATE)
    words = "This id is already used by an event with another content; a correction needs an id of its own."
    return Verdict(Outcome.CONFLICT, FieldError("/id", "conflict", words))


def _against_source(report: Report, reception: Reception) -> FieldError | None:
    if report.source is None or report.source in SOURCES[reception.reporter]:
        return None
    words = f"With this sign-in it may be {', '.join(sorted(SOURCES[reception.reporter]))}."
    return FieldError("/source", "source", words)


def _against_time(report: Report, reception: Reception) -> FieldError | None:
    age = reception.now - report.performed_at
    if age > timedelta(days=reception.days_back):
        words = f"Events are taken up to {reception.days_back} days after they were performed."
        return FieldError("/performed_at", "too_old", words)
    if age < -HOURS_AHEAD:
        return FieldError("/performed_at", "in_future", "Must be at most 26 hours ahead of the server's clock.")
    if abs(report.performed_on - report.performed_at.date()) > timedelta(days=1):
        words = "Must be within one day of performed_at's date in its own offset."
        return FieldError("/performed_on", "far_from_performed_at", words)
    return None


def _against_target(report: Report, reception: Reception) -> FieldError | None:
    history = reception.histories.get(report.prescription_id)
    if history is None:
        # Of another patient, of another clinic, or of nobody: one answer.
        return FieldError("/prescription_id", "unknown", "This patient has no such prescription.")
    if report.version not in history.named:
        return FieldError("/version", "unknown", "This prescription has no such version.")
    return None


def _against_entry(report: Report, known: Known) -> FieldError | None:
    """Refuse a correction of what it cannot correct; one whose original is still to come passes."""
    original = known.get(report.entry_id)
    if original is None:
        return None
    if original.entry_id != report.entry_id:
        return FieldError(
            "/entry_id", "not_an_entry", "Must be the id of the entry's first event, not of a correction."
        )
    if original.prescription_id != report.prescription_id:
        words = "A correction may move an entry to another date or slot, not to another prescription."
        return FieldError("/prescription_id", "other_than_entry", words)
    return None


def _warnings(report: Report, history: PrescriptionHistory) -> tuple[FieldError, ...]:
    if report.kind is EventKind.VOID:
        return ()
    ratio = volume_ratio(report, _planned(report, history))
    if ratio is WHOLE or ratio <= 2:
        return ()
    words = "More than twice the planned volume was reported; it was taken as sent."
    return (FieldError(_largest_amount(report), "over_twice_planned", words),)


def _planned(report: Report, history: PrescriptionHistory) -> Dose:
    """Return the dose in force on the day, else that of the version that the report names."""
    in_force = next((version for version in history.versions if version.covers(report.performed_on)), None)
    return history.named[report.version].dose if in_force is None else in_force.dose


def _largest_amount(report: Report) -> str:
    """Name the amount to look at first: what a set had, else how many sets."""
    for name in ("reps", "seconds", "sets"):
        if getattr(report, name) is not None:
            return f"/{name}"
    return "/sides"
