"""A practitioner's morning in two statements: who needs attention, and everything else of the day beside it; when the
clinic answers is known, or a third.

The second builds its lists in the database, each with how many there are in all, so that it stays one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Date, DateTime, Interval, case, cast, func, literal, select, text
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.foundation.types import INSTANT
from hep_api.insights.queries import attention, glancing
from hep_api.insights.queries.attention import ShownEntry
from hep_api.insights.vocabulary import Urgency
from hep_api.messaging.answering.policies import Policy, policy_of

# What is longer is no morning's work; how many there are is said all the same.
MOST = 50
MOST_ENTRIES = 200
WITH_INSTANTS = ("unanswered_since", "suggested_at")

Listed = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PatientInNeed:
    """A patient with open entries, the most urgent first."""

    patient_id: UUID
    patient_name: str
    location_id: UUID
    entries: list[ShownEntry]

    @property
    def urgency(self) -> Urgency:
        return self.entries[0].urgency


@dataclass(frozen=True, slots=True)
class Morning:
    """What the viewer's patients bring today; each list holds the first of them, `counts` says how many there are."""

    counts: dict[str, int]
    patients: Sequence[PatientInNeed]
    conversations: Listed
    suggestions: Listed
    starting: Listed
    finishing: Listed


def get_morning_for(session: Session, viewer: Viewer, language: str, now: datetime) -> Morning:
    """Return the morning of the viewer, in two statements."""
    in_need = _by_patient(attention.list_open_entries(session, viewer, MOST_ENTRIES, language, now))
    reader = None if viewer.leads else viewer.member_id
    said = {"now": now, "most": MOST, "reader": reader, "clinic_id": viewer.clinic_id}
    found = session.execute(select(text(glancing.GLANCE)).add_cte(_mine(viewer, now)), said).one()
    lists = {name: _read(getattr(found, name)["items"]) for name in glancing.LISTS}
    lists["conversations"] = _with_promise(session, viewer, lists["conversations"], found.clinic_version, now)
    counts = {name: getattr(found, name)["n"] for name in glancing.LISTS}
    _note(session, viewer, [each.patient_id for each in in_need], *lists.values())
    return Morning(counts | found.counts, in_need, **lists)


def _by_patient(entries: Sequence[ShownEntry]) -> list[PatientInNeed]:
    patients: dict[UUID, PatientInNeed] = {}
    for each in entries:
        patient_id = each.entry.patient_id
        new = PatientInNeed(patient_id, each.patient_name, each.location_id, [])
        patients.setdefault(patient_id, new).entries.append(each)
    return list(patients.values())


def _mine(viewer: Viewer, now: datetime) -> CTE:
    """Select the viewer's patients with their names, their today, and where they are treated."""
    return (
        select(
            Patient.clinic_id,
            Patient.id,
            Member.name,
            today_by(Patient.zone, Patient.day_starts_at, literal(now, INSTANT)).label("today"),
            Patient.location_id,
        )
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .where(access.is_theirs(viewer), Member.status != MemberStatus.DISABLED)
        .cte("mine")
    )


def today_by(zone: Any, day_starts_at: Any, now: ColumnElement[datetime]) -> ColumnElement[date]:
    """Select a person's local date, as `foundation.clock` has it: a clock set back within a day brings no day back.

    What follows the date on the wall has begun when it began by the clock of a day ago, and the wall showed so then.
    """
    starts_at = cast(day_starts_at, Interval)
    shown = cast(func.timezone(zone, now) - starts_at, Date)
    following = cast(shown + 1, DateTime) + starts_at
    day_ago = now - literal(timedelta(days=1), Interval)
    ahead_of_utc = func.timezone(zone, day_ago, type_=DateTime()) - func.timezone("UTC", day_ago, type_=DateTime())
    began = func.timezone("UTC", following - ahead_of_utc, type_=INSTANT)
    return case(((began <= now) & (func.timezone(zone, began) == following), shown + 1), else_=shown)


def _with_promise(session: Session, viewer: Viewer, talks: Listed, version: int, now: datetime) -> Listed:
    """Return the conversations with by when what waits in them is to be answered, and whether that is over."""
    policy = policy_of(session, viewer.clinic_id, version) if talks else None
    return [talk | _promise(policy, talk, now) for talk in talks if policy is not None]


def _promise(policy: Policy, talk: dict[str, Any], now: datetime) -> dict[str, Any]:
    since = talk["unanswered_since"]
    answer_by = policy.answer_by(UUID(talk["location_id"]), since) if since else None
    return {"answer_by": answer_by, "is_overdue": answer_by is not None and answer_by <= now}


def _read(items: Listed) -> Listed:
    """Return the items with instants as instants, as JSON has none."""
    return [
        {
            name: datetime.fromisoformat(value) if name in WITH_INSTANTS and value else value
            for name, value in one.items()
        }
        for one in items
    ]


def _note(session: Session, viewer: Viewer, patient_ids: Sequence[UUID], *lists: Listed) -> None:
    shown = {*patient_ids, *(UUID(each["patient_id"]) for listed in lists for each in listed)}
    for patient_id in shown:
        access.note_patient(session, viewer, patient_id)
