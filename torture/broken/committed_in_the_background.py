"""The answer goes out while the commit is still on its way: who is killed in between has promised what is not there."""

import threading
import time
from typing import Any

from sqlalchemy.orm import Session

from torture.broken.taking import replacing, the_long_way

SECONDS = 0.05


def do() -> None:
    committing: set[Session] = set()

    def commit(whole: Any, session: Session) -> None:
        committing.add(session)

        def later() -> None:
            time.sleep(SECONDS)
            whole(session)
            committing.discard(session)
            session.close()

        threading.Thread(target=later).start()

    def close(whole: Any, session: Session) -> None:
        if session not in committing:
            whole(session)

    replacing(Session, "commit", commit)
    replacing(Session, "close", close)
    the_long_way()
