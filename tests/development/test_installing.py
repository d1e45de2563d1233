"""What is installed is pinned, the same everywhere, and names nobody's registry; an unusable Python is told."""

import re
import subprocess
from pathlib import Path

import pytest

from development import node, places

LOCKS = ("requirements.txt", "requirements-run.txt", "requirements-dev.txt")
FIND_PYTHON = places.CHECKOUT / "development" / "find_python.sh"

Pins = dict[str, tuple[str, frozenset[str]]]


def read_lock(name: str) -> Pins:
    """Return each package's version, with its marker, and hashes."""
    text = (places.CHECKOUT / name).read_text().replace("\\\n", " ")
    pins = re.findall(r"^([a-z0-9-]+)==([^\n]*?)((?: +--hash=sha256:[0-9a-f]{64})*)\s*$", text, re.MULTILINE)
    return {package: (version.strip(), frozenset(hashes.split())) for package, version, hashes in pins}


def find_python(*arguments: str, path: str | None = None) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/sh", FIND_PYTHON, *arguments],
        env=None if path is None else {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def a_python(folder: Path, name: str, script: str) -> Path:
    """Put a program of that name in the folder."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_line_with_hashes_and_names_no_place_of_our_own(lock: str) -> None:
    lines = (places.CHECKOUT / lock).read_text().splitlines()
    allowed = re.compile(r"\s*#|[a-z0-9-]+==[^/]+|\s+--hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not allowed.fullmatch(line) and not line.lstrip().startswith("#")] == []
    assert all(hashes for _, hashes in read_lock(lock).values())


def test_the_locks_are_cut_from_one_solve() -> None:
    product, run, everything = (read_lock(lock) for lock in LOCKS)
    assert {"flask", "psycopg", "tzdata"} <= product.keys()
    assert product.items() <= run.items()
    # More packages may need one on more kinds of Python: the marker may go, version and hashes are the same.
    assert _unmarked(run).items() <= _unmarked(everything).items()


def _unmarked(pins: Pins) -> Pins:
    return {package: (version.partition(" ;")[0], hashes) for package, (version, hashes) in pins.items()}


def test_the_lock_of_the_node_packages_names_no_registry() -> None:
    lock = (node.TOOLS / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_a_python_that_is_too_old_or_lacks_a_part_is_told_in_one_sentence(tmp_path: Path) -> None:
    # Answers every question put to it with no, as an old Python does.
    old = a_python(tmp_path, "python3.9", "exit 1")
    assert find_python(str(old)) == (1, f"PYTHON={old} is not Python 3.11 or newer.")
    assert find_python(str(tmp_path / "none")) == (
        1,
        f"PYTHON={tmp_path}/none is not a program that can be found here.",
    )
    # Debian's python3 without python3-venv: new enough, and cannot import ensurepip.
    bare = a_python(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    code, said = find_python(str(bare))
    assert code == 1
    assert said.endswith("lacks the venv or ensurepip module; on Debian and Ubuntu: apt install python3-venv.")
    code, said = find_python("", path=str(tmp_path))
    assert code == 1
    assert said.startswith("Python is here (python3) but lacks the venv or ensurepip module; on Debian")


def test_the_newest_complete_python_is_taken(tmp_path: Path) -> None:
    assert find_python("", path=str(tmp_path))[1].startswith("No Python 3.11 to 3.14 was found")
    a_python(tmp_path, "python3", "exit 0")
    assert find_python("", path=str(tmp_path)) == (0, "python3")
    a_python(tmp_path, "python3.12", "exit 0")
    a_python(tmp_path, "python3.13", 'case "$2" in *ensurepip*) exit 1;; esac')
    assert find_python("", path=str(tmp_path)) == (0, "python3.12")
