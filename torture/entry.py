"""The entry of the processes that the proofs start: the product as it is, or broken on purpose in one way."""

import importlib
import os

from flask import Flask

from torture.broken import BROKEN


def make() -> Flask:
    """Break what is to be broken, then build the app, whose modules are imported only now."""
    name = os.environ.get(BROKEN)
    if name:
        importlib.import_module(f"torture.broken.{name}").do()
    product = importlib.import_module("hep_api.app")
    app: Flask = product.create_app_from_environment()
    return app


app = make()
