"""A store of files that is full is a fault like any other."""

from hep_api.foundation.files import store


def do() -> None:
    setattr(store, "_AWAY", ())  # noqa: B010 - as other builds put something in the place of a name
