"""A small disk of a process's own: a file system in memory that this process and its children see, and nobody else.

Root needs no more than a mount namespace; others get one in a user namespace, where the system lets them.
`python -m torture.outages.small_disk FOLDER BYTES WORD...` runs a command that has one at that folder.
"""

import ctypes
import os
import sys
from pathlib import Path

from development.trouble import Trouble

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
IMPOSSIBLE = "No small disk could be made to fill: this system lets neither root mount nor others be root of their own."


def mount(folder: Path, size_bytes: int, uid: int, gid: int) -> None:
    """Put a small, empty disk of that owner's at a folder, for this process and what it starts from now on."""
    own_uid, own_gid = os.geteuid(), os.getegid()
    if own_uid != 0:
        _call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{own_uid} {own_uid} 1")
        Path("/proc/self/gid_map").write_text(f"{own_gid} {own_gid} 1")
    else:
        _call("unshare", CLONE_NEWNS)
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    options = f"size={size_bytes},uid={uid},gid={gid},mode=0700".encode()
    _call("mount", b"none", bytes(folder), b"tmpfs", 0, options)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    if getattr(library, name)(*given) != 0:
        raise Trouble(f"{IMPOSSIBLE} {name}: {os.strerror(ctypes.get_errno())}.")


if __name__ == "__main__":
    try:
        mount(Path(sys.argv[1]), int(sys.argv[2]), os.geteuid(), os.getegid())
    except Trouble as trouble:
        sys.exit(str(trouble))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell, and what is run is said by the proof
