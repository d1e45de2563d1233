"""A new password by a mailed link: for the owner of the mailbox, once, soon, and nobody learns who has an account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded
from hep_api.accounts.models.identity import Account, PasswordReset
from hep_api.accounts.viewer import Role
from hep_api.foundation.jobs.models import Job
from tests.clinics.hearing import facts_heard
from tests.counting import StatementCounter
from tests.mail.opened import letters_to
from tests.world import Person, World

OLD, NEW = "seven small stones", "eight larger rocks"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def email(world: World, owner: Person) -> str:
    return world.give_password(owner, OLD)


def ask(world: World, email: str) -> Any:
    return world.anyone().post("/v1/password-resets", json={"email": email})


def use(world: World, token: str, password: str = NEW) -> Any:
    return world.anyone().post("/v1/password-resets/use", json={"token": token, "password": password})


def sign_in(world: World, email: str, password: str, **more: Any) -> Any:
    return world.anyone().post("/v1/sign-ins", json={"email": email, "password": password, **more})


def token_for(app: Flask, world: World, email: str) -> str:
    """Ask for a link, and return the token of the newest one."""
    assert ask(world, email).status_code == 202
    link = letters_to(app, email)[-1].link
    assert link.startswith("hepapp://password-reset/")
    return link.removeprefix("hepapp://password-reset/")


def let_pass(world: World, owner: Person, time: timedelta) -> None:
    """Shift the account's link into the past, as if so long had passed since."""
    with world.transaction() as session:
        earlier = {"created_at": PasswordReset.created_at - time, "expires_at": PasswordReset.expires_at - time}
        session.execute(update(PasswordReset).where(PasswordReset.account_id == owner.account_id).values(earlier))


def test_the_mailed_link_sets_a_new_password_and_ends_every_sign_in(
    app: Flask, world: World, owner: Person, email: str
) -> None:
    other_clinic = world.clinic()
    world.also_member_of(other_clinic, owner, Role.PRACTITIONER)
    sign_in(world, email, OLD, clinic_id=str(other_clinic))
    token = token_for(app, world, email.upper().lower())

    with facts_heard(app, SignInEnded) as heard:
        assert use(world, token).status_code == 204

    assert {fact.clinic_id for fact in heard} == {owner.clinic_id, other_clinic}
    assert owner.http.get("/v1/me").json["code"] == "sign_in_ended"
    here = {"clinic_id": str(owner.clinic_id)}
    assert sign_in(world, email, OLD, **here).status_code == 401
    assert sign_in(world, email, NEW, **here).status_code == 201
    assert [letter.subject for letter in letters_to(app, email)] == [
        "Choose a new password",
        "Your password was changed",
    ]


def test_a_link_works_once_however_many_use_it_at_once(app: Flask, world: World, email: str) -> None:
    token = token_for(app, world, email)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: use(world, token, f"{NEW} {number}").status_code, range(6)))

    assert sorted(answers) == [204] + [404] * 5
    assert use(world, token).status_code == 404


def test_links_that_are_good_for_nothing_get_one_answer(app: Flask, world: World, owner: Person, email: str) -> None:
    replaced = token_for(app, world, email)
    let_pass(world, owner, timedelta(minutes=6))
    expired = token_for(app, world, email)
    assert expired != replaced
    refused = [use(world, replaced)]
    let_pass(world, owner, timedelta(minutes=11))

    refused += [use(world, token) for token in (expired, "unknown", "ünïcode")]
    assert {answer.status_code for answer in refused} == {404}
    assert len({(answer.json["code"], answer.json["detail"]) for answer in refused}) == 1
    assert sign_in(world, email, OLD).status_code == 201


def test_a_changed_password_ends_an_open_link(app: Flask, world: World, owner: Person, email: str) -> None:
    token = token_for(app, world, email)
    body = {"current_password": OLD, "password": "chosen in the meantime"}
    assert owner.http.put("/v1/me/password", json=body).status_code == 204

    assert use(world, token).status_code == 404


def test_asking_again_and_again_neither_fills_the_mailbox_nor_makes_the_link_stale(
    app: Flask, world: World, owner: Person, email: str
) -> None:
    token = token_for(app, world, email)
    for _ in range(5):
        assert ask(world, email).status_code == 202
    assert len(letters_to(app, email)) == 1

    assert use(world, token).status_code == 204


def test_nobody_learns_which_emails_have_an_account(
    app: Flask, world: World, email: str, statements: StatementCounter, session: Session
) -> None:
    asked = []
    for each in (email, "nobody@example.org"):
        before = session.scalar(select(func.count()).select_from(Job).where(Job.kind == "accounts.send_letter"))
        with statements() as seen:
            answer = ask(world, each)
        after = session.scalar(select(func.count()).select_from(Job).where(Job.kind == "accounts.send_letter"))
        assert before is not None
        assert after is not None
        asked.append((answer.status_code, answer.data, len(answer.headers), list(seen), after - before))
    assert asked[0] == asked[1]
    assert asked[0][:2] == (202, b"")

    assert len(letters_to(app, email)) == 1
    assert letters_to(app, "nobody@example.org") == []


def test_neither_the_table_of_jobs_nor_the_one_of_links_holds_what_opens_anything(
    app: Flask, world: World, owner: Person, email: str, session: Session
) -> None:
    token = token_for(app, world, email)

    payloads = " ".join(map(str, session.scalars(select(Job.payload))))
    digest = session.scalars(select(PasswordReset.digest).where(PasswordReset.account_id == owner.account_id)).one()
    assert token not in payloads
    assert email not in payloads
    assert str(owner.account_id) in payloads
    assert token.encode() not in digest


@pytest.mark.parametrize(("password", "rule"), [("short77", "length"), ("sunshine1", "common"), ("Test clinic", "own")])
def test_a_weak_password_is_refused_and_the_link_stays_good(
    app: Flask, world: World, email: str, password: str, rule: str
) -> None:
    token = token_for(app, world, email)
    refused = use(world, token, password)

    assert refused.status_code == 422
    assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/password", rule)]
    assert use(world, token).status_code == 204


def test_an_account_without_a_password_gets_one(app: Flask, world: World, owner: Person, session: Session) -> None:
    email = session.scalars(select(Account.email).where(Account.id == owner.account_id)).one()
    assert use(world, token_for(app, world, email)).status_code == 204

    assert sign_in(world, email, NEW).status_code == 201
