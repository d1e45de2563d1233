"""`python -m torture.upgrading [--from COMMIT] [--rolling]`: an older version and this one on one database.

The older version's contract tests run on this version's tables; then, under traffic, the tables are brought up to date
and the processes replaced one by one, and back again. `--rolling` leaves the tests out. Without a commit it is the last
one whose tables were older. Writes build/upgrading.json; ends with 0 only when nothing speaks against it.
"""

import argparse
import json
import sys
import time

from development.trouble import Trouble
from torture import stage
from torture.results import machine
from torture.upgrading import contract, versions
from torture.upgrading.rolling import Rolled, roll
from torture.upgrading.versions import Version

FILE = versions.ROOT / "build" / "upgrading.json"


def main(words: list[str]) -> int:
    """Run the drill; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m torture.upgrading", description=__doc__)
    parser.add_argument("--from", dest="older", metavar="COMMIT", help="the older version: a commit or a tag")
    parser.add_argument("--rolling", action="store_true", help="without the contract tests")
    asked = parser.parse_args(words)
    began = time.monotonic()
    try:
        with versions.checked_out(asked.older or versions.before_newest_migration()) as older:
            newer = versions.this_one()
            print(f"{older.name} (tables {older.newest_migration}) -> tables {newer.newest_migration}", flush=True)
            tests, failed = ("left out", []) if asked.rolling else contract.hold(older, newer)
            print(f"  contract tests of {older.name} on the newer tables: {tests}", flush=True)
            with stage.opened() as opened, opened.cleared():
                rolled = roll(opened, older, newer)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    complaints = [*failed, *rolled.complaints]
    _tell(rolled, complaints)
    _write(older, newer, tests, rolled, complaints, time.monotonic() - began)
    return 1 if complaints else 0


def _tell(rolled: Rolled, complaints: list[str]) -> None:
    for name, figure in rolled.figures.items():
        print(f"  {name.replace('_', ' ')}: {figure}")
    for complaint in complaints[:20]:
        print(f"  NOT KEPT: {complaint}")
    print("kept" if not complaints else f"NOT KEPT: {len(complaints)} complaints")


def _write(older: Version, newer: Version, tests: str, rolled: Rolled, complaints: list[str], seconds: float) -> None:
    FILE.parent.mkdir(exist_ok=True)
    found = {
        "machine": machine(),
        "from": older.name,
        "tables": [older.newest_migration, newer.newest_migration],
        "contract_tests": tests,
        "ok": not complaints,
        "complaints": complaints,
        "figures": {**rolled.figures, "seconds": round(seconds, 1)},
    }
    FILE.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
