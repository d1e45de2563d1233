"""Stored numbers equal the proven over random histories through the real doors, also when doors are used at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest
import time_machine

from hep_api.foundation.identifiers import new_id
from tests.adherence import journeys
from tests.adherence.conftest import Scene, correction, event
from tests.adherence.journeys import NOW, proven_rows, stored_rows
from tests.adherence.test_rules_proven import as_proven
from tests.world import Person, World

HORIZON = date(2026, 7, 5)


@pytest.mark.parametrize("seed", range(8))
def test_stored_counts_equal_the_proven_whatever_happened_in_whatever_order(world: World, seed: int) -> None:
    with time_machine.travel(NOW, tick=False):
        lead = world.practitioner(world.clinic())
        journey = journeys.live(world, lead, Random(seed))
        expected = proven_rows(journey, HORIZON)
        stored = {key: as_proven(count) for key, count in stored_rows(world, journey.patient).items()}
    assert stored == expected


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all jobs at the same moment, each in a thread of its own."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def test_two_phones_at_once_lose_and_double_nothing(scene: Scene) -> None:
    tablet = scene.world.sign_in(scene.patient)
    days = [(date(2026, 4, 1) + timedelta(days=n)).isoformat() for n in range(30)]
    both = [event(scene.daily, day) for day in days]
    own: list[list[dict[str, Any]]] = [
        [event(scene.prescriptions[1], day, id=str(new_id())) for day in days] for _ in "ab"
    ]
    moved = [correction(each, kind="void") for each in both[:10]]

    def send(phone: Person, items: list[dict[str, Any]]) -> list[str]:
        return [
            outcome
            for start in range(0, len(items), 7)
            for outcome in scene.outcomes(*items[start : start + 7], by=phone)
        ]

    outcomes = at_once(lambda: send(scene.patient, both + own[0] + moved), lambda: send(tablet, own[1] + moved + both))
    assert all(set(each) <= {"applied", "duplicate"} for each in outcomes)
    events, rows = scene.stand()
    assert len(events) == len(both) + 2 * len(days) + len(moved)
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    done = {row.day.isoformat(): row.done for row in rows if row.prescription_id == scene.daily}
    assert [done[day] for day in days] == [0] * 10 + [1] * 20
    assert [row.entries for row in rows if row.prescription_id == scene.prescriptions[1] and row.entries] == [2] * 30


def test_a_plan_changed_while_a_phone_uploads_is_counted_as_if_one_came_after_the_other(scene: Scene) -> None:
    days = [(date(2026, 4, 6) + timedelta(days=n)).isoformat() for n in range(28)]

    def upload() -> None:
        for day in days:
            assert scene.outcomes(event(scene.daily, day)) == ["applied"]

    def change() -> None:
        for start in range(6, 30, 4):
            body = {"from": f"2026-04-{start:02}", "to": f"2026-04-{start + 2:02}", "reason": "Away."}
            assert scene.plan.send("POST", "/pauses", body).status_code == 201

    at_once(upload, change)
    paused = {f"2026-04-{start + n:02}" for start in range(6, 30, 4) for n in (0, 1)}
    rows = {row.day.isoformat(): row for row in scene.days() if row.prescription_id == scene.daily}
    assert [rows[day].expected for day in days] == [0 if day in paused else 1 for day in days]
    assert all(rows[day].completed == 1 for day in days)
