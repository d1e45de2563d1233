"""A new password by the old one: it holds at once, ends all other sign-ins in all clinics, and is told."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.viewer import Role
from tests.clinics.hearing import facts_heard
from tests.mail.opened import letters_to
from tests.world import Person, World

OLD, NEW = "seven small stones", "eight larger rocks"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def email(world: World, owner: Person) -> str:
    return world.give_password(owner, OLD)


def change(who: Person, old: str = OLD, new: str = NEW) -> Any:
    return who.http.put("/v1/me/password", json={"current_password": old, "password": new})


def sign_in(world: World, email: str, password: str, **more: Any) -> Any:
    return world.anyone().post("/v1/sign-ins", json={"email": email, "password": password, **more})


def test_the_new_password_signs_in_and_the_old_one_does_not(
    app: Flask, world: World, owner: Person, email: str
) -> None:
    assert change(owner).status_code == 204

    assert sign_in(world, email, OLD).status_code == 401
    assert sign_in(world, email, NEW).status_code == 201
    [letter] = letters_to(app, email)
    assert letter.subject == "Your password was changed"


def test_all_other_sign_ins_end_in_every_clinic_and_their_connections_are_closed(
    app: Flask, world: World, owner: Person, email: str, session: Session
) -> None:
    other_clinic, colleague = world.clinic(), world.owner(owner.clinic_id)
    world.also_member_of(other_clinic, owner, Role.PRACTITIONER)
    here = sign_in(world, email, OLD, clinic_id=str(owner.clinic_id)).json
    there = sign_in(world, email, OLD, clinic_id=str(other_clinic)).json

    with facts_heard(app, SignInEnded) as heard:
        assert change(owner).status_code == 204

    assert {fact.clinic_id for fact in heard} == {owner.clinic_id, other_clinic}
    for ended in (here, there):
        phone = world.anyone()
        phone.token = ended["access_token"]
        assert phone.get("/v1/me").json["code"] == "sign_in_ended"
        renewed = world.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": ended["refresh_token"]})
        assert renewed.status_code == 401
    assert owner.http.get("/v1/me").status_code == 200
    assert colleague.http.get("/v1/me").status_code == 200
    reasons = select(SignIn.end_reason).where(SignIn.account_id == owner.account_id)
    assert sorted(session.scalars(reasons), key=str) == [None, "password_changed", "password_changed"]


def test_a_wrong_present_password_changes_nothing_and_signs_nobody_out(
    app: Flask, world: World, owner: Person, email: str
) -> None:
    other = world.sign_in(owner)
    refused = change(owner, old="seven small stoneS")

    assert (refused.status_code, refused.json["code"]) == (403, "password_wrong")
    assert other.http.get("/v1/me").status_code == 200
    assert sign_in(world, email, OLD).status_code == 201
    assert letters_to(app, email) == []


def test_guessing_on_a_phone_that_was_left_open_stops(world: World, owner: Person, email: str) -> None:
    other = world.sign_in(owner)
    guesses = [change(owner, old=f"guess number {number}").status_code for number in range(11)]

    assert guesses == [403] * 10 + [429]
    assert change(owner).status_code == 429
    assert change(other).status_code == 204


@pytest.mark.parametrize(
    ("new", "rule"),
    [("short77", "length"), ("sunshine1", "common"), ("Owner Test Clinic", "own"), ("x" * 129, "length")],
)
def test_a_weak_new_password_is_refused_before_the_present_one_is_tried(
    world: World, owner: Person, email: str, new: str, rule: str
) -> None:
    for _ in range(12):
        refused = change(owner, old="a wrong one", new=new)
        assert refused.status_code == 422
        assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/password", rule)]
    assert change(owner).status_code == 204


def test_of_many_changes_at_once_one_wins(world: World, owner: Person, email: str, session: Session) -> None:
    news = [f"{NEW} {number}" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda new: change(owner, new=new).status_code, news))

    assert sorted(answers) == [204] + [403] * 5
    assert session.scalar(select(Account.password_version).where(Account.id == owner.account_id)) == 2
    assert [sign_in(world, email, new).status_code for new in news].count(201) == 1


def test_a_sign_in_that_was_proven_by_the_old_password_does_not_outlive_it(
    world: World, owner: Person, email: str, session: Session
) -> None:
    with ThreadPoolExecutor(8) as pool:
        entering = [pool.submit(sign_in, world, email, OLD) for _ in range(7)]
        changing = pool.submit(change, owner)
    assert changing.result().status_code == 204

    for each in entering:
        assert each.result().status_code in (201, 401)
    standing = select(func.count()).where(SignIn.account_id == owner.account_id, SignIn.ended_at.is_(None))
    assert session.scalar(standing) == 1


def test_whose_sign_in_ended_meanwhile_changes_nothing(world: World, owner: Person, email: str) -> None:
    with world.transaction() as arranging:
        arranging.execute(update(SignIn).where(SignIn.id == owner.sign_in_id).values(ended_at=func.now()))

    assert change(owner).status_code == 401
    assert sign_in(world, email, OLD).status_code == 201
