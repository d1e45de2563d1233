"""Reads of the attention list, scoped by the viewer: pages of entries, one with its history, one to be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Integer, Select, case, func, literal, literal_column, select, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus, Patient
from hep_api.foundation.errors import not_found
from hep_api.foundation.types import INSTANT, Word
from hep_api.foundation.web import pages
from hep_api.insights.models import LIVE, AttentionChange, AttentionEntry
from hep_api.insights.rules.table import RANKS, ROWS
from hep_api.insights.vocabulary import LIVE_STATES, Change, NextAction, State, Urgency
from hep_api.insights.words.languages import PHRASEBOOKS

Lead, Named, Owner = aliased(CareTeamPlace), aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class ShownOwner:
    """Who sees to an entry. `is_assigned`: somebody named them; else they lead."""

    member_id: UUID | None
    name: str | None
    is_assigned: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What is suggested to be done, for programs and in words."""

    key: NextAction
    words: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry with the names to show it by, in a language that is written.

    Its state is that of the moment: a snooze may have just run out.
    """

    language: str
    entry: AttentionEntry
    state: State
    rank: int
    patient_name: str
    location_id: UUID
    owner_id: UUID | None
    owner_name: str | None

    @property
    def id(self) -> UUID:
        return self.entry.id

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def title(self) -> str:
        return PHRASEBOOKS[self.language].titles[self.entry.rule]

    @property
    def urgency(self) -> Urgency:
        return ROWS[self.entry.rule].urgency

    @property
    def next_action(self) -> Advice:
        key = ROWS[self.entry.rule].next_action
        return Advice(key, PHRASEBOOKS[self.language].actions[key])

    @property
    def owner(self) -> ShownOwner:
        return ShownOwner(self.owner_id, self.owner_name, self.entry.owner_id is not None)

    @property
    def snoozed_until(self) -> datetime | None:
        return self.entry.snoozed_until if self.state is State.SNOOZED else None


@dataclass(frozen=True, slots=True)
class ShownChange:
    """What happened to an entry; `by` None: the product itself."""

    change: Change
    at: datetime
    by_id: UUID | None
    by_name: str | None
    reason: str | None
    until: datetime | None
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class EntryInFull(ShownEntry):
    """An entry with all that happened to it, the oldest first."""

    history: Sequence[ShownChange] = ()


def list_entries_for(
    session: Session, viewer: Viewer, query: dict[str, Any], language: str, now: datetime
) -> pages.Page[ShownEntry]:
    """Return a page of entries about the patients in the viewer's care, the most urgent first; one statement.

    One patient's are also shown to whoever may read the record for a while, by emergency access.
    """
    whose = access.is_theirs(viewer)
    if query["patient_id"] is not None:
        whose = access.may_see_patient(viewer) & (Patient.id == query["patient_id"])
    shown = _shown(viewer, whose, now).where(*_in_state(query["state"], now), *_wanted(query))
    page = _page(session, shown, language, query["limit"], query["cursor"])
    for patient_id in {each.entry.patient_id for each in page.items}:
        access.note_patient(session, viewer, patient_id)
    return page


def get_entry_for(session: Session, viewer: Viewer, attention_id: UUID, language: str, now: datetime) -> EntryInFull:
    """Return one entry with its history, in two statements; 404 when the viewer may not read the record."""
    whose = access.may_see_patient(viewer) & (AttentionEntry.id == attention_id)
    row = session.execute(_shown(viewer, whose, now)).one_or_none()
    if row is None:
        raise not_found("attention entry")
    access.note_patient(session, viewer, row[0].patient_id)
    return EntryInFull(language, *(*row, _history(session, viewer.clinic_id, attention_id)))


def entry_to_change(session: Session, viewer: Viewer, attention_id: UUID) -> AttentionEntry:
    """Return an entry about a patient in the viewer's care, its row locked; 404 otherwise.

    The patient is held before, as by a review: whoever erases the patient waits, or has been waited for.
    """
    held = (
        select(AttentionEntry.clinic_id, AttentionEntry.id)
        .join(Patient, (Patient.clinic_id == AttentionEntry.clinic_id) & (Patient.id == AttentionEntry.patient_id))
        .where(access.is_theirs(viewer), AttentionEntry.id == attention_id)
        .with_for_update(of=Patient, read=True, key_share=True)
        .cte("held")
    )
    entry = session.scalar(
        select(AttentionEntry)
        .join(held, (held.c.clinic_id == AttentionEntry.clinic_id) & (held.c.id == AttentionEntry.id))
        .with_for_update(of=AttentionEntry, key_share=True)
    )
    if entry is None:
        raise not_found("attention entry")
    access.note_patient(session, viewer, entry.patient_id)
    return entry


def list_open_entries(session: Session, viewer: Viewer, most: int, language: str, now: datetime) -> list[ShownEntry]:
    """Return the open entries about the viewer's patients, the most urgent first; who asks notes the patients."""
    query = _shown(viewer, access.is_theirs(viewer), now).where(*_in_state(State.OPEN, now))
    return [ShownEntry(language, *row) for row in session.execute(_sorted(query).limit(most))]


