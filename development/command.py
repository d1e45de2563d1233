"""Runs one of the product's commands in the development environment: `python -m development.command flask ...`.

The first word is a Python module. The database is the one that `make run` has running, else it is started meanwhile.
"""

import signal
import subprocess
import sys

from development import environment
from development.trouble import Trouble


def main(words: list[str]) -> int:
    """Run the command to its end and return its exit code."""
    try:
        with environment.database() as database:
            command = subprocess.Popen([sys.executable, "-m", *words], env=environment.for_product(database))
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda received, _: command.send_signal(received))
            # The terminal sends its Ctrl-C to the command too, which ends in its own way.
            signal.signal(signal.SIGINT, lambda *_: None)
            return command.wait()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
