"""What stands in the tables of counts, in the terms of the second implementation.

A row that cannot be right, such as one over a denominator of 0, is read all the same: it is here to be told.
"""

from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import run

Row = dict[str, Any]

_AS_THEY_STAND = (
    *("plan_id", "version", "expected", "completed", "done", "partial"),
    *("due", "as_needed_doings", "over_maximum", "entries"),
)
FIELDS_OF_DAY = (*_AS_THEY_STAND, "credited", "volume", "skip_reasons", "pains", "efforts")
_TOTALS = ("expected", "done", "extra", "pain_doubled", "pain_moments", "effort_doubled", "effort_moments")
_BITS = ("due_days", "active_days", "full_days", "reported_days", "pain_days", "effort_days")
_DAYS = "SELECT * FROM prescription_day WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s"
_WEEKS = "SELECT * FROM patient_week WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s"


def stored_days(session: Session, clinic_id: UUID, patient_id: UUID) -> dict[tuple[UUID, date], Row]:
    """Return {(prescription, day): counts}."""
    rows = run(session, _DAYS, {"clinic_id": clinic_id, "patient_id": patient_id})
    return {(row.prescription_id, row.day): _day(row) for row in rows}


def stored_weeks(session: Session, clinic_id: UUID, patient_id: UUID) -> dict[date, Row]:
    """Return {monday: sums}."""
    rows = run(session, _WEEKS, {"clinic_id": clinic_id, "patient_id": patient_id})
    return {row.monday: _week(row) for row in rows}


def _day(row: Any) -> Row:
    return {
        **{name: getattr(row, name) for name in _AS_THEY_STAND},
        "credited": _exact(row.credited_numerator, row.credited_denominator),
        "volume": _exact(row.volume_numerator, row.volume_denominator),
        "skip_reasons": sorted(map(str, row.skip_reasons)),
        "pains": sorted(row.pains),
        "efforts": sorted(row.efforts),
    }


def _week(row: Any) -> Row:
    return {
        **{name: list(getattr(row, name)) for name in _TOTALS},
        "credited": [_exact(each, row.credited_denominator) for each in row.credited_numerators],
        "volume": [_exact(each, row.volume_denominator) for each in row.volume_numerators],
        **{name: getattr(row, name) for name in _BITS},
        "skips": sorted(zip_longest(row.skip_days, [reason or "" for reason in row.skip_reasons]), key=repr),
    }


def _exact(numerator: Any, denominator: Any) -> Fraction | None:
    return Fraction(int(numerator), int(denominator)) if denominator else None
