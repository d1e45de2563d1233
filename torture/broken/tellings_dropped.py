"""Who is busy is not told: every so often something that is to be told is dropped, and nobody says so."""

import itertools
from typing import Any

from hep_api.foundation.realtime.gateway import Gateway
from torture.broken.taking import replacing

OF = 40


def do() -> None:
    turns = itertools.count(1)

    def broadcast(whole: Any, *arguments: Any, **named: Any) -> None:
        if next(turns) % OF:
            whole(*arguments, **named)

    replacing(Gateway, "broadcast", broadcast)
