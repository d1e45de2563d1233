"""Who may: the one place that answers it. Everyone who loads data of a patient asks here first.

A patient may see their own record; a practitioner the records of patients on whose care team they are now; a clinic's
leaders only if the clinic's policy says so. Besides, whoever took emergency access to a record may read it for a while,
and do nothing else with it. What is administration (names, addresses, places on care teams) leaders may always see.
Unknown and forbidden are one answer, 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, select, true
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics.models import CareTeamPlace, Patient
from hep_api.clinics.standing import standing
from hep_api.foundation import tenancy
from hep_api.foundation.database import run
from hep_api.foundation.errors import not_found, not_signed_in
from hep_api.foundation.tenancy import Key


@dataclass(frozen=True, slots=True)
class FormerActor:
    """Somebody whose sign-in ended, as far as the audit needs it."""

    account_id: UUID
    sign_in_id: UUID
    clinic_id: UUID
    member_id: UUID
    role: None = None


# The database function also sets the clinic that the transaction acts for: the second wall (migrations/tenancy.py).
RECOGNISE = "SELECT * FROM recognise(%(sign_in_id)s, %(account_id)s)"


def recognise_viewer(session: Session, claims: Mapping[str, Any]) -> Viewer:
    """Return who stands behind a token's claims, asking the database in one statement; 401 when they no longer do."""
    found = run(session, RECOGNISE, {"sign_in_id": claims["sid"], "account_id": claims["sub"]}).one_or_none()
    if found is None:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
    viewer = Viewer(
        account_id=found.account_id,
        sign_in_id=found.sign_in_id,
        clinic_id=found.clinic_id,
        member_id=found.member_id,
        role=Role(found.role),
        managers_may_read_records=found.managers_may_read_records,
        second_factor_required=found.second_factor_required,
        second_factor_at=found.second_factor_at,
        emergencies={UUID(patient): UUID(taken) for patient, taken in (found.emergencies or {}).items()},
    )
    standing().remember(viewer)
    return viewer


def remembered_viewer(claims: Mapping[str, Any]) -> Viewer | None:
    """Return who stood behind a token's claims the last time, for doors that have it proven (`standing`)."""
    return standing().remembered(claims)


def recall_actor(session: Session, claims: Mapping[str, Any]) -> FormerActor | None:
    """Return who stood behind the claims of a sign-in that stands no more; None when it is not known any more."""
    tenancy.hold_up(session, Key.SIGN_IN, str(claims["sid"]))
    sign_in = session.get(SignIn, claims["sid"])
    if sign_in is None or sign_in.account_id != claims["sub"]:
        return None
    return FormerActor(sign_in.account_id, sign_in.id, sign_in.clinic_id, sign_in.member_id)


def may_see_patient(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Patient` for records that the viewer may read; always within the viewer's clinic."""
    if not viewer.emergencies:
        return is_theirs(viewer)
    return is_theirs(viewer) | (not_erased(viewer) & Patient.id.in_(viewer.emergencies))


def is_theirs(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Patient` for records that are the viewer's for good: those that they may also change,
    where their role has anything to change.
    """
    own_clinic = not_erased(viewer)
    if viewer.role is Role.PATIENT:
        return own_clinic & (Patient.id == viewer.member_id)
    if viewer.role is Role.PRACTITIONER:
        return own_clinic & on_care_team(viewer.clinic_id, Patient.id, viewer.member_id)
    return own_clinic & (true() if viewer.managers_may_read_records else false())


def not_erased(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Patient` for those of the viewer's clinic; what is left of erased ones nobody sees."""
    return (Patient.clinic_id == viewer.clinic_id) & Patient.erased_at.is_(None)


def on_care_team(clinic_id: UUID, patient_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that a member has a present place on a patient's care team."""
    return exists().where(
        CareTeamPlace.clinic_id == clinic_id,
        CareTeamPlace.patient_id == patient_id,
        CareTeamPlace.member_id == member_id,
        is_held(),
    )


def is_held() -> ColumnElement[bool]:
    """Return the condition on `CareTeamPlace` that somebody holds it now. A cover's place ends with its time, by the
    database's clock: nobody has to have noticed.
    """
    until = CareTeamPlace.until
    return CareTeamPlace.left_at.is_(None) & (until.is_(None) | (until > func.statement_timestamp()))


def patient_for(session: Session, viewer: Viewer, patient_id: UUID) -> Patient:
    """Return the patient's record when the viewer may read it; 404 otherwise."""
    return _one_patient(session, viewer, select(Patient).where(may_see_patient(viewer), Patient.id == patient_id))


def patient_to_care_for(session: Session, viewer: Viewer, patient_id: UUID) -> Patient:
    """Return the patient's record, its row locked until the commit, when the viewer may write to it as one of the care
    team; 404 otherwise. A leader who may read records by policy still does not treat.
    """
    if viewer.role is not Role.PRACTITIONER:
        raise not_found("patient")
    query = select(Patient).where(is_theirs(viewer), Patient.id == patient_id)
    return _one_patient(session, viewer, query.with_for_update(key_share=True, of=Patient))


def may_administer_patient(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Patient` for administrative data, which is no record: leaders see all of theirs."""
    if viewer.leads:
        return not_erased(viewer)
    return may_see_patient(viewer)


def patient_to_administer(session: Session, viewer: Viewer, patient_id: UUID) -> Patient:
    """Return the patient, locked against other changes of it, when the viewer may administer it; 404 otherwise."""
    theirs = not_erased(viewer) if viewer.leads else is_theirs(viewer)
    query = select(Patient).where(theirs, Patient.id == patient_id)
    return _one_patient(session, viewer, query.with_for_update(key_share=True, of=Patient))


def note_patient(session: Session, viewer: Viewer, patient_id: UUID) -> None:
    """Note for the audit that the viewer is let through to this patient; who loads one not by this file says so."""
    notes.about_patient(session, patient_id, viewer.emergencies.get(patient_id))


def _one_patient(session: Session, viewer: Viewer, query: Select[Patient]) -> Patient:
    patient = session.scalar(query)
    if patient is None:
        raise not_found("patient")
    note_patient(session, viewer, patient.id)
    return patient
