"""What is expected of a patient on a local day: a version's schedule, less the plan's dates and pauses.

Decides how much is expected on a day (E in docs/metrics.md) and which days can fill a weekly quota. How much a quota
expects of a week, and what was done, is left to adherence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hep_api.dosing.schedule import ScheduleKind, is_due
from hep_api.plans.timeline import VersionInForce

# The kinds that name days; of the others the patient chooses the day.
DATED = (ScheduleKind.DAILY, ScheduleKind.WEEKDAYS, ScheduleKind.EVERY_N_DAYS)


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """A plan's patient-local dates `[starts_on, ends_on)` and its pauses `[from, to)`; None as an end is open."""

    starts_on: date
    ends_on: date | None = None
    pauses: tuple[tuple[date, date | None], ...] = ()

    def is_running(self, day: date) -> bool:
        """Say whether the day lies between start and end; a paused plan is still running."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def is_paused(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.pauses)

    def expects(self, day: date) -> bool:
        """Say whether the plan asks for anything at all on the day."""
        return self.is_running(day) and not self.is_paused(day)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due doing: slot 1..times_per_day of a prescription on a local day, by the version in force."""

    prescription_id: UUID
    day: date
    slot: int
    version: int


def expected_on(version: VersionInForce, terms: PlanTerms, day: date) -> int:
    """Return how often this version is due on the day; 0 for quotas and as_needed, which name no day."""
    if not (version.covers(day) and terms.expects(day) and is_due(version.schedule, version.anchor_on, day)):
        return 0
    return version.schedule.times_per_day or 0


def is_quota_eligible(version: VersionInForce, terms: PlanTerms, day: date) -> bool:
    """Say whether a doing on the day can fill this version's weekly quota."""
    return version.schedule.kind is ScheduleKind.WEEKLY_QUOTA and version.covers(day) and terms.expects(day)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a version in force asks for on one day of its running plan.

    `expected` doings are due. `rest`: its schedule leaves the day out; a quota or as_needed one is neither due nor at
    rest, the patient chooses. `paused` is the plan's. `eligible`: a doing can fill the weekly quota.
    """

    expected: int
    rest: bool
    paused: bool
    eligible: bool

    @property
    def due(self) -> bool:
        return self.expected > 0


def standing_on(version: VersionInForce, terms: PlanTerms, day: date) -> Standing | None:
    """Return how a version stands on the day; None when it is not in force, or its plan does not run."""
    if not (version.covers(day) and terms.is_running(day)):
        return None
    paused = terms.is_paused(day)
    expected = expected_on(version, terms, day)
    return Standing(
        expected=expected,
        rest=not paused and expected == 0 and version.schedule.kind in DATED,
        paused=paused,
        eligible=is_quota_eligible(version, terms, day),
    )


def due_occurrences(
    versions: Iterable[VersionInForce], terms: PlanTerms, from_on: date, until_on: date
) -> Iterator[Occurrence]:
    """Yield what is due over `[from_on, until_on)`, version by version, each by day and slot."""
    days = [from_on + timedelta(days=n) for n in range((until_on - from_on).days)]
    for version in versions:
        for day in days:
            for slot in range(1, expected_on(version, terms, day) + 1):
                yield Occurrence(version.prescription_id, day, slot, version.version)
