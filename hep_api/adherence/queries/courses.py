"""A patient's, plan's or prescription's counts for its figures: of the asked windows, and what streaks over the whole
course are made of.

Not scoped by a viewer: for reads that have let the viewer through to the patient already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.queries.counts import CountedDay, Scope, counts_in, course_known, of_scope
from hep_api.adherence.streaks import Standing, standings
from hep_api.adherence.windows import Window

_DAY = PrescriptionDay


@dataclass(frozen=True, slots=True)
class Course:
    """Counts of the asked windows, and every date up to a last one that can add to a streak."""

    counted: Sequence[CountedDay]
    standings: Sequence[Standing]


def course_of(session: Session, scope: Scope, windows: Collection[Window], last: date) -> Course:
    """Return the counts in the windows, of which there is one, by day and prescription, and all dates' standings to
    `last`.

    Two statements on what is stored, whatever the history; as known earlier, everything is counted anew at once.
    """
    if scope.known_at is None:
        return Course(counts_in(session, scope, windows), _stored_standings(session, scope, last))
    first, last_asked = min(each.first for each in windows), max(each.last for each in windows)
    known = course_known(session, scope, first, max(last, last_asked))
    counted = [each for each in known if any(each.count.day in window for window in windows)]
    return Course(counted, standings(each.count for each in known if each.count.day <= last))


def _stored_standings(session: Session, scope: Scope, last: date) -> list[Standing]:
    """Sum over prescriptions in the database: one row a date, as `streaks.standings` makes of counts."""
    met = _DAY.completed >= _DAY.expected
    rows = session.execute(
        select(
            _DAY.day,
            func.bool_or(_DAY.completed >= 1).filter(_DAY.due).label("active"),
            func.bool_and(met).filter(~_DAY.due).label("met"),
        )
        .where(of_scope(scope), _DAY.expected > 0, _DAY.day <= last)
        .group_by(_DAY.day)
        .order_by(_DAY.day)
    )
    return [Standing(row.day, row.active, row.met) for row in rows]
