"""What becomes of the conversation with a patient who has no plan left: by the clinic's policy it ends, or goes on.

It ends when every plan has ended on the patient's own date, and goes on with the next one. Plans end by themselves as
dates pass, and policies change, so a sweep looks again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.messaging.actions import handling
from hep_api.messaging.answering import policies
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.handling import HandlingChange
from hep_api.messaging.models.policies import AfterPlanEnd
from hep_api.plans.models.plans import Plan


class AboutPatient(Protocol):
    """Any fact about a patient."""

    @property
    def clinic_id(self) -> UUID: ...

    @property
    def patient_id(self) -> UUID: ...


def follow_plans(session: Session, fact: AboutPatient) -> None:
    """React to a plan that was started, or ended by somebody."""
    settle(session, fact.clinic_id, [fact.patient_id], clock.now())


def settle(session: Session, clinic_id: UUID, patient_ids: Sequence[UUID], now: datetime) -> None:
    """End or resume the conversations of some patients as their plans and the clinic's policy have it; two statements
    and what changes.

    The conversations are locked before the plans are read: who starts a plan meanwhile waits for us here, or is seen.
    """
    ends = policies.policy_of(session, clinic_id).after_plan_end is AfterPlanEnd.CLOSED
    held = session.scalars(
        select(Conversation)
        .where(
            Conversation.clinic_id == clinic_id,
            Conversation.patient_id.in_(patient_ids),
            Conversation.kind == ConversationKind.CARE_TEAM,
            # Where none ends, senders wait for no look at what has not.
            true() if ends else Conversation.ended_at.is_not(None),
        )
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    over = _without_a_plan(session, clinic_id, patient_ids, now) if ends else set()
    for conversation in held:
        is_over = conversation.patient_id in over
        if is_over != (conversation.ended_at is not None):
            change = HandlingChange.ENDED if is_over else HandlingChange.RESUMED
            handling.end(session, conversation, change, now)


def _without_a_plan(session: Session, clinic_id: UUID, patient_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Return whose plans have all ended, on their own local date; who never had one is not among them."""
    session.flush()
    rows = session.execute(
        select(
            Patient.id,
            Patient.zone,
            Patient.day_starts_at,
            func.max(func.coalesce(Plan.ends_on, date.max)).label("last"),
        )
        .join(Plan, (Plan.clinic_id == Patient.clinic_id) & (Plan.patient_id == Patient.id))
        .where(Patient.clinic_id == clinic_id, Patient.id.in_(patient_ids))
        .group_by(Patient.id, Patient.zone, Patient.day_starts_at)
    )
    return {row.id for row in rows if row.last <= _today(row, now)}


def _today(row: Any, now: datetime) -> date:
    return clock.local_date(now, row.zone, row.day_starts_at)
