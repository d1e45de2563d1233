"""`python -m bench [S1] [--quick]`: measures reads beside a bare view. Exits with 0 when every goal is reached."""

import argparse
import sys

from bench import reads, results
from development.trouble import Trouble


def main(words: list[str]) -> int:
    """Measure what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("measurement", nargs="?", default="S1", choices=["S1"])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(words)
    try:
        found = reads.measure(reads.QUICK if asked.quick else reads.FULL, lambda line: print(line, flush=True))
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    results.print_table(found)
    results.write(found, quick=asked.quick)
    return 0 if all(each.is_ok for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
