"""The figures of a patient over all plans, of one plan or of one prescription: each asked window, exercise by exercise
and maybe as a series, today apart, and the streaks of the whole course.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.asking import NamedWindow, WindowName, instant_asked, refuse_long_series, windows_asked
from hep_api.adherence.days import monday_of
from hep_api.adherence.groups import LEAST_EXPECTED, Band, Thresholds, band_of
from hep_api.adherence.measures import Measures, measure
from hep_api.adherence.queries import patients
from hep_api.adherence.queries.counts import ONE_WEEK_LESS_A_DAY, CountedDay, Scope
from hep_api.adherence.queries.courses import course_of
from hep_api.adherence.queries.patients import Measured
from hep_api.adherence.series import Bucket, series
from hep_api.adherence.streaks import Streaks, streaks
from hep_api.adherence.windows import Window, open_day


@dataclass(frozen=True, slots=True)
class Figures:
    """Measures over one window with the band of the completion; of one exercise when `exercise` names it."""

    measures: Measures
    band: Band | None
    plan_id: UUID | None = None
    prescription_id: UUID | None = None
    exercise: str | None = None

    @property
    def measurable(self) -> bool:
        """Say whether a group would count it in."""
        return self.measures.states.expected >= LEAST_EXPECTED


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """One window; `series` is None when none was asked for."""

    name: str
    total: Figures
    prescriptions: Sequence[Figures]
    series: Sequence[Figures] | None


@dataclass(frozen=True, slots=True)
class PatientFigures:
    """Figures over closed days by window; `today` is not closed and stands apart. `streaks` are of the whole course."""

    patient_id: UUID
    plan_id: UUID | None
    prescription_id: UUID | None
    as_known_on: datetime | None
    last_closed_day: date
    streaks: Streaks
    today: Figures
    windows: Sequence[WindowFigures]


def get_patient_figures_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any], now: datetime
) -> PatientFigures:
    """Return a patient's figures, summed over all plans; 404 when the viewer may not see the patient."""
    known_at = instant_asked(query, now)
    return _figures(session, patients.measured_patient(session, viewer, patient_id), query, known_at, now)


def get_plan_figures_for(
    session: Session, viewer: Viewer, plan_id: UUID, query: Mapping[str, Any], now: datetime
) -> PatientFigures:
    """Return a plan's figures over its own dates and the usual windows, or a period; 404 when not theirs to see."""
    known_at = instant_asked(query, now)
    return _figures(session, patients.measured_plan(session, viewer, plan_id, known_at), query, known_at, now)


def get_prescription_figures_for(
    session: Session, viewer: Viewer, prescription_id: UUID, query: Mapping[str, Any], now: datetime
) -> PatientFigures:
    """Return the figures of one exercise of a plan, over the same windows; 404 when not theirs to see."""
    known_at = instant_asked(query, now)
    measured = patients.measured_prescription(session, viewer, prescription_id, known_at)
    return _figures(session, measured, query, known_at, now)


def scope_of(measured: Measured, known_at: datetime | None) -> Scope:
    plan_id = None if measured.plan is None else measured.plan[0]
    return Scope(measured.clinic_id, measured.patient_id, plan_id, known_at, measured.prescription_id)


def _figures(
    session: Session, measured: Measured, query: Mapping[str, Any], known_at: datetime | None, now: datetime
) -> PatientFigures:
    last_closed, today = measured.last_closed(known_at or now), measured.today(known_at or now)
    windows = windows_asked(query, last_closed, measured.plan_dates)
    for each in windows:
        refuse_long_series(query["by"], each.window)
    scope, this_sunday = scope_of(measured, known_at), monday_of(today) + ONE_WEEK_LESS_A_DAY
    # Today may extend a streak, and this week's quotas are booked on its last days.
    looked_at = [Window(today, this_sunday), *(_looked_at(each, query["by"]) for each in windows)]
    course = course_of(session, scope, looked_at, this_sunday)
    return PatientFigures(
        patient_id=measured.patient_id,
        plan_id=scope.plan_id,
        prescription_id=scope.prescription_id,
        as_known_on=known_at,
        last_closed_day=last_closed,
        streaks=streaks(course.standings, Window(date.min, last_closed), today),
        today=_total(course.counted, Window(today, today), measured.thresholds),
        windows=[_window(course.counted, each, query["by"], today, measured.thresholds) for each in windows],
    )


def _looked_at(named: NamedWindow, by: Bucket | None) -> Window:
    """Return the days that a window's figures need: slopes look back over 14 dates, those of a series from the end of
    its first bucket, a plan's only over its own.
    """
    window = named.window
    if named.name == WindowName.WHOLE_PLAN or not window.days:
        return window
    first_end = window.last if by is None else window.first
    return Window(min(window.first, Window(first_end, first_end).trend_first), window.last)


def _window(
    counted: Sequence[CountedDay], named: NamedWindow, by: Bucket | None, today: date, thresholds: Thresholds
) -> WindowFigures:
    """Return one window's figures from the days that they may look at and those of this week."""
    looked_at, window = _looked_at(named, by), named.window
    this_day = open_day(window, today)
    days = [each for each in counted if each.count.day in looked_at or each.count.day > window.last]
    cut = None if by is None else series((each.count for each in days), window, by)
    return WindowFigures(
        named.name,
        _total(days, window, thresholds, this_day),
        _by_prescription(days, window, thresholds, this_day),
        None if cut is None else [_banded(each, thresholds) for each in cut],
    )


def _total(counted: Iterable[CountedDay], window: Window, thresholds: Thresholds, today: date | None = None) -> Figures:
    return _banded(measure((each.count for each in counted), window, today), thresholds)


def _banded(measures: Measures, thresholds: Thresholds) -> Figures:
    return Figures(measures, band_of(measures.completion.value, thresholds))


def _by_prescription(
    counted: Sequence[CountedDay], window: Window, thresholds: Thresholds, today: date | None
) -> list[Figures]:
    """Return the figures of each exercise that has anything in the window, in the order of their ids."""
    by_id: dict[UUID, list[CountedDay]] = {}
    for each in counted:
        by_id.setdefault(each.prescription_id, []).append(each)
    figures = []
    for prescription_id, days in sorted(by_id.items()):
        if any(each.count.day in window for each in days):
            total = _total(days, window, thresholds, today)
            first = days[0]
            figures.append(Figures(total.measures, total.band, first.plan_id, prescription_id, first.exercise_name))
    return figures
