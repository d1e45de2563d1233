"""`python -m torture [R3 R4 ...] [--quick] [--seed N] [--minutes M] [--build NAME]`: runs the proofs, two at a time.

Exits with 0 only when every proof is kept and fails on each of its broken builds, with 1 when one is not or does not,
and with 130 when it was stopped; what was found until then is told and written all the same.
"""

import argparse
import secrets
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from bench.machine import Watch
from development.trouble import Trouble
from torture import planning, results, running, stage
from torture.planning import Asked, Unit
from torture.proof import Proof
from torture.proofs import PROOFS
from torture.results import Bite, Result
from torture.running import Ran, Run
from torture.stage import Stage

STOPPED = 130


def main(
    words: list[str],
    proofs: Mapping[str, Proof] = PROOFS,
    opened: Callable[[], AbstractContextManager[Stage]] = stage.ready,
) -> int:
    """Run what is asked for of these proofs, on what `opened` starts; return the exit code."""
    asked = _read(words, proofs)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    units = planning.plan(asked)
    _tell_plan(asked, units)
    found = _nothing_yet(asked, units)
    watch = Watch()
    code = _run(units, found, opened)
    told = [result for result in found.values() if result.outcome or result.failure]
    results.print_table(list(found.values()))
    if told:
        results.write(told, asked.seed, watch.as_json())
    return code or int(not all(_is_good(result, asked) for result in found.values()))


def _run(
    units: Sequence[Unit], found: Mapping[str, Result], opened: Callable[[], AbstractContextManager[Stage]]
) -> int:
    """Run the units and note what came of each; return an exit code when it came to no end."""
    try:
        with opened() as ready:
            run = Run(ready, lambda ran: _note(ran, found[ran.unit.proof.id], run))
            run.carry_out(units)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return STOPPED
    return 0


def _note(ran: Ran, result: Result, run: Run) -> None:
    """Note what became of a unit, and tell it."""
    print(f"{running.elapsed(run.began)}  {ran.unit.name}: {ran.seconds:.0f} s, {len(run.hands)} at work", flush=True)
    proof, outcome = ran.unit.proof, ran.outcome
    if ran.unit.build:
        kept = proof.is_kept(outcome) or bool(ran.failure)
        complaint = "" if kept else (outcome.complaints or [f"{outcome.value:g}"])[0]
        result.bites.append(Bite(ran.unit.build, complaint, ran.seconds, ran.failure))
        results.tell_bite(result.bites[-1])
        return
    result.outcome, result.failure, result.seconds = (None if ran.failure else outcome), ran.failure, ran.seconds
    results.tell_outcome(result)


def _nothing_yet(asked: Asked, units: Sequence[Unit]) -> dict[str, Result]:
    planned = [unit.proof.id for unit in units if unit.build]
    return {proof.id: Result(proof, asked.seed, asked.quick, planned=planned.count(proof.id)) for proof in asked.proofs}


def _is_good(result: Result, asked: Asked) -> bool:
    """Tell whether a proof did all that was asked of it."""
    return result.caught == result.planned if asked.only else result.is_ok


def _tell_plan(asked: Asked, units: Sequence[Unit]) -> None:
    """Say what is to come, and for how long."""
    print(f"seed {asked.seed}{', in short' if asked.quick else ''}")
    for proof in asked.proofs:
        own = [unit for unit in units if unit.proof is proof]
        builds = f"{sum(bool(unit.build) for unit in own)} of {len(proof.broken)} broken builds"
        seconds = sum(planning.expected_seconds(unit) for unit in own)
        print(f"  {proof.id:<4} {proof.name:<52.50} {builds:<24} about {seconds:4.0f} s of one hand")
    minutes = planning.expected_of_all(units) / 60
    print(f"{len(units)} runs, {planning.HANDS} at a time: about {minutes:.0f} minutes\n", flush=True)


def _read(words: list[str], proofs: Mapping[str, Proof]) -> Asked:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("proofs", nargs="*", metavar="R3", choices=[[], *proofs], help="which proofs; default: all")
    parser.add_argument("--quick", action="store_true", help="in short")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of all that is drawn by lot")
    parser.add_argument("--minutes", type=float, default=0, help="how long those go on that are about time, as R9 is")
    known = sorted({build for proof in proofs.values() for build in proof.broken})
    parser.add_argument("--build", action="append", default=[], choices=known, help="only this broken build")
    read = parser.parse_args(words)
    chosen = [proofs[name] for name in dict.fromkeys(read.proofs or proofs)]
    if read.build:
        chosen = [proof for proof in chosen if set(read.build) & set(proof.broken)]
    return Asked(chosen, read.seed, read.quick, read.minutes, read.build)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
