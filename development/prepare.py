"""Brings the development database to where `make run` wants it: tables and exercises of this version, the demo clinic.

One process for all of it, as a start of the app takes longer than the work. `run` starts it with the product's
environment. Standard output is what the demo's command says about signing in, and nothing else.
"""

import sys
from contextlib import redirect_stdout

from wsgi import app


def main() -> int:
    """Run the product's own commands; return the exit code of the first that fails, else 0."""
    with redirect_stdout(sys.stderr):
        if code := _run("database", "upgrade"):
            return code
    code = _run("demo", "seed")
    # 1: it refused, and said why. A database of DATABASE_URL may serve other clinics; the product runs there too.
    return 0 if code == 1 else code


def _run(*command: str) -> int:
    try:
        app.cli.main(args=command, prog_name="flask")
    except SystemExit as end:
        return int(end.code or 0)


if __name__ == "__main__":
    sys.exit(main())
