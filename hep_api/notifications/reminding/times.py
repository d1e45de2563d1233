"""When a patient is reminded: wall times on the patient's days, and the instants at which they come.

A day begins at `day_starts_at`, so 01:00 may belong to the day before. Where the clocks skip a time it comes when they
have, where they show it twice the first time; a date that a zone leaves out has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from hep_api.dosing.schemas import WEEKDAY_NAMES
from hep_api.notifications.kinds import NoticeKind

ONE_DAY = timedelta(days=1)
NOON = time(12)
# A nudge comes after the day's reminders or not at all: an hour to follow the last one.
BEFORE_A_NUDGE = timedelta(hours=1)
# Over this many days each weekday comes, also where a zone leaves a date out.
DAYS_AHEAD = 15


@dataclass(frozen=True, slots=True, order=True)
class ReminderTime:
    """A wall time, on some weekdays (0 is Monday) or, with none, on every day."""

    at: time
    weekdays: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        names = data.get("weekdays") or ()
        return cls(time.fromisoformat(data["at"]), tuple(sorted(WEEKDAY_NAMES.index(name) for name in names)))

    def to_json(self) -> dict[str, Any]:
        """Return {"at": "08:00", "weekdays": ["mon", ...] or None}."""
        return {"at": f"{self.at:%H:%M}", "weekdays": [WEEKDAY_NAMES[each] for each in self.weekdays] or None}

    def is_on(self, day: date) -> bool:
        return not self.weekdays or day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class Wishes:
    """At which times somebody wants to be reminded, and nudged when nothing was recorded; None: not nudged."""

    times: tuple[ReminderTime, ...]
    nudge_at: time | None
    day_starts_at: time = time(0)

    @property
    def are_none(self) -> bool:
        return not self.times and self.nudge_at is None


@dataclass(frozen=True, slots=True)
class Moment:
    """When a day's reminder, the `place`th of `of`, or its nudge comes; each (kind, on, at) is told once."""

    instant: datetime
    zone: str
    kind: NoticeKind
    on: date
    at: time
    place: int
    of: int


@dataclass(frozen=True, slots=True)
class Stay:
    """In which zone a patient was over the instants `(after, until]`."""

    zone: str
    after: datetime
    until: datetime


def moments_of(wishes: Wishes, day: date, zone: str) -> list[Moment]:
    """Return the moments of one of the patient's days, by instant; two times that come at once are one."""
    instants: dict[datetime, time] = {}
    for at in sorted({each.at for each in wishes.times if each.is_on(day)}):
        instant = instant_of(_wall(wishes, day, at), zone)
        if instant is not None:
            instants.setdefault(instant, at)
    moments = [
        Moment(instant, zone, NoticeKind.REMINDER, day, at, place, len(instants))
        for place, (instant, at) in enumerate(sorted(instants.items()), 1)
    ]
    return moments + _nudge(wishes, day, zone, moments)


def moments_between(wishes: Wishes, stays: Sequence[Stay]) -> list[Moment]:
    """Return the moments that came in the zones in which the patient was at the time, by instant."""
    found: dict[tuple[NoticeKind, date, time], Moment] = {}
    for stay in stays:
        first = stay.after.astimezone(ZoneInfo(stay.zone)).date() - 2 * ONE_DAY
        last = stay.until.astimezone(ZoneInfo(stay.zone)).date() + ONE_DAY
        for each in (moment for day in _days(first, last) for moment in moments_of(wishes, day, stay.zone)):
            if stay.after < each.instant <= stay.until:
                found.setdefault((each.kind, each.on, each.at), each)
    return sorted(found.values(), key=lambda each: (each.instant, each.on, each.place))


def next_moment(
    wishes: Wishes, zone: str, after: datetime, runs: Sequence[tuple[date, date | None]]
) -> datetime | None:
    """Return when the next moment comes of a day in one of `runs`, plans' dates `[from, to)`; None: none does."""
    today = after.astimezone(ZoneInfo(zone)).date()
    coming: list[datetime] = []
    for starts_on, ends_on in runs:
        first = max(starts_on, today - 2 * ONE_DAY)
        last = first + DAYS_AHEAD * ONE_DAY if ends_on is None else min(ends_on - ONE_DAY, first + DAYS_AHEAD * ONE_DAY)
        moments = (moment for day in _days(first, last) for moment in moments_of(wishes, day, zone))
        coming += [next((each.instant for each in moments if each.instant > after), datetime.max.replace(tzinfo=UTC))]
    soonest = min(coming, default=None)
    return None if soonest is None or soonest.year == date.max.year else soonest


def instant_of(wall: datetime, zone: str) -> datetime | None:
    """Return the instant, in UTC, of a wall time without zone; None on a date that the zone leaves out."""
    there = ZoneInfo(zone)
    noon = datetime.combine(wall.date(), NOON, tzinfo=there).astimezone(UTC)
    # No clock change reaches from noon to another date but one that leaves out the date.
    if noon.astimezone(there).date() != wall.date():
        return None
    return wall.replace(tzinfo=there).astimezone(UTC)


def _nudge(wishes: Wishes, day: date, zone: str, reminders: Sequence[Moment]) -> list[Moment]:
    if wishes.nudge_at is None:
        return []
    instant = instant_of(_wall(wishes, day, wishes.nudge_at), zone)
    if instant is None or any(each.instant + BEFORE_A_NUDGE > instant for each in reminders):
        return []
    return [Moment(instant, zone, NoticeKind.SECOND_NUDGE, day, wishes.nudge_at, 1, 1)]


def _wall(wishes: Wishes, day: date, at: time) -> datetime:
    """Return date and time on the wall at which a time of the patient's day comes."""
    return datetime.combine(day if at >= wishes.day_starts_at else day + ONE_DAY, at)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
