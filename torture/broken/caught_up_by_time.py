"""Who catches up is given what was sent after the last message that they have, by the clock, not by the number."""

from dataclasses import replace
from typing import Any

from hep_api.messaging.queries import messages
from torture.broken.taking import replacing

AROUND = 30


def do() -> None:
    replacing(messages, "list_messages_for", _by_time)


def _by_time(whole: Any, session: Any, viewer: Any, conversation_id: Any, query: Any) -> Any:
    if not query["after"]:
        return whole(session, viewer, conversation_id, query)
    wide = {**query, "after": max(0, query["after"] - AROUND), "limit": query["limit"] + 2 * AROUND}
    history = whole(session, viewer, conversation_id, wide)
    last = max((each.sent_at for each in history.items if each.seq == query["after"]), default=None)
    items = [each for each in history.items if last is None or each.sent_at > last]
    return replace(history, items=sorted(items, key=lambda each: each.sent_at)[: query["limit"]])
