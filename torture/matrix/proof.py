"""R3: the matrix over two real web processes behind a queue, and on builds that are broken on purpose."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from tests.contract import scene as scenes
from tests.contract.examples import COMMANDS, EXAMPLES
from tests.contract.scene import Scene
from tests.contract.test_contract import PAGES
from tests.world import World
from torture.matrix import changing, commanding, refusing, whole
from torture.matrix.asking import Route
from torture.matrix.contract import Taken
from torture.matrix.sockets import socket_lines
from torture.matrix.trials import Tally, trial
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Process, Stage

Webs = list[Process]
# Into how many parts the routes are cut, each with a scene of its own, and how many scenes are played at a time.
PARTS, AT_ONCE = 2, 2
# The broken builds, and the route that each concerns; None where it is what sockets tell.
BUILDS: Mapping[str, Route | None] = {
    "route_without_policy": ("get", "/v1/plans/{plan_id}"),
    "clinic_forgotten": ("get", "/v1/exercises/{exercise_id}"),
    "unscoped_loader": ("get", "/v1/patients/{patient_id}"),
    "foreign_broadcast": None,
    "foreign_304": ("get", "/v1/plans/{plan_id}"),
    "extra_fields_taken": ("post", "/v1/patients"),
    "conversation_of_anyone": ("get", "/v1/conversations/{conversation_id}/messages"),
    "effect_of_a_refusal": ("post", "/v1/patients/{patient_id}/plans"),
}


def prove(stage: Stage, order: Order) -> Outcome:
    """Run the whole matrix; on a broken build what concerns it."""
    queue = stage.queue()
    settings = replace(stage.settings(), redis_url=queue.url)
    tally = Tally()
    told = stage.module(settings, order.broken, "torture.matrix.doors")
    assert told.code == 0, told.errors[-2000:]
    doors = json.loads(told.said)
    _look_at_policies(doors, tally)
    if order.is_settled(tally.findings):
        return Outcome(len(tally.findings), _figures(tally), [*map(str, tally.findings)])
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    world = remote_world(settings, webs)
    if order.broken:
        _probe(world, webs, tally, BUILDS[order.broken])
    else:
        _look_at_examples(doors, tally)
        _try_everything(world, webs, tally, order)
    unforeseen = [line for web in webs for line in web.unforeseen()]
    return Outcome(len(tally.findings), _figures(tally), [*map(str, tally.findings), *unforeseen])


def _probe(world: World, webs: Webs, tally: Tally, concerns: Route | None) -> None:
    """Try the one route that a broken build concerns in every way, or what is heard over sockets."""
    with trial(scenes.make(world), tally) as tried:
        if concerns is None:
            with socket_lines(tried.scene, [web.port for web in webs]) as lines:
                commanding.try_listening(tried, lines)
        else:
            whole.try_sideways(tried, Taken(world.app), concerns)
            refusing.try_route(tried, concerns)


def _try_everything(world: World, webs: Webs, tally: Tally, order: Order) -> None:
    """Try the routes in scenes of their own, two at a time, and what is heard and seen by others in another."""
    routes = order.lots.sample(sorted(EXAMPLES), len(EXAMPLES) // (6 if order.quick else 1))
    ports = [web.port for web in webs]
    work: list[Callable[[Tally], None]] = [
        lambda tally: _try_live(scenes.make(world), ports, tally),
        *(partial(_try_routes, world, routes[part::PARTS]) for part in range(PARTS)),
        lambda tally: _try_in_a_strict_clinic(scenes.make(world, managers_may_read_records=True), routes, tally),
    ]
    tallies = [Tally() for _ in work]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(each, own) for each, own in zip(work, tallies, strict=True)]:
            done.result()
    for each in tallies:
        tally.asked.update(each.asked)
        tally.findings += each.findings


def _try_routes(world: World, routes: list[Route], tally: Tally) -> None:
    taken = Taken(world.app)
    with trial(scenes.make(world), tally) as tried:
        for route in routes:
            whole.try_sideways(tried, taken, route)
            refusing.try_route(tried, route)


def _try_in_a_strict_clinic(scene: Scene, routes: list[Route], tally: Tally) -> None:
    """Leaders may read records there, and staff need a second factor."""
    scenes.require_second_factor(scene)
    with trial(scene, tally) as tried:
        for route in routes:
            if EXAMPLES[route].is_record:
                refusing.try_open_record(tried, route)
            refusing.try_owing(tried, route)


def _try_live(scene: Scene, ports: list[int], tally: Tally) -> None:
    """What is said and heard over sockets, and what is seen by others."""
    with trial(scene, tally) as tried:
        with socket_lines(scene, ports) as lines:
            commanding.try_listening(tried, lines)
            for name in sorted(COMMANDS):
                commanding.try_command(tried, lines, name)
        changing.try_changing(tried)


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


R3 = Proof("R3", "who may: nothing leaks, nothing takes effect", prove, broken=tuple(BUILDS))
