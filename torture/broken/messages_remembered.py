"""Every message that was sent stays in memory, in many words."""

from typing import Any

from hep_api.messaging.actions import sending
from torture.broken.taking import replacing, the_long_way

TIMES = 20_000


def do() -> None:
    remembered: list[str] = []

    def remember(whole: Any, *arguments: Any) -> Any:
        message = whole(*arguments)
        remembered.append(f"{message.seq}," * TIMES)
        return message

    replacing(sending, "send_message", remember)
    the_long_way()
