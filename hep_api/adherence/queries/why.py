"""Why a number is what it is: the occurrences behind it, day by day, which add up to it.

Pages go through the counted days of the window; what stands behind each is worked out anew from the raw events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.asking import instant_asked, windows_asked
from hep_api.adherence.counting import DayCount
from hep_api.adherence.days import monday_of
from hep_api.adherence.explaining import Explained, explain_week
from hep_api.adherence.queries import patients
from hep_api.adherence.queries.counts import CountedDay, Scope, page_of_counts
from hep_api.adherence.queries.entries import events_of_weeks
from hep_api.adherence.queries.figures import scope_of
from hep_api.adherence.queries.patients import Measured
from hep_api.adherence.weeks import Week, days_of_weeks
from hep_api.adherence.windows import Window
from hep_api.foundation.web import pages
from hep_api.plans.queries.histories import histories_of_patient


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One prescription's count of one day, and the occurrences and doings that it consists of."""

    plan_id: UUID
    prescription_id: UUID
    exercise: str
    count: DayCount
    occurrences: Sequence[Explained]

    @property
    def due(self) -> bool:
        return self.count.due

    @property
    def active(self) -> bool:
        """Say whether it makes the date an active day."""
        return self.count.due and self.count.completed >= 1

    @property
    def full(self) -> bool:
        return self.count.due and self.count.completed >= self.count.expected

    @property
    def quota_met(self) -> bool | None:
        """Say whether the week's quota that is booked on the day was met; None when none is."""
        if self.count.due or not self.count.expected:
            return None
        return self.count.completed >= self.count.expected


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    """A page of a window's days."""

    window: Window
    items: Sequence[ExplainedDay]
    next_cursor: str | None


def explain_patient_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any], now: datetime
) -> ExplainedPage:
    """Return what stands behind a patient's figures, of the trailing 28 closed days unless a period is named."""
    known_at = instant_asked(query, now)
    measured = patients.measured_patient(session, viewer, patient_id)
    window = windows_asked(query, measured.last_closed(known_at or now))[-1].window
    scope = replace(scope_of(measured, known_at), prescription_id=query["prescription_id"])
    return _explain(session, scope, window, query)


def explain_plan_for(
    session: Session, viewer: Viewer, plan_id: UUID, query: Mapping[str, Any], now: datetime
) -> ExplainedPage:
    """Return what stands behind a plan's figures, of the whole plan unless a period is named."""
    known_at = instant_asked(query, now)
    measured = patients.measured_plan(session, viewer, plan_id, known_at)
    scope = replace(scope_of(measured, known_at), prescription_id=query["prescription_id"])
    return _explain(session, scope, _first_window(measured, query, known_at or now), query)


def explain_prescription_for(
    session: Session, viewer: Viewer, prescription_id: UUID, query: Mapping[str, Any], now: datetime
) -> ExplainedPage:
    """Return what stands behind a prescription's figures, of the whole plan unless a period is named."""
    known_at = instant_asked(query, now)
    measured = patients.measured_prescription(session, viewer, prescription_id, known_at)
    return _explain(session, scope_of(measured, known_at), _first_window(measured, query, known_at or now), query)


def _first_window(measured: Measured, query: Mapping[str, Any], at: datetime) -> Window:
    return windows_asked(query, measured.last_closed(at), measured.plan_dates)[0].window


def _explain(session: Session, scope: Scope, window: Window, query: Mapping[str, Any]) -> ExplainedPage:
    after = pages.decode(query["cursor"], date, UUID)
    limit: int = query["limit"]
    counted = page_of_counts(session, scope, window, after, limit + 1)
    page = pages.cut(counted, limit, lambda each: [each.count.day, each.prescription_id])
    explained = _explained(session, scope, window, page.items)
    items = [
        ExplainedDay(
            each.plan_id,
            each.prescription_id,
            each.exercise_name,
            each.count,
            explained.get((each.prescription_id, each.count.day), []),
        )
        for each in page.items
    ]
    return ExplainedPage(window, items, page.next_cursor)


def _explained(
    session: Session, scope: Scope, window: Window, counted: Sequence[CountedDay]
) -> dict[tuple[UUID, date], list[Explained]]:
    """Return what explains the counted days, by prescription and day."""
    if not counted:
        return {}
    weeks = sorted({Week(each.prescription_id, monday_of(each.count.day)) for each in counted})
    histories = histories_of_patient(
        session,
        scope.clinic_id,
        scope.patient_id,
        prescription_ids={week.prescription_id for week in weeks},
        known_at=scope.known_at,
    )
    events = events_of_weeks(session, scope.clinic_id, scope.patient_id, weeks, scope.known_at)
    explained: dict[tuple[UUID, date], list[Explained]] = {}
    for week, days in days_of_weeks(histories, weeks, events).items():
        for each in explain_week(days, window):
            explained.setdefault((week.prescription_id, each.listed_on), []).append(each)
    return explained
