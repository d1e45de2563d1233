"""Signing in by a linked Firebase account: what is verified, for whom it opens, and what it does not replace."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from sqlalchemy import delete, func, select

from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account
from hep_api.accounts.viewer import Role
from hep_api.app import create_app
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.settings import Settings, SettingsError
from tests import google as google_double
from tests.google import ADDRESSES, PROJECT, Google
from tests.world import LONG_AGO, Person, World

DOOR = "/v1/sign-ins/firebase"
EMULATOR = "FIREBASE_AUTH_EMULATOR_HOST"


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with google_double.serving() as serving:
        yield serving


@pytest.fixture(scope="module")
def firebase_app(settings: Settings, google: Google) -> Iterator[Flask]:
    app = create_app(replace(settings, firebase_project_id=PROJECT))
    yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def town(firebase_app: Flask) -> World:
    return World(firebase_app)


@pytest.fixture
def owner(town: World) -> Person:
    return town.step_up(town.owner(town.clinic()))


@pytest.fixture
def uid() -> str:
    return f"uid-{uuid4()}"


@pytest.fixture
def linked(owner: Person, google: Google, uid: str) -> Person:
    assert owner.http.put("/v1/me/firebase", json={"id_token": google.id_token(uid)}).status_code == 200
    return owner


def sign_in(town: World, token: str, **more: Any) -> Any:
    return town.anyone().post(DOOR, json={"id_token": token, **more})


def refused(answer: Any, code: str = "firebase_token_invalid") -> bool:
    assert answer.status_code == 401, answer.text
    assert "WWW-Authenticate" in answer.headers
    return bool(answer.json["code"] == code)


def test_a_linked_firebase_account_signs_in_as_the_account_it_is_linked_to(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    answer = sign_in(town, google.id_token(uid), device_name="Kitchen tablet")

    assert answer.status_code == 201
    assert answer.json["member"]["id"] == str(linked.member_id)
    phone = town.anyone()
    phone.token = answer.json["access_token"]
    assert phone.get("/v1/me").json["member"]["id"] == str(linked.member_id)
    assert (
        town.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": answer.json["refresh_token"]}).status_code
        == 200
    )


def test_a_firebase_account_that_is_linked_to_none_signs_nobody_in(town: World, linked: Person, google: Google) -> None:
    stranger = sign_in(town, google.id_token("somebody-else"))

    assert (stranger.status_code, stranger.json["code"]) == (403, "firebase_not_linked")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-project"},
        {"iss": "https://securetoken.google.com/another-project"},
        {"iss": "https://accounts.google.com"},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 600},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 129},
        {"firebase": {"sign_in_provider": "password", "tenant": "a-tenant"}},
    ],
    # By the claim: an instant in a name would differ between the processes that run the tests.
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_with_other_claims_is_refused(
    town: World, linked: Person, google: Google, uid: str, claims: dict[str, Any]
) -> None:
    assert sign_in(town, google.id_token(uid)).status_code == 201

    assert refused(sign_in(town, google.id_token(uid, **claims)))


def test_an_expired_token_is_told_apart_so_that_the_phone_gets_a_new_one(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    past = int(time.time()) - 3600
    expired = google.id_token(uid, iat=past - 3600, exp=past)

    assert refused(sign_in(town, expired), "firebase_token_expired")


def test_a_token_of_another_key_is_refused(town: World, linked: Person, google: Google, uid: str) -> None:
    stranger = rsa.generate_private_key(65537, 2048)

    assert refused(sign_in(town, google.id_token(uid, key=stranger)))
    assert refused(sign_in(town, google.id_token(uid, key=stranger, kid="unknown")))


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_the_algorithm_is_not_the_tokens_to_choose(town: World, linked: Person, google: Google, uid: str) -> None:
    _, payload, signature = google.id_token(uid).split(".")
    for alg in ("none", "None", "HS256", "ES256", "", None, 7):
        for kept in ("", signature):
            assert refused(sign_in(town, f"{part({'alg': alg, 'kid': 'one', 'typ': 'JWT'})}.{payload}.{kept}"))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "....",
        f"{part(None)}.{part(None)}.x",
        f"{part([])}.{part([])}.x",
        f"{part({'alg': 'RS256'})}.{part([])}.x",
        f"{part({'alg': 'HS256'})}.{part({'v': 0, 'd': 7})}.x",
        f"{part({'alg': 'HS256'})}.{part({'v': 0, 'd': None})}.x",
        f"{part({'alg': 'RS256', 'kid': ['x']})}.{part({'aud': PROJECT})}.x",
        "W1tb" * 900 + ".e30.x",
    ],
)
def test_what_is_no_token_at_all_is_refused_without_a_traceback(
    town: World, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(sign_in(town, token))
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("token", [None, "", "x" * 4001, 7, "nul\x00"])
def test_a_body_without_a_token_is_refused_by_name(town: World, token: Any) -> None:
    answer = sign_in(town, token)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "/id_token")


def test_a_token_of_ours_is_no_firebase_token_and_the_other_way_round(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    assert refused(sign_in(town, linked.token))
    headers = {"Authorization": f"Bearer {google.id_token(uid)}"}
    assert town.anyone().get("/v1/me", headers=headers).json["code"] == "token_invalid"


def test_the_second_factor_of_the_account_is_asked_for_all_the_same(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    begun = linked.http.post("/v1/me/second-factors/totp", json={})
    assert begun.status_code == 201, begun.text
    code = pyotp.TOTP(begun.json["secret"]).now()
    confirmed = linked.http.post("/v1/me/second-factors/totp/confirmation", json={"totp_code": code})
    assert confirmed.status_code < 300, confirmed.text

    answer = sign_in(town, google.id_token(uid))
    assert refused(answer, "second_factor_needed")
    assert "totp" in answer.json["methods"]
    assert "access_token" not in answer.json


def test_a_member_of_several_clinics_chooses_and_a_disabled_one_does_not_come_in(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    other = town.clinic()
    town.also_member_of(other, linked, Role.PRACTITIONER)
    undecided = sign_in(town, google.id_token(uid))
    assert (undecided.status_code, undecided.json["code"]) == (409, "clinic_choice_needed")

    assert sign_in(town, google.id_token(uid), clinic_id=str(other)).json["clinic"]["id"] == str(other)
    elsewhere = sign_in(town, google.id_token(uid), clinic_id=str(town.clinic()))
    assert (elsewhere.status_code, elsewhere.json["code"]) == (403, "no_membership")


def test_linking_needs_a_fresh_proof_of_who_one_is(town: World, google: Google, uid: str) -> None:
    person = town.owner(town.clinic())
    body = {"id_token": google.id_token(uid)}
    for answer in (person.http.put("/v1/me/firebase", json=body), person.http.delete("/v1/me/firebase")):
        assert (answer.status_code, answer.json["code"]) == (403, "second_factor_needed")
    town.step_up(person)

    assert person.http.put("/v1/me/firebase", json=body).status_code == 200
    assert person.http.delete("/v1/me/firebase").status_code == 204
    assert town.anyone().put("/v1/me/firebase", json=body).status_code == 401


def test_a_link_is_shown_replaced_and_ended(town: World, linked: Person, google: Google, uid: str) -> None:
    first = linked.http.get("/v1/me/firebase").json["linked_at"]
    assert first is not None
    again = linked.http.put("/v1/me/firebase", json={"id_token": google.id_token(uid)})
    assert again.json["linked_at"] == first
    assert linked.http.put("/v1/me/firebase", json={"id_token": google.id_token(f"{uid}-2")}).status_code == 200

    assert sign_in(town, google.id_token(uid)).status_code == 403
    assert sign_in(town, google.id_token(f"{uid}-2")).status_code == 201
    assert [linked.http.delete("/v1/me/firebase").status_code for _ in range(2)] == [204, 204]
    assert sign_in(town, google.id_token(f"{uid}-2")).status_code == 403
    assert linked.http.get("/v1/me/firebase").json == {"linked_at": None}


def test_a_firebase_account_is_linked_to_one_account_only(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    other = town.step_up(town.owner(linked.clinic_id))
    taken = other.http.put("/v1/me/firebase", json={"id_token": google.id_token(uid)})

    assert (taken.status_code, taken.json["errors"][0]["rule"]) == (409, "linked")
    assert other.http.get("/v1/me/firebase").json == {"linked_at": None}
    assert sign_in(town, google.id_token(uid)).json["member"]["id"] == str(linked.member_id)


def letters_to(town: World, person: Person) -> int:
    with town.transaction() as session:
        mine = Job.payload["account_id"].astext == str(person.account_id)
        told = Job.payload["letter"].astext == "firebase_link_changed"
        return session.scalar(select(func.count()).select_from(Job).where(mine, told)) or 0


def test_each_change_of_the_link_is_told_by_mail(town: World, linked: Person, google: Google, uid: str) -> None:
    assert letters_to(town, linked) == 1
    linked.http.put("/v1/me/firebase", json={"id_token": google.id_token(uid)})
    assert letters_to(town, linked) == 1
    linked.http.delete("/v1/me/firebase")
    linked.http.delete("/v1/me/firebase")

    assert letters_to(town, linked) == 2


def test_a_link_goes_with_its_account(town: World, uid: str) -> None:
    account = Account(id=uuid4(), email=f"{uid}@example.org", password_hash="unusable", created_at=LONG_AGO)
    with town.transaction() as session:
        session.add(account)
        session.flush()
        session.add(FirebaseLink(account_id=account.id, uid=uid, linked_at=LONG_AGO))
    with town.transaction() as session:
        assert session.get(FirebaseLink, account.id) is not None
        session.execute(delete(Account).where(Account.id == account.id))
    with town.transaction() as session:
        assert session.get(FirebaseLink, account.id) is None


def test_while_google_is_away_everybody_is_asked_to_come_again(
    town: World, linked: Person, google: Google, uid: str
) -> None:
    google.status = 500
    try:
        away = sign_in(town, google.id_token(uid))
        linking = linked.http.put("/v1/me/firebase", json={"id_token": google.id_token(uid)})
    finally:
        google.status = 200

    assert {answer.status_code for answer in (away, linking)} == {503}
    assert "Retry-After" in away.headers
    assert sign_in(town, google.id_token(uid)).status_code == 201


def test_where_no_project_is_named_nothing_is_offered(world: World) -> None:
    person = world.step_up(world.owner(world.clinic()))
    answers = [
        world.anyone().post(DOOR, json={"id_token": "x.y.z"}),
        person.http.put("/v1/me/firebase", json={"id_token": "x.y.z"}),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "firebase_not_offered")}
    assert person.http.get("/v1/me/firebase").json == {"linked_at": None}


def test_with_the_emulators_variable_set_only_a_development_server_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EMULATOR, "127.0.0.1:9099")
    for offered in ("", PROJECT):
        with pytest.raises(SettingsError, match=EMULATOR):
            create_app(replace(settings, firebase_project_id=offered))

    developing = create_app(replace(settings, firebase_project_id=PROJECT, environment="development"))
    assert World(developing).anyone().get("/healthz").status_code == 200
    developing.extensions["hep_database"].engine.dispose()


@pytest.mark.parametrize("content", [None, "", "{}", '{"type": "authorized_user"}', "no JSON"])
def test_a_key_file_that_is_none_is_named(settings: Settings, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="HEP_FIREBASE_CREDENTIALS_FILE"):
        create_app(replace(settings, firebase_project_id=PROJECT, firebase_credentials_file=str(file)))


def test_the_private_names_that_these_tests_turn_hold_what_the_library_asks() -> None:
    """In a process of its own: here they are turned already."""
    script = "import pkgutil, sys; print(*map(pkgutil.resolve_name, sys.argv[1:]))"
    asking = [sys.executable, "-c", script, *ADDRESSES]
    said = subprocess.run(asking, capture_output=True, text=True, check=True)

    assert said.stdout.split() == list(ADDRESSES.values())


@pytest.fixture
def asking(settings: Settings, google: Google, tmp_path: Path) -> Iterator[World]:
    """An app that has a service account's key, and so asks Google about each account."""
    key_file = google.key_file(tmp_path)
    app = create_app(replace(settings, firebase_project_id=PROJECT, firebase_credentials_file=key_file))
    yield World(app)
    app.extensions["hep_database"].engine.dispose()


