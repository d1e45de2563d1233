"""What got lost between the processes is kept quiet: nobody is told that they may have missed something."""

from hep_api.foundation.realtime.gateway import Gateway
from torture.broken.taking import replacing


def do() -> None:
    replacing(Gateway, "tell_to_resync", lambda *_: None)
