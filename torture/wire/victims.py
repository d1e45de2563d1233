"""Who is at the other end of a connection, and how they are killed: without warning, and not before they are gone."""

import os
import select
import signal
import socket
import struct
from dataclasses import dataclass

# A process that is killed is gone within milliseconds; its memory has to be given back first.
GONE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Victim:
    """The process at the other end, held by a descriptor: its number may be given to another one, once it is gone."""

    pid: int
    _descriptor: int

    @classmethod
    def behind(cls, connection: socket.socket) -> "Victim":
        """Return who opened a connection to a Unix socket, as the kernel knows it. Linux only."""
        said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid = struct.unpack("3i", said)[0]
        return cls(pid, os.pidfd_open(pid))

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        gone, _, _ = select.select([self._descriptor], [], [], GONE_SECONDS)
        if not gone:
            raise TimeoutError(f"process {self.pid} does not go")

    def let_go(self) -> None:
        os.close(self._descriptor)
