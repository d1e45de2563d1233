"""Pause a plan, and move or withdraw a pause. Nothing is overwritten: each word on a pause is a row of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.plans import dating
from hep_api.plans.dating import Span
from hep_api.plans.facts import PauseChanged, PlanPaused
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.queries import pauses
from hep_api.plans.queries.plans import PlanInCare


@dataclass(frozen=True, slots=True)
class PauseWord:
    """What is said about a pause: the first word has `change` 0."""

    pause_id: UUID
    change: int
    span: Span
    reason: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class RecordedPause:
    """A pause as it stands after a change, and the version that the change gave the plan."""

    pause_id: UUID
    plan_id: UUID
    from_on: date
    to_on: date | None
    reason: str
    withdrawn: bool
    recorded_at: datetime
    recorded_by: UUID
    plan_version: int


def pause_plan(
    session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime
) -> RecordedPause:
    """Pause the plan, whose row the caller holds locked; 422 when the dates make no sense, 409 when it has ended."""
    plan = found.plan
    dating.refuse_ended(plan.ends_on, found.today(now))
    others = pauses.spans_in_force(session, plan)
    span = dating.span_of_pause(
        (body["from_on"], body["to_on"]), found.today(now), (plan.starts_on, plan.ends_on), others
    )
    recorded = _record(session, viewer, plan, PauseWord(new_id(), 0, span, body["reason"], withdrawn=False), now)
    publish(session, PlanPaused(plan.clinic_id, plan.patient_id, plan.id, *span, recorded.pause_id))
    return recorded


def change_pause(
    session: Session, viewer: Viewer, found: PlanInCare, pause_id: UUID, body: dict[str, Any], now: datetime
) -> RecordedPause:
    """Move or withdraw a pause; what `body` leaves out stays. 404 for a pause that is not there or was withdrawn."""
    plan = found.plan
    dating.refuse_ended(plan.ends_on, found.today(now))
    old = pauses.present_pause(session, plan, pause_id)
    span = (body.get("from_on", old.from_on), body.get("to_on", old.to_on))
    if not body.get("withdrawn"):
        others = pauses.spans_in_force(session, plan, but=pause_id)
        dating.span_of_pause(span, found.today(now), (plan.starts_on, plan.ends_on), others)
    old.replaced_at = now
    session.flush()
    word = PauseWord(pause_id, old.change + 1, span, body["reason"], withdrawn=bool(body.get("withdrawn")))
    recorded = _record(session, viewer, plan, word, now)
    first, last = min(old.from_on, span[0]), _later(old.to_on, span[1])
    publish(session, PauseChanged(plan.clinic_id, plan.patient_id, plan.id, first, last, pause_id))
    return recorded


def _record(session: Session, viewer: Viewer, plan: Plan, word: PauseWord, now: datetime) -> RecordedPause:
    """Add one word on a pause to what was said before, and count the plan's version on."""
    plan.version += 1
    pause = PlanPause(
        clinic_id=plan.clinic_id,
        plan_id=plan.id,
        pause_id=word.pause_id,
        change=word.change,
        from_on=word.span[0],
        to_on=word.span[1],
        reason=word.reason,
        withdrawn=word.withdrawn,
        recorded_at=now,
        recorded_by=viewer.member_id,
    )
    session.add(pause)
    session.flush()
    return RecordedPause(
        word.pause_id, plan.id, *word.span, word.reason, word.withdrawn, now, viewer.member_id, plan.version
    )


def _later(one: date | None, other: date | None) -> date | None:
    """Return the later end; None is open and so the latest."""
    return None if one is None or other is None else max(one, other)
