"""Versions of the product that stand beside each other, each with the libraries of its own lock.

An older one is checked out of this repository's history; where its lock is ours, so are its libraries.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from development.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements-run.txt", "requirements-dev.txt")
MIGRATIONS = Path("migrations", "versions")


@dataclass(frozen=True, slots=True)
class Version:
    """A checkout and the Python that has what it needs."""

    name: str
    folder: Path
    python: Path
    newest_migration: str

    def run(self, *words: str, environment: dict[str, str] | None = None) -> None:
        """Run one of its Python modules to its end; raise Trouble with the end of what it said when it fails."""
        done = subprocess.run(
            [self.python, "-m", *words], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Trouble(f"{self.name}: {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def this_one() -> Version:
    """Return the version that runs."""
    return _version("this version", ROOT, Path(sys.executable))


def before_newest_migration() -> str:
    """Return the commit before the one that brought the newest migration: the nearest with older tables."""
    newest = max((ROOT / MIGRATIONS).glob("[0-9]*.py"))
    return f"{_git('log', '-1', '--diff-filter=A', '--format=%H', '--', str(newest.relative_to(ROOT)))}~1"


@contextmanager
def checked_out(reference: str) -> Iterator[Version]:
    """Check a version out for the block, with libraries of its own if its locks are not ours."""
    commit = _git("rev-parse", "--verify", f"{reference}^{{commit}}")
    with TemporaryDirectory(prefix="hep-before-") as outer:
        folder = Path(outer, "checkout")
        _git("clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder))
        _git("-C", str(folder), "checkout", "--quiet", "--detach", commit)
        yield _version(commit[:10], folder, _python_for(folder))


def _version(name: str, folder: Path, python: Path) -> Version:
    newest = max(file.name for file in (folder / MIGRATIONS).glob("[0-9]*.py"))
    return Version(name, folder, python, newest.split("_")[0])


def _python_for(folder: Path) -> Path:
    """Return a Python with what the locks of that checkout name; environments are kept under build/."""
    locks = b"".join((folder / lock).read_bytes() for lock in LOCKS)
    if locks == b"".join((ROOT / lock).read_bytes() for lock in LOCKS):
        return Path(sys.executable)
    kept = ROOT / "build" / "upgrading" / hashlib.sha256(locks).hexdigest()[:12]
    python = kept / "bin" / "python"
    if not (kept / "complete").exists():
        print(f"  installing what {folder.name} needs, once ...", flush=True)
        shutil.rmtree(kept, ignore_errors=True)
        _call(sys.executable, "-m", "venv", str(kept))
        for lock in LOCKS:
            _call(str(python), "-m", "pip", "install", "-qq", "--no-deps", "--require-hashes", "-r", str(folder / lock))
        (kept / "complete").touch()
    return python


def _git(*words: str) -> str:
    return _call("git", "-C", str(ROOT), *words)


def _call(*command: str) -> str:
    given = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-1000:]}")
    return done.stdout.strip()
