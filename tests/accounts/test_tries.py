"""Guessing is hopeless, and nobody is kept out by somebody who guesses: not even while they do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from hep_api.accounts.actions import password_resets
from hep_api.accounts.jobs import prune_sign_ins
from hep_api.accounts.models.familiar import FamiliarMark
from hep_api.accounts.passwords import Passwords
from hep_api.accounts.tries import FROM_ADDRESS, ON_DEVICE
from hep_api.app import create_app
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings
from tests.accounts.test_signing_in import CountingHasher
from tests.world import Person, World

PASSWORD, WRONG = "seven small stones", "seven small stoneS"
HOME, CLINIC, NEW = "203.0.113.7", "198.51.100.20", "192.0.2.99"
STRANGE_TRIES = 25
# As many as one address has.
MOST = 20


@pytest.fixture(scope="module")
def limited_app(settings: Settings) -> Iterator[Flask]:
    """An app in which one address may ask as often as it likes, but for one account."""
    many = {"open_requests_per_minute": 100_000, "strange_sign_ins_per_hour": STRANGE_TRIES}
    app = create_app(replace(settings, limits_enabled=True, **many))
    yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def town(limited_app: Flask) -> World:
    return World(limited_app)


@pytest.fixture
def hasher(town: World, monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    counting = CountingHasher()
    monkeypatch.setitem(town.app.extensions, "hep_passwords", Passwords(counting, 1))
    return counting


@pytest.fixture
def victim(town: World) -> Person:
    return town.owner(town.clinic())


@pytest.fixture
def email(town: World, victim: Person) -> str:
    return town.give_password(victim, PASSWORD)


def sign_in(town: World, email: str, password: str = PASSWORD, *, at: str = HOME, **more: Any) -> Any:
    body = {"email": email, "password": password, **more}
    return town.anyone().post("/v1/sign-ins", json=body, environ_base={"REMOTE_ADDR": at})


def flood(town: World, email: str, tries: int = STRANGE_TRIES + 1) -> list[int]:
    """Try wrong passwords, each from another address."""
    addresses = [f"10.1.{number // 250}.{number % 250}" for number in range(tries)]
    return [sign_in(town, email, WRONG, at=address).status_code for address in addresses]


def test_one_address_has_so_many_tries_for_one_account_and_others_for_others(town: World, email: str) -> None:
    answers = [sign_in(town, email, WRONG) for _ in range(MOST + 1)]

    assert [answer.status_code for answer in answers] == [401] * MOST + [429]
    assert answers[-1].json["code"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert sign_in(town, email, at=CLINIC).status_code == 201
    assert sign_in(town, town.give_password(town.owner(town.clinic()), PASSWORD)).status_code == 201


def test_tries_from_everywhere_are_bounded(town: World, email: str) -> None:
    statuses = flood(town, email, STRANGE_TRIES + 3)

    assert statuses == [401] * STRANGE_TRIES + [429] * 3


def test_an_unknown_account_is_counted_just_the_same(town: World, email: str) -> None:
    unknown = f"nobody-{uuid4()}@example.org"

    assert flood(town, unknown) == flood(town, email)
    refused = [sign_in(town, each, WRONG, at=NEW) for each in (unknown, email)]
    assert {(answer.status_code, answer.json["code"]) for answer in refused} == {(429, "too_many_requests")}
    assert len({re.sub(r"[0-9]+", "", answer.json["detail"]) for answer in refused}) == 1


def test_who_was_here_before_comes_in_during_a_flood(town: World, email: str) -> None:
    assert sign_in(town, email, at=HOME).status_code == 201
    assert flood(town, email)[-1] == 429

    assert sign_in(town, email, at=NEW).status_code == 429
    assert sign_in(town, email, WRONG, at=HOME).status_code == 401
    assert sign_in(town, email, at=HOME).status_code == 201


def test_who_comes_on_a_device_used_before_comes_in_from_any_address(town: World, email: str) -> None:
    mine, another = str(uuid4()), str(uuid4())
    assert sign_in(town, email, at=HOME, device_id=mine).status_code == 201
    assert flood(town, email)[-1] == 429

    assert sign_in(town, email, at=NEW, device_id=another).status_code == 429
    assert sign_in(town, email, at=NEW, device_id=mine).status_code == 201


def test_a_neighbour_who_guesses_at_the_same_address_keeps_no_known_device_out(town: World, email: str) -> None:
    mine = str(uuid4())
    assert sign_in(town, email, at=CLINIC, device_id=mine).status_code == 201
    guesses = [sign_in(town, email, WRONG, at=CLINIC, device_id=str(uuid4())).status_code for _ in range(MOST + 1)]
    assert guesses[-1] == 429

    assert sign_in(town, email, at=CLINIC).status_code == 429
    assert sign_in(town, email, at=CLINIC, device_id=mine).status_code == 201


def test_whoever_found_a_device_has_so_many_tries_on_it_too(town: World, email: str) -> None:
    found = str(uuid4())
    assert sign_in(town, email, device_id=found).status_code == 201
    statuses = [sign_in(town, email, WRONG, device_id=found).status_code for _ in range(2 * MOST + 1)]

    assert statuses == [401] * 2 * MOST + [429]
    settings = town.app.extensions["hep_settings"]
    assert FROM_ADDRESS.most(settings) == ON_DEVICE.most(settings) == MOST


def test_the_device_of_one_account_is_not_known_to_another(town: World, email: str) -> None:
    shared = str(uuid4())
    other = town.give_password(town.owner(town.clinic()), PASSWORD)
    assert sign_in(town, other, at=HOME, device_id=shared).status_code == 201
    assert flood(town, email)[-1] == 429

    assert sign_in(town, email, at=HOME, device_id=shared).status_code == 429
    assert sign_in(town, other, at=HOME, device_id=shared).status_code == 201


def test_a_right_password_lets_the_count_begin_anew(town: World, email: str) -> None:
    for _ in range(2):
        assert [sign_in(town, email, WRONG).status_code for _ in range(MOST - 1)] == [401] * (MOST - 1)
        assert sign_in(town, email).status_code == 201


def test_a_refused_try_costs_no_hash(town: World, email: str, hasher: CountingHasher) -> None:
    statuses = flood(town, email)
    assert len(hasher.did) == statuses.count(401) == STRANGE_TRIES
    sign_in(town, email, at=NEW)
    sign_in(town, f"nobody-{uuid4()}@example.org", at=NEW)

    assert len(hasher.did) == STRANGE_TRIES + 1


def test_a_new_password_by_mail_opens_the_way_for_whoever_is_new_everywhere(
    town: World, email: str, victim: Person
) -> None:
    assert flood(town, email)[-1] == 429
    assert sign_in(town, email, at=NEW).status_code == 429
    token = reset_token(town, victim)
    new = "eight larger stones"
    used = {"token": token, "password": new}
    here = {"environ_base": {"REMOTE_ADDR": NEW}}
    assert town.anyone().post("/v1/password-resets/use", json=used, **here).status_code == 204

    assert sign_in(town, email, new, at=NEW).status_code == 201
    assert sign_in(town, email, new, at="192.0.2.100").status_code == 201


def reset_token(town: World, person: Person) -> str:
    with town.transaction() as session:
        return password_resets.open_reset(session, person.account_id, datetime.now(UTC)) or ""


def marks(town: World, person: Person) -> list[datetime]:
    with town.transaction() as session:
        mine = FamiliarMark.account_id == person.account_id
        return list(session.scalars(select(FamiliarMark.seen_at).where(mine).order_by(FamiliarMark.seen_at)))


def test_what_is_remembered_names_nothing_and_is_forgotten_after_three_months(
    town: World, email: str, victim: Person
) -> None:
    device = str(uuid4())
    for _ in range(2):
        assert sign_in(town, email, device_id=device).status_code == 201
    assert len(marks(town, victim)) == 2
    with town.transaction() as session:
        old = func.now() - timedelta(days=91)
        session.execute(update(FamiliarMark).where(FamiliarMark.account_id == victim.account_id).values(seen_at=old))
        digests = session.scalars(select(FamiliarMark.digest).where(FamiliarMark.account_id == victim.account_id))
        assert all(len(digest) == 32 and HOME.encode() not in digest for digest in digests)
    assert sign_in(town, email, at=HOME).status_code == 201

    with town.app.app_context(), transaction() as session:
        prune_sign_ins(session, {}, datetime.now(UTC))
    assert len(marks(town, victim)) == 1
