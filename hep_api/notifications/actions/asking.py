"""What makes somebody be told: reactions to facts, each one job at most. Who is told, and whether it is still true, is
asked when the job runs.

A message costs its sender one statement for it. Jobs of one thing are one while they wait: many messages in a moment,
or edits of a plan within five minutes, are told once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation import clock
from hep_api.foundation.jobs import queue
from hep_api.foundation.jobs.queue import Planned
from hep_api.messaging.coming import MessageComing
from hep_api.messaging.facts.flags import FlagPassedOn, FlagRaised
from hep_api.messaging.facts.handling import ConversationHandled
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.handling import HandlingChange
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.saying import WORDS
from hep_api.notifications.here import HERE

TELL_MESSAGE, TELL_CHECK_IN = "notifications.tell_message", "notifications.tell_check_in"
TELL_PLAN, TELL_FLAG = "notifications.tell_plan", "notifications.tell_flag"
TELL_WAITING = "notifications.tell_waiting"
# So long an open app has to show a message, and to report it read, before a phone rings.
HOLD = timedelta(seconds=5)
AFTER_OTHERS = timedelta(seconds=1)
EDITING = timedelta(minutes=5)
# As the job that passes a flag on: somebody may be in danger.
FIRST = 100
WAITS_ANEW = (HandlingChange.REOPENED, HandlingChange.RESUMED)


class AboutPlan(Protocol):
    """Any fact about a plan."""

    @property
    def clinic_id(self) -> UUID: ...
    @property
    def plan_id(self) -> UUID: ...


def tell_of_message(session: Session, fact: MessageSent) -> None:
    """React to a new message: somebody's words, or a check-in. Cards and notices stand beside what rings already."""
    said = fact.message
    if said.kind is MessageKind.CHECK_IN and said.card is not None:
        payload = {"clinic_id": str(fact.clinic_id), "check_in_id": said.card["check_in_id"]}
        key, at = f"{fact.clinic_id}:{said.card['check_in_id']}", said.sent_at
        queue.enqueue(
            session, TELL_CHECK_IN, payload, now=at, clinic_id=fact.clinic_id, run_at=at + HOLD, dedupe_key=key
        )
    elif said.kind in WORDS:
        here = HERE.sign_ins(said.conversation_id)
        run_at = _when_unread(said.sent_at, here)
        ask_message(session, fact.clinic_id, said.conversation_id, run_at, now=said.sent_at, here=here)


def foresee_message(coming: MessageComing) -> Sequence[Planned]:
    """Return the job that `tell_of_message` will add for a patient's words."""
    here = HERE.sign_ins(coming.conversation_id)
    payload, key = _unread(coming.clinic_id, coming.conversation_id, here)
    return (Planned(TELL_MESSAGE, key, payload, _when_unread(coming.sent_at, here)),)


def tell_of_handling(session: Session, fact: ConversationHandled) -> None:
    """React to what waits for an answer anew, or for somebody else's."""
    now = clock.now()
    if fact.change in WAITS_ANEW:
        ask_message(session, fact.clinic_id, fact.conversation_id, now + HOLD, now=now)
    if fact.change is HandlingChange.ASSIGNED and fact.waited_seq is not None and fact.assigned_to != fact.changed_by:
        ask_waiting(session, fact.clinic_id, fact.conversation_id, fact.waited_seq, now, now=now)


def tell_of_plan(session: Session, fact: AboutPlan) -> None:
    """React to a change of what a plan asks for and when: told once for all that comes within five minutes."""
    now, payload = clock.now(), {"clinic_id": str(fact.clinic_id), "plan_id": str(fact.plan_id)}
    key = f"{fact.clinic_id}:{fact.plan_id}"
    queue.enqueue(session, TELL_PLAN, payload, now=now, clinic_id=fact.clinic_id, run_at=now + EDITING, dedupe_key=key)


def tell_of_flag(session: Session, fact: FlagRaised | FlagPassedOn) -> None:
    """React to a red flag that is somebody's turn now: told at once, before all other work."""
    payload = {"clinic_id": str(fact.clinic_id), "flag_id": str(fact.flag_id)}
    key = f"{fact.clinic_id}:{fact.flag_id}"
    queue.enqueue(session, TELL_FLAG, payload, now=fact.at, clinic_id=fact.clinic_id, dedupe_key=key, priority=FIRST)


def ask_message(
    session: Session,
    clinic_id: UUID,
    conversation_id: UUID,
    run_at: datetime,
    *,
    now: datetime,
    here: Collection[UUID] = (),
) -> None:
    """Add the job that tells what is unread in a conversation, but not on the sign-ins that have it open.

    Those are a part of the key: what comes when they have gone is told there too.
    """
    payload, key = _unread(clinic_id, conversation_id, here)
    queue.enqueue(session, TELL_MESSAGE, payload, now=now, clinic_id=clinic_id, run_at=run_at, dedupe_key=key)


def _unread(clinic_id: UUID, conversation_id: UUID, here: Collection[UUID]) -> tuple[dict[str, Any], str]:
    """Return the payload and the key of the job that tells what is unread."""
    clinic, conversation, left_out = str(clinic_id), str(conversation_id), sorted(map(str, here))
    payload = {"clinic_id": clinic, "conversation_id": conversation, "but_not_on": left_out}
    return payload, ":".join((clinic, conversation, *left_out))


def _when_unread(sent_at: datetime, here: Collection[UUID]) -> datetime:
    """Return when it is told: of two jobs in one moment the one that leaves nobody out comes first."""
    return sent_at + HOLD + (AFTER_OTHERS if here else timedelta(0))


def ask_waiting(
    session: Session, clinic_id: UUID, conversation_id: UUID, seq: int, run_at: datetime, *, now: datetime
) -> None:
    """Add the job that tells whoever is to answer that the message `seq` still waits."""
    payload = {"clinic_id": str(clinic_id), "conversation_id": str(conversation_id), "seq": seq}
    key = f"{clinic_id}:{conversation_id}:{seq}"
    queue.enqueue(session, TELL_WAITING, payload, now=now, clinic_id=clinic_id, run_at=run_at, dedupe_key=key)
