"""Refresh tokens: used once by one, forgiving a lost answer, unforgiving a thief."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import refreshing
from hep_api.accounts.actions.sign_ins import REUSED
from hep_api.accounts.models.identity import Account, RefreshToken, SignIn
from hep_api.clinics.models import Member, MemberStatus
from tests.mail.opened import letters_to
from tests.world import Person, World

PASSWORD = "seven small stones"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def tokens(world: World, owner: Person) -> dict[str, Any]:
    email = world.give_password(owner, PASSWORD)
    entered = world.anyone().post("/v1/sign-ins", json={"email": email, "password": PASSWORD}).json
    return {name: entered[name] for name in ("access_token", "expires_in", "refresh_token")}


def refresh(world: World, token: str, *, agent: str | None = None, **more: Any) -> Any:
    headers = {"User-Agent": agent} if agent else {}
    return world.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": token, **more}, headers=headers)


def me(world: World, token: str) -> Any:
    phone = world.anyone()
    phone.token = token
    return phone.get("/v1/me")


def let_pass(world: World, token: str, seconds: float) -> None:
    """Shift the use of a token into the past, as if so long had passed since."""
    with world.transaction() as session:
        session.execute(
            update(RefreshToken)
            .where(RefreshToken.digest == refreshing.digest_of(token))
            .values(used_at=RefreshToken.used_at - timedelta(seconds=seconds))
        )


def test_a_refresh_token_is_exchanged_for_new_tokens(world: World, tokens: dict[str, Any], owner: Person) -> None:
    renewed = refresh(world, tokens["refresh_token"])

    assert renewed.status_code == 200
    assert set(renewed.json) == {"access_token", "expires_in", "refresh_token"}
    assert renewed.json["refresh_token"] != tokens["refresh_token"]
    assert me(world, renewed.json["access_token"]).json["member"]["id"] == str(owner.member_id)
    assert refresh(world, renewed.json["refresh_token"]).status_code == 200


def test_after_a_lost_answer_the_same_token_brings_the_same_successor(world: World, tokens: dict[str, Any]) -> None:
    answers = [refresh(world, tokens["refresh_token"]) for _ in range(3)]
    let_pass(world, tokens["refresh_token"], 28)
    answers.append(refresh(world, tokens["refresh_token"]))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert all(me(world, answer.json["access_token"]).status_code == 200 for answer in answers)
    assert refresh(world, answers[0].json["refresh_token"]).status_code == 200


def test_of_sixteen_at_once_one_wins_and_all_get_its_successor(
    world: World, tokens: dict[str, Any], owner: Person, session: Session
) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: refresh(world, tokens["refresh_token"]), range(16)))

    assert [answer.status_code for answer in answers] == [200] * 16
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    links = select(func.count(), func.count(RefreshToken.used_at)).select_from(RefreshToken).join(SignIn)
    assert session.execute(links.where(SignIn.member_id == owner.member_id)).one() == (2, 1)
    assert refresh(world, answers[0].json["refresh_token"]).status_code == 200


@pytest.mark.parametrize("seconds", [31, 3600])
def test_a_second_use_after_the_grace_ends_the_sign_in(
    world: World, tokens: dict[str, Any], seconds: int, session: Session
) -> None:
    successor = refresh(world, tokens["refresh_token"]).json
    assert me(world, successor["access_token"]).status_code == 200
    let_pass(world, tokens["refresh_token"], seconds)
    counted = REUSED.counts[()]

    reused = refresh(world, tokens["refresh_token"])

    assert (reused.status_code, reused.json["code"]) == (401, "refresh_token_invalid")
    assert refresh(world, successor["refresh_token"]).status_code == 401
    assert REUSED.counts[()] == counted + 1
    assert me(world, successor["access_token"]).json["code"] == "sign_in_ended"
    assert me(world, tokens["access_token"]).status_code == 401
    ended = select(SignIn.end_reason).join(RefreshToken)
    ended = ended.where(RefreshToken.digest == refreshing.digest_of(tokens["refresh_token"]))
    assert session.scalar(ended) == "refresh_token_reused"


def test_a_token_older_than_the_previous_one_ends_the_sign_in_even_within_the_grace(
    world: World, tokens: dict[str, Any]
) -> None:
    second = refresh(world, tokens["refresh_token"]).json
    third = refresh(world, second["refresh_token"]).json
    assert refresh(world, second["refresh_token"]).json["refresh_token"] == third["refresh_token"]

    assert refresh(world, tokens["refresh_token"]).status_code == 401
    assert refresh(world, third["refresh_token"]).status_code == 401
    assert me(world, third["access_token"]).status_code == 401


def test_reuse_ends_that_sign_in_and_no_other(world: World, tokens: dict[str, Any], owner: Person) -> None:
    successor = refresh(world, tokens["refresh_token"]).json
    let_pass(world, tokens["refresh_token"], 31)
    assert refresh(world, tokens["refresh_token"]).status_code == 401

    assert me(world, successor["access_token"]).status_code == 401
    assert owner.http.get("/v1/me").status_code == 200


def test_another_device_is_not_forgiven_within_the_grace(world: World, tokens: dict[str, Any]) -> None:
    """The phone asks again for its lost answer; whoever copied the token asks from somewhere else."""
    mine, other = str(uuid4()), str(uuid4())
    first = refresh(world, tokens["refresh_token"], device_id=mine)
    again = refresh(world, tokens["refresh_token"], device_id=mine, agent="updated in between")
    assert first.json["refresh_token"] == again.json["refresh_token"]

    assert refresh(world, tokens["refresh_token"], device_id=other).status_code == 401
    assert me(world, first.json["access_token"]).status_code == 401


@pytest.mark.parametrize(
    ("thief", "expected"), [({"agent": "curl/8"}, 401), ({"device_id": str(uuid4())}, 401), ({"agent": "App/1"}, 200)]
)
def test_without_an_id_a_device_is_told_by_its_client(
    world: World, tokens: dict[str, Any], thief: dict[str, str], expected: int
) -> None:
    assert refresh(world, tokens["refresh_token"], agent="App/1").status_code == 200

    assert refresh(world, tokens["refresh_token"], **thief).status_code == expected


def test_reuse_is_told_to_the_person_once(
    app: Flask, world: World, tokens: dict[str, Any], owner: Person, session: Session
) -> None:
    assert refresh(world, tokens["refresh_token"]).status_code == 200
    let_pass(world, tokens["refresh_token"], 31)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(world, tokens["refresh_token"]).status_code, range(8)))

    assert set(answers) == {401}
    email = session.scalars(select(Account.email).where(Account.id == owner.account_id)).one()
    [letter] = letters_to(app, email)
    assert letter.subject == "One of your sign-ins was ended"


def test_neither_the_address_nor_the_name_of_the_client_is_kept(
    world: World, tokens: dict[str, Any], owner: Person, session: Session
) -> None:
    assert refresh(world, tokens["refresh_token"], agent="App/1 (Pixel 9)").status_code == 200

    mine = select(RefreshToken.used_by).join(SignIn).where(SignIn.member_id == owner.member_id)
    [used_by] = session.scalars(mine.where(RefreshToken.used_by.is_not(None)))
    assert used_by == sha256(b"agent App/1 (Pixel 9)").digest()


def test_tokens_that_are_good_for_nothing_get_one_answer(world: World, tokens: dict[str, Any], owner: Person) -> None:
    expired = tokens["refresh_token"]
    with world.transaction() as session:
        session.execute(
            update(RefreshToken)
            .where(RefreshToken.digest == refreshing.digest_of(expired))
            .values(expires_at=func.now())
        )

    answers = [refresh(world, token) for token in (expired, "unknown", "ünïcode", tokens["access_token"][:200])]
    assert {answer.status_code for answer in answers} == {401}
    assert {(answer.json["code"], answer.json["detail"]) for answer in answers} == {
        ("refresh_token_invalid", "This refresh token is not valid any more; sign in again.")
    }
    assert all("WWW-Authenticate" in answer.headers for answer in answers)


def test_a_disabled_members_tokens_are_good_for_nothing(world: World, tokens: dict[str, Any], owner: Person) -> None:
    with world.transaction() as session:
        session.execute(update(Member).where(Member.id == owner.member_id).values(status=MemberStatus.DISABLED))

    assert me(world, tokens["access_token"]).status_code == 401
    renewed = refresh(world, tokens["refresh_token"])
    assert renewed.status_code == 401 or me(world, renewed.json["access_token"]).status_code == 401


def test_only_digests_and_nonces_are_kept_and_they_give_no_token(
    world: World, tokens: dict[str, Any], session: Session
) -> None:
    successor = refresh(world, tokens["refresh_token"]).json["refresh_token"]

    kept = session.execute(select(RefreshToken.digest, RefreshToken.successor_nonce)).all()
    for token in (tokens["refresh_token"], successor):
        assert all(token.encode() not in (row.digest + (row.successor_nonce or b"")) for row in kept)
    assert refreshing.successor_of(tokens["refresh_token"], b"another nonce") != successor


@pytest.mark.parametrize(
    "body", [{}, {"refresh_token": ""}, {"refresh_token": None}, {"refresh_token": "x" * 201}, {"refresh_token": 1}]
)
def test_a_body_without_a_token_is_refused_by_name(world: World, body: dict[str, Any]) -> None:
    answer = world.anyone().post("/v1/sign-ins/refresh", json=body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "/refresh_token")
