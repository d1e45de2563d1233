"""The answer goes out before the commit, and whatever becomes of that: what was cut off meanwhile is lost."""

import time
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from torture.broken.taking import replacing, the_long_way

SECONDS = 0.3


def do() -> None:
    replacing(Session, "commit", _some_time)
    the_long_way()


def _some_time(commit: Any, session: Session) -> None:
    time.sleep(SECONDS)
    try:
        commit(session)
    except DBAPIError:
        session.rollback()
