"""R3: the matrix over two real web processes behind a queue, and on builds that are broken on purpose."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

from tests.contract import scene as scenes
from tests.contract.examples import COMMANDS, EXAMPLES
from tests.contract.scene import Scene
from tests.contract.test_contract import PAGES
from tests.world import World
from torture.broken import BROKEN
from torture.matrix import changing, commanding, refusing, whole
from torture.matrix.asking import Route
from torture.matrix.contract import Taken
from torture.matrix.sockets import socket_lines
from torture.matrix.trials import Tally, Trial, trial
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import ROOT, Process, Stage, environment

Webs = list[Process]


def prove(stage: Stage, order: Order) -> Outcome:
    """Run the whole matrix; on a broken build until the first finding."""
    queue = stage.queue()
    settings = replace(stage.settings(), redis_url=queue.url)
    tally = Tally()
    doors = json.loads(_ask_for_doors(environment(settings) | {BROKEN: order.broken}))
    _look_at_policies(doors, tally)
    if not order.broken:
        _look_at_examples(doors, tally)
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    for _ in _steps(remote_world(settings, webs), webs, tally, order):
        if order.broken and tally.findings:
            break
    unforeseen = [line for web in webs for line in web.unforeseen()]
    return Outcome(len(tally.findings), _figures(tally), [*map(str, tally.findings), *unforeseen])


def _steps(world: World, webs: Webs, tally: Tally, order: Order) -> Iterator[None]:
    """Yield after each step, of which the next may not be needed."""
    yield
    routes = order.lots.sample(sorted(EXAMPLES), len(EXAMPLES) // (3 if order.quick and not order.broken else 1))
    with trial(scenes.make(world), tally) as tried:
        for _ in _live(tried, [web.port for web in webs]):
            yield
        taken = Taken(world.app)
        for route in routes:
            whole.try_sideways(tried, taken, route)
            yield
            refusing.try_route(tried, route)
            yield
    yield from _in_a_strict_clinic(scenes.make(world, managers_may_read_records=True), routes, tally)


def _in_a_strict_clinic(scene: Scene, routes: list[Route], tally: Tally) -> Iterator[None]:
    """Leaders may read records there, and staff need a second factor."""
    scenes.require_second_factor(scene)
    with trial(scene, tally) as tried:
        for route in routes:
            if EXAMPLES[route].is_record:
                refusing.try_open_record(tried, route)
            refusing.try_owing(tried, route)
            yield


def _live(tried: Trial, ports: list[int]) -> Iterator[None]:
    """What is said and heard over sockets, and what is seen by others."""
    with socket_lines(tried.scene, ports) as lines:
        commanding.try_listening(tried, lines)
        yield
        for name in sorted(COMMANDS):
            commanding.try_command(tried, lines, name)
            yield
    changing.try_changing(tried)
    yield


def _ask_for_doors(given: dict[str, str]) -> str:
    command = [sys.executable, "-m", "torture.matrix.doors"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
    return done.stdout


def _look_at_policies(doors: dict[str, bool], tally: Tally) -> None:
    """Every door says who may use it."""
    for door in (door for door, has_policy in doors.items() if not has_policy):
        tally.find("policy", door, "anyone", "it does not say who may use it")


def _look_at_examples(doors: dict[str, bool], tally: Tally) -> None:
    """Every door is tried."""
    known = {" ".join(route) for route in EXAMPLES} | set(COMMANDS)
    for door in (door for door in doors if door not in known and door.split(" ")[-1] not in PAGES):
        tally.find("policy", door, "anyone", "it has no example and is not tried")


def _figures(tally: Tally) -> dict[str, object]:
    kinds = dict.fromkeys(("leak", "effect", "policy"), 0)
    for finding in tally.findings:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
    return {
        "routes": len(EXAMPLES),
        "commands": len(COMMANDS),
        "requests_judged": sum(tally.asked.values()),
        **{f"tried_{why.replace(' ', '_')}": count for why, count in sorted(tally.asked.items())},
        **{f"findings_{kind}": count for kind, count in kinds.items()},
    }


R3 = Proof(
    "R3",
    "who may: nothing leaks, nothing takes effect",
    prove,
    broken=(
        "route_without_policy",
        "clinic_forgotten",
        "unscoped_loader",
        "foreign_broadcast",
        "foreign_304",
        "extra_fields_taken",
        "conversation_of_anyone",
        "effect_of_a_refusal",
    ),
)
