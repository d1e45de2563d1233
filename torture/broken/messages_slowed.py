"""While a message is sent, the whole process waits: a call that does not let others have their turn."""

from typing import Any

from gevent import monkey

from hep_api.messaging.actions import sending
from torture.broken.taking import replacing, the_long_way

SECONDS = 0.012


def do() -> None:
    sleep: Any = monkey.get_original("time", "sleep")

    def wait(whole: Any, *arguments: Any) -> Any:
        sleep(SECONDS)
        return whole(*arguments)

    replacing(sending, "send_message", wait)
    the_long_way()
