"""One sees where one is signed in, and ends what is not needed or not one's own: one's own and nobody else's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded
from hep_api.accounts.models.identity import RefreshToken, SignIn
from hep_api.accounts.viewer import Role
from tests.clinics.hearing import facts_heard
from tests.counting import StatementCounter
from tests.world import Person, World

PASSWORD = "seven small stones"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def email(world: World, owner: Person) -> str:
    return world.give_password(owner, PASSWORD)


def sign_in(world: World, email: str, **more: Any) -> Any:
    return world.anyone().post("/v1/sign-ins", json={"email": email, "password": PASSWORD, **more}).json


def phone(world: World, token: str) -> Any:
    opened = world.anyone()
    opened.token = token
    return opened


def listed(who: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = who.http.get("/v1/me/sign-ins").json["items"]
    return items


def test_all_sign_ins_of_the_account_are_listed_in_all_its_clinics(world: World, owner: Person, email: str) -> None:
    other_clinic = world.clinic()
    world.also_member_of(other_clinic, owner, Role.PRACTITIONER)
    sign_in(world, email, clinic_id=str(owner.clinic_id), device_name="Kitchen tablet")
    sign_in(world, email, clinic_id=str(other_clinic), device_name="Phone")
    world.owner(owner.clinic_id)

    shown = {item["device_name"]: item for item in listed(owner)}
    assert set(shown) == {"", "Kitchen tablet", "Phone"}
    assert shown["Phone"]["clinic"] == {"id": str(other_clinic), "name": "Test clinic"}
    assert [item["device_name"] for item in shown.values() if item["current"]] == [""]
    assert shown[""]["id"] == str(owner.sign_in_id)


def test_the_one_used_last_comes_first(world: World, owner: Person, email: str) -> None:
    first, second = (sign_in(world, email, device_name=name) for name in ("First", "Second"))
    assert [item["device_name"] for item in listed(owner)][:2] == ["Second", "First"]

    renewed = world.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": first["refresh_token"]})
    assert renewed.status_code == 200
    [last_used, *_] = listed(replace(owner, http=phone(world, second["access_token"])))
    assert last_used["device_name"] == "First"
    assert last_used["last_used_at"] > last_used["created_at"]


def test_a_list_costs_the_same_however_long_it_is(
    world: World, owner: Person, email: str, statements: StatementCounter
) -> None:
    with statements() as few:
        listed(owner)
    for _ in range(4):
        sign_in(world, email)
    with statements() as many:
        assert len(listed(owner)) == 5
    assert len(many) == len(few)


def test_one_sign_in_is_ended_at_once_also_in_another_clinic(
    app: Flask, world: World, owner: Person, email: str
) -> None:
    other_clinic = world.clinic()
    world.also_member_of(other_clinic, owner, Role.PRACTITIONER)
    entered = sign_in(world, email, clinic_id=str(other_clinic), device_name="Lost")
    [lost] = [item for item in listed(owner) if item["device_name"] == "Lost"]

    with facts_heard(app, SignInEnded) as heard:
        assert owner.http.delete(f"/v1/me/sign-ins/{lost['id']}").status_code == 204

    assert [(fact.clinic_id, str(fact.sign_in_id)) for fact in heard] == [(other_clinic, lost["id"])]
    assert phone(world, entered["access_token"]).get("/v1/me").json["code"] == "sign_in_ended"
    token = {"refresh_token": entered["refresh_token"]}
    assert world.anyone().post("/v1/sign-ins/refresh", json=token).status_code == 401
    assert [item["current"] for item in listed(owner)] == [True]
    assert owner.http.delete(f"/v1/me/sign-ins/{lost['id']}").status_code == 404


def test_another_persons_sign_in_is_not_seen_and_not_ended(world: World, owner: Person) -> None:
    colleague = world.manager(owner.clinic_id)

    for stranger in (colleague, world.owner(world.clinic())):
        assert stranger.http.delete(f"/v1/me/sign-ins/{owner.sign_in_id}").status_code == 404
        assert [item["id"] for item in listed(stranger)] == [str(stranger.sign_in_id)]
    assert owner.http.get("/v1/me").status_code == 200
    assert owner.http.delete(f"/v1/me/sign-ins/{uuid4()}").status_code == 404


def test_all_others_are_ended_in_one_go(world: World, owner: Person, email: str) -> None:
    other_clinic = world.clinic()
    world.also_member_of(other_clinic, owner, Role.PRACTITIONER)
    clinics = (owner.clinic_id, owner.clinic_id, other_clinic)
    entered = [sign_in(world, email, clinic_id=str(clinic_id)) for clinic_id in clinics]
    colleague = world.manager(owner.clinic_id)

    assert owner.http.post("/v1/me/sign-ins/end-others").json == {"ended": 3}
    assert {phone(world, each["access_token"]).get("/v1/me").status_code for each in entered} == {401}
    assert owner.http.get("/v1/me").status_code == colleague.http.get("/v1/me").status_code == 200
    assert owner.http.post("/v1/me/sign-ins/end-others").json == {"ended": 0}


def test_the_current_one_may_be_ended_too(world: World, owner: Person) -> None:
    assert owner.http.delete(f"/v1/me/sign-ins/{owner.sign_in_id}").status_code == 204
    assert owner.http.get("/v1/me").status_code == 401


def test_signing_in_anew_on_one_device_ends_its_earlier_sign_in_and_no_other(
    world: World, owner: Person, email: str, session: Session
) -> None:
    mine, other = str(uuid4()), str(uuid4())
    for device_id in (mine, other, mine, None, None):
        sign_in(world, email, **({"device_id": device_id} if device_id else {}))

    reasons = session.scalars(select(SignIn.end_reason).where(SignIn.account_id == owner.account_id)).all()
    assert sorted(reasons, key=str) == [None] * 5 + ["signed_in_anew"]
    kept = b"".join(digest or b"" for digest in session.scalars(select(SignIn.device_digest)))
    assert mine.encode() not in kept
    assert mine.replace("-", "").encode() not in kept


def test_a_sign_in_ends_after_the_longest_time_however_much_it_is_used(
    app: Flask, world: World, owner: Person, email: str, session: Session
) -> None:
    entered = sign_in(world, email)
    longest = app.extensions["hep_tokens"].sign_in_life
    mine = (SignIn.account_id == owner.account_id) & (SignIn.id != owner.sign_in_id)

    def grow_old(by: timedelta) -> None:
        with world.transaction() as arranging:
            arranging.execute(update(SignIn).where(mine).values(created_at=SignIn.created_at - by))

    grow_old(longest - timedelta(hours=1))
    renewed = world.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": entered["refresh_token"]})
    assert renewed.status_code == 200
    lives = select(RefreshToken.expires_at - SignIn.created_at).join_from(SignIn, RefreshToken).where(mine)
    assert max(session.scalars(lives.where(RefreshToken.used_at.is_(None)))) <= longest
    grow_old(timedelta(hours=1))
    token = {"refresh_token": renewed.json["refresh_token"]}
    assert world.anyone().post("/v1/sign-ins/refresh", json=token).status_code == 401
