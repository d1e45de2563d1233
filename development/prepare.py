"""Brings the development database to where `make run` wants it: tables of this version, starter exercises, demo clinic.

One process for all of it, as a start of the app takes longer than the work. `run` starts it with the product's
environment; what it prints last is what the demo's command says about signing in.
"""

import sys

from wsgi import app

COMMANDS = (["database", "upgrade"], ["demo", "seed"])


def main() -> int:
    """Run the product's own commands in order; return the exit code of the first that fails, else 0."""
    for command in COMMANDS:
        try:
            app.cli.main(args=command, prog_name="flask", standalone_mode=True)
        except SystemExit as end:
            if end.code:
                return int(end.code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
