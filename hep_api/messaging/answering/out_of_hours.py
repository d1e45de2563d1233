"""What a patient is told who writes while the clinic is closed: at once, and once in each time of being closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.foundation.database import after_commit
from hep_api.foundation.jobs.queue import Planned
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.answering.clock import hours_for
from hep_api.messaging.answering.hours import EPOCH, OpeningHours
from hep_api.messaging.answering.notice_words import out_of_hours_words
from hep_api.messaging.answering.notices import reader_of
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.causes import caused_by
from hep_api.messaging.coming import MessageComing
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.models.responses import ClosedNotice
from hep_api.messaging.saying import Said

OUT_OF_HOURS = "out_of_hours"
# What was never open has been closed for ever.
FOR_EVER = EPOCH - timedelta(days=36500)
# Conversations of which a process remembers since when they have been told; past them it begins anew.
MOST_REMEMBERED = 10_000
_TOLD: dict[UUID, datetime] = {}


def tell_out_of_hours(session: Session, fact: MessageSent) -> None:
    """React to a patient's message that comes while the clinic is closed: say so, once in a time of being closed.

    The conversation's row is locked by who sent it, so of two phones one comes first.
    """
    if fact.sender_role is not Role.PATIENT or fact.conversation_kind is not ConversationKind.CARE_TEAM:
        return
    policy = policy_of(session, fact.clinic_id, fact.clinic_version)
    at, conversation_id = fact.message.sent_at, fact.message.conversation_id
    hours = hours_for(session, policy, fact.patient_id)
    if hours.is_open(at):
        return
    present = hours.stretch(at)
    since = present.since or FOR_EVER
    if _is_told(conversation_id, since) or not _note_told(session, fact, since):
        return
    said = _out_of_hours(session, fact, policy, hours, present.until, since)
    post_message(session, fact.clinic_id, conversation_id, said, at)


def foresee_out_of_hours(coming: MessageComing) -> Sequence[Planned] | None:
    """Say that `tell_out_of_hours` will tell nothing: the clinic is open, or has told it, as far as is known here."""
    hours = coming.policy.hours
    if coming.policy.hours_of_locations:
        return None
    if hours.is_open(coming.sent_at) or _is_told(
        coming.conversation_id, hours.stretch(coming.sent_at).since or FOR_EVER
    ):
        return ()
    return None


def _out_of_hours(
    session: Session, fact: MessageSent, policy: Policy, hours: OpeningHours, opens_at: datetime | None, since: datetime
) -> Said:
    conversation_id, line = fact.message.conversation_id, policy.emergency_line
    language, _ = reader_of(session, fact.clinic_id, conversation_id)
    languages = (language, policy.language)
    words = out_of_hours_words(policy.out_of_hours_text, languages, opens_at, hours.zone, line)
    card = {
        "type": OUT_OF_HOURS,
        "opens_at": opens_at.isoformat() if opens_at else None,
        "emergency_line": line,
    }
    cause = caused_by(OUT_OF_HOURS, conversation_id, since.isoformat())
    return Said(cause, words, kind=MessageKind.NOTICE, card=card)


def _note_told(session: Session, fact: MessageSent, since: datetime) -> bool:
    """Note that this conversation is told now; False when it has been since that instant."""
    told = {"conversation_id": fact.message.conversation_id, "told_at": fact.message.sent_at}
    noting = (
        insert(ClosedNotice)
        .values(clinic_id=fact.clinic_id, **told)
        .on_conflict_do_update(
            index_elements=["clinic_id", "conversation_id"], set_=told, where=ClosedNotice.told_at < since
        )
        .returning(ClosedNotice.told_at)
    )
    is_new = session.scalar(noting) is not None
    # Either way it has been told since then, once this transaction has come to its end.
    after_commit(session, lambda: _remember(fact.message.conversation_id, since))
    return is_new


def _is_told(conversation_id: UUID, since: datetime) -> bool:
    """Tell whether this process knows it: then nothing is asked of the database."""
    told = _TOLD.get(conversation_id)
    return told is not None and told >= since


def _remember(conversation_id: UUID, since: datetime) -> None:
    if len(_TOLD) >= MOST_REMEMBERED:
        _TOLD.clear()
    _TOLD[conversation_id] = since
