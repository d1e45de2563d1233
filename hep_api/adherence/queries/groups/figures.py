"""Figures of a practitioner (as lead), a location and the clinic: means over patients, each by their own clock.

Who belongs where is decided as of now, as zones are, also when counts are asked as known earlier. Small groups are
hidden from whoever could not see each patient.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.adherence.groups import GroupCompletion, GroupFigures, Tally, completion_of, figures_of
from hep_api.adherence.queries.groups import known, sums
from hep_api.adherence.queries.groups.asked import Asked, ask
from hep_api.adherence.queries.groups.sums import GroupBy, Selection, Tallies
from hep_api.adherence.windows import Window
from hep_api.clinics.access import may_see_patient, not_erased
from hep_api.clinics.models import Location, Member
from hep_api.foundation.errors import not_found


@dataclass(frozen=True, slots=True)
class GroupBucket:
    """A day or a calendar week of a series; of patients abroad it may have another end."""

    window: Window
    figures: GroupCompletion


@dataclass(frozen=True, slots=True)
class GroupWindow:
    """A group's figures over one window; None when the group is too small for the viewer to see, as is the series.

    `series` is None also when none was asked for.
    """

    name: str
    figures: GroupFigures | None
    series: Sequence[GroupBucket] | None


@dataclass(frozen=True, slots=True)
class Group:
    """A practitioner, a location, or the clinic itself."""

    id: UUID
    name: str
    as_known_on: datetime | None
    windows: Sequence[GroupWindow]


@dataclass(frozen=True, slots=True)
class Summed:
    """The tallies of all groups asked for, by window, and of each window by bucket."""

    windows: Sequence[Tallies]
    series: Sequence[Mapping[date, Tallies]]

    @property
    def group_ids(self) -> set[UUID]:
        return {each for each in self.windows[0] if each is not None}


def get_clinic_figures_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Group:
    """Return the clinic's figures; all of the staff may see them."""
    asked = ask(session, viewer, query, now)
    summed = _summed(session, asked, Selection())
    sees_all = sees_whole_clinic(session, viewer)
    return _group(asked, summed, asked.clinic_id, asked.clinic_name, None, sees_all)


def get_practitioner_figures_for(
    session: Session, viewer: Viewer, member_id: UUID, query: Mapping[str, Any], now: datetime
) -> Group:
    """Return the figures of the patients whom a practitioner leads; another practitioner's are 404 to one."""
    name = practitioner_named(session, viewer, member_id)
    asked = ask(session, viewer, query, now)
    summed = _summed(session, asked, Selection(lead_id=member_id))
    return _group(asked, summed, member_id, name, None, sees_whole_practice(viewer))


def get_location_figures_for(
    session: Session, viewer: Viewer, location_id: UUID, query: Mapping[str, Any], now: datetime
) -> Group:
    """Return the figures of a location's patients; 404 for a location that is not the clinic's."""
    name = location_named(session, viewer, location_id)
    asked = ask(session, viewer, query, now)
    summed = _summed(session, asked, Selection(location_id=location_id))
    return _group(asked, summed, location_id, name, None, lambda: viewer.managers_may_read_records)


def list_practitioner_figures_for(
    session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime
) -> list[Group]:
    """Return the figures of every practitioner who leads someone, by name."""
    return _groups(session, viewer, query, now, Member, GroupBy.LEAD)


def list_location_figures_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> list[Group]:
    """Return the figures of every location that has patients, by name."""
    return _groups(session, viewer, query, now, Location, GroupBy.LOCATION)


def practitioner_named(session: Session, viewer: Viewer, member_id: UUID) -> str:
    """Return the name of a practitioner whose group the viewer may ask for; 404 otherwise."""
    name = None
    if viewer.role is not Role.PRACTITIONER or member_id == viewer.member_id:
        name = session.scalar(
            select(Member.name).where(
                Member.clinic_id == viewer.clinic_id, Member.id == member_id, Member.role == Role.PRACTITIONER
            )
        )
    if name is None:
        raise not_found("practitioner")
    return name


def location_named(session: Session, viewer: Viewer, location_id: UUID) -> str:
    """Return the name of a location of the clinic; 404 otherwise."""
    name = session.scalar(
        select(Location.name).where(Location.clinic_id == viewer.clinic_id, Location.id == location_id)
    )
    if name is None:
        raise not_found("location")
    return name


def sees_whole_practice(viewer: Viewer) -> Callable[[], bool]:
    """Who leads is on the care team, so practitioners could see each of their own patients."""
    return lambda: not viewer.leads or viewer.managers_may_read_records


def sees_whole_clinic(session: Session, viewer: Viewer) -> Callable[[], bool]:
    """Leaders see all or none; practitioners all when there is no patient whom they do not see."""

    def sees_all() -> bool:
        if viewer.leads:
            return viewer.managers_may_read_records
        unseen = select(func.count()).where(not_erased(viewer), ~may_see_patient(viewer))
        return session.scalar(unseen) == 0

    return sees_all


def _groups(
    session: Session,
    viewer: Viewer,
    query: Mapping[str, Any],
    now: datetime,
    named: type[Member] | type[Location],
    by: GroupBy,
) -> list[Group]:
    asked = ask(session, viewer, query, now)
    summed = _summed(session, asked, Selection(by))
    names = session.execute(
        select(named.id, named.name)
        .where(named.clinic_id == viewer.clinic_id, named.id.in_(summed.group_ids))
        .order_by(named.name, named.id)
    )
    return [
        _group(asked, summed, group_id, name, group_id, lambda: viewer.managers_may_read_records)
        for group_id, name in names
    ]


def _summed(session: Session, asked: Asked, selection: Selection) -> Summed:
    """Return the tallies, read from the patients' weeks, or counted from what was known at the instant asked for."""
    if asked.known_at is not None:
        return Summed(*known.tallies_known(session, asked, selection))
    windows = sums.tallies_of_windows(session, asked, selection)
    if asked.by is None:
        return Summed(windows, [{} for _ in windows])
    series = [sums.tallies_of_buckets(session, asked, selection, place) for place, _ in enumerate(windows)]
    return Summed(windows, series)


def _group(
    asked: Asked, summed: Summed, shown_id: UUID, name: str, group_id: UUID | None, sees_all: Callable[[], bool]
) -> Group:
    """Return the figures of one group; a small one's are hidden as a whole, for a patient belongs to every window."""
    figures = [figures_of(tallies.get(group_id, Tally()), asked.thresholds) for tallies in summed.windows]
    hidden = any(each.is_small for each in figures) and not sees_all()
    windows = [
        GroupWindow(
            window,
            None if hidden else figures[place],
            None if hidden or asked.by is None else _series(asked, summed, place, group_id),
        )
        for place, window in enumerate(asked.names)
    ]
    return Group(shown_id, name, asked.known_at, windows)


def _series(asked: Asked, summed: Summed, place: int, group_id: UUID | None) -> list[GroupBucket]:
    patients = summed.windows[place].get(group_id, Tally()).patients
    series = []
    for bucket, tallies in summed.series[place].items():
        tally = Tally(patients, tallies[group_id].completions) if group_id in tallies else Tally(patients)
        series.append(GroupBucket(asked.span_of(place, bucket), completion_of(tally, asked.thresholds)))
    return series
