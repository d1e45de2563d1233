"""A database that is away is a fault like any other: whoever asks is told that something went wrong."""

from hep_api.foundation.errors import Problem
from hep_api.foundation.web import refusals
from torture.broken.taking import replacing


def do() -> None:
    replacing(refusals, "unavailable", lambda *_: Problem("unexpected", 500, "Something went wrong."))
