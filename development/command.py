"""Runs one of the product's commands in the development environment: `python -m development.command flask ...`.

The first word is a Python module. The database is the one that `make run` has running, else it is started meanwhile.
"""

import subprocess
import sys

from development import environment
from development.trouble import Trouble


def main(words: list[str]) -> int:
    """Run the command to its end and return its exit code."""
    try:
        with environment.database() as database:
            command = subprocess.Popen([sys.executable, "-m", *words], env=environment.for_product(database.url))
            return _wait(command)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _wait(command: "subprocess.Popen[bytes]") -> int:
    while True:
        try:
            return command.wait()
        except KeyboardInterrupt:
            # The terminal has sent it to the command too, which ends in its own way.
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
