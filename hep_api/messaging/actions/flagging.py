"""Raising a red flag: once for each reason, one open flag for a patient, in the transaction of what raises it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.foundation.facts import publish
from hep_api.foundation.jobs.queue import Planned
from hep_api.messaging.actions import handling, passing_on
from hep_api.messaging.answering import notices
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.causes import caused_by
from hep_api.messaging.coming import MessageComing
from hep_api.messaging.facts.flags import FlagCauseAdded, FlagRaised
from hep_api.messaging.facts.messages import MessageEdited, MessageSent
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.flags import RedFlag, RedFlagCause, StepKind
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.red_flags.causes import Cause, causes_in_entries, causes_in_text
from hep_api.messaging.red_flags.reported import ReportedEntries


def look_for_phrases(session: Session, fact: MessageSent | MessageEdited) -> None:
    """React to words of a patient's, new or edited: look for the clinic's phrases in them.

    Nearly always there is none, which costs no statement while the clinic's settings stay the same.
    """
    if fact.sender_role is not Role.PATIENT or fact.message.kind is not MessageKind.TEXT:
        return
    policy = policy_of(session, fact.clinic_id, fact.clinic_version)
    said = fact.message
    causes = causes_in_text(said.body, policy, said.conversation_id, said.seq)
    if causes:
        raise_flag(session, policy, fact.patient_id, causes, said.edited_at or said.sent_at)


def foresee_phrases(coming: MessageComing) -> Sequence[Planned] | None:
    """Say that `look_for_phrases` will find nothing in a message, if so."""
    return None if causes_in_text(coming.body, coming.policy, coming.conversation_id, 0) else ()


def look_at_pain(session: Session, fact: ReportedEntries) -> None:
    """React to what a patient reported of exercises: look for pain at or over the clinic's threshold."""
    policy = policy_of(session, fact.clinic_id, fact.clinic_version)
    causes = causes_in_entries(fact.entries, policy, fact.received_at)
    if causes:
        raise_flag(session, policy, fact.patient_id, causes, fact.received_at)


def raise_flag(session: Session, policy: Policy, patient_id: UUID, causes: Sequence[Cause], now: datetime) -> None:
    """Raise a flag for what is new among the causes, or add it to the patient's open one; show the emergency text.

    A closed conversation is open again by that: the flag is to be seen where staff look.

    Who raises holds the conversation's lock first, so that two causes at once make one flag.
    """
    clinic_id = policy.clinic_id
    conversation = _hold_conversation(session, clinic_id, patient_id)
    new = _unknown(session, clinic_id, patient_id, causes)
    if not new:
        return
    handling.open_again(session, conversation, None, now)
    flag = _open_flag(session, clinic_id, patient_id)
    first = 1 if flag is None else flag.causes + 1
    if flag is None:
        flag = passing_on.begin(session, policy, conversation, len(new), now)
        fact: FlagRaised | FlagCauseAdded = FlagRaised(clinic_id, patient_id, flag.id, flag.held_by, now)
    else:
        flag.causes += len(new)
        passing_on.note_step(session, flag, StepKind.CAUSE_ADDED, None, now)
        fact = FlagCauseAdded(clinic_id, patient_id, flag.id, flag.held_by, now)
    session.flush()
    session.execute(insert(RedFlagCause), [_row(flag, number, each, now) for number, each in enumerate(new, first)])
    notices.post_emergency(session, clinic_id, conversation.id, caused_by("red_flag", flag.id, flag.causes), now)
    publish(session, fact)


def _hold_conversation(session: Session, clinic_id: UUID, patient_id: UUID) -> Conversation:
    return session.scalars(
        select(Conversation)
        .where(
            Conversation.clinic_id == clinic_id,
            Conversation.patient_id == patient_id,
            Conversation.kind == ConversationKind.CARE_TEAM,
        )
        .with_for_update(key_share=True)
        # What an earlier statement saw of the row may be old by now.
        .execution_options(populate_existing=True)
    ).one()


def _open_flag(session: Session, clinic_id: UUID, patient_id: UUID) -> RedFlag | None:
    """Return the patient's open flag, its row locked: whoever is acknowledging it comes before us, or after."""
    return session.scalar(
        select(RedFlag)
        .where(RedFlag.clinic_id == clinic_id, RedFlag.patient_id == patient_id, RedFlag.acknowledged_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _unknown(session: Session, clinic_id: UUID, patient_id: UUID, causes: Sequence[Cause]) -> list[Cause]:
    """Return the causes that have raised no flag yet, each once."""
    entries = {each.entry_id for each in causes if each.entry_id is not None}
    messages = {(each.conversation_id, each.seq) for each in causes if each.seq is not None}
    known = _known_keys(session, clinic_id, patient_id, entries, messages)
    return list({each.key: each for each in causes if each.key not in known}.values())


def _known_keys(
    session: Session, clinic_id: UUID, patient_id: UUID, entries: Collection[UUID], messages: Collection[Any]
) -> set[tuple[object, ...]]:
    same = RedFlagCause.entry_id.in_(entries)
    if messages:
        same = tuple_(RedFlagCause.conversation_id, RedFlagCause.seq).in_(messages)
    rows = session.execute(
        select(RedFlagCause.entry_id, RedFlagCause.conversation_id, RedFlagCause.seq, RedFlagCause.phrase).where(
            RedFlagCause.clinic_id == clinic_id, RedFlagCause.patient_id == patient_id, same
        )
    )
    return {tuple(row) for row in rows}


def _row(flag: RedFlag, number: int, cause: Cause, now: datetime) -> dict[str, Any]:
    return {
        "clinic_id": flag.clinic_id,
        "flag_id": flag.id,
        "number": number,
        "patient_id": flag.patient_id,
        "kind": cause.kind,
        "noticed_at": now,
        "event_id": cause.event_id,
        "entry_id": cause.entry_id,
        "prescription_id": cause.prescription_id,
        "performed_on": cause.performed_on,
        "pain": cause.pain,
        "conversation_id": cause.conversation_id,
        "seq": cause.seq,
        "phrase": cause.phrase,
    }
