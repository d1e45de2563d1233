"""The contract tests of an older version, its own code under them, on the tables of this one."""

import os
import re
import subprocess
from pathlib import Path

from torture.upgrading import newer_tables
from torture.upgrading.versions import Version

SUMMARY = re.compile(r"(\d+ (?:failed|passed).*) in [\d.]+s")
# These say what tables and policies there are. Of newer ones only the newer version's own can say so.
OF_TABLES = (
    "tests/contract/test_row_level_security.py::test_no_table_escapes_the_list",
    "tests/contract/test_row_level_security.py::test_every_table_with_a_clinic_is_walled_in",
)


def hold(older: Version, newer: Version) -> tuple[str, list[str]]:
    """Run them; return pytest's own summary, and what speaks against the upgrade."""
    given = os.environ | {
        newer_tables.NEWER_FOLDER: str(newer.folder),
        newer_tables.NEWER_PYTHON: str(newer.python),
        "PYTHONPATH": str(Path(newer_tables.__file__).parent),
    }
    words = ["pytest", "tests/contract", "-n", "2", "--dist", "worksteal", "-p", "newer_tables", "-q", "--no-header"]
    words += [word for test in OF_TABLES for word in ("--deselect", test)]
    done = subprocess.run([older.python, "-m", *words], cwd=older.folder, env=given, capture_output=True, text=True)
    found = SUMMARY.findall(done.stdout)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode != 0 and not failed:
        failed = [f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"]
    return (found[-1] if found else "no summary"), failed
