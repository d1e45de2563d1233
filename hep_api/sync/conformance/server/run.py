"""The rules of a server, each with the function that judges it, and the run of all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from hep_api.sync.conformance import faults, rules
from hep_api.sync.conformance.calls import Caller, NoAnswer
from hep_api.sync.conformance.making import find_target
from hep_api.sync.conformance.network import between
from hep_api.sync.conformance.server import pulling, refusing, together, uploading
from hep_api.sync.conformance.server.desk import desk_of
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import Broken, Check, Verdict, judge

CHECKS: Mapping[str, Check[Scene]] = {
    "S1": uploading.any_order,
    "S2": uploading.kept_as_sent,
    "S3": uploading.sources,
    "S4": uploading.unknown_fields,
    "S5": uploading.batches,
    "S6": uploading.applied_is_recorded,
    "S7": uploading.repeats,
    "S8": uploading.conflicts,
    "S9": uploading.bad_items,
    "S10": refusing.poison,
    "S11": refusing.no_batches,
    "S12": uploading.ids_of_patients,
    "S13": uploading.over_the_dose,
    "S14": refusing.cut_off,
    "S15": refusing.refusals,
    "S16": refusing.retry_after,
    "S17": refusing.dates,
    "S18": uploading.bounds_of_time,
    "S19": pulling.everything_then_what_is_new,
    "S20": pulling.while_others_write,
    "S21": pulling.limits,
    "S22": pulling.again,
    "S23": pulling.bad_cursors,
    "S25": pulling.what_is_gone,
    "S26": pulling.the_list,
    "S27": pulling.tags,
    "S28": together.again,
    "S29": together.messages,
    "S31": together.at_once,
    "S32": together.a_hostile_network,
}
# What holds of all answers is judged when they have come.
_OF_ALL = ("S16", "S17")
_IN_TURN = dict(sorted(rules.SERVER.items(), key=lambda rule: rule[0] in _OF_ALL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which server is judged, as which patient; a second patient and a practitioner let more rules be judged."""

    url: str
    token: str
    patient: str
    other_token: str | None = None
    other_patient: str | None = None
    staff_token: str | None = None


def judge_server(server: Server, seed: int, only: frozenset[str] = frozenset()) -> Iterator[Verdict]:
    """Yield the verdict on each rule of a server; raise NoAnswer or ValueError when it cannot be talked to at all."""
    caller = Caller(server.url, server.token)
    target = find_target(caller, server.patient)
    with between(server.url, faults.nothing) as network:
        scene = Scene(caller, server.patient, network, Random(seed), target)
        if server.other_token and server.other_patient:
            scene.other, scene.other_id = Caller(server.url, server.other_token, caller.seen), server.other_patient
        if server.staff_token:
            scene.staff = Caller(server.url, server.staff_token, caller.seen)
        try:
            yield from judge(_IN_TURN, CHECKS, scene, only)
        finally:
            _tidy(scene)


def _tidy(scene: Scene) -> None:
    try:
        if scene.paused and (desk := desk_of(scene)):
            desk.tidy()
        scene.tidy()
    except (NoAnswer, Broken):
        return  # a server that is gone, or takes nothing back, is judged already
