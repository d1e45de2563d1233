"""The rules of a client, each with the function that judges it, and the run of all of them."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hep_api.sync.conformance import rules
from hep_api.sync.conformance.client import pulling, sending, storing, waiting
from hep_api.sync.conformance.client.play import Bench
from hep_api.sync.conformance.client.real import real_server
from hep_api.sync.conformance.stand_in.door import standing_in
from hep_api.sync.conformance.verdicts import Check, Verdict, judge

CHECKS: Mapping[str, Check[Bench]] = {
    "C1": storing.recorded_is_stored,
    "C2": storing.crashes,
    "C3": storing.two_patients,
    "C5": storing.never_changed,
    "C6": storing.ids,
    "C7": storing.nothing_leaves,
    "C8": sending.by_index,
    "C9": sending.sizes,
    "C10": sending.settled,
    "C11": sending.set_aside,
    "C12": sending.kept_for_later,
    "C13": sending.no_answers,
    "C14": sending.signed_out,
    "C15": sending.not_yours,
    "C16": sending.halves,
    "C17": sending.pages_say_nothing,
    "C18": waiting.as_told,
    "C19": waiting.longer_and_longer,
    "C20": sending.nothing_blocks,
    "C21": waiting.tries_end,
    "C22": sending.no_redirects,
    "C23": sending.one_at_a_time,
    "C25": pulling.in_one_step,
    "C26": pulling.by_id,
    "C27": pulling.to_the_end,
    "C28": pulling.resets,
    "C29": pulling.refused_cursors,
    "C30": pulling.apart,
    "C35": pulling.what_is_new,
    "C36": storing.each_once,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What starts the driver; and, when named, the server for the last rule."""

    command: tuple[str, ...]
    url: str | None = None
    token: str | None = None
    patient: str | None = None


def judge_client(client: Client, seed: int, only: frozenset[str] = frozenset()) -> Iterator[Verdict]:
    """Yield the verdict on each rule of a client."""
    with tempfile.TemporaryDirectory(prefix="hep-conformance-") as folder, standing_in() as stand_in:
        bench = Bench(client.command, stand_in, Path(folder), Random(seed))
        if client.url and client.token and client.patient:
            bench.real = real_server(client.url, client.token, client.patient)
        try:
            yield from judge(rules.CLIENT, CHECKS, bench, only)
        finally:
            bench.end()
            if bench.real is not None:
                bench.real.tidy()
