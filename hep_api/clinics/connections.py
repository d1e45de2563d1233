"""Whom live connections belong to: the rooms they are in, who is told what concerns a patient, whose connections end.

A connection is in its member's room and in its sign-in's. What concerns a patient is told to the rooms of sign-ins that
the telling transaction reads from the database; so an ended sign-in, or one who left the care team, hears nothing more,
whatever reached their process or did not.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SecondFactorForgotten, SignInEnded
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import LEADERS, STAFF, Viewer
from hep_api.clinics.facts import MemberAccessChanged, MemberDisabled, SecondFactorRequired
from hep_api.clinics.models import Clinic, Member, MemberStatus
from hep_api.foundation.realtime.broadcasts import plan_eviction


def member_room(clinic_id: UUID, member_id: UUID) -> str:
    """Return the room of all connections of one member."""
    return f"member:{clinic_id}:{member_id}"


def sign_in_room(sign_in_id: UUID) -> str:
    """Return the room of all connections of one sign-in."""
    return f"sign_in:{sign_in_id}"


def names_of(viewer: Viewer) -> Sequence[str]:
    """Return the rooms of a viewer's connection, the member's first: by it their connections are counted."""
    return member_room(viewer.clinic_id, viewer.member_id), sign_in_room(viewer.sign_in_id)


def listening_rooms_sql(
    clinic_id: str, patient_id: str, with_patient: str = "true", second_factor_required: str = ""
) -> str:
    """Return the SQL of an array: rooms of the patient's and the present care team's sign-ins that stand and owe no
    second factor; without the patient's where `with_patient` does not hold.

    The arguments are SQL themselves, columns and conditions of the statement that it becomes a part of; without the
    last one the clinic is asked, when it comes to that.
    """
    required = second_factor_required or (
        f"(SELECT policy.second_factor_required FROM clinic AS policy WHERE policy.id = {clinic_id})"  # noqa: S608
    )
    return f"""ARRAY(
        SELECT 'sign_in:' || standing.id
          FROM (
            SELECT {patient_id} AS member_id WHERE {with_patient}
            UNION
            SELECT place.member_id
              FROM care_team_place AS place
             WHERE place.clinic_id = {clinic_id} AND place.patient_id = {patient_id} AND place.left_at IS NULL
               AND (place.until IS NULL OR place.until > statement_timestamp())
          ) AS person
          JOIN member ON member.clinic_id = {clinic_id} AND member.id = person.member_id AND member.status = 'active'
          JOIN sign_in AS standing
            ON standing.clinic_id = member.clinic_id AND standing.member_id = member.id
           AND standing.account_id = member.account_id AND standing.ended_at IS NULL
         WHERE member.role = 'patient' OR standing.second_factor_at IS NOT NULL OR NOT {required}
    )"""  # noqa: S608 - the callers name columns, nobody else's text comes in


ASKED = ("CAST(:clinic_id AS uuid)", "CAST(:patient_id AS uuid)")
LISTENING = text(f"SELECT {listening_rooms_sql(*ASKED)}")
STAFF_LISTENING = text(f"SELECT {listening_rooms_sql(*ASKED, 'false')}")


def list_rooms_about(session: Session, clinic_id: UUID, patient_id: UUID) -> tuple[str, ...]:
    """Return where the patient and the present care team are told something."""
    return tuple(session.execute(LISTENING, {"clinic_id": clinic_id, "patient_id": patient_id}).scalar_one())


def list_rooms_of_team(session: Session, clinic_id: UUID, patient_id: UUID) -> tuple[str, ...]:
    """Return where the present care team is told what is not for the patient."""
    return tuple(session.execute(STAFF_LISTENING, {"clinic_id": clinic_id, "patient_id": patient_id}).scalar_one())


def list_rooms_of_leaders(session: Session, clinic_id: UUID) -> tuple[str, ...]:
    """Return where a clinic's leaders are told something: by their sign-ins that stand and owe no second factor."""
    standing = (
        select(SignIn.id)
        .join(Member, (Member.clinic_id == SignIn.clinic_id) & (Member.id == SignIn.member_id))
        .join(Clinic, Clinic.id == SignIn.clinic_id)
        .where(
            SignIn.clinic_id == clinic_id,
            SignIn.account_id == Member.account_id,
            SignIn.ended_at.is_(None),
            Member.role.in_(LEADERS),
            Member.status == MemberStatus.ACTIVE,
            SignIn.second_factor_at.is_not(None) | ~Clinic.second_factor_required,
        )
    )
    return tuple(sign_in_room(sign_in_id) for sign_in_id in session.scalars(standing))


STANDING = text("SELECT standing_sign_ins(:sign_ins)")


def list_ended(session: Session, claims: Sequence[Mapping[str, Any]]) -> Iterable[UUID]:
    """Return those sign-ins among the claims of open connections that no longer stand."""
    sign_ins = {each["sid"] for each in claims}
    standing = session.scalars(STANDING, {"sign_ins": list(sign_ins)})
    return sign_ins.difference(standing)


def close_of_sign_in(session: Session, fact: SignInEnded | SecondFactorForgotten) -> None:
    """Close the connections of a sign-in that ended, or may have to show a second factor anew."""
    plan_eviction(session, sign_in_room(fact.sign_in_id))


def close_of_owing(session: Session, fact: SecondFactorRequired) -> None:
    """Close the connections of staff who have shown no second factor; they come in again when they have."""
    owing = (
        select(SignIn.id)
        .join(Member, (Member.clinic_id == SignIn.clinic_id) & (Member.id == SignIn.member_id))
        .where(
            SignIn.clinic_id == fact.clinic_id,
            SignIn.ended_at.is_(None),
            SignIn.second_factor_at.is_(None),
            Member.role.in_(STAFF),
        )
    )
    for sign_in_id in session.scalars(owing):
        plan_eviction(session, sign_in_room(sign_in_id))


def close_of_member(session: Session, fact: MemberDisabled | MemberAccessChanged) -> None:
    """Close the connections of a member whose access ended or changed; who still may connects again at once."""
    if fact.member_id is not None:
        plan_eviction(session, member_room(fact.clinic_id, fact.member_id))
