"""`python -m bench [S1 S2 S3 S4 S5 S6 SIZE] [--quick] [--clinics 50]`: measures what is promised of speed.

Exits with 0 when every goal is reached. SIZE holds nothing against anything, it shows plans; it runs when asked for.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bench import chats, connections, ground, processes, reads, results, rounds, size, summaries, uploads
from bench.ground import Ground
from bench.machine import Watch
from bench.phones import SEED
from bench.results import Result
from bench.rounds import Order
from development.trouble import Trouble

PROMISES = ("S1", "S2", "S3", "S4", "S5", "S6")
AMONG_MANY = {"S1", "S2"}
Measurement = Callable[[Ground, Order], list[Result]]
MEASUREMENTS: Mapping[str, Measurement] = {
    "S1": reads.measure,
    "S2": uploads.measure,
    "S3": chats.measure,
    "S4": summaries.measure,
    "S5": connections.measure,
    "S6": processes.measure,
    "SIZE": size.measure,
}


def main(words: list[str]) -> int:
    """Measure what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("measurements", nargs="*", metavar="S1", choices=[[], *MEASUREMENTS], help="default: S1 to S6")
    parser.add_argument("--quick", action="store_true", help="in short")
    parser.add_argument("--clinics", type=int, help="how many clinics of 2,000 patients and a year stand beside")
    asked = parser.parse_args(words)
    order = rounds.QUICK if asked.quick else rounds.FULL
    if asked.clinics is not None:
        order = replace(order, clinics_beside=asked.clinics)
    watch, found = Watch(), list[Result]()
    try:
        with ground.opened(_telling(time.monotonic())) as opened:
            measure(opened, order, asked.measurements or PROMISES, found, MEASUREMENTS)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        results.tell(found, watch, seed=SEED, quick=asked.quick)
        return 130
    results.tell(found, watch, seed=SEED, quick=asked.quick)
    return 0 if all(each.is_ok for each in found) else 1


def measure(
    opened: Ground, order: Order, names: Sequence[str], found: list[Result], known: Mapping[str, Measurement]
) -> None:
    """Add to `found` what each measurement gives; one that breaks off is a goal missed; the others go on."""
    _load_clinics(opened, order, names)
    for name in names:
        opened.tell(f"{name}:")
        began = time.monotonic()
        try:
            given = known[name](opened, order)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the rest can still be measured
            traceback.print_exc()
            given = [results.broken_off(name, error)]
        seconds = round(time.monotonic() - began, 1)
        found += [each.taking(seconds) for each in given]


def _load_clinics(opened: Ground, order: Order, names: Sequence[str]) -> None:
    """Load those that are summed up; or, where they are not measured, so many others that a table is not empty."""
    if "S4" in names:
        summaries.make_large_clinics(opened, order)
    beside = order.clinics_beside if "S4" not in names or order not in (rounds.FULL, rounds.QUICK) else 0
    if beside and AMONG_MANY & set(names):
        size.crowd(opened, beside)


def _telling(began: float) -> Callable[[str], None]:
    return lambda line: print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
