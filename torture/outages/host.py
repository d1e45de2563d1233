"""`python -m torture.outages.host ORDER`: the machine that PostgreSQL stands on. It starts the server again whenever it
ends, as a service manager does, and its data may lie on a small disk, which SIGUSR1 fills and SIGUSR2 frees.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from development.keeper import die_with_parent
from development.trouble import Trouble
from torture.outages import small_disk

AGAIN_AFTER_SECONDS = 0.1
TOPPED_UP_EACH_SECONDS = 0.05
A_BLOCK = bytes(64 * 1024)


class Host:
    """Keeps one server running until told to stop.

    The order: `command`, `user` (uid and gid to run as, or null), `note` (the file in which the server's process id
    stands), `small` (null, or `at`, `bytes`, and `from`, the folder whose content is copied there first).
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._over = threading.Event()
        self._full = threading.Event()
        self._server: subprocess.Popen[bytes] | None = None
        self._ballast = Path(order["small"]["at"]) / "ballast" if order["small"] else None

    def run(self) -> None:
        """Work to the end; what is asked by signals is done meanwhile."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGUSR1, lambda *_: self._full.set())
        signal.signal(signal.SIGUSR2, lambda *_: self._free())
        if self._ballast is not None:
            threading.Thread(target=self._keep_full, args=(self._ballast,), daemon=True).start()
        while not self._over.is_set():
            self._serve_once()
            time.sleep(AGAIN_AFTER_SECONDS)

    def _serve_once(self) -> None:
        self._server = subprocess.Popen(self._order["command"], preexec_fn=_be_mortal)
        note = Path(self._order["note"])
        note.with_suffix(".new").write_text(str(self._server.pid))
        note.with_suffix(".new").replace(note)
        if self._over.is_set():
            self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def _end(self, *_: Any) -> None:
        self._over.set()
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                self._server.send_signal(signal.SIGINT)

    def _keep_full(self, ballast: Path) -> None:
        """Take what is free, again and again, as what another removes would be taken by others."""
        while True:
            self._full.wait()
            with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
                while self._full.is_set():
                    file.write(A_BLOCK)
            time.sleep(TOPPED_UP_EACH_SECONDS)
            if not self._full.is_set():
                ballast.unlink(missing_ok=True)

    def _free(self) -> None:
        self._full.clear()
        if self._ballast is not None:
            self._ballast.unlink(missing_ok=True)


def _be_mortal() -> None:
    """Before it runs, let the server end with us, and by the signals by which it is ended, whoever ignored them."""
    die_with_parent(signal.SIGQUIT)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def main(order: dict[str, Any]) -> None:
    """Be the machine of the order."""
    uid, gid = order["user"] or (os.geteuid(), os.getegid())
    if order["small"]:
        small_disk.mount(Path(order["small"]["at"]), order["small"]["bytes"], uid, gid)
    if order["user"]:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        # Who becomes another forgets with whom to die.
        die_with_parent(signal.SIGTERM)
    if order["small"]:
        shutil.copytree(order["small"]["from"], Path(order["small"]["at"]) / "data")
    Host(order).run()


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except Trouble as trouble:
        sys.exit(str(trouble))
