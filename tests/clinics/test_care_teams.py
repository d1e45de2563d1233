"""Care teams: one lead always, only practitioners, and access that follows the place."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import CareTeamChanged, PatientInvited
from hep_api.clinics.models import CareTeamPlace
from tests.clinics.hearing import facts_heard
from tests.world import Person, World


@pytest.fixture
def lead(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def colleague(world: World, lead: Person) -> Person:
    return world.practitioner(lead.clinic_id)


@pytest.fixture
def patient(world: World, lead: Person) -> Person:
    return world.patient(lead)


def team_path(patient: Person) -> str:
    return f"/v1/patients/{patient.member_id}/care-team"


def join(who: Person, patient: Person, whom: Person, **more: Any) -> Any:
    return who.http.post(team_path(patient), json={"member_id": str(whom.member_id), **more})


def leave(who: Person, patient: Person, whom: Person) -> Any:
    return who.http.delete(f"{team_path(patient)}/{whom.member_id}")


def team(who: Person, patient: Person) -> list[tuple[str, bool]]:
    members = who.http.get(team_path(patient)).json["members"]
    return [(member["member_id"], member["is_lead"]) for member in members]


def test_whoever_joins_sees_the_patient_and_whoever_leaves_does_not(
    lead: Person, colleague: Person, patient: Person
) -> None:
    path = f"/v1/patients/{patient.member_id}"
    assert colleague.http.get(path).status_code == 404

    assert join(lead, patient, colleague).status_code == 200
    assert colleague.http.get(path).status_code == 200
    assert team(patient, patient) == [(str(lead.member_id), True), (str(colleague.member_id), False)]
    assert leave(lead, patient, colleague).status_code == 204
    assert colleague.http.get(path).status_code == 404
    assert team(lead, patient) == [(str(lead.member_id), True)]
    assert leave(lead, patient, colleague).status_code == 404
    assert join(lead, patient, colleague).status_code == 200


def test_joining_twice_changes_nothing(app: Flask, lead: Person, colleague: Person, patient: Person) -> None:
    with facts_heard(app, CareTeamChanged) as heard:
        first = join(lead, patient, colleague).json
        assert join(lead, patient, colleague).json == first
        assert join(lead, patient, lead).json == first
        assert join(lead, patient, lead, lead=True).json == first
    assert heard == [CareTeamChanged(lead.clinic_id, patient.patient_id, colleague.member_id, None)]


def test_the_lead_moves_and_never_doubles(app: Flask, lead: Person, colleague: Person, patient: Person) -> None:
    with facts_heard(app, CareTeamChanged) as heard:
        assert join(lead, patient, colleague, lead=True).status_code == 200
        assert team(lead, patient) == [(str(colleague.member_id), True), (str(lead.member_id), False)]
        assert join(lead, patient, lead, lead=True).status_code == 200
        assert team(lead, patient) == [(str(lead.member_id), True), (str(colleague.member_id), False)]
        assert leave(colleague, patient, colleague).status_code == 204
    ids = lead.clinic_id, patient.patient_id
    assert heard == [
        CareTeamChanged(*ids, colleague.member_id, None),
        CareTeamChanged(*ids, None, None),
        CareTeamChanged(*ids, None, None),
        CareTeamChanged(*ids, None, colleague.member_id),
    ]


def test_many_who_take_the_lead_at_once_leave_one_lead(
    world: World, lead: Person, patient: Person, session: Session
) -> None:
    others = [world.practitioner(lead.clinic_id) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda other: join(lead, patient, other, lead=True), others))

    assert [answer.status_code for answer in answers] == [200] * 6
    leads = select(func.count()).where(CareTeamPlace.patient_id == patient.member_id, CareTeamPlace.is_lead)
    assert session.scalar(leads) == 1
    assert len(team(lead, patient)) == 7


def test_the_last_one_and_the_lead_do_not_leave(lead: Person, colleague: Person, patient: Person) -> None:
    refused = leave(lead, patient, lead)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "last")

    join(lead, patient, colleague)
    refused = leave(lead, patient, lead)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "lead")
    join(lead, patient, colleague, lead=True)
    assert leave(lead, patient, lead).status_code == 204
    assert lead.http.get(team_path(patient)).status_code == 404


def test_only_practitioners_of_the_clinic_can_be_on_it(
    world: World, lead: Person, colleague: Person, patient: Person
) -> None:
    owner = world.owner(lead.clinic_id)
    stranger = world.practitioner(world.clinic())
    tag = {"If-Match": owner.http.get(f"/v1/members/{colleague.member_id}").headers["ETag"]}
    off = owner.http.patch(f"/v1/members/{colleague.member_id}", json={"disabled": True}, headers=tag)
    assert off.status_code == 200

    for other in (owner, world.manager(lead.clinic_id), world.patient(lead), stranger, colleague):
        refused = join(lead, patient, other)
        assert refused.status_code == 422
        assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/member_id", "practitioner")]
    assert team(lead, patient) == [(str(lead.member_id), True)]
    assert join(lead, patient, world.practitioner(lead.clinic_id)).status_code == 200


def test_who_may_change_a_team(world: World, lead: Person, colleague: Person, patient: Person) -> None:
    other_clinic = world.clinic()
    for stranger in (colleague, world.practitioner(other_clinic), world.owner(other_clinic)):
        assert stranger.http.get(team_path(patient)).status_code == 404
        assert join(stranger, patient, colleague).status_code == 404
        assert leave(stranger, patient, lead).status_code == 404
    assert world.patient(lead).http.get(team_path(patient)).status_code == 404
    assert join(patient, patient, colleague).status_code == 403
    assert leave(patient, patient, lead).status_code == 403
    for rightful in (world.manager(lead.clinic_id), world.owner(lead.clinic_id), lead):
        assert join(rightful, patient, colleague).status_code == 200
        assert leave(rightful, patient, colleague).status_code == 204


def test_inviting_a_patient_is_told(app: Flask, lead: Person) -> None:
    body = {"name": "Anna", "email": "told@example.org", "birth_date": "1975-06-30"}
    with facts_heard(app, PatientInvited) as heard:
        patient = lead.http.post("/v1/patients", json=body).json
        assert lead.http.post("/v1/patients", json=body).status_code == 409
    assert [str(fact.patient_id) for fact in heard] == [patient["id"]]
