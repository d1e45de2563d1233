"""The clinic's staff: inviting, changing, disabling, and who may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded
from hep_api.accounts.viewer import Role
from hep_api.clinics.facts import MemberAccessChanged, MemberDisabled
from hep_api.clinics.models import Member, MemberStatus
from tests.clinics.hearing import facts_heard
from tests.counting import StatementCounter
from tests.world import Person, World


@pytest.fixture
def owner(world: World) -> Person:
    """Who has shown a second factor, as changing a role asks for one."""
    return world.step_up(world.owner(world.clinic()))


def bea(role: str, **more: Any) -> dict[str, Any]:
    return {"name": "Bea", "email": f"bea-{uuid4()}@example.org", "role": role, **more}


def change(who: Person, whom: Person, changes: dict[str, Any]) -> Any:
    path = f"/v1/members/{whom.member_id}"
    tag = who.http.get(path).headers.get("ETag", "none")
    return who.http.patch(path, json=changes, headers={"If-Match": tag})


def test_an_owner_invites_staff_of_every_role(world: World, owner: Person) -> None:
    for role in ("practitioner", "manager", "owner"):
        sent = bea(role, location_id=str(owner.clinic_id))
        invited = owner.http.post("/v1/members", json=sent)
        assert invited.status_code == 201
        assert {name: invited.json[name] for name in sent} == sent
        assert invited.json["status"] == "invited"
        body = {"code": invited.json["invitation"]["code"], "password": "long enough"}
        entered = world.anyone().post("/v1/invitations/accept", json=body)
        assert entered.status_code == 201
        assert entered.json["member"]["role"] == role
        assert entered.json["patient_id"] is None
        assert owner.http.get(f"/v1/members/{invited.json['id']}").json["status"] == "active"


def test_a_manager_invites_practitioners_only(world: World, owner: Person) -> None:
    manager = world.manager(owner.clinic_id)

    assert manager.http.post("/v1/members", json=bea("practitioner")).status_code == 201
    for role in ("manager", "owner"):
        refused = manager.http.post("/v1/members", json=bea(role))
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (403, "/role")
    refused = owner.http.post("/v1/members", json=bea("patient"))
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (422, "choice")


def test_practitioners_and_patients_do_not_invite_or_change_staff(world: World, owner: Person) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    patient = world.patient(practitioner)
    for person in (practitioner, patient):
        assert person.http.post("/v1/members", json=bea("practitioner")).status_code == 403
        assert person.http.post(f"/v1/members/{practitioner.member_id}/invitation").status_code == 403
        assert change(person, practitioner, {"role": "owner"}).status_code == 403
    assert practitioner.http.get("/v1/members").status_code == 200
    assert patient.http.get("/v1/members").status_code == 403
    assert patient.http.get(f"/v1/members/{practitioner.member_id}").status_code == 403


def test_an_email_is_used_once_in_a_clinic(world: World, owner: Person) -> None:
    sent = bea("practitioner")
    assert owner.http.post("/v1/members", json=sent).status_code == 201

    refused = owner.http.post("/v1/members", json=sent)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "/email")


def test_a_list_shows_the_staff_of_the_own_clinic_and_no_patients(
    world: World, owner: Person, statements: StatementCounter
) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    manager = world.manager(owner.clinic_id)
    patient = world.patient(practitioner)
    world.owner(world.clinic())

    with statements() as seen:
        listed = practitioner.http.get("/v1/members").json["items"]
    assert {item["id"] for item in listed} == {str(person.member_id) for person in (owner, practitioner, manager)}
    assert len(seen) == 2
    managers = practitioner.http.get("/v1/members?role=manager").json["items"]
    assert [item["id"] for item in managers] == [str(manager.member_id)]
    first = practitioner.http.get("/v1/members?limit=2").json
    second = practitioner.http.get("/v1/members", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [*first["items"], *second["items"]] == listed
    assert practitioner.http.get("/v1/members?q=manager").json["items"] == managers
    assert owner.http.get(f"/v1/members/{patient.member_id}").status_code == 404


def test_members_of_another_clinic_are_not_there(world: World, owner: Person) -> None:
    stranger = world.practitioner(world.clinic())
    path = f"/v1/members/{stranger.member_id}"
    tag = stranger.http.get(path).headers["ETag"]

    assert owner.http.get(path).status_code == 404
    assert owner.http.patch(path, json={"disabled": True}, headers={"If-Match": tag}).status_code == 404
    assert owner.http.post(f"{path}/invitation").status_code == 404
    assert stranger.http.get(path).json["status"] == "active"


def test_a_change_needs_the_version_it_was_made_on(world: World, owner: Person) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    path = f"/v1/members/{practitioner.member_id}"
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}

    assert owner.http.patch(path, json={"name": "X"}).status_code == 428
    assert owner.http.patch(path, json={"name": "Dr. Ö"}, headers=tag).json["name"] == "Dr. Ö"
    assert owner.http.patch(path, json={"name": "X"}, headers=tag).status_code == 412
    assert len(owner.http.get("/v1/members?q=dr.+o").json["items"]) == 1


def test_managers_change_practitioners_and_themselves_but_no_roles(world: World, owner: Person) -> None:
    manager, colleague = world.manager(owner.clinic_id), world.manager(owner.clinic_id)
    practitioner = world.practitioner(owner.clinic_id)
    place = {"location_id": str(owner.clinic_id)}

    assert change(manager, practitioner, place).json["location_id"] == str(owner.clinic_id)
    assert change(manager, practitioner, {"location_id": None}).json["location_id"] is None
    assert change(manager, practitioner, {"location_id": str(uuid4())}).status_code == 422
    assert change(manager, manager, {"name": "Me"}).status_code == 200
    for whom in (owner, colleague):
        assert change(manager, whom, {"disabled": True}).status_code == 403
    for whom in (manager, practitioner):
        assert change(manager, whom, {"role": "owner"}).status_code == 403
    for field in ("email", "status", "account_id", "version", "clinic_id"):
        assert change(owner, practitioner, {field: "x"}).json["errors"][0]["rule"] == "unknown"


def test_a_changed_role_counts_from_the_next_request_on(app: Flask, world: World, owner: Person) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    assert practitioner.http.post("/v1/locations", json={"name": "Harbour"}).status_code == 403

    with facts_heard(app, MemberAccessChanged) as heard:
        assert change(owner, practitioner, {"role": "manager"}).json["role"] == "manager"
    assert heard == [MemberAccessChanged(owner.clinic_id, practitioner.member_id)]
    assert practitioner.http.post("/v1/locations", json={"name": "Harbour"}).status_code == 201


def test_a_practitioner_on_care_teams_keeps_the_role(world: World, owner: Person) -> None:
    practitioner, colleague = world.practitioner(owner.clinic_id), world.practitioner(owner.clinic_id)
    patient = world.patient(practitioner)

    refused = change(owner, practitioner, {"role": "manager"})
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "care_teams")
    team = f"/v1/patients/{patient.member_id}/care-team"
    assert owner.http.post(team, json={"member_id": str(colleague.member_id), "lead": True}).status_code == 200
    assert owner.http.delete(f"{team}/{practitioner.member_id}").status_code == 204
    assert change(owner, practitioner, {"role": "manager"}).status_code == 200


def test_a_disabled_member_is_out_at_once_on_all_devices(app: Flask, world: World, owner: Person) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    tablet = world.sign_in(practitioner)
    assert practitioner.http.get("/v1/me").status_code == tablet.http.get("/v1/me").status_code == 200

    with facts_heard(app, MemberDisabled, SignInEnded) as heard:
        assert change(owner, practitioner, {"disabled": True}).json["status"] == "disabled"
        assert change(owner, practitioner, {"disabled": True}).status_code == 200
    assert MemberDisabled(owner.clinic_id, practitioner.member_id, owner.member_id) in heard
    ended = {fact.sign_in_id for fact in heard if isinstance(fact, SignInEnded)}
    assert ended == {practitioner.sign_in_id, tablet.sign_in_id}
    assert len(heard) == 3
    for device in (practitioner, tablet):
        refused = device.http.get("/v1/me")
        assert (refused.status_code, refused.json["code"]) == (401, "sign_in_ended")
    assert change(owner, practitioner, {"disabled": False}).json["status"] == "active"
    assert practitioner.http.get("/v1/me").status_code == 401
    assert world.sign_in(practitioner).http.get("/v1/me").status_code == 200


def test_who_was_disabled_before_coming_in_needs_a_fresh_code(world: World, owner: Person) -> None:
    invited = owner.http.post("/v1/members", json=bea("practitioner"))
    path, body = (
        f"/v1/members/{invited.json['id']}",
        {"code": invited.json["invitation"]["code"], "password": "long enough"},
    )
    off = owner.http.patch(path, json={"disabled": True}, headers={"If-Match": invited.headers["ETag"]})
    assert world.anyone().post("/v1/invitations/accept", json=body).status_code == 404

    on = owner.http.patch(path, json={"disabled": False}, headers={"If-Match": off.headers["ETag"]})
    assert on.json["status"] == "invited"
    assert world.anyone().post("/v1/invitations/accept", json=body).status_code == 404
    fresh = {**body, "code": owner.http.post(f"{path}/invitation").json["code"]}
    assert world.anyone().post("/v1/invitations/accept", json=fresh).status_code == 201


def test_the_last_owner_stays(world: World, owner: Person) -> None:
    for attempt in ({"disabled": True}, {"role": "manager"}):
        refused = change(owner, owner, attempt)
        assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "last_owner")
    assert change(owner, owner, {"role": "owner", "name": "Still me"}).status_code == 200
    second = world.owner(owner.clinic_id)
    assert change(owner, owner, {"role": "manager"}).status_code == 200
    assert change(second, second, {"disabled": True}).status_code == 409


def test_two_owners_who_disable_each_other_at_once_leave_one(world: World, session: Session) -> None:
    for _ in range(5):
        one = world.owner(world.clinic())
        two = world.owner(one.clinic_id)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda pair: change(*pair, {"disabled": True}), ((one, two), (two, one))))

        assert sum(answer.status_code == 200 for answer in answers) == 1
        active = select(func.count()).where(
            Member.clinic_id == one.clinic_id, Member.role == Role.OWNER, Member.status == MemberStatus.ACTIVE
        )
        assert session.scalar(active) == 1


def test_a_fresh_invitation_is_made_by_those_who_may_invite(world: World, owner: Person) -> None:
    manager = world.manager(owner.clinic_id)
    practitioner = owner.http.post("/v1/members", json=bea("practitioner")).json
    leader = owner.http.post("/v1/members", json=bea("owner")).json

    assert manager.http.post(f"/v1/members/{leader['id']}/invitation").status_code == 403
    fresh = manager.http.post(f"/v1/members/{practitioner['id']}/invitation")
    assert fresh.status_code == 201
    bodies = [{"code": one["code"], "password": "long enough"} for one in (practitioner["invitation"], fresh.json)]
    answers = [world.anyone().post("/v1/invitations/accept", json=body).status_code for body in bodies]
    assert answers == [404, 201]
    assert manager.http.post(f"/v1/members/{practitioner['id']}/invitation").status_code == 409
