"""R7: pushes are told while workers are killed and Google answers wrongly; then the rows are held against what came in.

Google is `development/push_service`, which notes what a sender should not have done, and every byte that came in.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from development.push_service import faults as ways
from development.push_service import server
from development.push_service.server import PushService
from hep_api.foundation.settings import Settings
from tests.rights.conftest import Place, make_place
from tests.world import World
from torture.broken import BROKEN
from torture.forking.asking import Forked
from torture.proof import Order, Outcome, Proof
from torture.pushes import judging
from torture.pushes.cast import WORD, Phone, make_known, register
from torture.pushes.faults import DRAWN, EVENLY, MARKER, Faults, Plan
from torture.pushes.judging import COUNTED, Books, Row, judge
from torture.pushes.reminding import Due, let_be_reminded
from torture.pushes.telling import Announce, Announcer, Teller
from torture.remote import remote_world
from torture.stage import Process, Stage, environment

WORKERS = 3
SHARE_OF_FAULTS = 0.3
# So many answers in a row to one phone, and one that is right: pauses double, and nobody is to wait for minutes.
IN_A_ROW, IN_A_ROW_IN_SHORT = 5, 3
# Which builds are caught by what is known of patients; the others do without.
OF_WORDS = ("pushes_with_a_name", "pushes_with_the_text")
# What one sees of while it still goes on, and what not before the end.
SEEN_AT_ONCE = set(COUNTED) - {"lost", "unfounded"}
PHONES_EACH = 4
# A worker that was killed has what it had in hand for so long; a try may take a quarter of it.
LEASE_SECONDS, PUSH_SECONDS = 6, 1.5
# After so long without any change nothing more is to be expected; a broken build is not waited for as long.
STALLED_SECONDS, STALLED_IN_SHORT = 150.0, 40.0
LOOK_SECONDS = 0.2
# A broken build is tried in short, again and again, until it is caught.
ROUNDS = 3
LONGEST_LINE = 300
ALSO_SEEN_AT_ONCE = ("early", "misshapen", "with_health_data")
ALSO_COUNTED = (*ALSO_SEEN_AT_ONCE, "not_reminded", "reminded_twice")
SETTLED = text("SELECT count(*) FILTER (WHERE state <> 'waiting'), count(*) FROM push")
ROWS = text("SELECT device_id, kind, subject_id, state, result FROM push")
AMISS = text("SELECT kind, error_type FROM job WHERE outcome = 'dead'")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a round is played on."""

    world: World
    place: Place
    service: PushService
    processes: Sequence[Process]
    faults: Faults
    teller: Teller
    announce: Announce
    phones: list[Phone]
    due: Due


def prove(stage: Stage, order: Order) -> Outcome:
    """Play one round, and of a broken build several."""
    outcome = Outcome()
    for number in range(ROUNDS if order.broken else 1):
        with server.started() as service, stage.cleared():
            _play(_prepare(stage, service, replace(order, seed=order.seed + number)), order, outcome)
        if outcome.complaints:
            break
    return outcome


def _prepare(stage: Stage, service: PushService, order: Order) -> Ground:
    settings, wire, lots = _settings(stage, service), stage.wire(MARKER), order.lots
    web = stage.web(settings, order.broken)
    world = remote_world(settings, [web])
    place = make_known(world) if order.broken in ("", *OF_WORDS) else make_place(world)
    members = [place.patient, place.neighbour, place.lead]
    members += [world.patient(place.lead) for _ in range(order.amount(250, 30, 8) - len(members))]
    phones = register(world, members, PHONES_EACH, lots)
    service.plan = _faults(order)
    crew = stage.crew(replace(settings, database_url=wire.through(settings.database_url)), order.broken, WORKERS)
    books = Books()
    teller = Teller(world, place.clinic_id, phones, books, lots)
    pushes, plan = _amount(order), Plan(order.amount(15, 3, 1), order.amount(20, 2, 1))
    faults = Faults(wire, crew, plan, lots, lambda: _settled(world)[0] / pushes, books, _stalled_seconds(order))
    given = environment(settings) | {BROKEN: order.broken}

    def announce(pipes: tuple[int, int]) -> Forked:
        words = ["module", "torture.pushes.announcer", str(place.clinic_id)]
        return stage.forks.fork("plain", order.broken, words, given, pipes=pipes)

    due = let_be_reminded(place.lead, members[3 : 3 + order.amount(100, 12, _reminded_of_broken(order))])
    return Ground(world, place, service, (web, crew), faults, teller, announce, phones, due)


