"""By which way a notice goes, who is here, and what telling costs."""

from datetime import UTC, datetime, time
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from hep_api.accounts.viewer import Role
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.notifications.actions import keeping
from hep_api.notifications.actions.telling import tell_each
from hep_api.notifications.here import MOST_SIGN_INS, Here
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.models.notices import NoticeHeld, NoticeTold
from hep_api.notifications.models.preferences import NotificationPreference
from hep_api.notifications.notices import Notice
from hep_api.notifications.preferring import settle
from hep_api.notifications.ways import Way, way_of
from tests.counting import StatementCounter
from tests.notifications.phones import registered
from tests.world import Person, World

NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
SEVEN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
PUSH, MAIL, BOTH, NOWHERE = Way(True, False), Way(False, True), Way(True, True), Way(False, False)
MESSAGE, FLAG = NoticeKind.MESSAGE, NoticeKind.RED_FLAG


@pytest.mark.parametrize(
    ("kind", "channel", "has_device", "at", "way"),
    [
        (MESSAGE, "push", True, NOON, PUSH),
        (MESSAGE, "push", False, NOON, NOWHERE),
        (MESSAGE, "mail", True, NOON, MAIL),
        (MESSAGE, "both", True, NOON, BOTH),
        (MESSAGE, "both", False, NOON, MAIL),
        (MESSAGE, "none", True, NOON, NOWHERE),
        (MESSAGE, "none", True, NIGHT, NOWHERE),
        (MESSAGE, "both", True, NIGHT, Way(True, True, SEVEN)),
        (FLAG, "push", True, NIGHT, PUSH),
        (FLAG, "push", False, NIGHT, MAIL),
        (FLAG, "both", True, NIGHT, BOTH),
        # Whatever stands in a row of before: an alert rings.
        (FLAG, "none", True, NIGHT, PUSH),
    ],
)
def test_a_notice_goes_as_it_is_wished(
    kind: NoticeKind, channel: str, has_device: bool, at: datetime, way: Way
) -> None:
    own = NotificationPreference(channels={kind.value: channel}, quiet=True, quiet_starts=time(22), quiet_ends=time(7))
    settled = settle(Role.PRACTITIONER, own, None)
    notice = Notice(uuid4(), kind, uuid4())
    assert way_of(notice, settled, "Europe/Berlin", has_device, at) == way


def test_what_somebody_asked_for_at_this_very_time_does_not_wait_for_the_end_of_quiet() -> None:
    notice = Notice(uuid4(), NoticeKind.REMINDER, uuid4(), through_quiet=True)
    assert way_of(notice, settle(Role.PATIENT, None, None), "Europe/Berlin", True, NIGHT) == PUSH


def test_who_is_here_is_known_until_they_go_or_say_nothing_any_more() -> None:
    seconds = [0.0]
    here, talk, other = Here(lambda: seconds[0]), uuid4(), uuid4()
    phone, tablet = uuid4(), uuid4()
    here.hear([str(talk), str(phone), 40])
    here.note(talk, tablet, 40)
    here.note(talk, phone, 8)
    assert (here.sign_ins(talk), here.sign_ins(other)) == ({phone, tablet}, frozenset())
    seconds[0] = 39.0
    assert here.sign_ins(talk) == {phone, tablet}
    here.note(talk, tablet, 0)
    assert here.sign_ins(talk) == {phone}
    seconds[0] = 40.0
    assert here.sign_ins(talk) == frozenset()
    for _ in range(MOST_SIGN_INS + 1):
        here.note(talk, uuid4(), 40)
    assert here.sign_ins(talk) == frozenset()


def _tell(app: Flask, clinic_id: UUID, notices: list[Notice], now: datetime) -> set[UUID]:
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        return tell_each(session, clinic_id, notices, now)


def test_telling_many_costs_as_many_statements_as_telling_one(
    app: Flask, world: World, statements: StatementCounter
) -> None:
    lead = world.practitioner(world.clinic())
    patients = [world.patient(lead) for _ in range(6)]
    for patient in patients:
        registered(patient)
    subject, costs = uuid4(), []
    for some in (patients[:1], patients):
        with statements() as seen:
            _tell(app, lead.clinic_id, [Notice(each.member_id, MESSAGE, subject, 1) for each in some], NOON)
        costs.append(len(seen))
    assert costs[0] == costs[1], costs
    with statements() as seen:
        reached = _tell(app, lead.clinic_id, [Notice(each.member_id, MESSAGE, subject, 2) for each in patients], NIGHT)
    assert (len(seen), reached) == (6, {each.member_id for each in patients}), seen
    with world.transaction() as session:
        held = session.scalars(select(NoticeHeld).where(NoticeHeld.clinic_id == lead.clinic_id)).all()
    assert {(each.member_id, each.due_at) for each in held} == {(each.member_id, SEVEN) for each in patients}


def test_an_alert_that_can_ring_nowhere_is_mailed(app: Flask, world: World) -> None:
    lead = world.practitioner(world.clinic())
    flag = uuid4()
    # Without credentials a device is there and nothing rings on it; and without a device neither.
    for _ in range(2):
        assert _tell(app, lead.clinic_id, [Notice(lead.member_id, FLAG, flag, 0)], NIGHT) == {lead.member_id}
        assert _mailed(world, lead) == [FLAG]
        registered(lead)
    assert _tell(app, lead.clinic_id, [Notice(lead.member_id, MESSAGE, flag, 0)], NOON) == set()


def _mailed(world: World, person: Person) -> list[NoticeKind]:
    with world.transaction() as session:
        return list(session.scalars(select(MailNotice.kind).where(MailNotice.member_id == person.member_id)))


def test_of_several_at_once_no_more_are_counted_than_may_be(app: Flask, world: World) -> None:
    patient = world.patient(world.practitioner(world.clinic()))
    wish = keeping.Wish(patient.member_id, "Pacific/Kiritimati", 2)
    told = []
    for _ in range(3):
        with app.app_context(), transaction() as session:
            tenancy.act_for(session, patient.clinic_id)
            told.append(keeping.count(session, patient.clinic_id, [wish], NOON))
    assert told == [set(), set(), {patient.member_id}]
    with world.transaction() as session:
        assert session.scalars(select(NoticeTold).where(NoticeTold.member_id == patient.member_id)).all() == []
