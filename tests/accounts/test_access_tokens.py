"""Only tokens that we signed, for us, unexpired, of the right type, open a door; all others are a 401 that says how."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask

from hep_api.accounts.tokens import Tokens
from hep_api.foundation.errors import Problem
from hep_api.foundation.realtime.attendance import Caller
from hep_api.foundation.realtime.packets import HOME, Kind, Packet
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
    signing = ours.keys.ring().signing(datetime.now(UTC))
    headers = {"kid": signing.kid, "typ": "at+jwt", **header}
    return jwt.encode(payload, key or signing.private, alg, headers=headers)


def unsigned(header: dict[str, Any], payload: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join(parts) + "."


def bare(header: bytes) -> str:
    return base64.urlsafe_b64encode(header).decode().rstrip("=") + ".e30.e30"


def asked_with(world: World, token: str) -> Any:
    return world.anyone().get("/v1/me", headers={"Authorization": f"Bearer {token}"})


def introduced_with(world: World, token: str) -> Caller | Problem:
    """Show a token on a live connection."""
    gateway = world.app.extensions["hep_realtime"]
    packet = Packet(Kind.CONNECT, HOME, None, json.dumps({"token": token}))
    told: Caller | Problem = gateway.switchboard.introduce(str(uuid4()), packet, lambda _: False)
    return told


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
        {"aud": ["another-api"]},
        {"jti": 7},
        {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 4500},
        {"iat": None},
        {"iat": "now"},
        {"iat": float(int(time.time()))},
    ],
)
def test_a_token_with_other_claims_is_refused(
    world: World, owner: Person, ours: Tokens, change: dict[str, Any]
) -> None:
    assert asked_with(world, sign(ours, claims(owner))).status_code == 200
    assert refused(asked_with(world, sign(ours, claims(owner, **change))))


@pytest.mark.parametrize(
    "exp",
    [10**400, -(10**400), 10**12, 0, "never", "1999999999", 1999999999.5, True, [1999999999], {"at": 1999999999}],
    ids=lambda exp: str(exp)[:12],
)
def test_an_end_that_is_no_instant_of_a_token_of_ours_is_refused(
    world: World, owner: Person, ours: Tokens, exp: Any
) -> None:
    absurd = sign(ours, claims(owner, exp=exp))

    assert refused(asked_with(world, absurd))
    told = introduced_with(world, absurd)
    assert isinstance(told, Problem)
    assert (told.status, told.code) == (401, "token_invalid")
    assert isinstance(introduced_with(world, sign(ours, claims(owner))), Caller)


def test_numbers_that_json_does_not_know_are_refused(world: World, owner: Person, ours: Tokens) -> None:
    for exp in (float("inf"), float("nan")):
        assert refused(asked_with(world, sign(ours, claims(owner, exp=exp))))


def test_a_token_of_a_process_whose_clock_is_a_little_ahead_is_taken(world: World, owner: Person, ours: Tokens) -> None:
    now = int(time.time())

    assert asked_with(world, sign(ours, claims(owner, iat=now + 20, exp=now + 920))).status_code == 200
    assert refused(asked_with(world, sign(ours, claims(owner, iat=now + 90, exp=now + 990))))


def test_a_token_of_another_type_or_key_is_refused(world: World, owner: Person, ours: Tokens) -> None:
    payload = claims(owner)
    stranger = ec.generate_private_key(ec.SECP256R1())

    assert refused(asked_with(world, sign(ours, payload, typ="JWT")))
    assert refused(asked_with(world, sign(ours, payload, typ="rt+jwt")))
    assert refused(asked_with(world, sign(ours, payload, kid="unknown")))
    assert refused(asked_with(world, sign(ours, payload, kid="../../etc/passwd")))
    assert refused(asked_with(world, sign(ours, payload, key=stranger)))


def test_the_algorithm_comes_from_the_key_and_never_from_the_header(world: World, owner: Person, ours: Tokens) -> None:
    payload, signing = claims(owner), ours.keys.ring().signing(datetime.now(UTC))
    pem = signing.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": signing.kid}
    # PyJWT refuses to sign with a public key as a secret, so the attacker's token is put together by hand.
    signed = unsigned(header, payload).rstrip(".")
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
    confused = signed + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")

    assert refused(asked_with(world, confused))
    for alg in ("none", "None", "", "HS256", "ES384", "ES256", "RS256", "EdDSA"):
        assert refused(asked_with(world, unsigned({**header, "alg": alg}, payload)))
    # By other keys, for other algorithms.
    rightly_signed: dict[str, Any] = {
        "RS256": rsa.generate_private_key(65537, 2048),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
    }
    for alg, key in rightly_signed.items():
        assert refused(asked_with(world, sign(ours, payload, key=key, alg=alg)))


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
