"""Which version of each prescription holds on which dates, cut from all revisions of a plan.

The timeline is derived and never edited: a back-dated revision is added to the others and everything is cut anew. The
plan's own start, end and pauses play no part here; they belong to `occurrences`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hep_api.plans.dose import Dose
from hep_api.plans.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Item:
    """What a revision says about one prescription."""

    dose: Dose
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class RevisionContent:
    """One published revision; `number` counts publications of the plan from 1, so a higher one was published later."""

    number: int
    effective_on: date
    items: Mapping[UUID, Item]


@dataclass(frozen=True, slots=True)
class VersionInForce:
    """A prescription's version over `[valid_from, valid_to)`; `valid_to` None is open.

    `version` is the number of the revision that brought this content in. `anchor_on` is the first day of the schedule.
    """

    prescription_id: UUID
    version: int
    dose: Dose
    schedule: Schedule
    valid_from: date
    valid_to: date | None
    anchor_on: date

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def governing_revisions(revisions: Iterable[RevisionContent]) -> list[RevisionContent]:
    """Return, in order of their dates, the revisions that govern any day: of equal dates the one published last."""
    by_date: dict[date, RevisionContent] = {}
    for revision in sorted(revisions, key=lambda each: each.number):
        by_date[revision.effective_on] = revision
    return [by_date[day] for day in sorted(by_date)]


def cut_timeline(revisions: Iterable[RevisionContent]) -> list[VersionInForce]:
    """Return every version of every prescription, by prescription and then by date, without overlaps."""
    closed: list[VersionInForce] = []
    in_force: dict[UUID, VersionInForce] = {}
    for revision in governing_revisions(revisions):
        before, in_force = in_force, {}
        for prescription_id, item in revision.items.items():
            in_force[prescription_id] = _carry_on(before.get(prescription_id), prescription_id, item, revision)
        closed += [
            replace(version, valid_to=revision.effective_on)
            for prescription_id, version in before.items()
            if in_force.get(prescription_id) is not version
        ]
    return sorted([*closed, *in_force.values()], key=lambda each: (each.prescription_id, each.valid_from))


def _carry_on(
    before: VersionInForce | None, prescription_id: UUID, item: Item, revision: RevisionContent
) -> VersionInForce:
    """Return the version in force from this revision on: the one before when nothing changed, else a new one."""
    if before is not None and (before.dose, before.schedule) == (item.dose, item.schedule):
        return before
    # A change of dose alone must not shift the rhythm of every second day.
    keeps_rhythm = before is not None and before.schedule == item.schedule
    anchor_on = before.anchor_on if before is not None and keeps_rhythm else revision.effective_on
    return VersionInForce(
        prescription_id=prescription_id,
        version=revision.number,
        dose=item.dose,
        schedule=item.schedule,
        valid_from=revision.effective_on,
        valid_to=None,
        anchor_on=anchor_on,
    )
