"""Taking due pushes into one worker's hands: their rows are leased, their devices and causes are asked anew, and what
is too late or true no more ends here without leaving the house. A fixed number of statements, however many are taken.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, and_, exists, false, or_, select, update
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Member, Patient
from hep_api.foundation import clock
from hep_api.foundation.jobs import claims
from hep_api.notifications.delivery.carriers import carriers
from hep_api.notifications.delivery.parcels import Parcel
from hep_api.notifications.delivery.turns import URGENT
from hep_api.notifications.facts.devices import DeviceEnded
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.pushes import Provider, Push, PushPause, PushResult, PushState
from hep_api.notifications.queries.causes import STILL_TRUE
from hep_api.notifications.queries.devices import DeviceAddress, list_standing
from hep_api.notifications.wording.languages import say

# How a push ends without having left.
Ending = tuple[PushState, PushResult | None]
GONE: Ending = PushState.DROPPED, PushResult.DEVICE_GONE
SETTLED: Ending = PushState.DROPPED, PushResult.CAUSE_GONE
EXPIRED: Ending = PushState.EXPIRED, None
NOT_CONFIGURED: Ending = PushState.NOT_CONFIGURED, None


@dataclass(frozen=True, slots=True)
class InHand:
    """A push that this worker is about to send; `leased_until` tells this claim from a later one. `in_trouble`: its
    provider failed the last time.
    """

    push_id: UUID
    device_id: UUID
    provider: Provider
    attempts: int
    leased_until: datetime
    in_trouble: bool
    parcel: Parcel


def claim_due(session: Session, clinic_id: UUID, most: int, now: datetime, lease: timedelta) -> list[InHand]:
    """Take up to so many pushes that are due and still to be sent, the most urgent first; none when there are none."""
    while claimed := _claim(session, clinic_id, most, now, lease):
        addresses = {each.device_id: each for each in list_standing(session, clinic_id, _devices(claimed), now)}
        endings = {row.id: _ending(row, addresses, now) for row in claimed}
        left = [row for row in claimed if endings[row.id] is None]
        endings |= dict.fromkeys(_no_more_so(session, clinic_id, left, now), SETTLED)
        _end(session, clinic_id, endings, now)
        in_hand = [_in_hand(row, addresses[row.device_id]) for row in left if endings[row.id] is None]
        if in_hand:
            return in_hand
    return []


def is_still_to_send(session: Session, clinic_id: UUID, in_hand: InHand, now: datetime) -> bool | None:
    """Tell whether a push of this worker's is still to be sent: whatever ends its device ends it too, and a device that
    has said another value is no longer where the push would go; somebody else may be. None: something more urgent
    waits, so that it should step back.
    """
    more_urgent = false() if in_hand.parcel.urgent else claims.is_any_due(now, URGENT)
    device = (Device.clinic_id == clinic_id) & (Device.id == in_hand.device_id)
    is_there = exists().where(device, Device.value == in_hand.parcel.address.value)
    asked = select(and_(exists().where(_is_ours(clinic_id, [in_hand])), is_there), more_urgent)
    ours, step_back = session.execute(asked).one()
    return None if step_back else bool(ours)


def give_back(session: Session, clinic_id: UUID, unsent: Sequence[InHand]) -> None:
    """Let pushes that were not sent be taken by whoever comes next."""
    if unsent:
        session.execute(update(Push).where(_is_ours(clinic_id, unsent)).values(leased_until=None))


def drop_of_ended(session: Session, fact: DeviceEnded) -> None:
    """React to the end of a device: what waits for it is not sent any more, in whoever's hands it is."""
    waiting = and_(Push.device_id == fact.device_id, Push.state == PushState.WAITING)
    ended = {"state": GONE[0], "result": GONE[1], "finished_at": clock.now(), "leased_until": None}
    session.execute(update(Push).where(Push.clinic_id == fact.clinic_id, waiting).values(ended))


