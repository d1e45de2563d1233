"""What makes the attention list be looked at again: reactions to facts that may change it, each one job at most."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics.facts import ResponseHoursChanged
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.foundation.database import run
from hep_api.foundation.jobs import queue
from hep_api.insights.models import LIVE
from hep_api.insights.vocabulary import Rule
from hep_api.messaging.facts.handling import ConversationHandled
from hep_api.messaging.facts.hours import OpeningHoursChanged
from hep_api.messaging.facts.messages import MessageSent, MessageWithdrawn, ReceiptChanged
from hep_api.messaging.models.handling import HandlingChange

REVIEW, SWEEP = "insights.review_patient", "insights.sweep_attention"
# What comes in parts is judged once.
SOON = timedelta(minutes=1)

_STANDS = f"""
SELECT 1 FROM attention_entry
 WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s AND rule = %(rule)s AND {LIVE}
"""  # noqa: S608 - made of our own constant


class AboutPatient(Protocol):
    """Any fact about a patient."""

    @property
    def clinic_id(self) -> UUID: ...

    @property
    def patient_id(self) -> UUID: ...


class AboutMember(Protocol):
    """Any fact about a member, who may be a patient: patients have the ids of their members."""

    @property
    def clinic_id(self) -> UUID: ...

    @property
    def member_id(self) -> UUID: ...


def review_soon(session: Session, fact: AboutPatient) -> None:
    """React to what may begin or end a rule: judge the patient's rules in a while."""
    ask(session, fact.clinic_id, fact.patient_id, clock.now())


def review_at_once(session: Session, fact: AboutPatient) -> None:
    """React to what was waited with already."""
    ask(session, fact.clinic_id, fact.patient_id, clock.now(), timedelta(0))


def review_member(session: Session, fact: AboutMember) -> None:
    """React to what changes for a member whether they come in, and by which invitation; of the staff none is judged."""
    patient = select(Patient.id).where(Patient.clinic_id == fact.clinic_id, Patient.id == fact.member_id)
    if session.scalar(patient.where(Patient.erased_at.is_(None))) is not None:
        ask(session, fact.clinic_id, fact.member_id, clock.now(), timedelta(0))


def review_all(session: Session, fact: ResponseHoursChanged | OpeningHoursChanged) -> None:
    """React to what changes for all of a clinic's patients: a sweep of its own, beside the hourly one."""
    ask_sweep(session, fact.clinic_id, None, clock.now())


def review_answered(session: Session, fact: MessageSent) -> None:
    """React to a message of the staff where one of the patient's has waited too long.

    A message of the patient's starts a clock and no more; the sweep sees when it has run out.
    """
    if fact.sender_role is Role.PRACTITIONER:
        _ask_where_it_stands(session, fact.clinic_id, fact.patient_id, Rule.UNANSWERED_MESSAGE)


def review_closed(session: Session, fact: ConversationHandled) -> None:
    """React to what has waited needing no answer: staff have said so, or the conversation has ended."""
    if fact.change in (HandlingChange.CLOSED, HandlingChange.ENDED) and fact.waited_since is not None:
        _ask_where_it_stands(session, fact.clinic_id, fact.patient_id, Rule.UNANSWERED_MESSAGE)


def review_withdrawn(session: Session, fact: MessageWithdrawn) -> None:
    """React to a message that waits no more because its sender has taken it back."""
    rule = Rule.UNANSWERED_MESSAGE if fact.sender_role is Role.PATIENT else Rule.UNREAD_MESSAGE
    _ask_where_it_stands(session, fact.clinic_id, fact.patient_id, rule)


def review_read(session: Session, fact: ReceiptChanged) -> None:
    """React to somebody's having read: where it is the patient whom a message has waited for."""
    # A patient has the id of their member.
    _ask_where_it_stands(session, fact.clinic_id, fact.member_id, Rule.UNREAD_MESSAGE)


def ask(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime, wait: timedelta = SOON) -> None:
    """Add the job that judges a patient's rules, unless one waits already."""
    payload = {"clinic_id": str(clinic_id), "patient_id": str(patient_id)}
    key = f"{clinic_id}:{patient_id}"
    queue.enqueue(session, REVIEW, payload, now=now, clinic_id=clinic_id, run_at=now + wait, dedupe_key=key)


def ask_several(session: Session, clinic_id: UUID, patient_ids: Sequence[UUID], now: datetime) -> None:
    """Add one job that judges the rules of several patients."""
    payload = {"clinic_id": str(clinic_id), "patient_ids": [str(each) for each in patient_ids]}
    queue.enqueue(session, REVIEW, payload, now=now, clinic_id=clinic_id)


def ask_sweep(session: Session, clinic_id: UUID, after: UUID | None, now: datetime) -> None:
    """Add the job that judges the clinic's patients behind an id, from the first one on for None."""
    payload = {"clinic_id": str(clinic_id)} | ({"after": str(after)} if after else {})
    key = f"{clinic_id}:{after or ''}"
    queue.enqueue(session, SWEEP, payload, now=now, clinic_id=clinic_id, dedupe_key=key)


def _ask_where_it_stands(session: Session, clinic_id: UUID, patient_id: UUID, rule: Rule) -> None:
    """Look first: nearly always there is nothing, and messages come by the thousand."""
    said = {"clinic_id": clinic_id, "patient_id": patient_id, "rule": rule.value}
    if run(session, _STANDS, said).first() is not None:
        ask(session, clinic_id, patient_id, clock.now(), timedelta(0))
