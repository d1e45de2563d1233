"""Reminders by any number of workers: each moment is told once, whoever is killed, erased or unreadable meanwhile."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select, text, update

from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.models import Job
from hep_api.notifications.actions import looking, reminding
from hep_api.notifications.actions.looking import REMIND
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook
from tests.notifications.reminding import Reminded, count_reminders, look, may, reminded_patient, rows
from tests.world import World

NOW = may(4, 6)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """Monday, 4 May 2026, 6 o'clock in Berlin. Nothing is configured, so what is due reaches nobody, and is settled."""
    with time_machine.travel(NOW, tick=False):
        yield


def several(world: World, count: int) -> list[Reminded]:
    """Make patients of one clinic who want to be reminded at eight, and let a worker take note of it."""
    lead = world.practitioner(world.clinic())
    made = [reminded_patient(world, lead) for _ in range(count)]
    for each in made:
        each.wish("08:00")
    made[0].look(NOW)
    return made


def test_two_workers_and_a_killed_one_remind_nobody_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = several(world, 5)
    clinic_id, at = people[0].patient.clinic_id, may(4, 8)
    monkeypatch.setattr(reminding, "AT_A_TIME", 2)
    with world.app.app_context():
        with contextlib.suppress(ZeroDivisionError), transaction() as killed:
            tenancy.act_for(killed, clinic_id)
            reminding.remind_due(killed, clinic_id, at, 0)
            raise ZeroDivisionError
        assert count_reminders(world, clinic_id) == 0
    in_hand = select(ReminderOutlook.patient_id).where(ReminderOutlook.clinic_id == clinic_id)
    with world.transaction() as first:
        first.scalars(in_hand.order_by(ReminderOutlook.look_at).limit(2).with_for_update()).all()
        # Another worker passes over what the first one has in hand, and goes on with the others.
        look(world, clinic_id, at)
        look(world, clinic_id, at, 1)
    parts = {payload["part"] for payload in waiting(world, clinic_id)}
    assert (count_reminders(world, clinic_id), parts) == (3, {0, 1, 2})
    for part in (0, 1, 2, 0):
        look(world, clinic_id, at, part)
    assert [len(rows(world, Reminder, each.patient)) for each in people] == [1] * 5


def waiting(world: World, clinic_id: Any) -> list[Any]:
    jobs = select(Job.payload).where(Job.kind == REMIND, Job.clinic_id == clinic_id, Job.attempts == 0)
    with world.transaction() as session:
        return list(session.scalars(jobs))


def test_who_is_erased_left_or_unreadable_keeps_nobody_waiting(world: World) -> None:
    unreadable, disabled, being_erased, fine = people = several(world, 4)
    clinic_id, at = fine.patient.clinic_id, may(4, 8)
    with world.transaction() as session:
        # A row that a restored backup or a keyboard brought.
        this = ReminderOutlook.patient_id == unreadable.patient.patient_id
        session.execute(update(ReminderOutlook).where(this).values(zone="Nowhere/Atall"))
        left = Member.id == disabled.patient.member_id
        session.execute(update(Member).where(left).values(status=MemberStatus.DISABLED))
    with world.transaction() as erasing:
        erasing.scalar(select(Patient.id).where(Patient.id == being_erased.patient.patient_id).with_for_update())
        look(world, clinic_id, at)
    assert [len(rows(world, Reminder, each.patient)) for each in people] == [0, 0, 0, 1]
    looks = [each.next_look() for each in people]
    assert looks == [at + timedelta(hours=1), None, at, may(5, 8)]
    # Who was locked is looked at as soon as that is over.
    look(world, clinic_id, at)
    assert len(rows(world, Reminder, being_erased.patient)) == 1


def test_the_hourly_job_takes_in_whoever_was_overlooked_and_forgets_what_is_long_ago(world: World) -> None:
    [someone] = several(world, 1)
    clinic_id = someone.patient.clinic_id
    someone.look(may(4, 8))
    with world.transaction() as session:
        session.execute(delete(ReminderOutlook).where(ReminderOutlook.clinic_id == clinic_id))
        session.execute(delete(Job).where(Job.clinic_id == clinic_id))
        session.execute(update(Reminder).where(Reminder.clinic_id == clinic_id).values(due_at=may(4) - timedelta(91)))
    with world.app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        looking.tend(session, clinic_id, may(4, 9))
    assert (len(rows(world, ReminderOutlook, someone.patient)), len(waiting(world, clinic_id))) == (1, 1)
    assert rows(world, Reminder, someone.patient) == []


def test_whom_it_is_time_for_is_found_by_index_as_the_app_sees_it(world: World) -> None:
    [someone] = several(world, 1)
    clinic_id = someone.patient.clinic_id
    with world.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text(
                "INSERT INTO reminder_outlook (clinic_id, patient_id, look_at, settled_at, zone, zone_since) "
                "SELECT :clinic_id, gen_random_uuid(), now() + n * interval '1 minute', now(), 'Europe/Berlin', now() "
                "FROM generate_series(1, 5000) AS n"
            ),
            {"clinic_id": clinic_id},
        )
        session.execute(text("ANALYZE reminder_outlook"))
    with world.app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        explained = session.scalars(
            text(
                "EXPLAIN SELECT patient_id FROM reminder_outlook WHERE clinic_id = :clinic_id AND look_at <= now() "
                "ORDER BY look_at LIMIT 100 FOR UPDATE SKIP LOCKED"
            ),
            {"clinic_id": clinic_id},
        ).all()
    assert any("reminder_outlook_look_idx" in line for line in explained), explained
    with world.transaction() as session:
        session.execute(delete(ReminderOutlook).where(ReminderOutlook.clinic_id == clinic_id))
