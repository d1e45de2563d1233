"""A token is verified once; that its time, its key and its sign-in still stand is asked each time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
import pytest

from hep_api.accounts import key_folder
from hep_api.accounts.keys import SKEW, create_key
from hep_api.accounts.tokens import Tokens, load_tokens
from hep_api.accounts.verified import VerifiedTokens
from hep_api.foundation.errors import Problem
from hep_api.foundation.settings import Settings

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SOMEBODY = UUID(int=1)


@pytest.fixture
def tokens(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    monkeypatch.setattr(key_folder, "SECONDS_BETWEEN_LOOKS", 0.0)
    create_key(tmp_path, NOW - timedelta(days=9))
    return replace(load_tokens(replace(settings, token_keys_folder=tmp_path)), verified=VerifiedTokens(most=3))


def code_of(tokens: Tokens, token: str, now: datetime = NOW) -> str:
    try:
        return "ours" if tokens.read(token, now)["sid"] == SOMEBODY else "somebody else's"
    except Problem as problem:
        return problem.code


def test_what_is_remembered_of_a_token_says_nothing_of_its_time(tokens: Tokens) -> None:
    token = tokens.issue(SOMEBODY, SOMEBODY, NOW)

    assert [code_of(tokens, token), code_of(tokens, token)] == ["ours", "ours"]
    assert code_of(tokens, token, NOW + tokens.life) == "token_expired"
    assert code_of(tokens, token, NOW - timedelta(hours=1)) == "token_invalid"


def test_a_remembered_token_ends_with_its_key(tokens: Tokens, tmp_path: Path) -> None:
    lasting = replace(tokens, life=timedelta(hours=20))
    token = lasting.issue(SOMEBODY, SOMEBODY, NOW)
    assert code_of(tokens, token) == "ours"
    create_key(tmp_path, NOW)

    retired_at = NOW + tokens.life + SKEW
    assert code_of(tokens, token, retired_at - timedelta(seconds=1)) == "ours"
    assert code_of(tokens, token, retired_at) == "token_invalid"


def test_a_token_verified_by_another_key_of_the_same_name_is_not_believed(tokens: Tokens, tmp_path: Path) -> None:
    token = tokens.issue(SOMEBODY, SOMEBODY, NOW)
    assert code_of(tokens, token) == "ours"
    kid = jwt.get_unverified_header(token)["kid"]
    other = create_key(tmp_path, NOW)
    (tmp_path / f"{other}.pem").replace(tmp_path / f"{kid}.pem")
    create_key(tmp_path, NOW + timedelta(days=1))  # a name is new: all are read again

    assert code_of(tokens, token) == "token_invalid"


def test_a_token_changed_in_one_letter_is_another(tokens: Tokens) -> None:
    token = tokens.issue(SOMEBODY, SOMEBODY, NOW)
    assert code_of(tokens, token) == "ours"
    head, body, signature = token.split(".")
    wrong = (f"{head}.{body}.{signature[1:]}", f"{head}.{body[:-2]}.{signature}", f"{head}.{body}.", f"{token} ")
    for changed in wrong:
        assert code_of(tokens, changed) == "token_invalid"
    assert len(tokens.verified) == 1  # what is none of ours leaves no trace


def test_only_so_many_are_remembered_and_none_can_be_changed(tokens: Tokens) -> None:
    issued = [tokens.issue(SOMEBODY, SOMEBODY, NOW) for _ in range(5)]

    assert {code_of(tokens, token) for token in issued * 2} == {"ours"}
    assert len(tokens.verified) == 3
    with pytest.raises(TypeError):
        tokens.read(issued[-1], NOW)["sid"] = UUID(int=2)  # type: ignore[index]
