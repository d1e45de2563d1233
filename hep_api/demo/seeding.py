"""The whole demo clinic in one transaction: it is there in full or not at all, so a second run finds it or starts anew.

The lots are drawn from fixed seeds, and every date is counted from the day of the seeding: seeded on the same day, the
clinic is the same.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.tokens import Tokens
from hep_api.adherence.actions.locking import lock_patient_for
from hep_api.adherence.actions.record import record_events
from hep_api.adherence.reading import read_batch
from hep_api.clinics.models import Clinic
from hep_api.demo.cast import PATIENTS, SLUG, ZONE, DemoPatient
from hep_api.demo.diary import Diary
from hep_api.demo.habits import draw_habit
from hep_api.demo.opening import OpenClinic, Reception, id_of, open_demo_clinic, take_on
from hep_api.demo.reminding import remind
from hep_api.demo.talking import converse
from hep_api.demo.treating import InCare, treat
from hep_api.foundation import clock
from hep_api.insights.actions.reviewing import review
from hep_api.library.starter_set import load_starter_set
from hep_api.messaging.models.policies import MessagingPolicy

OPENED_DAYS_AGO = 60
RECEPTION_OPENS = time(9, 0)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made."""

    patients: int
    events: int
    messages: int


def clinic_slugs(session: Session) -> list[str]:
    """Return the slugs of all clinics of this installation."""
    return list(session.scalars(select(Clinic.slug).order_by(Clinic.slug)))


def seed(
    session: Session,
    tokens: Tokens,
    password_hash: str,
    now: datetime,
    patients: Sequence[DemoPatient] = PATIENTS,
) -> Seeded:
    """Make the demo clinic with these patients, and one password for everyone in it."""
    load_starter_set(session, now)
    today = clock.local_date(now, ZONE)
    reception = Reception(tokens, password_hash, _opening(today - timedelta(days=OPENED_DAYS_AGO)))
    clinic = open_demo_clinic(session, reception)
    made = Counter(patients=len(patients))
    _keep_quiet(session, clinic)
    for care in _admit(session, reception, clinic, patients, now):
        _tell(session, care, made)
    _be_as_any_other(session, clinic)
    review(session, clinic.clinic_id, [id_of(patient) for patient in patients], now)
    return Seeded(**made)


def _keep_quiet(session: Session, clinic: OpenClinic) -> None:
    """Let pain of the past alarm nobody while it is told; from the day of the seeding on the clinic is as any other."""
    silent = {"red_flag_pain": None, "card_on_pain": None, "card_on_unclear": False}
    session.execute(insert(MessagingPolicy).values(clinic_id=clinic.clinic_id, **silent))


def _be_as_any_other(session: Session, clinic: OpenClinic) -> None:
    session.execute(delete(MessagingPolicy).where(MessagingPolicy.clinic_id == clinic.clinic_id))
    # Whoever has read the settings meanwhile sees that they have changed.
    session.execute(update(Clinic).where(Clinic.id == clinic.clinic_id).values(version=Clinic.version + 1))


def _admit(
    session: Session, reception: Reception, clinic: OpenClinic, patients: Sequence[DemoPatient], now: datetime
) -> list[InCare]:
    """Take everyone on, each on the first day of their treatment; return those who came in."""
    in_care = []
    today = clock.local_date(now, ZONE)
    for patient in patients:
        first_day = today - timedelta(days=patient.days)
        himself = take_on(session, reception, clinic, patient, min(now, _opening(first_day)))
        if himself is not None:
            in_care.append(InCare(patient, himself, clinic.staff[patient.lead], now, today))
    return in_care


def _tell(session: Session, care: InCare, made: Counter[str]) -> None:
    """Make the patient's plans, uploads and conversation, and add to `made` what that was."""
    lots = random.Random(f"{SLUG}/{care.patient.email}")  # noqa: S311 - draws a story, guards nothing
    treatments = treat(session, care)
    notes = Diary(care, draw_habit(care.patient, lots), lots).write(treatments)
    for uploaded_at, of_the_evening in groupby(notes, key=lambda note: note.uploaded_at):
        batch = read_batch([note.event for note in of_the_evening])
        patient = lock_patient_for(session, care.himself, care.himself.member_id)
        record_events(session, care.himself, patient, batch, uploaded_at)
    made["events"] += len(notes)
    made["messages"] += converse(session, care, treatments, notes)
    remind(session, care)


def _opening(day: date) -> datetime:
    return datetime.combine(day, RECEPTION_OPENS, tzinfo=ZoneInfo(ZONE))
