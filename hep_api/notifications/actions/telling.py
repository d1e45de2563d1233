"""Telling somebody: by push, by mail, at the end of their quiet hours, or not at all, as they wish.

However many are told, it is a fixed number of statements. In the transaction of the caller, who has asked whether it is
true; whether it still is, is asked again when quiet hours end, and before a push leaves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.notifications.actions import keeping
from hep_api.notifications.actions.pushing import push
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.mailing.notices import mail_notices
from hep_api.notifications.models.notices import NoticeOutcome
from hep_api.notifications.notices import LIVES, Notice
from hep_api.notifications.preferring import THROUGH_EVERYTHING
from hep_api.notifications.queries.devices import list_devices_of
from hep_api.notifications.queries.standings import Standing, standings
from hep_api.notifications.told import Told
from hep_api.notifications.ways import Way, way_of


@dataclass(slots=True)
class _Going:
    """A notice, to whom it goes and by which way; what became of it is noted on the way."""

    notice: Notice
    standing: Standing
    way: Way
    leaves_out: bool
    is_capped: bool = False
    rings: bool = False

    @property
    def is_urgent(self) -> bool:
        return self.notice.kind in THROUGH_EVERYTHING

    @property
    def as_kept(self) -> Notice:
        """Of one that left a device out it is not said how far it went: there it did not."""
        return replace(self.notice, number=None) if self.leaves_out else self.notice

    @property
    def outcome(self) -> NoticeOutcome:
        if self.way.held_until is not None:
            return NoticeOutcome.HELD
        pushed = self.way.push and not self.is_capped
        if pushed and self.way.mail:
            return NoticeOutcome.BOTH
        if pushed:
            return NoticeOutcome.PUSHED
        return NoticeOutcome.MAILED if self.way.mail else NoticeOutcome.CAPPED

    @property
    def reaches(self) -> bool:
        return self.way.held_until is not None or self.rings or self.way.mail


def tell(
    session: Session,
    clinic_id: UUID,
    kind: NoticeKind,
    member_ids: Collection[UUID],
    subject_id: UUID,
    now: datetime,
    *,
    but_not_on: Set[UUID] = frozenset(),
    lives: timedelta | None = None,
) -> set[UUID]:
    """Tell several members of one thing; return those whom anything reaches."""
    notices = [
        Notice(member_id, kind, subject_id, but_not_on=but_not_on, lives=lives) for member_id in sorted(member_ids)
    ]
    return tell_each(session, clinic_id, notices, now)


def tell_each(session: Session, clinic_id: UUID, notices: Sequence[Notice], now: datetime) -> set[UUID]:
    """Tell members, each of something; return those whom anything reaches: a push to one device at least, a mail, or
    either at the end of their quiet hours.
    """
    reached: set[UUID] = set()
    for of_different_members in _rounds(notices):
        reached |= _tell(session, clinic_id, of_different_members, now)
    return reached


def _tell(session: Session, clinic_id: UUID, notices: Sequence[Notice], now: datetime) -> set[UUID]:
    standing = standings(session, clinic_id, [notice.member_id for notice in notices])
    going = list(_ways(session, clinic_id, notices, standing, now))
    at_once = [each for each in going if each.way.held_until is None]
    _count(session, clinic_id, at_once, now)
    _push(session, clinic_id, at_once, now)
    mail_notices(session, clinic_id, [each.notice for each in at_once if each.way.mail], now)
    held = [(each.notice, each.way.held_until) for each in going if each.way.held_until is not None]
    keeping.hold(session, clinic_id, held, now)
    keeping.keep(session, clinic_id, [(each.as_kept, each.outcome) for each in going], now)
    return {each.notice.member_id for each in going if each.reaches}


def _ways(
    session: Session,
    clinic_id: UUID,
    notices: Sequence[Notice],
    standing: Mapping[UUID, Standing],
    now: datetime,
) -> Iterator[_Going]:
    devices = list_devices_of(session, clinic_id, list(standing), now) if standing else []
    for notice in notices:
        of_member = standing.get(notice.member_id)
        if of_member is None:
            continue
        theirs = {device.sign_in_id for device in devices if device.member_id == notice.member_id}
        has_device = bool(theirs - notice.but_not_on)
        way = way_of(notice, of_member.settled, of_member.zone, has_device, now)
        if way.leads_anywhere:
            yield _Going(notice, of_member, way, leaves_out=bool(theirs & notice.but_not_on))


def _count(session: Session, clinic_id: UUID, going: Sequence[_Going], now: datetime) -> None:
    """Count what is about to be pushed, by each person's own day, and note what is one too many."""
    counted = [each for each in going if each.way.push and not each.is_urgent]
    wishes = [
        keeping.Wish(each.notice.member_id, each.standing.zone, each.standing.settled.most_a_day[0]) for each in counted
    ]
    too_many = keeping.count(session, clinic_id, wishes, now)
    for each in counted:
        each.is_capped = each.notice.member_id in too_many


def _push(session: Session, clinic_id: UUID, going: Sequence[_Going], now: datetime) -> None:
    """Push, and note where it can ring; an alert that cannot, as pushes are not configured, is mailed."""
    pushed = [each for each in going if each.way.push and not each.is_capped]
    told = [
        Told(
            member_id=each.notice.member_id,
            kind=each.notice.kind,
            subject_id=each.notice.subject_id,
            lives=each.notice.lives or LIVES[each.notice.kind],
            urgent=each.is_urgent,
            but_not_on=each.notice.but_not_on,
        )
        for each in pushed
    ]
    ringing = push(session, clinic_id, told, now) if told else set()
    for each in pushed:
        each.rings = each.notice.member_id in ringing
        if each.is_urgent and not each.rings:
            each.way = replace(each.way, push=False, mail=True)


def _rounds(notices: Sequence[Notice]) -> Iterator[list[Notice]]:
    """Yield the notices so that none of a block's are of one member: each is counted after the one before."""
    left = list(notices)
    while left:
        first: dict[UUID, Notice] = {}
        for notice in left:
            first.setdefault(notice.member_id, notice)
        yield [first[member_id] for member_id in sorted(first)]
        left = [notice for notice in left if first[notice.member_id] is not notice]