def test_with_a_key_google_is_asked_whether_the_token_was_revoked(
    asking: World, town: World, google: Google, linked: Person, uid: str
) -> None:
    token = google.id_token(uid)
    google.accounts[uid] = {"localId": uid, "validSince": str(int(time.time()) - 3600)}
    assert sign_in(asking, token).status_code == 201

    google.accounts[uid] = {"localId": uid, "validSince": str(int(time.time()) + 10)}
    assert refused(sign_in(asking, token))
    google.accounts[uid] = {"localId": uid, "disabled": True}
    assert refused(sign_in(asking, token))
    del google.accounts[uid]
    assert refused(sign_in(asking, token))
    # Without a key it is good until it expires.
    assert sign_in(town, token).status_code == 201


def test_what_google_cannot_be_asked_is_not_believed(
    settings: Settings, google: Google, tmp_path: Path, linked: Person, uid: str
) -> None:
    key_file = Path(google.key_file(tmp_path))
    key_file.write_text(key_file.read_text().replace(google.url, "http://127.0.0.1:9"))
    app = create_app(replace(settings, firebase_project_id=PROJECT, firebase_credentials_file=str(key_file)))

    assert sign_in(World(app), google.id_token(uid)).status_code == 503
    assert refused(sign_in(World(app), google.id_token(uid, aud="another")))
    app.extensions["hep_database"].engine.dispose()