def _due(clinic_id: UUID, most: int, now: datetime) -> CTE:
    """Return the SQL of the pushes that are due and in nobody's hands, the most urgent first, their rows locked."""
    paused = select(PushPause.provider).where(PushPause.paused_until > now)
    due = (
        select(Push.id)
        .where(Push.clinic_id == clinic_id, Push.state == PushState.WAITING, Push.due_at <= now)
        .where(or_(Push.leased_until.is_(None), Push.leased_until <= now), Push.provider.not_in(paused))
        .order_by(Push.urgent.desc(), Push.due_at, Push.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    # Looked for once: as a plain subselect PostgreSQL may look again for each row, and take more than so many.
    return due.cte("due").prefix_with("MATERIALIZED", dialect="postgresql")


def _claim(session: Session, clinic_id: UUID, most: int, now: datetime, lease: timedelta) -> Sequence[Any]:
    due = _due(clinic_id, most, now)
    language = select(Patient.language).where(Patient.clinic_id == clinic_id, Patient.id == Push.member_id)
    taking = (
        update(Push)
        .where(Push.clinic_id == clinic_id, Push.id.in_(select(due.c.id)))
        .where(Member.clinic_id == Push.clinic_id, Member.id == Push.member_id, Clinic.id == Push.clinic_id)
        .values(leased_until=now + lease)
        .returning(
            Push.id,
            Push.device_id,
            Push.member_id,
            Push.provider,
            Push.kind,
            Push.subject_id,
            Push.collapse_key,
            Push.urgent,
            Push.attempts,
            Push.due_at,
            Push.leased_until,
            Push.expires_at,
            Member.role,
            language.scalar_subquery().label("patient_language"),
            Clinic.language.label("clinic_language"),
            exists().where(PushPause.provider == Push.provider).label("in_trouble"),
        )
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(taking).all()
    return sorted(rows, key=lambda row: (not row.urgent, row.due_at, row.id))


def _devices(claimed: Sequence[Any]) -> Collection[UUID]:
    return {row.device_id for row in claimed}


def _ending(row: Any, addresses: Mapping[UUID, DeviceAddress], now: datetime) -> Ending | None:
    """Return how a push ends without being sent; None where it is to be."""
    if row.expires_at <= now:
        return EXPIRED
    if not carriers().is_configured(row.provider):
        return NOT_CONFIGURED
    address = addresses.get(row.device_id)
    return GONE if address is None or address.member_id != row.member_id else None


def _no_more_so(session: Session, clinic_id: UUID, left: Sequence[Any], now: datetime) -> Iterator[UUID]:
    """Yield those pushes whose cause is gone: read meanwhile, done, acknowledged. One question for each kind."""
    of_kind: dict[NoticeKind, list[Any]] = defaultdict(list)
    for row in left:
        if row.kind in STILL_TRUE:
            of_kind[row.kind].append(row)
    for kind, rows in of_kind.items():
        pairs = sorted({(row.member_id, row.subject_id) for row in rows})
        so = STILL_TRUE[kind](session, clinic_id, pairs, now)
        yield from (row.id for row in rows if (row.member_id, row.subject_id) not in so)


def _in_hand(row: Any, address: DeviceAddress) -> InHand:
    words = say(row.kind, row.role, [address.language, row.patient_language, row.clinic_language])
    parcel = Parcel(
        address=address,
        kind=row.kind,
        subject_id=row.subject_id,
        collapse_key=row.collapse_key,
        urgent=row.urgent,
        expires_at=row.expires_at,
        title=words.title,
        body=words.body,
    )
    return InHand(row.id, row.device_id, row.provider, row.attempts, row.leased_until, row.in_trouble, parcel)


def _end(session: Session, clinic_id: UUID, endings: Mapping[UUID, Ending | None], now: datetime) -> None:
    ended: dict[Ending, list[UUID]] = defaultdict(list)
    for push_id, ending in endings.items():
        if ending is not None:
            ended[ending].append(push_id)
    for (state, result), push_ids in ended.items():
        these = and_(Push.clinic_id == clinic_id, Push.id.in_(push_ids))
        said: dict[str, Any] = {"state": state, "finished_at": now, "leased_until": None}
        session.execute(update(Push).where(these).values(said | ({"result": result} if result else {})))


def _is_ours(clinic_id: UUID, in_hand: Sequence[InHand]) -> Any:
    """Return the condition that pushes of one claim wait and nobody took them over."""
    leased_until = in_hand[0].leased_until
    these = Push.id.in_([each.push_id for each in in_hand])
    return and_(Push.clinic_id == clinic_id, these, Push.state == PushState.WAITING, Push.leased_until == leased_until)
