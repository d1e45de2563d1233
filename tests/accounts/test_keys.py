"""Keys are rotated while everything runs: the next is published before it signs, the last verifies for a while."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from hep_api.accounts import key_folder
from hep_api.accounts.keys import SKEW, State, create_key
from hep_api.accounts.tokens import Tokens, load_tokens
from hep_api.app import create_app
from hep_api.foundation.errors import Problem
from hep_api.foundation.settings import Settings, SettingsError
from tests.world import World

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIFE = timedelta(minutes=15)
SOMEBODY = UUID(int=1)


@pytest.fixture
def in_folder(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a folder of the test's own, in which one key signs."""
    create_key(tmp_path, NOW - 100 * HOUR)
    return replace(settings, token_keys_folder=tmp_path)


@pytest.fixture(autouse=True)
def always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes look at the folder each time; how seldom they do otherwise has a test of its own."""
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS_FOR_ONE", 0.0)


def kid_of(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


def issue(tokens: Tokens, now: datetime = NOW) -> str:
    return tokens.issue(SOMEBODY, SOMEBODY, now)


def reads(tokens: Tokens, token: str, now: datetime = NOW) -> bool:
    try:
        return tokens.read(token, now)["sub"] == SOMEBODY
    except Problem:
        return False


def states(tokens: Tokens, now: datetime = NOW) -> dict[str, State]:
    return {key.kid: state for key, state in tokens.keys.ring().states(now)}


def write_key(folder: Path, name: str, curve: ec.EllipticCurve | None = None) -> None:
    key = ec.generate_private_key(curve or ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(pem)


def test_two_running_processes_pass_from_one_key_to_the_next(in_folder: Settings) -> None:
    one, other = load_tokens(in_folder), load_tokens(in_folder)
    before = issue(one)
    kid = create_key(in_folder.token_keys_folder, NOW + HOUR)

    assert kid_of(issue(one)) == kid_of(issue(other)) == kid_of(before)
    later = NOW + HOUR
    after = issue(other, later)
    assert kid_of(after) == kid_of(issue(one, later)) == kid
    assert reads(one, after, later)
    last_of_the_old = issue(one, later - timedelta(seconds=1))
    assert kid_of(last_of_the_old) == kid_of(before)
    assert reads(other, last_of_the_old, later)


def test_a_key_that_signs_no_more_verifies_until_its_last_tokens_have_expired(in_folder: Settings) -> None:
    tokens = load_tokens(in_folder)
    old = kid_of(issue(tokens))
    new = create_key(in_folder.token_keys_folder, NOW + HOUR)

    assert states(tokens) == {old: State.SIGNING, new: State.WAITING}
    assert states(tokens, NOW + HOUR) == {old: State.VERIFYING, new: State.SIGNING}
    gone = NOW + HOUR + LIFE + SKEW
    assert states(tokens, gone - timedelta(seconds=1)) == {old: State.VERIFYING, new: State.SIGNING}
    assert states(tokens, gone) == {old: State.RETIRED, new: State.SIGNING}
    assert [key.kid for key in tokens.keys.ring().published(NOW)] == [old, new]
    assert [key.kid for key in tokens.keys.ring().published(gone)] == [new]
    with pytest.raises(KeyError):
        tokens.keys.verifying(old, gone)


def test_whoever_stole_a_key_can_do_nothing_with_it_once_it_is_retired(in_folder: Settings) -> None:
    tokens = load_tokens(in_folder)
    stolen = tokens.keys.ring().keys[0]
    create_key(in_folder.token_keys_folder, NOW + HOUR)
    later = NOW + HOUR + LIFE + SKEW
    at = {"iat": int(later.timestamp()), "exp": int((later + LIFE).timestamp())}
    claims = {"iss": "hep-api", "aud": "hep-api", "sub": str(SOMEBODY), "sid": str(SOMEBODY), "jti": "x", **at}
    forged = jwt.encode(claims, stolen.private, "ES256", headers={"kid": stolen.kid, "typ": "at+jwt"})

    assert not reads(tokens, forged, later)
    assert reads(tokens, forged, later - timedelta(seconds=1))


def test_a_removed_key_is_refused_by_running_processes(in_folder: Settings) -> None:
    tokens = load_tokens(in_folder)
    stolen = issue(tokens)
    assert reads(tokens, stolen)
    create_key(in_folder.token_keys_folder, NOW)
    (in_folder.token_keys_folder / f"{kid_of(stolen)}.pem").unlink()

    assert not reads(tokens, stolen)
    assert reads(tokens, issue(tokens))


def test_a_token_of_a_key_that_another_process_found_first_is_looked_for_at_once(
    in_folder: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS", 1000.0)
    behind = load_tokens(in_folder)
    create_key(in_folder.token_keys_folder, NOW)
    token = issue(load_tokens(in_folder))
    assert kid_of(token) != kid_of(issue(behind))

    assert reads(behind, token)
    assert kid_of(issue(behind)) == kid_of(token)


def test_tokens_that_name_keys_at_random_make_nobody_look_all_the_time(
    in_folder: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS", 1000.0)
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS_FOR_ONE", 1000.0)
    tokens = load_tokens(in_folder)
    looks: list[Path] = []
    monkeypatch.setattr(key_folder.keys, "names_in", lambda folder: looks.append(folder) or frozenset())
    for number in range(100):
        with pytest.raises(KeyError):
            tokens.keys.verifying(f"unknown-{number}", NOW)

    assert looks == []


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_stops_nobody_who_runs_and_nobody_starts_with_it(
    in_folder: Settings, content: bytes
) -> None:
    tokens = load_tokens(in_folder)
    (in_folder.token_keys_folder / "20990101.pem").write_bytes(content)

    assert reads(tokens, issue(tokens))
    with pytest.raises(SettingsError, match="20990101"):
        load_tokens(in_folder)


def test_who_runs_goes_on_when_the_folder_is_gone(in_folder: Settings) -> None:
    tokens = load_tokens(in_folder)
    for file in in_folder.token_keys_folder.iterdir():
        file.unlink()
    assert reads(tokens, issue(tokens))
    in_folder.token_keys_folder.rmdir()

    assert reads(tokens, issue(tokens))
    with pytest.raises(SettingsError, match="HEP_TOKEN_KEYS_FOLDER"):
        load_tokens(in_folder)


def test_without_a_key_the_app_says_how_to_make_one(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"python -m hep_api\.accounts\.keys"):
        load_tokens(replace(settings, token_keys_folder=tmp_path))


def test_only_the_curve_of_es256_is_taken(settings: Settings, tmp_path: Path) -> None:
    write_key(tmp_path, "20990101", ec.SECP384R1())

    with pytest.raises(SettingsError, match="P-256"):
        load_tokens(replace(settings, token_keys_folder=tmp_path))


def test_an_access_token_lives_for_a_day_at_most(in_folder: Settings) -> None:
    longest = load_tokens(replace(in_folder, access_token_seconds=86_400))
    assert reads(longest, issue(longest))
    with pytest.raises(SettingsError, match="HEP_ACCESS_TOKEN_SECONDS"):
        load_tokens(replace(in_folder, access_token_seconds=86_401))


def test_of_keys_named_by_hand_the_last_name_signs_and_all_verify(settings: Settings, tmp_path: Path) -> None:
    write_key(tmp_path, "a")
    tokens = load_tokens(replace(settings, token_keys_folder=tmp_path))
    by_a = issue(tokens)
    write_key(tmp_path, "b")

    assert kid_of(issue(tokens)) == "b"
    assert reads(tokens, by_a)
    assert states(tokens) == {"a": State.VERIFYING, "b": State.SIGNING}


def test_a_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    kid = create_key(tmp_path / "new", NOW)

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    made = sorted((tmp_path / "new").iterdir(), key=lambda file: file.suffix)
    assert [file.suffix for file in made] == [".pem", ".sealing"]
    assert made[0].stem == kid
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in made)


@pytest.fixture
def own_app(in_folder: Settings) -> Iterator[Flask]:
    app = create_app(in_folder)
    yield app
    app.extensions["hep_database"].engine.dispose()


def test_public_keys_are_published_for_everybody_and_nothing_else_of_them(own_app: Flask, in_folder: Settings) -> None:
    waiting = create_key(in_folder.token_keys_folder, datetime.now(UTC) + HOUR)
    answer = World(own_app).anyone().get("/.well-known/jwks.json")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert [key["kid"] for key in answer.json["keys"]][-1] == waiting
    for key in answer.json["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


def test_a_token_of_ours_can_be_checked_with_what_is_published(own_app: Flask) -> None:
    published = World(own_app).anyone().get("/.well-known/jwks.json").json
    token = own_app.extensions["hep_tokens"].issue(SOMEBODY, SOMEBODY, datetime.now(UTC))
    key = jwt.PyJWKSet.from_dict(published)[kid_of(token)]

    assert jwt.decode(token, key, audience="hep-api", issuer="hep-api")["sub"] == str(SOMEBODY)


def test_nobody_is_signed_out_by_a_rotation(own_app: Flask, in_folder: Settings) -> None:
    one, other = World(own_app), World(create_app(in_folder))
    before = one.owner(one.clinic())
    create_key(in_folder.token_keys_folder, datetime.now(UTC))
    after = other.owner(other.clinic())
    assert kid_of(before.token) != kid_of(after.token)

    for world in (one, other):
        for token in (before.token, after.token):
            answer = world.anyone().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
    other.app.extensions["hep_database"].engine.dispose()


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["keys", *arguments])


def test_keys_are_rotated_listed_and_pruned_by_command(own_app: Flask, in_folder: Settings) -> None:
    [old] = [file.stem for file in in_folder.token_keys_folder.glob("*.pem")]
    made = run(own_app, "rotate")
    assert made.exit_code == 0
    new = made.output.split()[0]

    listed = run(own_app, "list").output.splitlines()
    assert [line.split()[:2] for line in listed] == [[old, "signing"], [new, "waiting"]]
    again = run(own_app, "rotate")
    assert (again.exit_code, f"{new} is waiting" in again.output) == (1, True)
    assert run(own_app, "prune").output == "No key is retired.\n"
    assert run(own_app, "rotate", "--overlap-minutes", "1").exit_code == 2


def test_a_stolen_key_is_replaced_at_once(own_app: Flask, in_folder: Settings) -> None:
    [stolen] = [file.stem for file in in_folder.token_keys_folder.glob("*.pem")]
    new = run(own_app, "rotate", "--at-once").output.split()[0]

    listed = run(own_app, "list").output.splitlines()
    assert [line.split()[:2] for line in listed] == [[stolen, "verifying"], [new, "signing"]]


def test_only_retired_keys_are_pruned(own_app: Flask, in_folder: Settings) -> None:
    folder = in_folder.token_keys_folder
    [retired] = [file.stem for file in folder.glob("*.pem")]
    verifying = create_key(folder, datetime.now(UTC) - HOUR)
    signing = create_key(folder, datetime.now(UTC))

    assert run(own_app, "prune").output == f"{retired} is removed.\n"
    assert {file.stem for file in folder.glob("*.pem")} == {verifying, signing}
    assert run(own_app, "prune").output == "No key is retired.\n"


def test_no_private_part_is_ever_said(own_app: Flask, in_folder: Settings) -> None:
    [file] = in_folder.token_keys_folder.glob("*.pem")
    private = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    secret = jwt.algorithms.ECAlgorithm.to_jwk(private, as_dict=True)["d"]

    said = World(own_app).anyone().get("/.well-known/jwks.json").text + run(own_app, "list").output
    assert secret not in said
    assert '"d"' not in json.dumps(said)
