"""Standing in: who is absent names a colleague from one instant to another, ends it early, or lets it run out.

While it runs the colleague is on the care teams of the absent one's patients (`covering`). Covers make no chains: who
is absent covers for nobody meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.actions import covering
from hep_api.clinics.facts import MemberDisabled
from hep_api.clinics.models import CareTeamPlace, Cover, Member, MemberStatus
from hep_api.clinics.queries import covers
from hep_api.foundation import clock
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue

BEGIN, FINISH = "clinics.begin_cover", "clinics.finish_cover"
LONGEST = timedelta(days=366)


def name_cover(session: Session, viewer: Viewer, body: dict[str, Any], now: datetime) -> UUID:
    """Let a colleague stand in for a practitioner over `[starts_at, ends_at)`, and return the cover's id; sent again,
    with the same beginning, the same one.

    Errors: 422 naming `/absent_id`, `/covering_id` or `/ends_at`; 409 when the absent one is covered for already, or
    one of the two is to stand in or to be absent meanwhile.
    """
    absent_id, covering_id = _whom(viewer, body), body["covering_id"]
    starts_at, ends_at = max(body["starts_at"] or now, now), body["ends_at"]
    if not starts_at < ends_at <= now + LONGEST:
        raise invalid_field("/ends_at", "range", "Must lie behind starts_at and in the future, at most 366 days ahead.")
    if absent_id == covering_id:
        raise invalid_field("/covering_id", "another", "Name a colleague; nobody stands in for themself.")
    covering.lock_patients_of(session, viewer.clinic_id, absent_id)
    members = _lock_both(session, viewer.clinic_id, absent_id, covering_id)
    _refuse_others(members.get(absent_id), members.get(covering_id))
    for other in covers.list_standing(session, viewer.clinic_id, {absent_id, covering_id}, starts_at, ends_at):
        same = (other.absent_id, other.covering_id, other.ends_at) == (absent_id, covering_id, ends_at)
        if same and _begins_alike(other, starts_at, now):
            return other.id
        _refuse_beside(other, absent_id, covering_id)
    cover = Cover(
        clinic_id=viewer.clinic_id,
        id=new_id(),
        absent_id=absent_id,
        covering_id=covering_id,
        starts_at=starts_at,
        ends_at=ends_at,
        named_at=now,
        named_by=viewer.member_id,
    )
    session.add(cover)
    session.flush()
    _plan(session, cover, now)
    return cover.id


def end_cover(session: Session, viewer: Viewer, cover_id: UUID, now: datetime) -> None:
    """End a cover before its time, or before it began; one that is over stays as it is. 404 for who may not."""
    cover = covers.cover_to_end(session, viewer, cover_id)
    covering.lock_patients_of(session, cover.clinic_id, cover.absent_id, cover.covering_id)
    _lock_both(session, cover.clinic_id, cover.absent_id, cover.covering_id)
    session.refresh(cover, with_for_update={"key_share": True})
    if cover.ended_at is not None or cover.ends_at <= now:
        return
    cover.ended_at, cover.ended_by = now, viewer.member_id
    session.flush()
    covering.end_places(session, cover.clinic_id, _places_of(cover), now)


def begin(session: Session, clinic_id: UUID, cover_id: UUID, now: datetime) -> None:
    """Make the places of a cover whose time has come; one that was ended, or is over, or whose colleague comes in no
    more, makes none.
    """
    cover = session.get(Cover, (clinic_id, cover_id))
    if cover is None:
        return
    covering.lock_patients_of(session, clinic_id, cover.absent_id)
    _lock_both(session, clinic_id, cover.absent_id, cover.covering_id)
    covering.take_places(session, clinic_id, Cover.id == cover_id, now)


def finish(session: Session, clinic_id: UUID, cover_id: UUID, now: datetime) -> None:
    """Write down and tell that the places of a cover have ended with its time."""
    cover = session.get(Cover, (clinic_id, cover_id))
    if cover is not None:
        covering.lock_patients_of(session, clinic_id, cover.covering_id)
        covering.end_places(session, clinic_id, _places_of(cover) & (CareTeamPlace.until <= now), now)


def end_of_disabled(session: Session, fact: MemberDisabled) -> None:
    """React to the end of somebody's access: they stand in for nobody any more, and the absent ones may name another.

    Whose own absence is covered is covered on: their patients need the colleague all the more.
    """
    now = clock.now()
    session.execute(
        update(Cover)
        .where(Cover.clinic_id == fact.clinic_id, Cover.covering_id == fact.member_id)
        .where(Cover.ended_at.is_(None), Cover.ends_at > now)
        .values(ended_at=now, ended_by=fact.disabled_by or fact.member_id)
    )
    # No patient is locked: who holds one waits for the member, whom the caller holds.
    covering.end_places(session, fact.clinic_id, CareTeamPlace.member_id == fact.member_id, now)


def _whom(viewer: Viewer, body: dict[str, Any]) -> UUID:
    """Return who is to be absent: practitioners say it of themselves, leaders of any."""
    absent_id: UUID | None = body["absent_id"]
    if viewer.role is Role.PRACTITIONER:
        if absent_id not in (None, viewer.member_id):
            raise invalid_field("/absent_id", "own", "You name who stands in for yourself; leave it out.")
        return viewer.member_id
    if absent_id is None:
        raise invalid_field("/absent_id", "required", "Name the practitioner who is absent.")
    return absent_id


def _lock_both(session: Session, clinic_id: UUID, absent_id: UUID, covering_id: UUID) -> dict[UUID, Member]:
    """Let covers of either, and joining a care team as one of them, wait until the commit; return who of them is."""
    found = session.scalars(
        select(Member)
        .where(Member.clinic_id == clinic_id, Member.id.in_((absent_id, covering_id)))
        .order_by(Member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {member.id: member for member in found}


def _refuse_others(absent: Member | None, colleague: Member | None) -> None:
    """Refuse, when a cover is named, who is no practitioner, and a colleague who does not come in."""
    if absent is None or absent.role is not Role.PRACTITIONER:
        raise invalid_field("/absent_id", "practitioner", "Must be a practitioner of the clinic.")
    if colleague is None or colleague.role is not Role.PRACTITIONER or colleague.status is not MemberStatus.ACTIVE:
        raise invalid_field("/covering_id", "practitioner", "Must be a practitioner of the clinic who comes in.")


def _begins_alike(other: Cover, starts_at: datetime, now: datetime) -> bool:
    """Return whether a cover begins at `starts_at`; which is `now` also for one that runs. One sent twice at once began
    at the other's now, which may lie a little ahead.
    """
    if starts_at == now:
        return other.starts_at <= max(now, other.named_at)
    return other.starts_at == starts_at


def _refuse_beside(other: Cover, absent_id: UUID, covering_id: UUID) -> None:
    """Refuse what would make two covers of one absence, or a chain; to stand in for several is none."""
    if other.absent_id == absent_id:
        raise conflict("/absent_id", "overlaps", "Somebody stands in for them already, for a part of that time.")
    if other.covering_id == absent_id:
        raise conflict("/absent_id", "covers", "They are to stand in for somebody else meanwhile; end that first.")
    if other.absent_id == covering_id:
        raise conflict("/covering_id", "absent", "They are absent themselves for a part of that time.")


def _plan(session: Session, cover: Cover, now: datetime) -> None:
    payload = {"clinic_id": str(cover.clinic_id), "cover_id": str(cover.id)}
    planned: dict[str, Any] = {"now": now, "clinic_id": cover.clinic_id}
    queue.enqueue(session, FINISH, payload, run_at=cover.ends_at, **planned)
    if cover.starts_at > now:
        queue.enqueue(session, BEGIN, payload, run_at=cover.starts_at, **planned)
    else:
        covering.take_places(session, cover.clinic_id, Cover.id == cover.id, now)


def _places_of(cover: Cover) -> Any:
    return (CareTeamPlace.member_id == cover.covering_id) & (CareTeamPlace.covers_for == cover.absent_id)
