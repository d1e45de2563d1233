"""Where servers keep their data, and as whom they run.

PostgreSQL refuses to run as root, so root runs it as `nobody`. A folder that `nobody` cannot reach (a checkout under
root's home) is never opened up: the server gets a folder of its own elsewhere, and the caller says where.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from development.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parent.parent
# Tests, and whoever wants a second clinic beside the first, choose another folder.
STATE = Path(os.environ.get("HEP_DEVELOPMENT_FOLDER", CHECKOUT / ".hep")).absolute()

# A socket's path is limited to 107 bytes (103 on macOS), of which the socket's own name takes about 20.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True, slots=True)
class User:
    """Somebody else than ourselves, to run a server as."""

    name: str
    uid: int
    gid: int


def server_user() -> User | None:
    """Return whom to run PostgreSQL as: None for ourselves, `nobody` when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble("PostgreSQL does not run as root and there is no user `nobody` here: use another user.") from None
    return User(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)


def run_as(user: User | None, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end as that user, in the root folder, and return what it printed."""
    identity: dict[str, Any] = {}
    if user is not None:
        identity = {"user": user.uid, "group": user.gid, "extra_groups": ()}
    return subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **identity
    )


def can_enter(user: User | None, folder: Path) -> bool:
    """Tell whether that user can reach what lies in the folder."""
    return run_as(user, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0


def own_folder(user: User | None, folder: Path) -> Path:
    """Return the folder, made if missing, with mode 0700 and owned by that user; raise Trouble if it is another's."""
    owner = os.geteuid() if user is None else user.uid
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if user is not None:
            os.chown(folder, user.uid, user.gid)
    # Somebody else may have been first to make a folder of that name in a place where everyone may.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise Trouble(f"{folder} is not a private folder of {'ours' if user is None else user.name}: move it away.")
    return folder


def kept_folder(user: User | None, name: str) -> Path:
    """Return the folder for data that stays: in `.hep` of the checkout, else in one of our own in the system."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    if can_enter(user, STATE):
        return own_folder(user, STATE / name)
    ours = hashlib.sha256(str(STATE).encode()).hexdigest()[:8]
    return own_folder(user, system_folder(user) / f"{name}-{ours}")


def system_folder(user: User | None) -> Path:
    """Return our own folder in the system's data path, else in its temporary path, for what must be reachable."""
    for parent in (Path("/var/lib"), *_temporary_folders()):
        if os.access(parent, os.W_OK) and can_enter(user, parent):
            return own_folder(user, parent / "hep-api")
    raise Trouble("No folder was found that the database server's user can enter: tried /var/lib and /tmp.")


def temporary_folder(user: User | None) -> Path:
    """Make a new private folder with a short path that goes away with its user."""
    for parent in _temporary_folders():
        if len(str(parent)) < LONGEST_SOCKET_FOLDER - 12 and os.access(parent, os.W_OK) and can_enter(user, parent):
            folder = Path(tempfile.mkdtemp(prefix="hep-", dir=parent))
            if user is not None:
                os.chown(folder, user.uid, user.gid)
            return folder
    raise Trouble("No temporary folder with a short path was found that the server's user can enter: set TMPDIR=/tmp.")


def reachable_copy(user: User | None, trees: list[Path], name: str) -> Path:
    """Return a folder with copies of these trees that the user can reach, made once and kept under that name."""
    target = system_folder(user) / name
    if target.exists():
        return target
    print(f"Copying {trees[0].name} to {target}, as the user it runs as cannot enter where it is.", file=sys.stderr)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    for tree in trees:
        shutil.copytree(tree, making / tree.name, ignore=shutil.ignore_patterns("include", "*.py", "*.a"))
    if user is not None:
        for path in (making, *making.rglob("*")):
            os.chown(path, user.uid, user.gid)
    try:
        making.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(making)
    return target


def _temporary_folders() -> Iterator[Path]:
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108  # only as the parent of folders that are made private
    yield Path("/var/tmp")  # noqa: S108
