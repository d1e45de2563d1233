"""Reads of feeds: a patient's own list, and what a feed shows to whoever holds its token."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.foundation import clock, tenancy
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.integrations.calendars.events import events_of
from hep_api.integrations.calendars.icalendars import Feed
from hep_api.integrations.calendars.models import CalendarFeed
from hep_api.integrations.calendars.tokens import is_secret, read_token
from hep_api.integrations.languages import Language
from hep_api.library.showing import shown_exercise
from hep_api.plans.models.plans import Plan, PlanEnd, PlanPause
from hep_api.plans.models.revisions import PlanRevision, Prescription
from hep_api.plans.queries.histories import histories_of_patient


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """What somebody's calendar program gets, and whose it is."""

    patient_id: UUID
    feed: Feed


def list_feeds_for(
    session: Session, viewer: Viewer, patient_id: UUID, limit: int, cursor: str | None
) -> pages.Page[CalendarFeed]:
    """Return a patient's feeds, the newest first; 404 when they are not the viewer's own."""
    patient = access.patient_for(session, viewer, patient_id)
    query = feeds_of(patient.clinic_id, patient.id)
    key = tuple_(CalendarFeed.created_at, CalendarFeed.id)
    before = pages.decode(cursor, datetime, UUID)
    if before:
        query = query.where(key < tuple_(*before))
    rows = session.scalars(query.order_by(CalendarFeed.created_at.desc(), CalendarFeed.id.desc()).limit(limit + 1))
    return pages.cut(rows.all(), limit, lambda feed: [feed.created_at, feed.id])


def feeds_of(clinic_id: UUID, patient_id: UUID) -> Select[CalendarFeed]:
    return select(CalendarFeed).where(CalendarFeed.clinic_id == clinic_id, CalendarFeed.patient_id == patient_id)


def feed_behind(session: Session, text: str, now: datetime) -> ShownFeed:
    """Return what the feed of a token shows, acting for its clinic; 404 alike for unknown, wrong and revoked ones.

    The feed of a patient who was erased, or may no longer sign in, is gone.
    """
    token = read_token(text)
    if token is None:
        raise not_found("calendar")
    tenancy.act_for(session, token.clinic_id)
    row = session.execute(
        select(CalendarFeed, Patient)
        .join(Patient, (Patient.clinic_id == CalendarFeed.clinic_id) & (Patient.id == CalendarFeed.patient_id))
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .where(CalendarFeed.clinic_id == token.clinic_id, CalendarFeed.id == token.feed_id)
        .where(Patient.erased_at.is_(None), Member.status == MemberStatus.ACTIVE)
    ).one_or_none()
    # Compared also when there is no such feed, so that a guess learns nothing from the time that it takes.
    if not is_secret(token.secret, row.CalendarFeed.secret_digest if row else b"") or row is None:
        raise not_found("calendar")
    return ShownFeed(row.Patient.id, _shown(session, row.CalendarFeed, row.Patient, now))


def _shown(session: Session, made: CalendarFeed, patient: Patient, now: datetime) -> Feed:
    today = clock.local_date(now, patient.zone, patient.day_starts_at)
    histories = histories_of_patient(session, patient.clinic_id, patient.id)
    if made.details:
        names = _names(session, patient, made.language)
        histories = {key: replace(each, exercise_name=names[key]) for key, each in histories.items()}
    changes, changed_at = _changes(session, patient)
    return Feed(
        zone=patient.zone,
        day_starts_at=patient.day_starts_at,
        language=made.language,
        details=made.details,
        changed_at=max(made.created_at, changed_at or made.created_at),
        sequence=changes + patient.version,
        events=events_of(made.id, histories.values(), today, made.times),
    )


def _names(session: Session, patient: Patient, language: Language) -> dict[UUID, str]:
    """Return what the patient's prescriptions are called in a language, by their ids."""
    rows = session.execute(
        select(Prescription.id, Prescription.exercise)
        .join(Plan, (Plan.clinic_id == Prescription.clinic_id) & (Plan.id == Prescription.plan_id))
        .where(Plan.clinic_id == patient.clinic_id, Plan.patient_id == patient.id)
    )
    return {row.id: shown_exercise(row.exercise, [language])["name"] for row in rows}


def _changes(session: Session, patient: Patient) -> tuple[int, datetime | None]:
    """Return how many words were said that decide what is due, and when the last of them was; they are only added."""
    plans = select(Plan.id).where(Plan.clinic_id == patient.clinic_id, Plan.patient_id == patient.id)
    said: list[Any] = [
        select(model.clinic_id, at.label("at")).where(model.clinic_id == patient.clinic_id, model.plan_id.in_(plans))
        for model, at in (
            (PlanRevision, PlanRevision.published_at),
            (PlanPause, PlanPause.recorded_at),
            (PlanEnd, PlanEnd.recorded_at),
        )
    ]
    all_said = said[0].union_all(*said[1:]).subquery()
    row = session.execute(select(func.count(), func.max(all_said.c.at)).select_from(all_said)).one()
    return row[0], row[1]
