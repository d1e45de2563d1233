"""What is asked of a group: whose patients, over which windows, in the terms of each clock that they live by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.asking import NamedWindow, instant_asked, refuse_long_series, windows_asked
from hep_api.adherence.days import monday_of
from hep_api.adherence.groups import Thresholds
from hep_api.adherence.queries.patients import thresholds_of
from hep_api.adherence.series import BUCKETS, Bucket
from hep_api.adherence.windows import Window
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.clock import last_closed_day


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone and start of the day that patients live by, and by it the asked windows."""

    zone: str
    day_starts_at: time
    windows: Sequence[NamedWindow]

    @classmethod
    def at(cls, instant: datetime, zone: str, day_starts_at: time, query: Mapping[str, Any]) -> Self:
        """Return what the clock says at an instant."""
        return cls(zone, day_starts_at, windows_asked(query, last_closed_day(instant, zone, day_starts_at)))


@dataclass(frozen=True, slots=True)
class Asked:
    """`names` are those of the windows, also where there is no patient whose clock could make any."""

    clinic_id: UUID
    clinic_name: str
    thresholds: Thresholds
    names: Sequence[str]
    clocks: Sequence[Clock]
    by: Bucket | None
    known_at: datetime | None

    def buckets(self, place: int) -> list[date]:
        """Return by what the series of the window at `place` goes: its days, or the Mondays of its weeks."""
        return sorted({key for clock in self.clocks for key, _ in cut(clock.windows[place].window, self.by)})

    def span_of(self, place: int, bucket: date) -> Window:
        """Return the days of a bucket that are in the window by any of the clocks."""
        cuts = [dict(cut(clock.windows[place].window, self.by)).get(bucket) for clock in self.clocks]
        found = [each for each in cuts if each is not None]
        return Window(min(each.first for each in found), max(each.last for each in found))


def ask(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Asked:
    """Return what is asked, in one statement; 422 for an instant to come or a series that is too long."""
    known_at = instant_asked(query, now)
    rows: Sequence[Any] = session.execute(
        select(Clinic.name, Clinic.on_track_from, Clinic.watch_from, Patient.zone, Patient.day_starts_at)
        .outerjoin(Patient, (Patient.clinic_id == Clinic.id) & Patient.erased_at.is_(None))
        .where(Clinic.id == viewer.clinic_id)
        .distinct()
    ).all()
    clinic_name, on_track_from, watch_from, _, _ = rows[0]
    clocks = [Clock.at(known_at or now, zone, starts, query) for *_, zone, starts in rows if zone is not None]
    for each in (each for clock in clocks for each in clock.windows):
        refuse_long_series(query.get("by"), each.window)
    names = [each.name for each in windows_asked(query, now.date())]
    thresholds = thresholds_of(on_track_from, watch_from)
    return Asked(viewer.clinic_id, clinic_name, thresholds, names, clocks, query.get("by"), known_at)


def cut(window: Window, by: Bucket | None) -> Iterator[tuple[date, Window]]:
    """Yield the buckets of a window, each by its day, or the Monday of its week; none when no series is asked."""
    if by is None:
        return
    for bucket in BUCKETS[by](window):
        yield (bucket.first if by is Bucket.DAY else monday_of(bucket.first)), bucket
