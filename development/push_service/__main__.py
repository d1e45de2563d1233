"""`python -m development.push_service --port 0 --key file --keep file`: the service in a process of its own.

It writes the key file that the product is to be given, says where it listens, and ends when it is told to.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from development.push_service import server
from development.push_service.credentials import ServiceAccount


def main(words: list[str]) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m development.push_service", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", type=Path, required=True, help="key file of the service account; made when missing")
    parser.add_argument("--keep", type=Path, help="file to which each push is added, a line of JSON each")
    asked = parser.parse_args(words)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    account = ServiceAccount.read(asked.key) if asked.key.exists() else ServiceAccount.made()
    with server.started(account, asked.port, asked.keep) as service:
        account.write(asked.key, f"{service.url}/token")
        print(service.url, flush=True)
        while True:
            signal.pause()


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
