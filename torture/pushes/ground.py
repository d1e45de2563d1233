"""What a round of R7 is played on: a clinic and its phones, workers behind the proxy, a push service that errs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from sqlalchemy import text

from development.push_service import faults as ways
from development.push_service.server import PushService
from hep_api.foundation.settings import Settings
from tests.rights.conftest import Place, make_place
from tests.world import World
from torture.broken import BROKEN
from torture.forking.asking import Forked
from torture.proof import Order
from torture.pushes.cast import Phone, make_known, register
from torture.pushes.faults import DRAWN, MARKER, Faults, Plan
from torture.pushes.judging import Books
from torture.pushes.reminding import Due, let_be_reminded
from torture.pushes.telling import Announce, Teller
from torture.pushes.trying import OF_BUILDS, Trial
from torture.remote import remote_world
from torture.stage import Process, Stage, environment

WORKERS = 3
PHONES_EACH = 4
SHARE_OF_FAULTS = 0.3
# So many answers in a row to one phone, and one that is right: pauses double, and nobody is to wait for minutes.
IN_A_ROW, IN_A_ROW_IN_SHORT = 5, 3
# A worker that was killed has what it had in hand for so long; a try may take a quarter of it.
LEASE_SECONDS, PUSH_SECONDS = 6, 1.5
# And it has no more in hand than this, so that the others are not out of work meanwhile.
CHUNK = 25
# After so long without any change nothing more is to be expected; a broken build is not waited for as long.
STALLED_SECONDS, STALLED_IN_SHORT = 150.0, 40.0
SETTLED = text("SELECT count(*) FILTER (WHERE state <> 'waiting'), count(*) FROM push")


@dataclass(frozen=True, slots=True)
class Ground:
    """All of it; `over` is set when the round is."""

    world: World
    place: Place
    service: PushService
    processes: Sequence[Process]
    faults: Faults
    teller: Teller
    announce: Announce
    phones: list[Phone]
    due: Due
    over: Event


def amount(order: Order) -> int:
    """Return how many pushes are told of."""
    return order.amount(5_000, 400, 120)


def stalled_seconds(order: Order) -> float:
    """Return after how long nothing more is to be expected."""
    return STALLED_IN_SHORT if order.broken else STALLED_SECONDS


def settled(world: World) -> tuple[int, int]:
    """Return how many pushes are done with, and how many there are."""
    with world.transaction() as session:
        done, of_all = session.execute(SETTLED).one()
    return done, of_all


def prepare(stage: Stage, service: PushService, order: Order) -> Ground:
    """Arrange a round; workers are at work already, with nothing to do."""
    given, wire, lots, trial = _settings(stage, service), stage.wire(MARKER), order.lots, _trial(order)
    web = stage.web(given, order.broken)
    world = remote_world(given, [web])
    place = make_known(world) if trial.is_of_words else make_place(world)
    members = [place.patient, place.neighbour, place.lead]
    members += [world.patient(place.lead) for _ in range(order.amount(250, 30, 8) - len(members))]
    phones = register(world, members, PHONES_EACH, lots)
    service.plan = _wrong_answers(order, trial)
    crew = stage.crew(replace(given, database_url=wire.through(given.database_url)), order.broken, WORKERS)
    books, pushes = Books(), amount(order)
    teller = Teller(world, place.clinic_id, phones, books, lots, service.kept)
    plan = Plan(trial.exact_of_each, trial.at_random)
    faults = Faults(wire, crew, plan, lots, lambda: settled(world)[0] / pushes, books, stalled_seconds(order))
    own = environment(given) | {BROKEN: order.broken}

    def announce(pipes: tuple[int, int]) -> Forked:
        words = ["module", "torture.pushes.announcer", str(place.clinic_id)]
        return stage.forks.fork("plain", order.broken, words, own, pipes=pipes)

    due = let_be_reminded(place.lead, members[3 : 3 + trial.reminded])
    return Ground(world, place, service, (web, crew), faults, teller, announce, phones, due, Event())


def _settings(stage: Stage, service: PushService) -> Settings:
    made = stage.settings()
    here: dict[str, Any] = service.settings(made.token_keys_folder.parent)
    return replace(
        made,
        environment="development",
        job_lease_seconds=LEASE_SECONDS,
        push_seconds=PUSH_SECONDS,
        push_chunk=CHUNK,
        **here,
    )


def _trial(order: Order) -> Trial:
    """Return what goes wrong: everything, or that by which a broken build is seen."""
    if order.broken:
        return OF_BUILDS[order.broken]
    return Trial(DRAWN, order.amount(15, 3), order.amount(20, 2), order.amount(100, 12), is_of_words=True)


def _wrong_answers(order: Order, trial: Trial) -> ways.Plan:
    """Return what goes wrong at Google: a share of all answers, and never very many in a row to one phone."""
    if not trial.faults:
        return ways.nothing_wrong
    in_a_row = IN_A_ROW_IN_SHORT if order.broken else IN_A_ROW
    share = SHARE_OF_FAULTS * in_a_row / (in_a_row - 1)
    drawn = ways.by_lot(order.seed, share, trial.faults)
    return lambda address, time: None if time % in_a_row == in_a_row - 1 else drawn(address, time)