def _settings(stage: Stage, service: PushService) -> Settings:
    made = stage.settings()
    here: dict[str, Any] = service.settings(made.token_keys_folder.parent)
    return replace(made, environment="development", job_lease_seconds=LEASE_SECONDS, push_seconds=PUSH_SECONDS, **here)


def _reminded_of_broken(order: Order) -> int:
    """Return how many are reminded in a broken build: some where it is about them, as it takes a full minute."""
    return 5 if order.broken.startswith("reminders") else 0


def _faults(order: Order) -> ways.Plan:
    """Return what goes wrong at Google: a share of all answers, and never very many in a row to one phone."""
    in_a_row = IN_A_ROW_IN_SHORT if order.broken else IN_A_ROW
    share = SHARE_OF_FAULTS * in_a_row / (in_a_row - 1)
    drawn = ways.by_lot(order.seed, share, EVENLY if order.broken else DRAWN)
    return lambda address, time: None if time % in_a_row == in_a_row - 1 else drawn(address, time)


def _amount(order: Order) -> int:
    return order.amount(5_000, 400, 120)


def _play(ground: Ground, order: Order, outcome: Outcome) -> None:
    began = time.monotonic()
    with Announcer.started(ground.announce) as announcer, ThreadPoolExecutor(2) as pool:
        faulting = pool.submit(ground.faults.work)
        reminding = pool.submit(ground.faults.kill_about, ground.due.at if ground.due.patients else None)
        ground.teller.tell(announcer, _amount(order), lambda: _may_go_on(ground, order))
        faulting.result()
        reminding.result()
    _await_the_end(ground, order, outcome)
    outcome.figures["seconds_of_faults"] = round(time.monotonic() - began, 1)
    _reckon(ground, order, outcome)


def _may_go_on(ground: Ground, order: Order) -> bool:
    """Wait until the workers have nearly caught up; False when they do nothing any more, or there is enough to say.

    So there is always something to do, and never all of it at once: what is learnt of a phone has to be heeded later.
    """
    deadline = time.monotonic() + _stalled_seconds(order)
    while time.monotonic() < deadline and not _is_seen(ground, order):
        settled, of_all = _settled(ground.world)
        if of_all - settled < order.amount(200, 100, 30):
            return True
        time.sleep(LOOK_SECONDS)
    ground.faults.stop()
    return False


def _is_seen(ground: Ground, order: Order) -> bool:
    """Tell whether a broken build has been seen to be one, so that more of it would tell nothing."""
    if not order.broken:
        return False
    found = _found(ground)
    return any(found[what] for what in (*SEEN_AT_ONCE, *ALSO_SEEN_AT_ONCE)) or found["twice"] > len(_kills(ground))


def _stalled_seconds(order: Order) -> float:
    return STALLED_IN_SHORT if order.broken else STALLED_SECONDS


def _await_the_end(ground: Ground, order: Order, outcome: Outcome) -> None:
    """Wait until every push is done with, or nothing has changed for long."""
    before, deadline = -1, 0.0
    while not _is_seen(ground, order):
        settled, of_all = _settled(ground.world)
        reminded = ground.due.settled(ground.world)
        if settled == of_all and reminded >= len(ground.due.patients):
            return
        if settled != before:
            before, deadline = settled, time.monotonic() + _stalled_seconds(order)
        if time.monotonic() > deadline:
            outcome.complaints.append(f"{of_all - settled} pushes wait for ever, {reminded} reminders were settled")
            return
        time.sleep(LOOK_SECONDS)


