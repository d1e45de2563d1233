"""Handing a practitioner's patients over to a colleague: places on care teams, the lead, and whose conversations are.

Patient by patient, in the order of their ids: one that cannot be handed over keeps none of the others from it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import access
from hep_api.clinics.actions import assign
from hep_api.clinics.models import CareTeamPlace, Member, Patient
from hep_api.clinics.queries import members
from hep_api.foundation.database import part_of
from hep_api.foundation.errors import Problem, invalid_field, not_found
from hep_api.messaging.actions import handling
from hep_api.messaging.models.conversations import Conversation

MOST_AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of one patient; `error` is why not."""

    patient_id: UUID
    error: Problem | None

    @property
    def outcome(self) -> str:
        return "handed_over" if self.error is None else "refused"


@dataclass(frozen=True, slots=True)
class HandOver:
    """What became of each patient; `has_more`: there are others, so ask again."""

    outcomes: list[HandedOver]
    has_more: bool


def hand_over(session: Session, viewer: Viewer, member_id: UUID, body: dict[str, Any], now: datetime) -> HandOver:
    """Put a colleague in a practitioner's place on the care teams of their patients, at most a hundred at a time.

    Errors: 404 for anyone but oneself, or as a leader any practitioner of the clinic; 422 naming `/to_member_id`, or
    `/note` of a leader, who says nothing among the staff of a care team.
    """
    if not _may_hand_over(session, viewer, member_id):
        raise not_found("practitioner")
    to = members.practitioner_named(session, viewer.clinic_id, body["to_member_id"], "/to_member_id")
    if to.id == member_id:
        raise invalid_field("/to_member_id", "another", "Name a colleague.")
    if body["note"] is not None and viewer.leads:
        raise invalid_field("/note", "care_team", "Only who hands over their own patients leaves a note.")
    theirs = _patients_of(viewer, member_id, body)
    held = list(session.scalars(theirs.with_for_update(key_share=True, of=Patient)))
    # Whoever had to wait for these rows may have waited for another one to hand them over.
    left = set(session.scalars(theirs.with_only_columns(Patient.id)))
    patients = [patient for patient in held if patient.id in left][:MOST_AT_A_TIME]
    outcomes = [_hand_over(session, viewer, patient, member_id, body, now) for patient in patients]
    return HandOver(outcomes, len(held) > MOST_AT_A_TIME)


def _may_hand_over(session: Session, viewer: Viewer, member_id: UUID) -> bool:
    if not viewer.leads:
        return member_id == viewer.member_id
    of_clinic = (Member.clinic_id == viewer.clinic_id) & (Member.id == member_id)
    return session.scalar(select(Member.id).where(of_clinic, Member.role == Role.PRACTITIONER)) is not None


def _patients_of(viewer: Viewer, member_id: UUID, body: dict[str, Any]) -> Select[Patient]:
    """Select the patients on whose care teams the member has a place of their own, and one more than fit."""
    place = exists().where(
        CareTeamPlace.clinic_id == Patient.clinic_id,
        CareTeamPlace.patient_id == Patient.id,
        CareTeamPlace.member_id == member_id,
        CareTeamPlace.left_at.is_(None),
        CareTeamPlace.covers_for.is_(None),
    )
    query = select(Patient).where(access.not_erased(viewer), place)
    if not body["leave"]:
        # Asked again it goes on with those who have not been handed over yet.
        theirs = place.where(CareTeamPlace.is_lead)
        assigned = exists().where(
            Conversation.clinic_id == Patient.clinic_id,
            Conversation.patient_id == Patient.id,
            Conversation.assigned_to == member_id,
        )
        query = query.where(theirs | assigned)
    if body["patient_ids"] is not None:
        query = query.where(Patient.id.in_(body["patient_ids"]))
    return query.order_by(Patient.id).limit(MOST_AT_A_TIME + 1)


def _hand_over(
    session: Session, viewer: Viewer, patient: Patient, member_id: UUID, body: dict[str, Any], now: datetime
) -> HandedOver:
    try:
        with part_of(session), notes.unless_refused(session):
            _one(session, viewer, patient, member_id, body, now)
    except Problem as problem:
        return HandedOver(patient.id, problem)
    return HandedOver(patient.id, None)


def _one(
    session: Session, viewer: Viewer, patient: Patient, member_id: UUID, body: dict[str, Any], now: datetime
) -> None:
    access.note_patient(session, viewer, patient.id)
    to = body["to_member_id"]
    assign.join_care_team(session, patient, to, now)
    if assign.leads(session, patient, member_id):
        assign.hand_lead_to(session, patient, to)
    handling.leave_note(session, viewer, patient.id, body["note"], now)
    _give_conversations(session, viewer, patient, member_id, to, now)
    if body["leave"]:
        assign.leave_care_team(session, patient, member_id, now)


def _give_conversations(
    session: Session, viewer: Viewer, patient: Patient, member_id: UUID, to: UUID, now: datetime
) -> None:
    theirs = select(Conversation).where(
        Conversation.clinic_id == patient.clinic_id,
        Conversation.patient_id == patient.id,
        Conversation.assigned_to == member_id,
    )
    for conversation in session.scalars(theirs.order_by(Conversation.id).with_for_update(key_share=True)).all():
        handling.give_to(session, conversation, to, viewer.member_id, now)
