"""What people do with an entry: dismiss it, put it off, take it up again, say who sees to it. The caller holds its row
and has compared If-Match.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.access import on_care_team
from hep_api.clinics.facts import CareTeamChanged, MemberDisabled
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.foundation import clock
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import Problem, conflict, invalid_field
from hep_api.insights.actions import asking
from hep_api.insights.models import AttentionChange, AttentionEntry
from hep_api.insights.vocabulary import LIVE_STATES, Change, State

LONGEST_SNOOZE = timedelta(days=366)


def dismiss(session: Session, viewer: Viewer, entry: AttentionEntry, reason: str, now: datetime) -> None:
    """Take an entry off the list until its rule has evidence that it had not now; 409 when it is settled."""
    _refuse_settled(entry)
    entry.state, entry.snoozed_until = State.DISMISSED, None
    _note(session, viewer, entry, Change.DISMISSED, now, reason=reason)


def snooze(
    session: Session, viewer: Viewer, entry: AttentionEntry, until: datetime, reason: str, now: datetime
) -> None:
    """Take an entry off the list until an instant, or until its evidence is new; 409 when it is settled.

    Errors: 422 naming `/until` when it does not lie within the next 366 days.
    """
    _refuse_settled(entry)
    if not now < until <= now + LONGEST_SNOOZE:
        raise invalid_field("/until", "range", "Must lie in the future, at most 366 days ahead.")
    entry.state, entry.snoozed_until = State.SNOOZED, until
    _note(session, viewer, entry, Change.SNOOZED, now, reason=reason, until=until)
    asking.ask(session, entry.clinic_id, entry.patient_id, now, until - now)


def reopen(session: Session, viewer: Viewer, entry: AttentionEntry, reason: str | None, now: datetime) -> None:
    """Put an entry back on the list; one that is open already stays as it is.

    Errors: 409 when its rule holds no more, or stands on the list by another entry.
    """
    if entry.state is State.OPEN:
        return
    if entry.state is State.RESOLVED:
        raise conflict("attention_id", "resolved", "What this entry is about is over.")
    if entry.state is State.DISMISSED and _has_live_one(session, entry):
        raise _replaced()
    entry.state, entry.snoozed_until = State.OPEN, None
    try:
        _note(session, viewer, entry, Change.REOPENED, now, reason=reason)
    except IntegrityError as error:
        # Somebody else reopened one of the rule, or a review opened one, since it was looked for.
        if violated_constraint(error) == "attention_entry_live_key":
            raise _replaced() from None
        raise
    # Whether its rule still holds is seen to at once.
    asking.ask(session, entry.clinic_id, entry.patient_id, now, timedelta(0))


def assign(session: Session, viewer: Viewer, entry: AttentionEntry, member_id: UUID | None, now: datetime) -> None:
    """Say who of the care team sees to an entry; None: whoever leads. 422 naming `/member_id` for anybody else."""
    _refuse_settled(entry)
    if member_id is not None and not _treats(session, entry, member_id):
        raise invalid_field("/member_id", "care_team", "Name somebody of the patient's care team.")
    if entry.owner_id != member_id:
        entry.owner_id = member_id
        _note(session, viewer, entry, Change.ASSIGNED, now, owner_id=member_id)


def hand_back_of_left(session: Session, fact: CareTeamChanged) -> None:
    """React to somebody's leaving a care team: what was theirs to see to is the lead's."""
    if fact.left_member_id is not None:
        theirs = AttentionEntry.patient_id == fact.patient_id
        _hand_back(session, fact.clinic_id, fact.left_member_id, theirs)


def hand_back_of_disabled(session: Session, fact: MemberDisabled) -> None:
    """React to the end of somebody's access: what was theirs to see to is the leads'."""
    _hand_back(session, fact.clinic_id, fact.member_id)


def _hand_back(session: Session, clinic_id: UUID, member_id: UUID, *among: Any) -> None:
    theirs = (
        AttentionEntry.clinic_id == clinic_id,
        AttentionEntry.owner_id == member_id,
        AttentionEntry.state.in_(LIVE_STATES),
        *among,
    )
    # The patients first, as everyone who changes what is on the list.
    about = select(AttentionEntry.patient_id).where(*theirs)
    patients = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id.in_(about)).order_by(Patient.id)
    held = patients.with_for_update(read=True, key_share=True).cte("held")
    query = select(AttentionEntry).where(*theirs, AttentionEntry.patient_id.in_(select(held.c.id)))
    now = clock.now()
    for entry in session.scalars(query.order_by(AttentionEntry.id).with_for_update(key_share=True)):
        entry.owner_id = None
        entry.version += 1
        session.add(_change(entry, Change.ASSIGNED, now))
    session.flush()


def _has_live_one(session: Session, entry: AttentionEntry) -> bool:
    found = session.scalar(
        select(AttentionEntry.id).where(
            AttentionEntry.clinic_id == entry.clinic_id,
            AttentionEntry.patient_id == entry.patient_id,
            AttentionEntry.rule == entry.rule,
            AttentionEntry.state.in_(LIVE_STATES),
        )
    )
    return found is not None


def _treats(session: Session, entry: AttentionEntry, member_id: UUID) -> bool:
    """Tell whether a member treats the entry's patient, and still comes in."""
    active = (Member.clinic_id == entry.clinic_id) & (Member.id == member_id) & (Member.status == MemberStatus.ACTIVE)
    on_team = on_care_team(entry.clinic_id, entry.patient_id, member_id)
    return session.scalar(select(Member.id).where(active, on_team)) is not None


def _replaced() -> Problem:
    return conflict("attention_id", "replaced", "The same rule stands on the list by a newer entry.")


def _refuse_settled(entry: AttentionEntry) -> None:
    if entry.state not in LIVE_STATES:
        raise conflict("attention_id", "settled", f"This entry is {entry.state.value}.")


def _note(session: Session, viewer: Viewer, entry: AttentionEntry, change: Change, now: datetime, **said: Any) -> None:
    entry.version += 1
    session.add(_change(entry, change, now, changed_by=viewer.member_id, **said))
    session.flush()


def _change(entry: AttentionEntry, change: Change, now: datetime, **said: Any) -> AttentionChange:
    return AttentionChange(
        clinic_id=entry.clinic_id,
        entry_id=entry.id,
        patient_id=entry.patient_id,
        change=change,
        changed_at=now,
        **said,
    )
