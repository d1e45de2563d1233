"""`python -m bench [S1|S2|S4] [--quick]`: measures the speed promises. Exits with 0 when every goal is reached."""

import argparse
import sys

from bench import reads, results, rounds, summaries, uploads
from bench.phones import SEED
from development.trouble import Trouble

MEASUREMENTS = {"S1": reads.measure, "S2": uploads.measure, "S4": summaries.measure}


def main(words: list[str]) -> int:
    """Measure what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("measurement", nargs="?", choices=[*MEASUREMENTS])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(words)
    order = rounds.QUICK if asked.quick else rounds.FULL
    found = []
    try:
        for name in [asked.measurement] if asked.measurement else MEASUREMENTS:
            print(f"{name}:", flush=True)
            found += MEASUREMENTS[name](order, lambda line: print(f"    {line}", flush=True))
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    results.print_table(found)
    results.write(found, seed=SEED, quick=asked.quick)
    return 0 if all(each.is_ok for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
