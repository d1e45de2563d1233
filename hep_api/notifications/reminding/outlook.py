"""One look at a patient's reminders: which moment is told now, which came too long ago, and when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hep_api.notifications.reminding.times import Moment, Stay, Wishes, moments_between, next_moment

# What came while nobody was at work is told as late as this, and else only noted.
LATEST = timedelta(minutes=60)
# Further back nothing is even noted.
LOOKS_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Up to when all is settled, and where the patient was since: in `zone` from `zone_since` on, in `zone_before`
    until then; None: in no other zone that matters any more.
    """

    settled_at: datetime
    zone: str
    zone_since: datetime
    zone_before: str | None = None

    def moved(self, zone: str, now: datetime) -> "Whereabouts":
        """Return where the patient is who is in this zone from now on; of two moves between looks the first is kept."""
        if zone == self.zone:
            return self
        pending = self.zone_before is not None and self.settled_at < self.zone_since
        return Whereabouts(self.settled_at, zone, now, self.zone_before if pending else self.zone)

    def settled(self, now: datetime) -> "Whereabouts":
        """Return the same with all settled up to now."""
        return Whereabouts(now, self.zone, self.zone_since)

    def stays(self, now: datetime) -> list[Stay]:
        """Return where the patient was over what is not settled."""
        after = max(self.settled_at, now - LOOKS_BACK)
        moved_at = min(max(self.zone_since, after), now)
        before = [Stay(self.zone_before, after, moved_at)] if self.zone_before and after < moved_at else []
        return [*before, Stay(self.zone, moved_at if before else after, now)]


@dataclass(frozen=True, slots=True)
class Look:
    """What came since the last look: at most one moment to tell of now, and those that are too late by now."""

    due: Moment | None
    passed: Sequence[Moment]


def look(wishes: Wishes, whereabouts: Whereabouts, now: datetime) -> Look:
    """Return what came of a patient's moments; of several at once the last is told, it speaks for the others."""
    moments = moments_between(wishes, whereabouts.stays(now))
    due = moments[-1] if moments and now - moments[-1].instant <= LATEST else None
    return Look(due, [each for each in moments if each is not due])


def look_at(
    wishes: Wishes, whereabouts: Whereabouts, runs: Sequence[tuple[date, date | None]], now: datetime
) -> datetime | None:
    """Return when the next moment of a day comes on which a plan may run; pauses are looked at when it has."""
    return next_moment(wishes, whereabouts.zone, now, runs)
