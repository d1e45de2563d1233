"""Tells connected clients something, after the commit and never before: a refused request is silent.

The payload is built inside the transaction, for recipients that the caller read from the database in it; so whoever
lost access hears nothing more, whatever rooms their socket is still in.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.foundation.database import after_commit
from hep_api.foundation.realtime.commands import Announcement


class Outlet(Protocol):
    """The gateway, as far as telling goes."""

    def broadcast(self, rooms: Sequence[str], event: str, payload: Any) -> None: ...
    def hint(self, rooms: Sequence[str], event: str, payload: Any) -> None: ...
    def hang_up(self, names: Sequence[str]) -> None: ...
    def whisper(self, topic: str, payload: Any) -> None: ...


def plan_broadcast(session: Session, rooms: Sequence[str], announcement: Announcement, value: Any) -> None:
    """Announce `value` to every connection in `rooms`, in every process, once this transaction is committed."""
    if not rooms:
        return
    payload = announcement.dumper.dump(value)
    after_commit(session, lambda: _tell(rooms, announcement, payload))


def tell_now(rooms: Sequence[str], announcement: Announcement, payload: Any) -> None:
    """Announce what is committed already, in the announcement's shape; a failure is logged, no more, as after any
    commit.
    """
    try:
        _tell(rooms, announcement, payload)
    except Exception:
        current_app.logger.exception("after_commit_failed")


def plan_eviction(session: Session, *names: str) -> None:
    """Close every connection that is known by one of `names`, in every process, once this transaction is committed.

    The client reconnects by itself and is judged anew.
    """
    after_commit(session, lambda: _outlet().hang_up(names))


def plan_whisper(session: Session, topic: str, payload: Any) -> None:
    """Tell every web process something that no client hears, once this transaction is committed; it may get lost.

    `payload` is JSON; who listens to which topic stands in the gateway's `listeners`.
    """
    after_commit(session, lambda: _outlet().whisper(topic, payload))


def _tell(rooms: Sequence[str], announcement: Announcement, payload: Any) -> None:
    outlet = _outlet()
    tell = outlet.hint if announcement.is_fleeting else outlet.broadcast
    tell(rooms, announcement.event, payload)


def _outlet() -> Outlet:
    found: Outlet = current_app.extensions["hep_realtime"]
    return found
