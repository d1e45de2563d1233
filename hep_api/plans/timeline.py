"""Which version of each prescription holds on which dates, cut from all revisions of a plan.

The timeline is derived and never edited: a back-dated revision is added to the others and everything is cut anew. The
plan's own start, end and pauses play no part here; they belong to `occurrences`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule


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

    `version` is the number of the revision that brought this content in; `anchor_on` the first day of its schedule.
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
    published = sorted(revisions, key=lambda each: each.number)
    closed: list[VersionInForce] = []
    in_force: dict[UUID, VersionInForce] = {}
    for revision in governing_revisions(published):
        same_date = [each for each in published if each.effective_on == revision.effective_on]
        before, in_force = in_force, {}
        for prescription_id, item in revision.items.items():
            number = _introduced_in(same_date, prescription_id, item)
            fresh = _new_version(prescription_id, item, number, revision.effective_on)
            in_force[prescription_id] = _carry_on(before.get(prescription_id), fresh)
        closed += [
            replace(version, valid_to=revision.effective_on)
            for prescription_id, version in before.items()
            if in_force.get(prescription_id) is not version
        ]
    return sorted([*closed, *in_force.values()], key=lambda each: (each.prescription_id, each.valid_from))


def _introduced_in(same_date: Iterable[RevisionContent], prescription_id: UUID, item: Item) -> int:
    """Return the first number under which this content was published for the date.

    Publishing twice for one date to change one exercise leaves the numbers of the others alone.
    """
    return next(each.number for each in same_date if each.items.get(prescription_id) == item)


def _new_version(prescription_id: UUID, item: Item, number: int, day: date) -> VersionInForce:
    return VersionInForce(prescription_id, number, item.dose, item.schedule, day, None, day)


def _carry_on(before: VersionInForce | None, fresh: VersionInForce) -> VersionInForce:
    """Return the version in force from now on: the one before when nothing changed, else the fresh one."""
    if before is None or before.schedule != fresh.schedule:
        return fresh
    # A change of dose alone must not shift the rhythm of every second day.
    return before if before.dose == fresh.dose else replace(fresh, anchor_on=before.anchor_on)
