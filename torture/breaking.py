"""Makes a process the product as it is or one broken build of it: once, for itself and for all that it forks."""

import importlib
from types import ModuleType

_prepared: dict[str, ModuleType] = {}


def prepare(build: str) -> ModuleType:
    """Break what is to be broken, then import the product, in this order and once; return the module of its app."""
    if build not in _prepared:
        if _prepared:
            raise RuntimeError(f"this process is {next(iter(_prepared)) or 'the whole build'} already")
        if build:
            importlib.import_module(f"torture.broken.{build}").do()
        _prepared[build] = importlib.import_module("hep_api.app")
    return _prepared[build]
