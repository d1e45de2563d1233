"""The victim of a deadlock is not tried again: whoever asked is told to."""

from hep_api.foundation import database
from torture.broken.taking import replacing


def do() -> None:
    replacing(database, "_was_a_victim", lambda *_: False)
