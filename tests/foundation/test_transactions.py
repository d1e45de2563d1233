"""One transaction a door: all of it or nothing, the world told after the commit, victims of deadlocks tried again."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.foundation.probe_app import probe
from tests.world import World

ROWS = "/v1/probe/rows"


def post(probing: World, word: str, then: str) -> Any:
    return probing.anyone().post(ROWS, json={"word": word, "then": then})


def kept(probing: World, word: str) -> int:
    with probing.transaction() as session:
        return int(
            session.execute(text("SELECT count(*) FROM probe_row WHERE word = :word"), {"word": word}).scalar_one()
        )


def test_what_succeeds_is_kept_and_told(probing: World) -> None:
    assert post(probing, "good", "keep").status_code == 201
    assert kept(probing, "good") == 1
    assert probe.told == ["good"]


@pytest.mark.parametrize(
    ("then", "status"),
    [
        ("refuse", 409),
        ("fail", 500),
        ("break a constraint", 500),
        ("deadlock always", 503),
        ("idle", 503),
        ("fill the disk", 503),
    ],
)
def test_what_is_refused_or_fails_leaves_nothing_and_is_silent(probing: World, then: str, status: int) -> None:
    assert post(probing, then, then).status_code == status
    assert kept(probing, then) == 0
    assert probe.told == []


def test_the_victim_of_a_deadlock_is_tried_again_and_told_of_once(probing: World) -> None:
    assert post(probing, "victim", "deadlock at first").status_code == 201
    assert probe.attempts == 2
    assert kept(probing, "victim") == 1
    assert probe.told == ["victim"]


def test_a_victim_for_ever_is_given_up_after_three_attempts(probing: World) -> None:
    assert post(probing, "victim for ever", "deadlock always").status_code == 503
    assert probe.attempts == 3


def test_a_failure_to_tell_neither_undoes_the_commit_nor_keeps_others_from_being_told(probing: World) -> None:
    assert post(probing, "told badly", "tell badly").status_code == 201
    assert kept(probing, "told badly") == 1
    assert probe.told == ["told badly", "after a failure"]


def test_no_connection_is_kept_by_refused_requests(probing: World) -> None:
    pool = probing.app.extensions["hep_database"].engine.pool
    owner = probing.owner(probing.clinic())
    for _ in range(pool.size() + 2):
        assert owner.http.get(f"{ROWS}?limit=x").status_code == 422
        assert owner.http.post(f"{ROWS}/1/version").status_code == 428
        assert post(probing, "x", "fail").status_code == 500
    assert pool.checkedout() == 0
