"""Reads of the audit. They name everybody by id and know no viewer: who may ask is decided above.

What is asked of one patient goes by `audit_entry_patient_idx`, all else by `audit_entry_at_idx`; see docs/audit.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, bindparam, case, distinct, func, select, tuple_
from sqlalchemy.orm import Session

from hep_api.audit.models import AMONG_STAFF, LOOKED, PATIENT, AuditEntry, Outcome
from hep_api.foundation.types import INSTANT
from hep_api.foundation.web.pages import Big, Page, cut, decode


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first_day` on: the instants at which each begins, and at which the last one is over.

    Not a zone's name: PostgreSQL may know other zones than we do.
    """

    first_day: date
    midnights: Sequence[datetime]

    @property
    def condition(self) -> ColumnElement[bool]:
        return (AuditEntry.at >= self.midnights[0]) & (AuditEntry.at < self.midnights[-1])

    def day(self, number: int) -> date:
        """Return the day with this number, the first one being 1."""
        return self.first_day + timedelta(days=number - 1)


@dataclass(frozen=True, slots=True)
class Access:
    """What one member did with a patient's record on one day: the same thing so many times."""

    on: date
    member_id: UUID | None
    role: str | None
    action: str
    emergency_access_id: UUID | None
    times: int
    first_at: datetime
    last_at: datetime


def list_accesses(
    session: Session, clinic_id: UUID, patient_id: UUID, span: Span, query: Mapping[str, Any], *, for_patient: bool
) -> Page[Access]:
    """Return a page of who touched a patient's record and how often, the latest first; one statement.

    `for_patient` tells looks at messages by the hour, and what staff did among themselves as such.

    Groups are told apart by their last number. The first page's first one stands in every cursor: what is added while
    somebody turns the pages moves nothing from one to another.
    """
    passed = decode(query["cursor"], Big, Big)
    statement = accesses_statement(clinic_id, patient_id, span, includes_own=query["own"], for_patient=for_patient)
    last = func.max(AuditEntry.seq)
    if passed:
        statement = statement.where(AuditEntry.seq <= passed[0]).having(last < passed[1])
    rows: Sequence[Any] = session.execute(statement.order_by(last.desc()).limit(query["limit"] + 1)).all()
    newest = passed[0] if passed else rows[0].last_seq if rows else 0
    page = cut(rows, query["limit"], lambda row: (newest, row.last_seq))
    return Page([_access(span, row) for row in page.items], page.next_cursor)


def accesses_statement(
    clinic_id: UUID, patient_id: UUID, span: Span, *, includes_own: bool, for_patient: bool = False
) -> Select[*tuple[Any, ...]]:
    """Select who touched a patient's record; refusals are not among it, the patient only when asked for."""
    midnights = bindparam("midnights", list(span.midnights), ARRAY(INSTANT), unique=True)
    number = func.width_bucket(AuditEntry.at, midnights).label("number")
    action = told_action() if for_patient else AuditEntry.action
    at = told_at() if for_patient else AuditEntry.at
    count = _times() if for_patient else func.count()
    who = (AuditEntry.member_id, AuditEntry.role, action.label("told"), AuditEntry.emergency_access_id)
    times = (count, func.min(at), func.max(at), func.max(AuditEntry.seq).label("last_seq"))
    statement = (
        select(number, *who, *times)
        .where(
            AuditEntry.clinic_id == clinic_id,
            AuditEntry.patient_id == patient_id,
            span.condition,
            AuditEntry.outcome == Outcome.ALLOWED,
        )
        .group_by(number, *who)
    )
    return statement if includes_own else statement.where(AuditEntry.member_id.is_distinct_from(patient_id))


def told_action() -> ColumnElement[str]:
    """What a patient reads that was done."""
    return case((_is_look(), LOOKED), else_=AuditEntry.action)


def told_at() -> ColumnElement[datetime]:
    """When, as a patient reads it: looks at messages are told by the hour, so that nothing tells one from another."""
    return case((_is_look(), func.date_trunc("hour", AuditEntry.at, "UTC")), else_=AuditEntry.at)


def told_once(clinic_id: UUID, patient_id: UUID) -> Select[int]:
    """Select the numbers of what a patient is told one by one: of looks at messages the first in each hour."""
    of_look = case((_is_look(), 0), else_=AuditEntry.seq)
    return (
        select(func.min(AuditEntry.seq))
        .where(
            AuditEntry.clinic_id == clinic_id,
            AuditEntry.patient_id == patient_id,
            AuditEntry.outcome == Outcome.ALLOWED,
        )
        .group_by(of_look, told_at(), AuditEntry.member_id, AuditEntry.emergency_access_id)
        .correlate(None)
    )


def _is_look() -> ColumnElement[bool]:
    """Say whether it is told as a look at messages: staff read them, or did something among themselves."""
    named = (AuditEntry.action == LOOKED) | AuditEntry.action.endswith(AMONG_STAFF)
    return AuditEntry.role.is_distinct_from(PATIENT) & named


def _times() -> ColumnElement[int]:
    """How often; of looks at messages, in how many hours. Within a group all are looks, or none is."""
    return case((func.bool_and(_is_look()), func.count(distinct(told_at()))), else_=func.count())


def _access(span: Span, row: Any) -> Access:
    """Shape a row; an hour that began before the patient's day did is told from the day's beginning on."""
    done, midnight = Access(span.day(row.number), *row[1:8]), span.midnights[row.number - 1]
    return replace(done, first_at=max(done.first_at, midnight), last_at=max(done.last_at, midnight))


def list_entries(session: Session, clinic_id: UUID, span: Span, query: Mapping[str, Any]) -> Page[AuditEntry]:
    """Return a page of a clinic's audit, the newest first, of those that match; one statement."""
    statement = entries_statement(clinic_id, span, query)
    passed = decode(query["cursor"], datetime, Big)
    if passed:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.seq) < passed)
    rows = session.scalars(statement.limit(query["limit"] + 1)).all()
    return cut(rows, query["limit"], lambda entry: (entry.at, entry.seq))


def entries_statement(clinic_id: UUID, span: Span, query: Mapping[str, Any]) -> Select[AuditEntry]:
    """Select entries of a clinic within a span that match what a query asks for, the newest first."""
    wished = {name: query[name] for name in ("member_id", "patient_id", "action", "outcome") if query[name] is not None}
    statement = (
        select(AuditEntry)
        .where(AuditEntry.clinic_id == clinic_id, span.condition)
        .filter_by(**wished)
        .order_by(AuditEntry.at.desc(), AuditEntry.seq.desc())
    )
    return statement.where(AuditEntry.emergency_access_id.is_not(None)) if query["emergency"] else statement
