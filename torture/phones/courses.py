"""The course that every patient of the proof has: a plan whose exercises change on the way, with a pause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.plans import making
from tests.world import Person

DAYS = 50
SECOND_REVISION, PAUSED_FROM, PAUSED_TO = 20, 30, 35
TWICE = {"kind": "daily", "times_per_day": 2}
ONCE = {"kind": "daily", "times_per_day": 1}
THREE_DAYS = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1}


@dataclass(frozen=True, slots=True)
class Version:
    """What holds of a prescription from a day on: `times` a day on `weekdays` (Monday is 0), or `times` a week. It has
    the `number` of the revision that made it.
    """

    number: int
    starts_on: date
    sets: int
    reps: int
    times: int
    weekdays: frozenset[int] = frozenset(range(7))
    is_quota: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """The plan of one patient: its prescriptions with their versions by date, and the days in which it pauses."""

    plan_id: UUID
    starts_on: date
    today: date
    prescriptions: Mapping[UUID, Sequence[Version]]
    paused: frozenset[date]

    def version_on(self, prescription_id: UUID, day: date) -> Version | None:
        """Return what holds on a day, None before the first version."""
        held = [each for each in self.prescriptions[prescription_id] if each.starts_on <= day]
        return held[-1] if held else None


def make_course(lead: Person, patient: Person, exercise_id: UUID) -> Course:
    """Prescribe the course through the public doors."""
    starts_on, changes_on = _day(0), _day(SECOND_REVISION)
    plan = making.start(lead, patient, starts_on=starts_on.isoformat())
    quota = {"kind": "weekly_quota", "times_per_week": 3}
    first = making.publish(
        plan,
        making.new_item(exercise_id, schedule=TWICE),
        making.new_item(exercise_id, schedule=THREE_DAYS, dose=_dose(2, 8)),
        making.new_item(exercise_id, schedule=quota, dose=_dose(1, 20)),
        effective_on=starts_on.isoformat(),
    )
    second = making.publish(
        plan,
        making.carried_item(first[0], schedule=TWICE, dose=_dose(4, 10)),
        making.carried_item(first[1], schedule=THREE_DAYS, dose=_dose(2, 8)),
        making.carried_item(first[2], schedule={**quota, "times_per_week": 4}, dose=_dose(1, 20)),
        making.new_item(exercise_id, schedule=ONCE, dose=_dose(3, 12)),
        effective_on=changes_on.isoformat(),
    )
    span = {"from": _day(PAUSED_FROM).isoformat(), "to": _day(PAUSED_TO).isoformat(), "reason": "Away."}
    assert plan.send("POST", "/pauses", span).status_code == 201
    weekdays = frozenset((0, 2, 4))
    versions = {
        first[0]: (Version(1, starts_on, 3, 10, 2), Version(2, changes_on, 4, 10, 2)),
        first[1]: (Version(1, starts_on, 2, 8, 1, weekdays),),
        first[2]: (Version(1, starts_on, 1, 20, 3, is_quota=True), Version(2, changes_on, 1, 20, 4, is_quota=True)),
        second[3]: (Version(2, changes_on, 3, 12, 1),),
    }
    paused = frozenset(_day(number) for number in range(PAUSED_FROM, PAUSED_TO))
    return Course(plan.id, starts_on, making.today(), versions, paused)


def _day(number: int) -> date:
    return making.today() - timedelta(days=DAYS - number)


def _dose(sets: int, reps: int) -> dict[str, Any]:
    return {"sets": sets, "reps": reps}