def _shown(viewer: Viewer, whose: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    owner_id = func.coalesce(AttentionEntry.owner_id, Lead.member_id)
    return (
        select(AttentionEntry, _state(now), rank(), Named.name, Patient.location_id, owner_id, Owner.name)
        .join(Patient, (Patient.clinic_id == AttentionEntry.clinic_id) & (Patient.id == AttentionEntry.patient_id))
        .join(Named, (Named.clinic_id == Patient.clinic_id) & (Named.id == Patient.id))
        .outerjoin(
            Lead,
            (Lead.clinic_id == Patient.clinic_id)
            & (Lead.patient_id == Patient.id)
            & Lead.left_at.is_(None)
            & Lead.is_lead,
        )
        .outerjoin(Owner, (Owner.clinic_id == Patient.clinic_id) & (Owner.id == owner_id))
        .where(AttentionEntry.clinic_id == viewer.clinic_id, whose)
    )


def _wanted(query: dict[str, Any]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query["rule"] is not None:
        wanted.append(AttentionEntry.rule == query["rule"])
    if query["location_id"] is not None:
        wanted.append(Patient.location_id == query["location_id"])
    if query["owner_id"] is not None:
        wanted.append(func.coalesce(AttentionEntry.owner_id, Lead.member_id) == query["owner_id"])
    return wanted


def _in_state(state: State, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions for entries that are in a state at this moment.

    What is over piles up: the live ones are found by their own index, whose condition is repeated word by word. Whose
    access has ended waits for nobody, also before the worker has seen it.
    """
    if state not in LIVE_STATES:
        return [_state(now) == state]
    live = literal_column(f"attention_entry.{LIVE}", Boolean())
    return [live, _state(now) == state, Named.status != MemberStatus.DISABLED]


def _state(now: datetime) -> ColumnElement[Any]:
    """Return the state at this moment: a snooze that is over is open, also before the worker has seen it."""
    over = (AttentionEntry.state == State.SNOOZED) & (AttentionEntry.snoozed_until <= literal(now, INSTANT))
    return case((over, literal(State.OPEN, Word(State))), else_=AttentionEntry.state)


def rank() -> ColumnElement[int]:
    """Return the rule's place in the table of rules: the lower, the more urgent."""
    return case(RANKS, value=AttentionEntry.rule.cast(Word(State).impl), else_=len(RANKS)).cast(Integer)


def _sorted(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.order_by(rank(), AttentionEntry.since_on, AttentionEntry.id)


def _page(
    session: Session, query: Select[*tuple[Any, ...]], language: str, limit: int, cursor: str | None
) -> pages.Page[ShownEntry]:
    after = pages.decode(cursor, int, date, UUID)
    if after:
        query = query.where(tuple_(rank(), AttentionEntry.since_on, AttentionEntry.id) > tuple_(*after))
    shown = [ShownEntry(language, *row) for row in session.execute(_sorted(query).limit(limit + 1))]
    return pages.cut(shown, limit, lambda each: [each.rank, each.entry.since_on, each.entry.id])


def _history(session: Session, clinic_id: UUID, attention_id: UUID) -> list[ShownChange]:
    rows = session.execute(
        select(
            AttentionChange.change,
            AttentionChange.changed_at,
            AttentionChange.changed_by,
            Member.name,
            AttentionChange.reason,
            AttentionChange.until,
            AttentionChange.owner_id,
        )
        .outerjoin(Member, (Member.clinic_id == AttentionChange.clinic_id) & (Member.id == AttentionChange.changed_by))
        .where(AttentionChange.clinic_id == clinic_id, AttentionChange.entry_id == attention_id)
        .order_by(AttentionChange.changed_at, AttentionChange.id)
    )
    return [ShownChange(*row) for row in rows]
