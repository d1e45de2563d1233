"""The entry of the processes that the proofs start: the product as it is, or broken on purpose in one way."""

import os

from flask import Flask

from torture import breaking
from torture.broken import BROKEN, taking


def make() -> Flask:
    """Build the app of the build that the environment names, whose modules are imported now if they are not there."""
    product = breaking.prepare(os.environ.get(BROKEN, ""))
    taking.settle()
    app: Flask = product.create_app_from_environment()
    return app


app = make()
