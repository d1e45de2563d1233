"""Settling when one is reminded: by the patient for themselves, by leaders for patients who have settled nothing.

Times learnt are only ever suggested; one becomes a setting when the patient accepts it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.clock import local_date
from hep_api.foundation.errors import Problem
from hep_api.foundation.facts import publish
from hep_api.foundation.web import etags
from hep_api.notifications.actions.looking import look_anew
from hep_api.notifications.facts.reminders import RemindersSettled
from hep_api.notifications.models.reminders import ReminderDefault, ReminderSetting
from hep_api.notifications.queries.reminder_looks import people_of
from hep_api.notifications.queries.reminder_suggestions import Suggestion, dismissed_of, suggestions_of
from hep_api.notifications.reminding.times import ReminderTime

Json = dict[str, Any]
MOST_TIMES = 12
MOST_DISMISSED = 50


def set_reminders(session: Session, patient: Patient, wished: Mapping[str, Any], now: datetime) -> None:
    """Settle when the patient, whose row the caller holds locked, is reminded. The same again changes nothing, with
    whatever If-Match: a phone may not have heard that it was done.
    """
    setting = session.get(ReminderSetting, (patient.clinic_id, patient.id))
    etags.require_header()
    if setting is not None and all(getattr(setting, name) == value for name, value in wished.items()):
        return
    etags.require_match(patient.id, 0 if setting is None else setting.version)
    _settle(session, patient, setting, wished, now)


def set_default(session: Session, clinic: Clinic, changes: Mapping[str, Any], now: datetime) -> None:
    """Settle what holds for patients who have settled nothing; the caller holds the clinic, If-Match is compared."""
    kept = session.get(ReminderDefault, clinic.id)
    if kept is None:
        kept = ReminderDefault(clinic_id=clinic.id)
        session.add(kept)
        session.flush()
    changed = {name: value for name, value in changes.items() if getattr(kept, name) != value}
    for name, value in changed.items():
        setattr(kept, name, value)
    if changed:
        clinic.version += 1
        look_anew(session, clinic.id, None, now)


def accept_suggestion(session: Session, patient: Patient, at: time, now: datetime) -> None:
    """Let a suggested time be one of the patient's, whose row the caller holds locked; a second time it stays so.

    409 when it is not suggested, or would be one time too many.
    """
    setting = session.get(ReminderSetting, (patient.clinic_id, patient.id))
    if setting is not None and any(each["at"] == f"{at:%H:%M}" for each in setting.times or ()):
        return
    suggestion = _suggested(session, patient, at, now)
    present = people_of(session, patient.clinic_id, [patient.id], now)[patient.id].settled.wishes.times
    times = _with(present, suggestion)
    if len(times) > MOST_TIMES:
        raise Problem("too_many_times", 409, f"There are {MOST_TIMES} times at most; remove one first.")
    _settle(session, patient, setting, {"is_on": True, "times": times}, now)


def dismiss_suggestion(session: Session, patient: Patient, at: time, now: datetime) -> None:
    """Suggest a time no more for a while; a second time it stays so. 409 when it is not suggested."""
    setting = session.get(ReminderSetting, (patient.clinic_id, patient.id))
    today = local_date(now, patient.zone, patient.day_starts_at)
    if at in dismissed_of(setting, today):
        return
    _suggested(session, patient, at, now)
    said = {"at": f"{at:%H:%M}", "on": today.isoformat()}
    if setting is None:
        setting = _begin(session, patient, now)
    setting.dismissed = [*setting.dismissed, said][-MOST_DISMISSED:]
    session.flush()


def _settle(
    session: Session, patient: Patient, setting: ReminderSetting | None, wished: Mapping[str, Any], now: datetime
) -> None:
    if setting is None:
        setting = _begin(session, patient, now)
    for name, value in wished.items():
        setattr(setting, name, value)
    setting.version += 1
    setting.changed_at = now
    look_anew(session, patient.clinic_id, patient.id, now)
    publish(session, RemindersSettled(patient.clinic_id, patient.id))


def _begin(session: Session, patient: Patient, now: datetime) -> ReminderSetting:
    """Begin with what somebody has who has settled nothing: all as the clinic has it."""
    setting = ReminderSetting(
        clinic_id=patient.clinic_id, patient_id=patient.id, dismissed=[], version=0, changed_at=now
    )
    session.add(setting)
    return setting


def _suggested(session: Session, patient: Patient, at: time, now: datetime) -> Suggestion:
    for each in suggestions_of(session, patient, now):
        if each.at == at:
            return each
    raise Problem("not_suggested", 409, "This time is not suggested, or no more; read the suggestions again.")


def _with(present: Sequence[ReminderTime], suggestion: Suggestion) -> list[Json]:
    """Return the times with the suggested one, which keeps the weekdays of the one whose place it takes."""
    kept = [each for each in present if each.at != suggestion.replaces]
    weekdays = next((each.weekdays for each in present if each.at == suggestion.replaces), ())
    return [each.to_json() for each in sorted([*kept, ReminderTime(suggestion.at, weekdays)])]
