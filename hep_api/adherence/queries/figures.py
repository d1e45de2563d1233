"""The figures of a patient over all plans, or of one plan: each asked window, exercise by exercise, and today apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.asking import NamedWindow, instant_asked, windows_asked
from hep_api.adherence.groups import Band, Thresholds, band_of
from hep_api.adherence.measures import Measures, measure
from hep_api.adherence.queries import patients
from hep_api.adherence.queries.counts import CountedDay, Scope, counts_in
from hep_api.adherence.queries.patients import Measured
from hep_api.adherence.windows import Window, whole_plan


@dataclass(frozen=True, slots=True)
class Figures:
    """Measures over one window with the band of the completion; of one exercise when `exercise` names it."""

    measures: Measures
    band: Band | None
    plan_id: UUID | None = None
    prescription_id: UUID | None = None
    exercise: str | None = None


@dataclass(frozen=True, slots=True)
class WindowFigures:
    name: str
    total: Figures
    prescriptions: Sequence[Figures]


@dataclass(frozen=True, slots=True)
class PatientFigures:
    """Figures over closed days by window; `today` is not closed and stands apart."""

    patient_id: UUID
    plan_id: UUID | None
    as_known_on: datetime | None
    last_closed_day: date
    today: Figures
    windows: Sequence[WindowFigures]


def get_patient_figures_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any], now: datetime
) -> PatientFigures:
    """Return a patient's figures, summed over all plans; 404 when the viewer may not see the patient."""
    known_at = instant_asked(query, now)
    measured = patients.measured_patient(session, viewer, patient_id)
    windows = windows_asked(query, measured.last_closed(known_at or now))
    return _figures(session, measured, windows, known_at, now)


def get_plan_figures_for(
    session: Session, viewer: Viewer, plan_id: UUID, query: Mapping[str, Any], now: datetime
) -> PatientFigures:
    """Return a plan's figures over its own dates or a period; 404 when the viewer may not see it."""
    known_at = instant_asked(query, now)
    measured = patients.measured_plan(session, viewer, plan_id, known_at)
    return _figures(session, measured, windows_of_plan(measured, query, known_at or now), known_at, now)


def windows_of_plan(measured: Measured, query: Mapping[str, Any], at: datetime) -> list[NamedWindow]:
    """Return the period that a query names, else the whole plan."""
    if query["from_on"] is not None:
        return windows_asked(query, measured.last_closed(at))
    assert measured.plan is not None, "asked for a plan"
    _, starts_on, ends_on = measured.plan
    return [NamedWindow("whole_plan", whole_plan(starts_on, ends_on, measured.last_closed(at)))]


def scope_of(measured: Measured, known_at: datetime | None) -> Scope:
    plan_id = None if measured.plan is None else measured.plan[0]
    return Scope(measured.clinic_id, measured.patient_id, plan_id, known_at)


def _figures(
    session: Session, measured: Measured, windows: Sequence[NamedWindow], known_at: datetime | None, now: datetime
) -> PatientFigures:
    scope, today = scope_of(measured, known_at), measured.today(known_at or now)
    this_day = Window(today, today)
    counted = counts_in(session, scope, [this_day, *(_looked_at(each) for each in windows)])
    return PatientFigures(
        patient_id=measured.patient_id,
        plan_id=scope.plan_id,
        as_known_on=known_at,
        last_closed_day=measured.last_closed(known_at or now),
        today=_total(counted, this_day, measured.thresholds),
        windows=[
            WindowFigures(
                each.name,
                _total(counted, each.window, measured.thresholds),
                _by_prescription(counted, each.window, measured.thresholds),
            )
            for each in windows
        ],
    )


def _looked_at(named: NamedWindow) -> Window:
    """Return the days that a window's figures need: the slopes look back over 14 dates, a plan's only over its own."""
    window = named.window
    if named.name == "whole_plan" or not window.days:
        return window
    return Window(min(window.first, window.trend_first), window.last)


def _total(counted: Sequence[CountedDay], window: Window, thresholds: Thresholds) -> Figures:
    measures = measure((each.count for each in counted), window)
    return Figures(measures, band_of(measures.completion.value, thresholds))


def _by_prescription(counted: Sequence[CountedDay], window: Window, thresholds: Thresholds) -> list[Figures]:
    """Return the figures of each exercise that has anything in the window, in the order of their ids."""
    by_id: dict[UUID, list[CountedDay]] = {}
    for each in counted:
        by_id.setdefault(each.prescription_id, []).append(each)
    figures = []
    for prescription_id, days in sorted(by_id.items()):
        if any(each.count.day in window for each in days):
            total = _total(days, window, thresholds)
            first = days[0]
            figures.append(Figures(total.measures, total.band, first.plan_id, prescription_id, first.exercise_name))
    return figures
