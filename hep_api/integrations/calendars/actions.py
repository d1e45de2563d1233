"""Making and revoking feeds."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import conflict, not_found
from hep_api.foundation.identifiers import new_id
from hep_api.integrations.calendars.models import CalendarFeed
from hep_api.integrations.calendars.queries import feeds_of
from hep_api.integrations.calendars.tokens import FeedToken, digest_of, new_secret
from hep_api.integrations.languages import Language

MOST_FEEDS = 10


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A new feed with its address, which is told this once."""

    id: UUID
    details: bool
    times: list[time]
    language: Language
    created_at: datetime
    url: str


def make_feed(session: Session, viewer: Viewer, patient_id: UUID, wished: dict[str, Any], now: datetime) -> MadeFeed:
    """Make a feed of the viewer's own calendar; 409 when they have as many as one may have."""
    patient = access.patient_for(session, viewer, patient_id)
    # Two requests at once do not both find room for the last one.
    session.scalar(
        select(Patient.id)
        .where(Patient.clinic_id == patient.clinic_id, Patient.id == patient.id)
        .with_for_update(key_share=True)
    )
    held = session.scalar(select(func.count()).select_from(feeds_of(patient.clinic_id, patient.id).subquery())) or 0
    if held >= MOST_FEEDS:
        raise conflict("/patient_id", "most", f"There are {MOST_FEEDS} feeds already; revoke one first.")
    secret = new_secret()
    feed = CalendarFeed(
        clinic_id=patient.clinic_id,
        id=new_id(),
        patient_id=patient.id,
        secret_digest=digest_of(secret),
        created_at=now,
        **wished,
    )
    session.add(feed)
    address = f"/v1/calendars/{FeedToken(feed.clinic_id, feed.id, secret)}.ics"
    return MadeFeed(feed.id, feed.details, feed.times, feed.language, now, address)


def revoke_feed(session: Session, viewer: Viewer, patient_id: UUID, feed_id: UUID) -> None:
    """Remove one of the viewer's feeds: from here on its address leads nowhere; 404 when it is not theirs."""
    patient = access.patient_for(session, viewer, patient_id)
    theirs = (CalendarFeed.clinic_id == patient.clinic_id) & (CalendarFeed.patient_id == patient.id)
    removed = session.execute(delete(CalendarFeed).where(theirs, CalendarFeed.id == feed_id).returning(CalendarFeed.id))
    if removed.one_or_none() is None:
        raise not_found("calendar feed")
