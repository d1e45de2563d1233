"""One phone pulls, few things at a time, while eight others write for the same patient: it misses none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from werkzeug.test import TestResponse

from tests.adherence.conftest import Scene, event
from tests.plans import making
from tests.sync.phones import PullingPhone, is_whole

WRITERS = 8
ROUNDS = 6
BUSY = 503


def test_nothing_is_skipped_while_eight_write(scene: Scene, phone: PullingPhone) -> None:
    gate, is_over = Barrier(WRITERS + 1), Event()
    reporters = [_reporter(scene, number) for number in range(WRITERS // 2)]
    changers = [_changer(scene, number) for number in range(WRITERS // 2)]

    def write(one: Callable[[int], Any]) -> None:
        gate.wait(30)
        for number in range(ROUNDS):
            one(number)

    def pull() -> list[dict[str, Any]]:
        gate.wait(30)
        pages: list[dict[str, Any]] = []
        while not is_over.is_set() or pages[-1]["more"]:
            # Who lags behind meets nobody who is late.
            phone.limit = 500 if len(pages) % 3 else 3
            pages.append(phone.one_page())
        return pages

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        pulling = pool.submit(pull)
        try:
            for writing in [pool.submit(write, one) for one in (*reporters, *changers)]:
                writing.result()
        finally:
            is_over.set()
        pages = pulling.result()
    pages.append(phone.one_page())
    assert not pages[-1]["more"]
    events = [each["seq"] for page in pages for each in page["events"]]
    assert events == list(range(1, 6 + WRITERS // 2 * ROUNDS * 2 + 1)), "each once, in order, without a gap"
    assert is_whole(phone)
    assert len(phone.kept["pauses"]) == WRITERS // 2 * ROUNDS // 2


def _reporter(scene: Scene, number: int) -> Callable[[int], Any]:
    """Every other one is the practitioner."""
    who = scene.world.sign_in((scene.patient, scene.lead)[number % 2])
    return lambda _: _patiently(lambda: scene.upload(event(scene.daily), event(scene.daily), by=who))


def _changer(scene: Scene, number: int) -> Callable[[int], Any]:
    """Pauses a plan of its own in every other round, and withdraws that in between; adds a goal each time."""
    plan = making.start(scene.world.sign_in(scene.lead), scene.patient, title=f"Plan {number}")

    def change(turn: int) -> None:
        span = {"from": f"2026-06-{2 * turn + 1:02}", "to": f"2026-06-{2 * turn + 2:02}", "reason": "Away."}
        pause = _patiently(lambda: plan.send("POST", "/pauses", span)).get_json()["id"]
        if turn % 2:
            withdrawn = {"withdrawn": True, "reason": "Stays."}
            _patiently(lambda: plan.send("PATCH", f"/pauses/{pause}", withdrawn))
        _patiently(lambda: plan.by.http.post(f"/v1/plans/{plan.id}/goals", json={"text": f"Goal {turn}"}))

    return change


def _patiently(send: Callable[[], TestResponse]) -> TestResponse:
    answer = send()
    while answer.status_code == BUSY:  # a lock was waited for too long, on a machine with much else to do
        answer = send()
    assert answer.status_code < 300, answer.get_json()
    return answer
