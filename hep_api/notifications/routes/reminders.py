"""HTTP doors of reminders: a patient settles their own, the care team sees them, leaders settle the clinic's."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import EVERYONE, LEADERS, STAFF, Role, viewer
from hep_api.clinics import access
from hep_api.clinics.models import Patient
from hep_api.clinics.queries import clinics
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.notifications.actions import setting_reminders as actions
from hep_api.notifications.models.reminders import Reminder
from hep_api.notifications.queries import reminders
from hep_api.notifications.queries.reminder_suggestions import suggestions_of
from hep_api.notifications.queries.reminders import Reminders
from hep_api.notifications.schemas.reminders import (
    ReminderDefaultChangeIn,
    ReminderDefaultOut,
    ReminderOut,
    RemindersIn,
    RemindersOut,
    ReminderSuggestionsOut,
    SuggestedTimeIn,
)

routes = Routes("reminders", "When patients are reminded of what is due, and when not.")


@routes.get("/clinic/reminders")
@signed_in(*STAFF)
@returns(ReminderDefaultOut, tag=etags.by_version)
def get_reminder_default() -> dict[str, Any]:
    """Show when patients are reminded who have settled nothing themselves."""
    with transaction() as session:
        return reminders.get_default_for(session, viewer())


@routes.patch("/clinic/reminders")
@signed_in(*LEADERS)
@takes(ReminderDefaultChangeIn)
@returns(ReminderDefaultOut, tag=etags.by_version)
def change_reminder_default(body: dict[str, Any]) -> dict[str, Any]:
    """Settle when patients are reminded who have settled nothing themselves; needs If-Match.

    All settings of a clinic have one version: after a change of any, read anew.
    """
    with transaction() as session:
        clinic = clinics.lock_clinic(session, viewer())
        etags.require_match(clinic.id, clinic.version)
        actions.set_default(session, clinic, body, clock.now())
        return reminders.get_default_for(session, viewer())


@routes.get("/patients/<uuid:patient_id>/reminders")
@signed_in(*EVERYONE)
@returns(RemindersOut, tag=etags.by_version)
def get_reminders(patient_id: UUID) -> Reminders:
    """Show when a patient is reminded, by whose word, where they are, and whether they heed it."""
    with transaction() as session:
        return reminders.get_reminders_for(session, viewer(), patient_id, clock.now())


@routes.put("/patients/<uuid:patient_id>/reminders")
@signed_in(Role.PATIENT)
@takes(RemindersIn)
@returns(RemindersOut, tag=etags.by_version)
def set_reminders(patient_id: UUID, body: dict[str, Any]) -> Reminders:
    """Settle when you are reminded; needs If-Match, also before anything is settled.

    Safe to send again: what is settled already is answered with, whatever the If-Match.
    """
    with transaction() as session:
        actions.set_reminders(session, _own(session, patient_id), body, clock.now())
        return reminders.get_reminders_for(session, viewer(), patient_id, clock.now())


@routes.get("/patients/<uuid:patient_id>/reminders/history")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(ReminderOut))
def list_reminders(patient_id: UUID, query: dict[str, Any]) -> Page[Reminder]:
    """List what a patient was reminded of, the newest first; days on which nothing was due leave no trace."""
    with transaction() as session:
        return reminders.list_reminders_for(session, viewer(), patient_id, query)


@routes.get("/patients/<uuid:patient_id>/reminder-suggestions")
@signed_in(Role.PATIENT)
@returns(ReminderSuggestionsOut)
def list_reminder_suggestions(patient_id: UUID) -> dict[str, Any]:
    """Suggest times at which you really exercise, learnt from your last 28 days, where none is set."""
    with transaction() as session:
        patient = access.patient_for(session, viewer(), patient_id)
        return {"items": suggestions_of(session, patient, clock.now())}


@routes.post("/patients/<uuid:patient_id>/reminder-suggestions/accept")
@signed_in(Role.PATIENT)
@takes(SuggestedTimeIn)
@returns(RemindersOut, tag=etags.by_version)
def accept_reminder_suggestion(patient_id: UUID, body: dict[str, Any]) -> Reminders:
    """Let a suggested time be one of yours; a second time it stays so.

    Errors: 409 `not_suggested` for any other, `too_many_times` when there are twelve already.
    """
    with transaction() as session:
        actions.accept_suggestion(session, _own(session, patient_id), body["at"], clock.now())
        return reminders.get_reminders_for(session, viewer(), patient_id, clock.now())


@routes.post("/patients/<uuid:patient_id>/reminder-suggestions/dismiss")
@signed_in(Role.PATIENT)
@takes(SuggestedTimeIn)
@returns(None, 204)
def dismiss_reminder_suggestion(patient_id: UUID, body: dict[str, Any]) -> None:
    """Have a time suggested no more for 90 days; a second time it stays so. 409 `not_suggested` for any other."""
    with transaction() as session:
        actions.dismiss_suggestion(session, _own(session, patient_id), body["at"], clock.now())


def _own(session: Session, patient_id: UUID) -> Patient:
    """Return the patient's own record, locked against other changes; 404 for anybody else's."""
    return access.patient_to_administer(session, viewer(), patient_id)
