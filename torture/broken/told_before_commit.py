"""What is to be told after the commit is told at once, and stays told when the commit never comes."""

from typing import Any

from hep_api.foundation import database
from torture.broken.taking import replacing, the_long_way


def do() -> None:
    replacing(database, "after_commit", _at_once)
    the_long_way()


def _at_once(_: Any, __: Any, tell: Any) -> None:
    tell()
