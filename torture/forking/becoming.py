"""What a fork becomes: a web server, a command of the product, a module, or a fork server of one build."""

import gc
import importlib
import runpy
import sys
from collections.abc import Callable, Mapping

SERVING = "serving"


def become(words: list[str]) -> None:
    """Be what the first word says, until its end."""
    role, *rest = words
    ROLES[role](rest)


def _gunicorn(words: list[str]) -> None:
    sys.argv = ["gunicorn", *words]
    importlib.import_module("gunicorn.app.wsgiapp").run()


def _flask(words: list[str]) -> None:
    app = importlib.import_module("torture.entry").app
    with app.app_context():
        app.cli.main(words, prog_name="flask")


def _module(words: list[str]) -> None:
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__")


def _serve(words: list[str]) -> None:
    """Break the build if it is to be broken, import the product, and fork from here."""
    build, address = words
    gc.disable()
    importlib.import_module("torture.breaking").prepare(build)
    gc.freeze()
    importlib.import_module("torture.forking.keeping").serve(address)


ROLES: Mapping[str, Callable[[list[str]], None]] = {
    "gunicorn": _gunicorn,
    "flask": _flask,
    "module": _module,
    SERVING: _serve,
}
