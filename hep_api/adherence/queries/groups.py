"""Figures of a practitioner (as lead), a location and the clinic: means over patients, each by their own clock.

Who belongs where is decided as of now, as zones are. Small groups are hidden from whoever could not see each patient.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.adherence.asking import NamedWindow, windows_asked
from hep_api.adherence.groups import GroupFigures, PatientFigure, Thresholds, group_figures
from hep_api.adherence.queries.patients import thresholds_of
from hep_api.adherence.windows import last_closed_day
from hep_api.clinics.access import may_see_patient, not_erased
from hep_api.clinics.models import Clinic, Location, Member, Patient
from hep_api.foundation.errors import not_found

_SUMS = text(
    """
    SELECT w.name, p.id AS patient_id, p.location_id, t.member_id AS lead_id,
           coalesce(sum(d.done), 0) AS done, coalesce(sum(d.expected), 0) AS expected,
           coalesce(sum(d.entries), 0) > 0 AS reported
      FROM patient p
      JOIN unnest(cast(:names AS text[]), cast(:zones AS text[]), cast(:starts AS time[]),
                  cast(:firsts AS date[]), cast(:lasts AS date[])) AS w(name, zone, day_starts_at, first, last)
        ON w.zone = p.zone AND w.day_starts_at = p.day_starts_at
      LEFT JOIN care_team_place t
        ON t.clinic_id = p.clinic_id AND t.patient_id = p.id AND t.left_at IS NULL AND t.is_lead
      LEFT JOIN prescription_day d
        ON d.clinic_id = p.clinic_id AND d.patient_id = p.id AND d.day BETWEEN w.first AND w.last
       AND d.day BETWEEN :earliest AND :latest
     WHERE p.clinic_id = :clinic_id AND p.erased_at IS NULL
       AND (cast(:location_id AS uuid) IS NULL OR p.location_id = :location_id)
       AND (cast(:lead_id AS uuid) IS NULL OR t.member_id = :lead_id)
     GROUP BY w.name, p.id, p.location_id, t.member_id
    """
)


@dataclass(frozen=True, slots=True)
class GroupWindow:
    """A group's figures over one window; None when the group is too small for the viewer to see."""

    name: str
    figures: GroupFigures | None


@dataclass(frozen=True, slots=True)
class Group:
    """A practitioner, a location, or the clinic itself."""

    id: UUID
    name: str
    windows: Sequence[GroupWindow]


@dataclass(frozen=True, slots=True)
class _Asked:
    clinic_id: UUID
    clinic_name: str
    thresholds: Thresholds
    names: Sequence[str]
    clocks: Sequence[tuple[str, time, Sequence[NamedWindow]]]


def get_clinic_figures_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Group:
    """Return the clinic's figures; all of the staff may see them."""
    asked = _asked(session, viewer, query, now)
    rows = _sums(session, asked)
    return Group(asked.clinic_id, asked.clinic_name, _windows(asked, rows, lambda: _sees_whole_clinic(session, viewer)))


def get_practitioner_figures_for(
    session: Session, viewer: Viewer, member_id: UUID, query: Mapping[str, Any], now: datetime
) -> Group:
    """Return the figures of the patients whom a practitioner leads; another practitioner's are 404 to one."""
    if viewer.role is Role.PRACTITIONER and member_id != viewer.member_id:
        raise not_found("practitioner")
    name = session.scalar(
        select(Member.name).where(
            Member.clinic_id == viewer.clinic_id, Member.id == member_id, Member.role == Role.PRACTITIONER
        )
    )
    if name is None:
        raise not_found("practitioner")
    asked = _asked(session, viewer, query, now)
    rows = _sums(session, asked, lead_id=member_id)
    # Who leads is on the care team, so practitioners could see each of their own.
    return Group(member_id, name, _windows(asked, rows, lambda: not viewer.leads or viewer.managers_may_read_records))


