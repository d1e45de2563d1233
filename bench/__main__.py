"""`python -m bench [S1|S2|S3|S4|S5|S6|SIZE] [--quick] [--clinics 50]`: measures what is promised of speed.

Exits with 0 when every goal is reached. SIZE holds nothing against anything, it shows plans; it runs when asked for.
"""

import argparse
import sys
from dataclasses import replace

from bench import chats, connections, processes, reads, results, rounds, size, summaries, uploads
from bench.phones import SEED
from development.trouble import Trouble

PROMISES = ("S1", "S2", "S3", "S4", "S5", "S6")
MEASUREMENTS = {
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
    parser.add_argument("measurement", nargs="?", choices=[*MEASUREMENTS])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--clinics", type=int, help="how many clinics of 2,000 patients and a year stand beside")
    asked = parser.parse_args(words)
    order = rounds.QUICK if asked.quick else rounds.FULL
    if asked.clinics is not None:
        order = replace(order, clinics_beside=asked.clinics)
    found = []
    try:
        for name in [asked.measurement] if asked.measurement else PROMISES:
            print(f"{name}:", flush=True)
            found += MEASUREMENTS[name](order, lambda line: print(f"    {line}", flush=True))
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    if not found:
        return 0
    results.print_table(found)
    results.write(found, seed=SEED, quick=asked.quick)
    return 0 if all(each.is_ok for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
