"""Removes the embedded PostgreSQL's data, wherever it lies; part of `make clean`, which removes the rest."""

import shutil
import sys

from development import environment
from development.trouble import Trouble


def main() -> int:
    """Remove the data unless it is in use; return the exit code."""
    try:
        with environment.held():
            shutil.rmtree(environment.postgres_folder())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
