"""What happens to plans that others may care about.

Each fact carries the first patient-local date whose expectation may have changed (`from_on`), so that whoever counts
can count anew from there.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PlanStarted:
    """A plan was opened; it has no exercises yet, but the goals in words that it starts with."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    from_on: date
    goal_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RevisionPublished:
    """Revision `number` governs from `from_on` on, which lies in the past when it was back-dated.

    `revision_ids` are all that were published with it as phases, itself the last.
    """

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    from_on: date
    number: int
    revision_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PlanPaused:
    """Nothing is expected over `[from_on, to_on)`; `to_on` None is open."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    from_on: date
    to_on: date | None
    pause_id: UUID


@dataclass(frozen=True, slots=True)
class PauseChanged:
    """A pause was moved or withdrawn; `[from_on, to_on)` spans where it was and where it is now."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    from_on: date
    to_on: date | None
    pause_id: UUID


@dataclass(frozen=True, slots=True)
class PlanEnded:
    """An end was set or moved; expectations may have changed from `from_on` on, the earlier of old and new end."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    from_on: date


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """What a plan says beside its exercises changed: title, own words, or the goal `goal_id`."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    goal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GoalReached:
    """A goal was said to be reached on the patient-local date `reached_on`."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    goal_id: UUID
    reached_on: date


@dataclass(frozen=True, slots=True)
class RevisionAcknowledged:
    """The patient has seen revision `number`, and by that the earlier ones of the plan."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID
    number: int
    revision_id: UUID