def _settled(world: World) -> tuple[int, int]:
    """Return how many pushes are done with, and how many there are."""
    with world.transaction() as session:
        settled, of_all = session.execute(SETTLED).one()
    return settled, of_all


def _found(ground: Ground) -> Counter[str]:
    """Hold the rows against what came in."""
    with ground.world.transaction() as session:
        rows = session.execute(ROWS).all()
    service, addresses = ground.service, {phone.device_id: phone.address for phone in ground.phones}
    found = judge([_row(row, addresses) for row in rows], list(service.kept.pushes), ground.teller.books)
    found["early"] = len(service.kept.early)
    found["misshapen"] = len(service.kept.misshapen)
    found["with_health_data"] = sum(WORD.encode() in raw for raw in service.kept.raw)
    return found


def _kills(ground: Ground) -> Sequence[object]:
    return ground.teller.books.kills


def _reckon(ground: Ground, order: Order, outcome: Outcome) -> None:
    """Say what should not have been."""
    seen, found = _is_seen(ground, order), _found(ground)
    with ground.world.transaction() as session:
        dead = session.execute(AMISS).all()
    if not seen:
        found.update(ground.due.misses(ground.world))
    amiss = {what: found[what] for what in (*COUNTED, *ALSO_COUNTED) if found[what] and not (seen and what == "lost")}
    outcome.value = sum(amiss.values())
    outcome.complaints += ground.faults.complaints
    if not order.broken and ground.faults.counts["kills_too_late"]:
        outcome.complaints.append(f"{ground.faults.counts['kills_too_late']} kills came too late")
    outcome.complaints += [f"{times} pushes {what.replace('_', ' ')}" for what, times in amiss.items()]
    if found["twice"] > len(_kills(ground)):
        outcome.complaints.append(f"{found['twice']} pushes twice, with {len(_kills(ground))} kills")
    outcome.complaints += [f"a job was given up: {kind} {error}" for kind, error in dead]
    outcome.complaints += [line[:LONGEST_LINE] for each in ground.processes for line in each.unforeseen()]
    outcome.figures |= _figures(ground, found)


def _row(row: Any, addresses: Mapping[str, str]) -> Row:
    device_id, kind, subject_id, state, result = row
    return Row(addresses.get(str(device_id), str(device_id)), kind, str(subject_id), state, result)


def _figures(ground: Ground, found: Mapping[str, int]) -> dict[str, object]:
    pushes = ground.service.kept.pushes
    wrong = sum(not push.is_answered for push in pushes)
    return {
        **dict(sorted(found.items())),
        **dict(sorted(ground.faults.counts.items())),
        "kills": len(_kills(ground)),
        "tries": len(pushes),
        "answered_wrongly": f"{wrong / max(len(pushes), 1):.0%}",
        "accepted": len(ground.service.accepted),
        "addresses_gone": len(judging.deaths(pushes)),
        "phones_ended": ground.teller.ended,
        "reminded_in_one_minute": len(ground.due.patients),
        "bytes_searched": sum(len(raw) for raw in ground.service.kept.raw),
    }


R7 = Proof(
    "R7",
    "pushes under kills: none lost, nothing told",
    prove,
    waits=True,
    broken=(
        "pushes_with_a_name",
        "pushes_with_the_text",
        "reminders_pushed_at_once",
        "pushes_told_at_once",
        "pushes_without_one_key",
        "push_answers_noted_together",
        "pushes_leased_for_ever",
        "unanswered_pushes_are_sent",
        "gone_phones_kept",
        "phones_dropped_on_errors",
        "signed_out_phones_ring",
        "googles_client_asks_again",
        "retry_after_unheard",
    ),
)
