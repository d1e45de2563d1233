"""`python -m torture [R3 R4 ...] [--quick] [--seed N] [--minutes M]`: runs the proofs and says whether they are kept.

Exits with 0 only when every proof is kept and fails on each of its broken builds.
"""

import argparse
import secrets
import signal
import sys
import time
from typing import Any

from development.trouble import Trouble
from torture import results, stage
from torture.proof import Order, Proof
from torture.proofs import PROOFS
from torture.results import Bite, Result


def main(words: list[str]) -> int:
    """Run what is asked for; return the exit code."""
    asked = _read(words)
    proofs = [PROOFS[name] for name in asked.proofs or PROOFS]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    print(f"seed {asked.seed}{', quick' if asked.quick else ''}", flush=True)
    try:
        with stage.opened() as opened:
            done = [_run(opened, proof, Order(asked.seed, asked.quick, minutes=asked.minutes)) for proof in proofs]
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return 130
    results.print_table(done)
    results.write(done, asked.seed)
    return 0 if all(result.is_ok for result in done) else 1


def _run(opened: stage.Stage, proof: Proof, order: Order) -> Result:
    print(f"\n{proof.id} {proof.name}", flush=True)
    began = time.monotonic()
    with opened.cleared():
        outcome = proof.prove(opened, order)
    results.tell_outcome(outcome)
    bites = tuple(_bite(opened, proof, Order(order.seed, order.quick, build)) for build in proof.broken)
    return Result(proof, outcome, bites, time.monotonic() - began)


def _bite(opened: stage.Stage, proof: Proof, order: Order) -> Bite:
    """Run a proof on a broken build; what it complains of is what it caught."""
    began = time.monotonic()
    with opened.cleared():
        outcome = proof.prove(opened, order)
    complaint = "" if proof.is_kept(outcome) else (outcome.complaints or [f"{outcome.value:g}"])[0]
    bite = Bite(order.broken, complaint, time.monotonic() - began)
    results.tell_bite(bite)
    return bite


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("proofs", nargs="*", metavar="R3", choices=[[], *PROOFS], help="which proofs; default: all")
    parser.add_argument("--quick", action="store_true", help="in short")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of all that is drawn by lot")
    parser.add_argument("--minutes", type=float, default=0, help="how long those go on that are about time, as R9 is")
    return parser.parse_args(words)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
