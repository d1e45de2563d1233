"""Reads of a patient's events, as they were recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.clinics import access
from hep_api.foundation.web import pages


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event as it is listed; `performed_at` is in the offset that the phone named."""

    id: UUID
    seq: int
    entry_id: UUID
    revision: int
    plan_id: UUID
    prescription_id: UUID
    version: int
    kind: str
    slot: int | None
    performed_at: datetime
    zone: str
    performed_on: date
    sets: int | None
    reps: int | None
    seconds: int | None
    sides: int | None
    load: dict[str, Any] | None
    pain: int | None
    effort: int | None
    difficulty: str | None
    comment: str | None
    skip_reason: str | None
    reason: str | None
    target: dict[str, Any]
    received_at: datetime
    recorded_by: UUID
    source: str
    late: bool
    batched: bool


_COLUMNS = [getattr(AdherenceEvent, field.name) for field in fields(ShownEvent)]


def list_events_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any]
) -> pages.Page[ShownEvent]:
    """Return a patient's events as they came in, or the newest first; 404 when the viewer may not see the patient.

    Whoever asks on with the last `seq` misses none: a patient's numbers are given under one lock, in commit order.
    """
    patient = access.patient_for(session, viewer, patient_id)
    wanted = select(*_COLUMNS, AdherenceEvent.performed_offset_seconds).where(
        AdherenceEvent.clinic_id == patient.clinic_id, AdherenceEvent.patient_id == patient.id
    )
    if query["prescription_id"] is not None:
        wanted = wanted.where(AdherenceEvent.prescription_id == query["prescription_id"])
    if query["from_on"] is not None:
        wanted = wanted.where(AdherenceEvent.performed_on >= query["from_on"])
    if query["to_on"] is not None:
        wanted = wanted.where(AdherenceEvent.performed_on <= query["to_on"])
    if query["after"] is not None:
        wanted = wanted.where(AdherenceEvent.seq > query["after"])
    seq, passed = AdherenceEvent.seq, pages.decode(query["cursor"], pages.Big)
    if query["order"] == "newest":
        wanted = (wanted.where(seq < passed[0]) if passed else wanted).order_by(seq.desc())
    else:
        wanted = (wanted.where(seq > passed[0]) if passed else wanted).order_by(seq)
    rows = session.execute(wanted.limit(query["limit"] + 1)).all()
    return pages.cut([_shown(row) for row in rows], query["limit"], lambda event: [event.seq])


def events_from(session: Session, clinic_id: UUID, patient_id: UUID, seq: int, limit: int) -> list[ShownEvent]:
    """Return up to so many events from a number on, that one included, for a viewer let through to the patient."""
    event = AdherenceEvent
    query = (
        select(*_COLUMNS, event.performed_offset_seconds)
        .where(event.clinic_id == clinic_id, event.patient_id == patient_id, event.seq >= seq)
        .order_by(event.seq)
        .limit(limit)
    )
    return [_shown(row) for row in session.execute(query)]


def _shown(row: Any) -> ShownEvent:
    values = row._asdict()
    offset = timezone(timedelta(seconds=values.pop("performed_offset_seconds")))
    return ShownEvent(**{**values, "performed_at": row.performed_at.astimezone(offset)})
