"""R7: pushes are told while workers are killed and Google answers wrongly; then the rows are held against what came in.

Google is `development/push_service`, which notes what a sender should not have done, and every byte that came in.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from development.push_service import server
from torture.proof import Order, Outcome, Proof
from torture.pushes.attending import attend
from torture.pushes.ground import LEASE_SECONDS, Ground, amount, prepare, settled, stalled_seconds
from torture.pushes.reckoning import is_seen, reckon
from torture.pushes.telling import Announcer
from torture.pushes.trying import OF_BUILDS
from torture.stage import Stage

LOOK_SECONDS = 0.2
# A broken build is tried in short, again and again, until it is caught.
ROUNDS = 3


def prove(stage: Stage, order: Order) -> Outcome:
    """Play one round, and of a broken build several."""
    outcome = Outcome()
    for number in range(ROUNDS if order.broken else 1):
        with server.started() as service, stage.cleared():
            _play(prepare(stage, service, replace(order, seed=order.seed + number)), order, outcome)
        if outcome.complaints:
            break
    return outcome


def _play(ground: Ground, order: Order, outcome: Outcome) -> None:
    began, faults = time.monotonic(), ground.faults
    with Announcer.started(ground.announce) as announcer, ThreadPoolExecutor(3) as pool:
        attending = pool.submit(
            attend, ground.world, timedelta(seconds=LEASE_SECONDS), ground.over.is_set, faults.counts
        )
        try:
            faulting = pool.submit(faults.work)
            reminding = pool.submit(faults.kill_about, ground.due.at if ground.due.patients else None)
            ground.teller.tell(announcer, amount(order), lambda: _may_go_on(ground, order))
            faulting.result()
            reminding.result()
            _await_the_end(ground, order, outcome)
        finally:
            faults.stop()
            ground.over.set()
        attending.result()
    outcome.figures["seconds_of_faults"] = round(time.monotonic() - began, 1)
    reckon(ground, order, outcome)


def _may_go_on(ground: Ground, order: Order) -> bool:
    """Wait until the workers have nearly caught up; False when they do nothing any more, or there is enough to say.

    So there is always something to do, and never all of it at once: what is learnt of a phone has to be heeded later.
    """
    deadline = time.monotonic() + stalled_seconds(order)
    while time.monotonic() < deadline and not is_seen(ground, order):
        done, of_all = settled(ground.world)
        if of_all - done < order.amount(200, 100, 30):
            return True
        time.sleep(LOOK_SECONDS)
    ground.faults.stop()
    return False


def _await_the_end(ground: Ground, order: Order, outcome: Outcome) -> None:
    """Wait until every push is done with, or nothing has changed for long."""
    before, deadline = -1, 0.0
    while not is_seen(ground, order):
        done, of_all = settled(ground.world)
        reminded = ground.due.settled(ground.world)
        if done == of_all and reminded >= len(ground.due.patients):
            return
        if done != before:
            before, deadline = done, time.monotonic() + stalled_seconds(order)
        if time.monotonic() > deadline:
            outcome.complaints.append(f"{of_all - done} pushes wait for ever, {reminded} reminders were settled")
            return
        time.sleep(LOOK_SECONDS)


R7 = Proof(
    "R7",
    "pushes under kills: none lost, nothing told",
    prove,
    waits=True,
    broken=tuple(OF_BUILDS),
)
