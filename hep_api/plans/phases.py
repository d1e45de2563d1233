"""Phases: revisions that are published together and follow each other, each in force from a day counted from the first.

Decides their dates. What a phase prescribes is written as for any revision.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hep_api.plans import dating
from hep_api.plans.models.plans import Plan

Items = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Phase:
    """One revision to be: items as a body has them, loaded. `pointer` is where it stands in what was sent."""

    effective_on: date
    items: Items
    note: str = ""
    name: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the content came from: a template in one of its versions, another plan, or the practitioner alone."""

    template_id: UUID | None = None
    template_version: int | None = None
    copied_from_plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """What one sending says of all revisions it publishes: the id of the first, a digest, why it is back-dated."""

    id: UUID | None
    digest: bytes
    reason: str | None
    origin: Origin = field(default_factory=Origin)


def counted(items: Items) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield each item with which prescription of its exercise it is, from 0.

    What came from a plan says so in its `course`; else it is how often the exercise stood before it in the same phase.
    """
    seen: Counter[Any] = Counter()
    for item in items:
        known = item.get("course")
        yield item, seen[item["exercise_id"]] if known is None else known
        seen[item["exercise_id"]] += 1


def dated(phases: Sequence[Mapping[str, Any]], first_day: date, today: date, plan: Plan) -> list[Phase]:
    """Return phases with their dates, `first_day` being day 0; 422 naming one that would begin after the plan's end."""
    return [
        Phase(
            dating.day_of_phase(
                f"/phases/{place}/from_day",
                first_day + timedelta(days=phase["from_day"]),
                today,
                plan.starts_on,
                plan.ends_on,
            ),
            phase["items"],
            phase["note"],
            phase["name"],
            f"/phases/{place}",
        )
        for place, phase in enumerate(phases)
    ]
