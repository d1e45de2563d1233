"""Whose turn a red flag is: it begins with the first in line and passes on until a person acknowledges it.

Each turn ends by a job that is a row in the same transaction: a killed worker's is taken up by the next. The job names
which passing it is, so that none happens twice.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarResult, false, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import CareTeamChanged, MemberDisabled
from hep_api.clinics.queries.care_teams import list_in_line
from hep_api.foundation import clock
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.facts.flags import FlagPassedOn
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.flags import RedFlag, RedFlagStep, StepKind
from hep_api.messaging.red_flags import turns

NEXT_TURN = "messaging.pass_on_flag"
# Before all other work: somebody may be in danger.
FIRST = 100
OVERDUE = timedelta(minutes=2)
TURNS = (StepKind.RAISED, StepKind.PASSED_ON)


def begin(session: Session, policy: Policy, conversation: Conversation, causes: int, now: datetime) -> RedFlag:
    """Add an open flag, and give the first turn; who raises it holds the conversation."""
    line = _line(session, policy.clinic_id, conversation.patient_id, conversation.assigned_to)
    turn = turns.first_turn(line)
    flag = RedFlag(
        clinic_id=policy.clinic_id,
        id=new_id(),
        patient_id=conversation.patient_id,
        conversation_id=conversation.id,
        raised_at=now,
        causes=causes,
        steps=0,
        passes=0,
        round=turn.round,
        held_by=turn.member_id,
        held_since=now,
        passes_on_at=now + turns.pause_before_next(policy.escalate_after_minutes, now - now),
        leaders_told_at=None if turn.member_id else now,
    )
    session.add(flag)
    note_step(session, flag, StepKind.RAISED, turn.member_id, now)
    if turn.member_id is None:
        note_step(session, flag, StepKind.PASSED_TO_LEADERS, None, now)
    enqueue(session, flag, now)
    return flag


def pass_on(session: Session, clinic_id: UUID, flag_id: UUID, passes: int, now: datetime) -> None:
    """Give the next turn of an open flag that has passed on so often and no further; nothing otherwise."""
    of_this_passing = (RedFlag.clinic_id == clinic_id) & (RedFlag.id == flag_id) & (RedFlag.passes == passes)
    flag = _hold_open(session, of_this_passing).one_or_none()
    if flag is None:
        return
    if flag.passes_on_at > now:
        enqueue(session, flag, now)
        return
    policy = policy_of(session, clinic_id)
    line = _line(session, clinic_id, flag.patient_id, _assigned_to(session, flag))
    turn = turns.next_turn(line, turns.Turn(flag.held_by, flag.round), _had_a_turn(session, flag))
    flag.passes += 1
    flag.round, flag.held_by, flag.held_since = turn.round, turn.member_id, now
    flag.passes_on_at = now + turns.pause_before_next(policy.escalate_after_minutes, now - flag.raised_at)
    if turn.member_id is None:
        flag.leaders_told_at = flag.leaders_told_at or now
    kind = StepKind.PASSED_ON if turn.member_id else StepKind.PASSED_TO_LEADERS
    note_step(session, flag, kind, turn.member_id, now)
    enqueue(session, flag, now)
    session.flush()
    publish(session, FlagPassedOn(clinic_id, flag.patient_id, flag_id, turn.member_id, turn.round, now))


def pass_on_of_left(session: Session, fact: CareTeamChanged) -> None:
    """React to a change of a care team: whoever left has no turn any more, and where nobody of it holds the flag, as in
    the leaders' turn too, one who joins brings the next round at once.
    """
    gone = false() if fact.left_member_id is None else RedFlag.held_by == fact.left_member_id
    nobody = false() if fact.joined_member_id is None else RedFlag.held_by.is_(None)
    of_patient = (RedFlag.clinic_id == fact.clinic_id) & (RedFlag.patient_id == fact.patient_id)
    _make_due(session, of_patient & (gone | nobody), clock.now())


def pass_on_of_disabled(session: Session, fact: MemberDisabled) -> None:
    """React to the end of a member's access: their turns pass on at once."""
    _make_due(session, (RedFlag.clinic_id == fact.clinic_id) & (RedFlag.held_by == fact.member_id), clock.now())


def take_up_again(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Add the jobs of a clinic's turns that ended a while ago, where none is left."""
    late = (RedFlag.clinic_id == clinic_id) & (RedFlag.passes_on_at < now - OVERDUE)
    for flag in _hold_open(session, late).all():
        enqueue(session, flag, now)


def enqueue(session: Session, flag: RedFlag, now: datetime) -> None:
    """Add the job that ends the present turn, or bring forward the one that waits."""
    payload = {"clinic_id": str(flag.clinic_id), "flag_id": str(flag.id), "passes": flag.passes}
    key = f"{flag.clinic_id}:{flag.id}:{flag.passes}"
    queue.enqueue(
        session,
        NEXT_TURN,
        payload,
        now=now,
        clinic_id=flag.clinic_id,
        run_at=flag.passes_on_at,
        dedupe_key=key,
        priority=FIRST,
    )


def note_step(session: Session, flag: RedFlag, kind: StepKind, member_id: UUID | None, now: datetime) -> None:
    """Add to a flag's history, under its lock."""
    flag.steps += 1
    step = RedFlagStep(
        clinic_id=flag.clinic_id,
        flag_id=flag.id,
        number=flag.steps,
        patient_id=flag.patient_id,
        kind=kind,
        at=now,
        round=flag.round,
        member_id=member_id,
    )
    session.add(step)


def _make_due(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    for flag in _hold_open(session, which).all():
        flag.passes_on_at = now
        enqueue(session, flag, now)


def _hold_open(session: Session, which: ColumnElement[bool]) -> ScalarResult[RedFlag]:
    query = select(RedFlag).where(which, RedFlag.acknowledged_at.is_(None)).order_by(RedFlag.id)
    return session.scalars(query.with_for_update(key_share=True))


def _line(session: Session, clinic_id: UUID, patient_id: UUID, assigned_to: UUID | None) -> list[UUID]:
    return turns.in_line(list_in_line(session, clinic_id, patient_id), assigned_to)


def _assigned_to(session: Session, flag: RedFlag) -> UUID | None:
    conversation = (Conversation.clinic_id == flag.clinic_id) & (Conversation.id == flag.conversation_id)
    return session.scalars(select(Conversation.assigned_to).where(conversation)).one()


def _had_a_turn(session: Session, flag: RedFlag) -> set[UUID | None]:
    """Return who had a turn in the present round."""
    return set(
        session.scalars(
            select(RedFlagStep.member_id).where(
                RedFlagStep.clinic_id == flag.clinic_id,
                RedFlagStep.flag_id == flag.id,
                RedFlagStep.round == flag.round,
                RedFlagStep.kind.in_(TURNS),
            )
        )
    )
