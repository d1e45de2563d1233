"""What a patient's phone writes down over the weeks, from the plan's own rules for what is due and a habit's chances.

Decides each event and the evening on which it is uploaded; sending it is left to `seeding`. The shape of an event is
that of the batch which a phone sends.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hep_api.demo.cast import CORRECTS, OFFLINE, ZONE, Way
from hep_api.demo.habits import Habit
from hep_api.demo.treating import InCare, Treatment
from hep_api.dosing.schedule import ScheduleKind
from hep_api.plans.occurrences import PlanTerms, expected_on, is_quota_eligible
from hep_api.plans.timeline import VersionInForce

Json = dict[str, Any]

ONE_DAY = timedelta(days=1)
UPLOADS_AT = time(22, 15)
HOURS = (8, 12, 18)
SUNDAY = 6
# All in days before the day of the seeding. Until two weeks ago phones uploaded on Sundays, since then each evening:
# so there are late events to see, and seeding takes seconds.
DAILY_SINCE = 14
OFFLINE_FROM, OFFLINE_UNTIL = 11, 5
VOIDED, CORRECTED = 20, (9, 3)
COMMENTS = (
    "Easier than last week.",
    "Felt good afterwards.",
    "A bit stiff in the morning.",
    "Did it with my daughter.",
    "Had to stop in between.",
)


@dataclass(frozen=True, slots=True)
class Note:
    """One event, and the evening on which the phone sends it."""

    uploaded_at: datetime
    event: Json


@dataclass(slots=True)
class Diary:
    """Writes one patient's events, day by day; the same lots give the same diary."""

    care: InCare
    habit: Habit
    lots: random.Random
    terms: PlanTerms = field(init=False)
    written: int = 0
    done_this_week: Counter[UUID] = field(default_factory=Counter)

    def write(self, treatments: Sequence[Treatment]) -> list[Note]:
        """Return the notes of all days of these treatments, which follow each other, in the order of their uploads."""
        notes = [
            note
            for treatment in treatments
            for number in range(treatment.first, treatment.until)
            for note in self._write_day(treatment, number)
        ]
        return sorted(notes, key=lambda note: note.uploaded_at)

    def _write_day(self, treatment: Treatment, number: int) -> Iterator[Note]:
        day, progress = self.care.day(number), number / self.care.patient.days
        if day.weekday() == 0:
            self.done_this_week.clear()
        self.terms = treatment.terms
        events = [event for version in treatment.versions for event in self._events_of(version, day, progress)]
        if events and self.lots.random() < 0.6:
            # A level of pain is given with the first exercise of the day, as the app asks for it then.
            events[0]["pain"] = self.habit.pain(progress, self.lots.gauss(0, 0.7))
        ago = self.care.patient.days - number
        uploaded_at = _at(self._uploaded_on(day, ago), UPLOADS_AT)
        for event in events:
            yield Note(uploaded_at, event)
        if CORRECTS in self.care.patient.traits and ago in (VOIDED, *CORRECTED) and events:
            yield Note(uploaded_at + ONE_DAY, self._correction_of(events[-1], ago))

    def _events_of(self, version: VersionInForce, day: date, progress: float) -> Iterator[Json]:
        chance = self.habit.chance_of_doing(progress, day.weekday())
        for slot in range(1, expected_on(version, self.terms, day) + 1):
            named = slot if version.schedule.times_per_day != 1 else None
            if self.lots.random() < chance:
                yield self._doing(version, day, slot, named)
            elif self.lots.random() < self.habit.chance_of_saying_why_not(progress):
                yield self._skip(version, day, slot, named)
        if self._does_unasked(version, day, chance):
            self.done_this_week[version.prescription_id] += 1
            yield self._doing(version, day, 2, None)

    def _does_unasked(self, version: VersionInForce, day: date, chance: float) -> bool:
        """Draw whether something is done that no day asks for: towards a quota, as needed, or on a rest day."""
        lot = self.lots.random()
        schedule = version.schedule
        if is_quota_eligible(version, self.terms, day):
            assert schedule.times_per_week is not None, "a quota has its number"
            if self.done_this_week[version.prescription_id] >= schedule.times_per_week:
                return lot < self.habit.chance_of_more
            return lot < chance * min(1.0, schedule.times_per_week / 5)
        if not version.covers(day):
            return False
        if not self.terms.expects(day):
            return self.habit.way is Way.PAUSED and lot < 0.08
        if schedule.kind is ScheduleKind.AS_NEEDED:
            return lot < 0.25 * chance
        return expected_on(version, self.terms, day) == 0 and lot < self.habit.chance_of_more * chance

    def _doing(self, version: VersionInForce, day: date, place: int, slot: int | None) -> Json:
        event = self._event(version, day, place, slot)
        sets = version.dose.sets
        if self.lots.random() < self.habit.chance_of_more:
            event["sets"] = sets * 2
        elif sets > 1 and self.lots.random() < self.habit.chance_of_half:
            event |= {"kind": "partial", "sets": sets // 2}
        if self.lots.random() < 0.15:
            event["effort"] = min(10, max(1, round(self.lots.gauss(4.5, 1.5))))
        if self.lots.random() < 0.03:
            event["comment"] = self.lots.choice(COMMENTS)
        return event

    def _skip(self, version: VersionInForce, day: date, place: int, slot: int | None) -> Json:
        reason = self.lots.choice(self.habit.reasons)
        return self._event(version, day, place, slot) | {"kind": "skipped", "skip_reason": reason}

    def _event(self, version: VersionInForce, day: date, place: int, slot: int | None) -> Json:
        self.written += 1
        performed_at = _at(day, time(HOURS[(place - 1) % len(HOURS)], self.lots.randrange(60)))
        event: Json = {
            "id": str(self.care.named(f"event {self.written}")),
            "prescription_id": str(version.prescription_id),
            "version": version.version,
            "kind": "done",
            "performed_at": performed_at.isoformat(),
            "zone": ZONE,
            "performed_on": day.isoformat(),
        }
        return event if slot is None else event | {"slot": slot}

    def _correction_of(self, event: Json, ago: int) -> Json:
        """Return the later word on an entry: taken back, or done after all."""
        self.written += 1
        corrected = {**event, "id": str(self.care.named(f"event {self.written}")), "entry_id": event["id"]}
        if ago == VOIDED:
            return corrected | {"revision": 1, "kind": "void", "reason": "Tapped the wrong exercise."}
        return corrected | {"revision": 1, "kind": "done", "skip_reason": None, "reason": "Did it later that day."}

    def _uploaded_on(self, day: date, ago: int) -> date:
        """Return the evening of the upload; a phone without network sends everything on its last day away."""
        if ago > DAILY_SINCE:
            return day + (SUNDAY - day.weekday()) * ONE_DAY
        if OFFLINE in self.care.patient.traits and OFFLINE_UNTIL <= ago <= OFFLINE_FROM:
            return day + (ago - OFFLINE_UNTIL) * ONE_DAY
        return day


def _at(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, tzinfo=ZoneInfo(ZONE))
