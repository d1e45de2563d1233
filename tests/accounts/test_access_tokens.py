"""Only tokens that we signed, for us, unexpired, of the right type, open a door; all others are a 401 that says how."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from hep_api.accounts.tokens import Tokens, load_tokens
from hep_api.foundation.settings import Settings, SettingsError
from tests.world import Person, World


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def ours(app: Flask) -> Tokens:
    tokens: Tokens = app.extensions["hep_tokens"]
    return tokens


def claims(owner: Person, **change: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "iss": "hep-api",
        "aud": "hep-api",
        "sub": str(owner.account_id),
        "sid": str(owner.sign_in_id),
        "jti": "one",
        "iat": now,
        "exp": now + 900,
        **change,
    }
    return {name: value for name, value in made.items() if value is not None}


def sign(ours: Tokens, payload: dict[str, Any], *, key: Any = None, alg: str = "ES256", **header: Any) -> str:
    kid = ours.keys.signing_kid
    headers = {"kid": kid, "typ": "at+jwt", **header}
    return jwt.encode(payload, key or ours.keys.by_kid[kid], alg, headers=headers)


def unsigned(header: dict[str, Any], payload: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join(parts) + "."


def bare(header: bytes) -> str:
    return base64.urlsafe_b64encode(header).decode().rstrip("=") + ".e30.e30"


def asked_with(world: World, token: str) -> Any:
    return world.anyone().get("/v1/me", headers={"Authorization": f"Bearer {token}"})


def refused(answer: Any, code: str = "token_invalid") -> bool:
    assert answer.status_code == 401, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    return bool(answer.json["code"] == code)


def test_a_token_of_ours_opens_the_door(world: World, owner: Person, ours: Tokens) -> None:
    assert asked_with(world, sign(ours, claims(owner))).status_code == 200
    assert asked_with(world, owner.token).status_code == 200


def test_an_expired_token_is_told_apart_so_that_the_phone_refreshes(world: World, owner: Person, ours: Tokens) -> None:
    past = claims(owner, iat=int(time.time()) - 901, exp=int(time.time()) - 1)

    assert refused(asked_with(world, sign(ours, past)), "token_expired")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "another-clinic"},
        {"aud": "another-api"},
        {"exp": None},
        {"sub": None},
        {"sid": None},
        {"jti": None},
        {"sid": 7},
        {"sid": "not-a-uuid"},
        {"sub": "not-a-uuid"},
        {"iat": int(time.time()) + 3600},
    ],
)
def test_a_token_with_other_claims_is_refused(
    world: World, owner: Person, ours: Tokens, change: dict[str, Any]
) -> None:
    assert asked_with(world, sign(ours, claims(owner))).status_code == 200
    assert refused(asked_with(world, sign(ours, claims(owner, **change))))


def test_a_token_of_another_type_or_key_is_refused(world: World, owner: Person, ours: Tokens) -> None:
    payload = claims(owner)
    stranger = ec.generate_private_key(ec.SECP256R1())

    assert refused(asked_with(world, sign(ours, payload, typ="JWT")))
    assert refused(asked_with(world, sign(ours, payload, typ="rt+jwt")))
    assert refused(asked_with(world, sign(ours, payload, kid="unknown")))
    assert refused(asked_with(world, sign(ours, payload, kid="../../etc/passwd")))
    assert refused(asked_with(world, sign(ours, payload, key=stranger)))


def test_the_algorithm_comes_from_the_key_and_never_from_the_header(world: World, owner: Person, ours: Tokens) -> None:
    payload, kid = claims(owner), ours.keys.signing_kid
    public = ours.keys.by_kid[kid].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid}
    # PyJWT refuses to sign with a public key as a secret, so the attacker's token is put together by hand.
    signed = unsigned(header, payload).rstrip(".")
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
    confused = signed + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")

    assert refused(asked_with(world, confused))
    for alg in ("none", "None", "", "HS256", "ES384", "RS256"):
        assert refused(asked_with(world, unsigned({**header, "alg": alg}, payload)))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "....",
        "ümläut",
        bare(b"[" * 5000),
        bare(b'{"alg":"ES256","kid":["x"]}'),
        bare(b'{"alg":"ES256","kid":7}'),
        bare(b"null"),
    ],
)
def test_what_is_no_token_at_all_is_refused_without_a_traceback(world: World, token: str) -> None:
    assert refused(asked_with(world, token))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "bearer"])
def test_without_a_bearer_token_one_is_asked_to_sign_in(world: World, header: str) -> None:
    answer = world.anyone().get("/v1/me", headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_of_one_account_cannot_use_anothers_sign_in(world: World, owner: Person, ours: Tokens) -> None:
    other = world.owner(owner.clinic_id)

    crossed = claims(owner, sid=str(other.sign_in_id))
    assert refused(asked_with(world, sign(ours, crossed)), "sign_in_ended")


def test_keys_are_rotated_by_adding_a_file(settings: Settings, ours: Tokens, tmp_path: Path, owner: Person) -> None:
    for kid in ("20990101", "20990102"):
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / f"{kid}.pem").write_bytes(pem)
    rotated = load_tokens(Settings(database_url=settings.database_url, token_keys_folder=tmp_path))

    assert rotated.keys.signing_kid == "20990102"
    by_older = sign(rotated, claims(owner), key=rotated.keys.by_kid["20990101"], kid="20990101")
    assert rotated.read(by_older)["sid"] == owner.sign_in_id


def test_without_a_key_the_app_says_how_to_make_one(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"python -m hep_api\.accounts\.keys"):
        load_tokens(Settings(database_url=settings.database_url, token_keys_folder=tmp_path))