def get_location_figures_for(
    session: Session, viewer: Viewer, location_id: UUID, query: Mapping[str, Any], now: datetime
) -> Group:
    """Return the figures of a location's patients; 404 for a location that is not the clinic's."""
    name = session.scalar(
        select(Location.name).where(Location.clinic_id == viewer.clinic_id, Location.id == location_id)
    )
    if name is None:
        raise not_found("location")
    asked = _asked(session, viewer, query, now)
    rows = _sums(session, asked, location_id=location_id)
    return Group(location_id, name, _windows(asked, rows, lambda: viewer.managers_may_read_records))


def list_practitioner_figures_for(
    session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime
) -> list[Group]:
    """Return the figures of every practitioner who leads someone, by name."""
    return _groups(session, viewer, query, now, Member, lambda row: row.lead_id)


def list_location_figures_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> list[Group]:
    """Return the figures of every location that has patients, by name."""
    return _groups(session, viewer, query, now, Location, lambda row: row.location_id)


def _groups(
    session: Session,
    viewer: Viewer,
    query: Mapping[str, Any],
    now: datetime,
    named: type[Member] | type[Location],
    group_of: Callable[[Any], UUID | None],
) -> list[Group]:
    asked = _asked(session, viewer, query, now)
    by_group: dict[UUID, list[Any]] = {}
    for row in _sums(session, asked):
        group_id = group_of(row)
        if group_id is not None:
            by_group.setdefault(group_id, []).append(row)
    names = session.execute(
        select(named.id, named.name)
        .where(named.clinic_id == viewer.clinic_id, named.id.in_(by_group))
        .order_by(named.name, named.id)
    )
    sees_all = viewer.managers_may_read_records
    return [Group(group_id, name, _windows(asked, by_group[group_id], lambda: sees_all)) for group_id, name in names]


def _asked(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> _Asked:
    """Return what is asked in the terms of each clock that the clinic's patients live by."""
    rows: Sequence[Any] = session.execute(
        select(Clinic.name, Clinic.on_track_from, Clinic.watch_from, Patient.zone, Patient.day_starts_at)
        .outerjoin(Patient, Patient.clinic_id == Clinic.id)
        .where(Clinic.id == viewer.clinic_id)
        .distinct()
    ).all()
    clinic_name, on_track_from, watch_from, _, _ = rows[0]
    clocks = [
        (zone, starts, windows_asked(query, last_closed_day(now, zone, starts)))
        for *_, zone, starts in rows
        if zone is not None
    ]
    names = [each.name for each in windows_asked(query, now.date())]
    return _Asked(viewer.clinic_id, clinic_name, thresholds_of(on_track_from, watch_from), names, clocks)


def _sums(
    session: Session, asked: _Asked, location_id: UUID | None = None, lead_id: UUID | None = None
) -> Sequence[Any]:
    """Return (window, patient, location, lead, done, expected, reported) of every patient of the group."""
    flat = [(each, zone, starts) for zone, starts, windows in asked.clocks for each in windows]
    if not flat:
        return []
    return session.execute(
        _SUMS,
        {
            "clinic_id": asked.clinic_id,
            "location_id": location_id,
            "lead_id": lead_id,
            "names": [each.name for each, _, _ in flat],
            "zones": [zone for _, zone, _ in flat],
            "starts": [starts for _, _, starts in flat],
            "firsts": [each.window.first for each, _, _ in flat],
            "lasts": [each.window.last for each, _, _ in flat],
            "earliest": min(each.window.first for each, _, _ in flat),
            "latest": max(each.window.last for each, _, _ in flat),
        },
    ).all()


def _windows(asked: _Asked, rows: Iterable[Any], sees_all: Callable[[], bool]) -> list[GroupWindow]:
    by_window: dict[str, list[PatientFigure]] = {name: [] for name in asked.names}
    for row in rows:
        by_window[row.name].append(PatientFigure(row.done, row.expected, row.reported))
    figures = {name: group_figures(patients, asked.thresholds) for name, patients in by_window.items()}
    hidden = any(each.is_small for each in figures.values()) and not sees_all()
    return [GroupWindow(name, None if hidden else each) for name, each in figures.items()]


def _sees_whole_clinic(session: Session, viewer: Viewer) -> bool:
    if viewer.leads:
        return viewer.managers_may_read_records
    unseen = select(func.count()).where(not_erased(viewer), ~may_see_patient(viewer))
    return session.scalar(unseen) == 0
