"""A flag passes on until a person acknowledges it: down the care team, to the leaders, and anew; whoever is killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from hep_api.clinics.facts import CareTeamChanged, MemberDisabled
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus
from hep_api.foundation.facts import publish
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.settings import Settings
from hep_api.messaging.actions import passing_on
from hep_api.messaging.jobs import flags as jobs
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.flags import RedFlag, RedFlagStep
from tests.messaging.alerting import Alerting, make_alerting
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.hearing import told
from tests.rights.conftest import own_app, own_settings
from tests.world import World

__all__ = ["own_app", "own_settings"]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def alerting(scene: Scene) -> Alerting:
    """One with an open flag."""
    made = make_alerting(scene)
    made.talk.say(made.patient, "chest pain")
    return made


def turns_of(alerting: Alerting) -> list[tuple[str, int, str | None]]:
    steps = alerting.in_full(alerting.flag()["id"])["steps"]
    return [(each["kind"], each["round"], each["member_id"]) for each in steps]


def test_a_turn_passes_down_the_care_team_to_the_leaders_and_begins_anew(alerting: Alerting) -> None:
    world, lead, colleague = alerting.talk.world, str(alerting.lead.member_id), str(alerting.colleague.member_id)
    leader = world.manager(alerting.lead.clinic_id)
    first = alerting.flag()
    assert datetime.fromisoformat(first["passes_on_at"]) - datetime.fromisoformat(first["raised_at"]) == timedelta(
        minutes=15
    )
    waiting = lambda: leader.http.get("/v1/clinic/unacknowledged-flags").json["items"]  # noqa: E731
    with told(world.app) as heard:
        alerting.pass_on()
    assert (heard.names_to(alerting.lead), heard.names_to(alerting.colleague)) == (["flag.changed"], ["flag.changed"])
    assert heard.to(alerting.patient) == heard.to(leader) == waiting() == []
    with told(world.app) as heard:
        alerting.pass_on()
    assert heard.to(leader) == [
        ("flag.waits", {"flag_id": first["id"], "patient_id": str(alerting.patient.patient_id), "round": 1})
    ]
    [shown] = waiting()
    assert (shown["id"], shown["held_by"]) == (first["id"], None)
    assert not {"causes", "note", "conversation_id"} & set(shown)
    alerting.pass_on(2)
    assert turns_of(alerting) == [
        ("raised", 1, lead),
        ("passed_on", 1, colleague),
        ("passed_to_leaders", 1, None),
        ("passed_on", 2, lead),
        ("passed_on", 2, colleague),
    ]
    assert waiting()[0]["held_by"] == colleague
    assert alerting.acknowledge(alerting.flag()).status_code == 200
    assert waiting() == []


def test_whom_the_conversation_is_assigned_to_comes_first_and_the_turn_lasts_as_the_clinic_says(
    alerting: Alerting,
) -> None:
    alerting.acknowledge(alerting.flag())
    alerting.settle(escalate_after_minutes=1)
    with alerting.talk.world.transaction() as session:
        session.execute(
            update(Conversation)
            .where(Conversation.id == alerting.talk.id)
            .values(assigned_to=alerting.colleague.member_id)
        )
    alerting.upload(alerting.event(9))
    flag = alerting.flag()
    assert flag["held_by"] == str(alerting.colleague.member_id)
    with alerting.talk.world.transaction() as session:
        [job] = session.scalars(
            select(Job).where(Job.kind == passing_on.NEXT_TURN, Job.payload["flag_id"].astext == flag["id"])
        )
        assert job.run_at - datetime.fromisoformat(flag["raised_at"]) == timedelta(minutes=1)


def test_no_passing_happens_twice_before_its_time_or_after_acknowledging(alerting: Alerting) -> None:
    flag = alerting.flag()
    clinic_id, flag_id = alerting.lead.clinic_id, UUID(flag["id"])
    due = datetime.fromisoformat(flag["passes_on_at"])
    for now in (due - timedelta(seconds=1), due, due, due + timedelta(minutes=14)):
        with alerting.talk.world.transaction() as session:
            passing_on.pass_on(session, clinic_id, flag_id, 0, now)
    assert [kind for kind, *_ in turns_of(alerting)] == ["raised", "passed_on"]
    alerting.acknowledge(alerting.flag())
    with alerting.talk.world.transaction() as session:
        passing_on.pass_on(session, clinic_id, flag_id, 1, due + timedelta(days=1))
        jobs.sweep_flags(session, {"clinic_id": str(clinic_id)}, due + timedelta(days=1))
    assert [each["kind"] for each in alerting.in_full(flag["id"])["steps"]] == ["raised", "passed_on", "acknowledged"]


def test_the_turn_of_who_is_gone_passes_on_at_once_and_who_joins_an_empty_team_has_it(alerting: Alerting) -> None:
    world, of_clinic = alerting.talk.world, {"clinic_id": alerting.lead.clinic_id}
    flag_id = UUID(alerting.flag()["id"])

    def runs_at_once() -> bool:
        with world.transaction() as session:
            flag = session.get_one(RedFlag, (alerting.lead.clinic_id, flag_id))
            job = session.scalars(
                select(Job)
                .where(Job.payload["flag_id"].astext == str(flag_id))
                .where(Job.payload["passes"].as_integer() == flag.passes)
            ).one()
            return bool(job.run_at <= datetime.now(UTC))

    assert not runs_at_once()
    with world.transaction() as session:
        session.execute(update(Member).where(Member.id == alerting.lead.member_id).values(status=MemberStatus.DISABLED))
        publish(session, MemberDisabled(**of_clinic, member_id=alerting.lead.member_id))
    assert runs_at_once()
    alerting.pass_on()
    alerting.talk.lead = alerting.colleague
    assert alerting.flag()["held_by"] == str(alerting.colleague.member_id)
    assert not runs_at_once()
    with world.transaction() as session:
        session.execute(
            update(CareTeamPlace)
            .where(CareTeamPlace.member_id == alerting.colleague.member_id)
            .values(left_at=datetime.now(UTC))
        )
        publish(session, _changed(alerting, left=alerting.colleague.member_id))
    assert runs_at_once()
    alerting.pass_on()
    newcomer = world.practitioner(alerting.lead.clinic_id)
    with world.transaction() as session:
        publish(session, _changed(alerting))
    assert not runs_at_once()
    world.join_care_team(alerting.patient, newcomer)
    with world.transaction() as session:
        publish(session, _changed(alerting, joined=newcomer.member_id))
    assert runs_at_once()
    alerting.pass_on()
    assert alerting.flag(by=newcomer)["held_by"] == str(newcomer.member_id)


def _changed(alerting: Alerting, joined: UUID | None = None, left: UUID | None = None) -> CareTeamChanged:
    return CareTeamChanged(alerting.lead.clinic_id, alerting.patient.patient_id, joined, left)


def test_a_turn_whose_job_is_lost_is_taken_up_again(alerting: Alerting) -> None:
    flag = alerting.flag()
    due, world = datetime.fromisoformat(flag["passes_on_at"]), alerting.talk.world
    of_flag = Job.payload["flag_id"].astext == flag["id"]
    for late, expected in ((timedelta(minutes=1), 0), (timedelta(minutes=3), 1)):
        with world.transaction() as session:
            session.execute(text("DELETE FROM job WHERE payload ->> 'flag_id' = :flag_id"), {"flag_id": flag["id"]})
            passing_on.take_up_again(session, alerting.lead.clinic_id, due + late)
            assert len(session.scalars(select(Job).where(of_flag)).all()) == expected


@pytest.fixture
def start(own_settings: Settings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker process of the product; whatever is left of them is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": own_settings.database_url,
            "HEP_TOKEN_KEYS_FOLDER": str(own_settings.token_keys_folder),
            "HEP_WORKER_POLL_SECONDS": "0.2",
            "HEP_JOB_LEASE_SECONDS": "2",
        }
        command = [sys.executable, "-m", "flask", "--app", "hep_api.app:create_app_from_environment", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        started.append(worker)
        return worker

    yield start_one
    for worker in started:
        worker.kill()
        worker.wait()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def test_a_worker_that_is_killed_in_the_middle_of_a_turn_passes_it_on_once(own_app, start) -> None:  # type: ignore[no-untyped-def]
    alerting = make_alerting(make_scene(World(own_app)))
    world = alerting.talk.world
    alerting.talk.say(alerting.patient, "chest pain")
    flag_id = UUID(alerting.flag()["id"])
    with world.transaction() as session:
        now = {"now": datetime.now(UTC)}
        session.execute(text("UPDATE red_flag SET passes_on_at = :now"), now)
        session.execute(text("UPDATE job SET run_at = :now WHERE kind = 'messaging.pass_on_flag'"), now)

    def steps() -> list[RedFlagStep]:
        with world.transaction() as session:
            of_flag = RedFlagStep.flag_id == flag_id
            return list(session.scalars(select(RedFlagStep).where(of_flag).order_by(RedFlagStep.number)))

    with world.transaction() as held:
        held.execute(text("SELECT FROM red_flag WHERE id = :id FOR UPDATE"), {"id": flag_id})
        killed = start()
        eventually(lambda: _somebody_waits(world))
        killed.kill()
        killed.wait()
    start()
    eventually(lambda: len(steps()) > 1)
    time.sleep(0.5)
    assert [(each.number, each.member_id) for each in steps()] == [
        (1, alerting.lead.member_id),
        (2, alerting.colleague.member_id),
    ]


def _somebody_waits(world: World) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')"
    with world.transaction() as session:
        return session.execute(text(waiting)).scalar_one() > 0
