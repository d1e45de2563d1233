"""One page of what changed for a phone since it last asked: of plans by number, of events by `seq`.

Both are given under the lock of the patient's row until the commit, so nothing can appear later below a number that
was seen. A page is a prefix: whoever goes on from its cursor misses nothing, and may apply it again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.queries.events import ShownEvent, events_from
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.web import states
from hep_api.plans.models.changes import Shown
from hep_api.plans.models.states import PlanState
from hep_api.plans.queries.changed import Changed, changes_after, plans_that_left
from hep_api.plans.queries.changed_items import ChangedItems, Gone, Reader, items_of
from hep_api.plans.queries.offline import AskedOffline
from hep_api.plans.queries.patients import known_with
from hep_api.sync import cursors
from hep_api.sync.cursors import ALL, Position

# A plan may be as large as a thousand events.
MOST_PLANS = 10
NEWEST_EVENT = (
    select(func.json_build_array(AdherenceEvent.seq, AdherenceEvent.id))
    .where(AdherenceEvent.clinic_id == Patient.clinic_id, AdherenceEvent.patient_id == Patient.id)
    .order_by(AdherenceEvent.seq.desc())
    .limit(1)
    .correlate(Patient)
    .scalar_subquery()
)
BESIDE: tuple[Any, ...] = (PlanState.changes, PlanState.epoch, NEWEST_EVENT, Clinic.events_accepted_days_back)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the server is with a patient, and what a phone is told beside plans and events."""

    changes: int
    epoch: str
    seq: int
    event: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page. `reset`: what was pulled before is to be forgotten first; `settings` None: as they were."""

    reset: bool
    settings: Mapping[str, Any] | None
    items: ChangedItems
    events: Sequence[ShownEvent]
    cursor: str
    more: bool


class _EventsDiffer(Exception):
    """The event that the phone has under its number is another one here."""


def pull(
    session: Session,
    viewer: Viewer,
    patient_id: UUID,
    query: Mapping[str, Any],
    languages: Sequence[str],
    now: datetime,
) -> Pulled:
    """Return the page after the cursor in `query`, of at most `limit` items.

    Errors: 404 when the viewer may not see the patient; 422 for a cursor that is damaged, or another patient's.
    """
    patient, beside = known_with(session, viewer, patient_id, *BESIDE)
    asked = AskedOffline(patient, patient.today(now), languages)
    held = cursors.read(query["cursor"], patient.patient_id)
    standing = _standing(asked, *beside)
    if held is not None and not _is_beyond(held, standing):
        try:
            return _page(session, asked, standing, held, query["limit"])
        except _EventsDiffer:
            pass
    return replace(_page(session, asked, standing, _beginning(asked, standing), query["limit"]), reset=True)


def _standing(asked: AskedOffline, changes: int | None, epoch: UUID | None, newest: Any, days_back: int) -> Standing:
    patient, (seq, event) = asked.patient, newest or (0, "")
    settings = {
        "zone": patient.zone,
        "day_starts_at": patient.day_starts_at.strftime("%H:%M"),
        "events_accepted_days_back": days_back,
        "ended_plan_readable_days": patient.readable_days,
    }
    return Standing(changes or 0, "" if epoch is None else str(epoch), seq, event, settings)


def _is_beyond(held: Position, standing: Standing) -> bool:
    """Tell whether a position is none that this server can have given: a backup was restored since."""
    # Who asked before there was any plan knows of no epoch, and of nothing else.
    of_another_epoch = held.epoch not in ("", standing.epoch)
    is_ahead = held.number > standing.changes or held.seq > standing.seq
    return of_another_epoch or is_ahead or (held.seq == standing.seq and held.event != standing.event)


def _beginning(asked: AskedOffline, standing: Standing) -> Position:
    whose, ended_after = asked.patient.patient_id, asked.ended_after
    return Position(whose, standing.epoch, 0, 0, standing.changes, "", "", "", ended_after, ALL)


def _page(session: Session, asked: AskedOffline, standing: Standing, held: Position, limit: int) -> Pulled:
    shown, settings = states.tag_of("sync", ",".join(asked.languages).casefold())[:12], _digest(standing.settings)
    # In another language, by another release, or when ended plans come back, all of plans is told again.
    if (held.shown != shown and held.shown) or held.ended_after > asked.ended_after:
        held = replace(held, number=0, ended_after=min(held.ended_after, asked.ended_after))
    left, more_left = _left(session, asked, held, limit)
    changes, more_changes = _changes(session, asked, standing, held.number, limit - len(left))
    items = items_of(session, _reader(asked), changes)
    items.gone[:] = [*(Gone(Shown.PLAN, each, each) for _, each in left), *_had(items.gone, changes, held.floor)]
    room = 0 if more_left or more_changes else limit - len(left) - len(changes)
    events, more_events = _events(session, asked, standing, held, room)
    reached = replace(
        held,
        epoch=standing.epoch,
        number=changes[-1].number if changes else held.number,
        seq=events[-1].seq if events else held.seq,
        event=str(events[-1].id) if events else held.event,
        shown=shown,
        settings=settings,
        ended_after=left[-1][0] if more_left else asked.ended_after,
        left=left[-1][1] if more_left else ALL,
    )
    told = None if held.settings == settings else standing.settings
    return Pulled(False, told, items, events, cursors.written(reached), more_left or more_changes or more_events)


def _reader(asked: AskedOffline) -> Reader:
    patient = asked.patient
    return Reader(patient.clinic_id, patient.patient_id, asked.today, asked.ended_after, asked.languages)


def _changes(
    session: Session, asked: AskedOffline, standing: Standing, number: int, limit: int
) -> tuple[Sequence[Changed], bool]:
    """Return the changes of the page, and whether there are more."""
    if number >= standing.changes or limit == 0:
        return (), number < standing.changes
    found = changes_after(session, asked.patient.clinic_id, asked.patient.patient_id, number, limit + 1)
    plans = [place for place, each in enumerate(found) if each.kind is Shown.PLAN]
    most = min(limit, plans[MOST_PLANS]) if len(plans) > MOST_PLANS else limit
    return found[:most], len(found) > most


def _left(
    session: Session, asked: AskedOffline, held: Position, limit: int
) -> tuple[Sequence[tuple[date, UUID]], bool]:
    """Return the plans that have become too old to be read since the phone last asked, and whether there are more."""
    patient, after, until = asked.patient, (held.ended_after, held.left), asked.ended_after
    if after >= (until, ALL):
        return (), False
    left = plans_that_left(session, patient.clinic_id, patient.patient_id, after, until, limit + 1)
    return left[:limit], len(left) > limit


def _had(gone: Sequence[Gone], changes: Sequence[Changed], floor: int) -> list[Gone]:
    """Return what the phone may have had: what was gone before it began it never got."""
    late = {(each.kind, each.id) for each in changes if each.number > floor}
    return [each for each in gone if (each.kind, each.id) in late]


def _events(
    session: Session, asked: AskedOffline, standing: Standing, held: Position, room: int
) -> tuple[Sequence[ShownEvent], bool]:
    """Return the events of the page, and whether there are more; the phone's newest is read again and compared."""
    if held.seq >= standing.seq or room == 0:
        return (), held.seq < standing.seq
    seen = 1 if held.seq else 0
    found = events_from(session, asked.patient.clinic_id, asked.patient.patient_id, held.seq, room + seen + 1)
    if seen and (not found or (found[0].seq, str(found[0].id)) != (held.seq, held.event)):
        raise _EventsDiffer
    return found[seen : room + seen], len(found) > room + seen


def _digest(settings: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(settings)).hexdigest()[:12]
