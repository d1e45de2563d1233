"""Covers: while one runs both hear and may all, and at its end the colleague has lost it, with no worker about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from hep_api.clinics.actions.cover import BEGIN
from hep_api.clinics.facts import CareTeamChanged
from hep_api.clinics.models import CareTeamPlace, Cover, Member, MemberStatus
from hep_api.clinics.queries.care_teams import list_in_line
from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.models import Job, Outcome
from tests.clinics.hearing import facts_heard
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.hearing import told
from tests.world import Person, World


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def cover(who: Person, covering: Person, **said: Any) -> Any:
    return who.http.post("/v1/covers", json={"covering_id": str(covering.member_id), "ends_at": soon(days=7), **said})


def problem(answer: Any) -> tuple[int, str, str]:
    error = answer.json["errors"][0]
    return answer.status_code, error["field"], error["rule"]


@pytest.fixture
def scene(world: World) -> Scene:
    return make_scene(world)


@pytest.fixture
def colleague(scene: Scene) -> Person:
    return scene.world.practitioner(scene.lead.clinic_id)


def team(who: Person, patient: Person) -> list[tuple[str, str | None]]:
    members = who.http.get(f"/v1/patients/{patient.member_id}/care-team").json["members"]
    return [(each["member_id"], each["covers_for"]) for each in members]


def set_disabled(owner: Person, member: Person, disabled: bool) -> None:
    path = f"/v1/members/{member.member_id}"
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}
    assert owner.http.patch(path, json={"disabled": disabled}, headers=tag).status_code == 200


def pass_time(world: World, clinic_id: Any, **back: float) -> None:
    """Let time pass for the covers of a clinic, and not for a worker."""
    shift = timedelta(**back)
    with world.transaction() as session:
        of_clinic = Cover.clinic_id == clinic_id
        session.execute(
            update(Cover).where(of_clinic).values(starts_at=Cover.starts_at - shift, ends_at=Cover.ends_at - shift)
        )
        places = (CareTeamPlace.clinic_id == clinic_id) & CareTeamPlace.until.is_not(None)
        session.execute(update(CareTeamPlace).where(places).values(until=CareTeamPlace.until - shift))
        session.execute(update(Job).where(Job.clinic_id == clinic_id).values(run_at=Job.run_at - shift))


def run_jobs(app: Flask) -> None:
    with app.app_context():
        work.run_due_jobs()


def test_both_hear_while_it_runs_and_at_its_end_the_colleague_nothing_more(
    app: Flask, scene: Scene, colleague: Person
) -> None:
    world, path = scene.world, f"/v1/patients/{scene.patient.member_id}"
    assert colleague.http.get(path).status_code == 404
    with told(app) as heard:
        named = cover(scene.lead, colleague)
        assert (named.status_code, named.json["state"]) == (201, "running")
        assert cover(scene.lead, colleague, ends_at=named.json["ends_at"]).json == named.json
        [said] = scene.say(scene.patient, "Are you there?")
        scene.say(colleague, "I stand in.")
    assert ("message.created", said) in heard.to(colleague)
    assert ("message.created", said) in heard.to(scene.lead)
    assert "conversation.resync" in heard.names_to(scene.patient)
    assert team(colleague, scene.patient) == [
        (str(scene.lead.member_id), None),
        (str(colleague.member_id), str(scene.lead.member_id)),
    ]
    people = {each["member_id"]: each["takes_part"] for each in scene.seen_by(scene.patient)["people"]}
    assert people[str(colleague.member_id)] is True

    pass_time(world, scene.lead.clinic_id, days=8)
    with told(app) as heard:
        scene.say(scene.patient, "And now?")
        assert colleague.http.get(path).status_code == 404
        assert scene.send(colleague).status_code == 404
        assert colleague.http.get("/v1/conversations").json["items"] == []
    assert heard.to(colleague) == []
    assert len(heard.to(scene.lead)) == 1
    assert team(scene.lead, scene.patient) == [(str(scene.lead.member_id), None)]
    with facts_heard(app, CareTeamChanged) as facts:
        run_jobs(app)
    ids = scene.lead.clinic_id, scene.patient.patient_id
    assert facts == [CareTeamChanged(*ids, None, colleague.member_id)]


def test_one_that_is_planned_begins_at_its_time_for_all_patients_and_is_ended_early(
    app: Flask, scene: Scene, colleague: Person
) -> None:
    world, lead = scene.world, scene.lead
    second = world.patient(lead)
    world.join_care_team(second, colleague)  # has a place of their own there
    named = cover(lead, colleague, starts_at=soon(days=1)).json
    assert named["state"] == "planned"
    run_jobs(app)
    assert colleague.http.get(f"/v1/patients/{scene.patient.member_id}").status_code == 404
    pass_time(world, lead.clinic_id, days=1)
    with facts_heard(app, CareTeamChanged) as facts:
        run_jobs(app)
    ids = lead.clinic_id, scene.patient.patient_id
    assert facts == [CareTeamChanged(*ids, colleague.member_id, None)]
    assert team(colleague, second) == [(str(lead.member_id), None), (str(colleague.member_id), None)]
    # A patient who comes while it runs is covered too, and one whom the absent one joins.
    third = world.patient(lead)
    fourth = world.patient(world.practitioner(lead.clinic_id))
    owner = world.owner(lead.clinic_id)
    path = f"/v1/patients/{fourth.member_id}/care-team"
    assert owner.http.post(path, json={"member_id": str(lead.member_id)}).status_code == 200
    assert (str(colleague.member_id), str(lead.member_id)) in team(colleague, third)
    assert (str(colleague.member_id), str(lead.member_id)) in team(colleague, fourth)
    assert owner.http.delete(f"{path}/{lead.member_id}").status_code == 204
    assert colleague.http.get(path).status_code == 404

    assert colleague.http.post(f"/v1/covers/{named['id']}/end").status_code == 404
    ended = lead.http.post(f"/v1/covers/{named['id']}/end").json
    assert (ended["state"], ended["ended_by"]) == ("over", str(lead.member_id))
    assert lead.http.post(f"/v1/covers/{named['id']}/end").json == ended
    for gone in (scene.patient, third):
        assert colleague.http.get(f"/v1/patients/{gone.member_id}").status_code == 404
    assert colleague.http.get(f"/v1/patients/{second.member_id}").status_code == 200
    with world.transaction() as session:
        open_ones = select(func.count()).where(
            CareTeamPlace.clinic_id == lead.clinic_id,
            CareTeamPlace.covers_for.is_not(None),
            CareTeamPlace.left_at.is_(None),
        )
        assert session.scalar(open_ones) == 0


def test_no_chains_no_two_for_one_and_only_colleagues(scene: Scene, colleague: Person) -> None:
    world, lead, clinic_id = scene.world, scene.lead, scene.lead.clinic_id
    third, owner = world.practitioner(clinic_id), world.owner(clinic_id)
    assert cover(lead, colleague, starts_at=soon(days=2)).status_code == 201
    assert problem(cover(lead, third)) == (409, "/absent_id", "overlaps")
    assert problem(cover(colleague, third)) == (409, "/absent_id", "covers")
    assert problem(cover(third, lead)) == (409, "/covering_id", "absent")
    assert cover(third, colleague).status_code == 201  # one may stand in for several
    assert cover(lead, third, ends_at=soon(days=1)).status_code == 409  # third is absent then
    assert problem(cover(lead, lead)) == (422, "/covering_id", "another")
    for nobody in (owner, scene.patient, world.practitioner(world.clinic())):
        assert problem(cover(lead, nobody, ends_at=soon(hours=1))) == (422, "/covering_id", "practitioner")
    assert problem(cover(colleague, third, absent_id=str(lead.member_id))) == (422, "/absent_id", "own")
    assert problem(cover(owner, third)) == (422, "/absent_id", "required")
    for ends_at in (soon(hours=-1), soon(days=400)):
        assert problem(cover(third, colleague, ends_at=ends_at)) == (422, "/ends_at", "range")
    assert cover(scene.patient, colleague).status_code == 403


def test_named_again_with_another_beginning_it_is_another_cover(scene: Scene, colleague: Person) -> None:
    lead, ends_at, starts_at = scene.lead, soon(days=10), soon(days=5)
    planned = cover(lead, colleague, starts_at=starts_at, ends_at=ends_at)
    assert cover(lead, colleague, starts_at=starts_at, ends_at=ends_at).json == planned.json
    for other in ({}, {"starts_at": soon(hours=-1)}, {"starts_at": soon(days=4)}):
        assert problem(cover(lead, colleague, ends_at=ends_at, **other)) == (409, "/absent_id", "overlaps")
    lead.http.post(f"/v1/covers/{planned.json['id']}/end")
    running = cover(lead, colleague, ends_at=ends_at)
    assert (running.status_code, running.json["state"]) == (201, "running")
    # What is over already begins now, and what runs has begun.
    for same in ({}, {"starts_at": soon(hours=-1)}, {"starts_at": running.json["starts_at"]}):
        assert cover(lead, colleague, ends_at=ends_at, **same).json == running.json
    assert problem(cover(lead, colleague, starts_at=starts_at, ends_at=ends_at)) == (409, "/absent_id", "overlaps")


def test_the_covers_of_a_colleague_who_is_disabled_end_and_those_of_an_absent_one_go_on(
    app: Flask, scene: Scene, colleague: Person
) -> None:
    world, lead = scene.world, scene.lead
    owner, third, later = world.owner(lead.clinic_id), *(world.practitioner(lead.clinic_id) for _ in range(2))
    running = cover(lead, colleague).json
    planned = cover(later, colleague, starts_at=soon(days=1)).json
    with facts_heard(app, CareTeamChanged) as facts:
        set_disabled(owner, colleague, True)
    assert facts == [CareTeamChanged(lead.clinic_id, scene.patient.patient_id, None, colleague.member_id)]
    assert team(lead, scene.patient) == [(str(lead.member_id), None)]
    for who, named in ((lead, running), (later, planned)):
        ended = who.http.post(f"/v1/covers/{named['id']}/end")
        assert (ended.status_code, ended.json["state"], ended.json["ended_by"]) == (200, "over", str(owner.member_id))
    assert problem(cover(lead, colleague)) == (422, "/covering_id", "practitioner")
    anew = cover(lead, third).json
    set_disabled(owner, colleague, False)
    back = world.sign_in(colleague)
    assert back.http.get("/v1/covers?state=running").json["items"] == []
    assert back.http.get(f"/v1/patients/{scene.patient.member_id}").status_code == 404

    set_disabled(owner, lead, True)
    assert team(third, scene.patient) == [(str(lead.member_id), None), (str(third.member_id), str(lead.member_id))]
    assert owner.http.post(f"/v1/covers/{anew['id']}/end").json["state"] == "over"
    assert third.http.get(f"/v1/patients/{scene.patient.member_id}").status_code == 404


def test_one_that_stands_with_a_disabled_colleague_begins_not_and_can_be_ended(
    app: Flask, scene: Scene, colleague: Person
) -> None:
    world, lead = scene.world, scene.lead
    named = cover(lead, colleague, starts_at=soon(days=1)).json
    with world.transaction() as session:
        session.execute(update(Member).where(Member.id == colleague.member_id).values(status=MemberStatus.DISABLED))
    pass_time(world, lead.clinic_id, days=2)
    run_jobs(app)
    with world.transaction() as session:
        begun = select(Job.outcome).where(Job.clinic_id == lead.clinic_id, Job.kind == BEGIN)
        assert session.scalars(begun).all() == [Outcome.DONE]
    world.patient(lead)  # nor is a patient covered who comes meanwhile
    with world.transaction() as session:
        assert session.scalar(select(func.count()).where(CareTeamPlace.member_id == colleague.member_id)) == 0
    assert lead.http.post(f"/v1/covers/{named['id']}/end").json["state"] == "over"


def test_who_is_told_of_covers_and_what_a_cover_holds_up(scene: Scene, colleague: Person) -> None:
    world, lead = scene.world, scene.lead
    owner, stranger = world.owner(lead.clinic_id), world.practitioner(lead.clinic_id)
    named = cover(owner, colleague, absent_id=str(lead.member_id)).json
    assert (named["named_by"], named["absent_name"]) == (str(owner.member_id), named["absent_name"])
    for who, seen in ((lead, 1), (colleague, 1), (owner, 1), (stranger, 0), (world.owner(world.clinic()), 0)):
        assert [each["id"] for each in who.http.get("/v1/covers").json["items"]] == [named["id"]] * seen
        assert who.http.get(f"/v1/covers/{named['id']}").status_code == (200 if seen else 404)
    assert lead.http.get("/v1/covers?state=planned").json["items"] == []
    assert len(lead.http.get(f"/v1/covers?state=running&member_id={colleague.member_id}").json["items"]) == 1
    assert stranger.http.post(f"/v1/covers/{named['id']}/end").status_code == 404
    assert lead.http.post(f"/v1/covers/{uuid4()}/end").status_code == 404

    path = f"/v1/members/{colleague.member_id}"
    world.step_up(owner)
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}
    assert problem(owner.http.patch(path, json={"role": "manager"}, headers=tag)) == (409, "/role", "care_teams")
    # Whoever is taken off a team in so many words is off it, though the cover goes on.
    place = f"/v1/patients/{scene.patient.member_id}/care-team/{colleague.member_id}"
    assert lead.http.delete(place).status_code == 204
    assert colleague.http.get(f"/v1/patients/{scene.patient.member_id}").status_code == 404
    assert lead.http.delete(place).status_code == 404


def test_the_line_of_those_who_are_turned_to(world: World, scene: Scene, colleague: Person) -> None:
    lead, early = scene.lead, world.practitioner(scene.lead.clinic_id)
    world.join_care_team(scene.patient, early)
    disabled = world.practitioner(lead.clinic_id)
    world.join_care_team(scene.patient, disabled)
    set_disabled(world.owner(lead.clinic_id), disabled, True)
    other = world.practitioner(lead.clinic_id)
    assert cover(early, other).status_code == cover(lead, colleague).status_code == 201
    with world.transaction() as session:
        line = list_in_line(session, lead.clinic_id, scene.patient.patient_id)
    assert line == [lead.member_id, colleague.member_id, early.member_id, other.member_id]


def test_of_many_covers_named_at_once_one_stands_and_whom_one_joins_meanwhile_is_covered(
    world: World, scene: Scene
) -> None:
    lead, owner = scene.lead, world.owner(scene.lead.clinic_id)
    colleagues = [world.practitioner(lead.clinic_id) for _ in range(3)]
    others = [world.patient(colleagues[0]) for _ in range(3)]

    def join(patient: Person) -> int:
        body = {"member_id": str(lead.member_id)}
        path = f"/v1/patients/{patient.member_id}/care-team"
        return world.sign_in(owner).http.post(path, json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        named = [pool.submit(cover, world.sign_in(lead), each) for each in colleagues]
        joined = [pool.submit(join, each) for each in others]
    assert [each.result() for each in joined] == [200] * 3
    assert sorted(each.result().status_code for each in named) == [201, 409, 409]
    with world.transaction() as session:
        held = select(func.count()).where(
            CareTeamPlace.clinic_id == lead.clinic_id, CareTeamPlace.covers_for == lead.member_id
        )
        assert session.scalar(held) == 4
